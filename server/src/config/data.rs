//! Settings: what is kept, where, and for how long.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::values::duration;

/// What is kept, and where.
#[derive(Debug, Clone, Args)]
#[group(skip)]
#[command(next_help_heading = "Data")]
pub struct Data {
    /// Folder for the server's data; made if it is not there.
    #[arg(
        long = "data",
        id = "data",
        env = "PARLOUR_DATA",
        value_name = "DIR",
        default_value = "./parlour-data"
    )]
    pub folder: PathBuf,

    /// How long messages are kept, such as 90d; 0 keeps them for ever.
    #[arg(
        long,
        env = "PARLOUR_KEEP",
        value_name = "TIME",
        default_value = "0",
        value_parser = duration
    )]
    pub keep: Duration,
}
