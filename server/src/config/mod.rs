//! What can be set: by flags, in the environment, in a file.
//!
//! [`Invocation::read`] is the only way in: it answers with the settings and with what to do, with
//! a text somebody asked for (`--help`, `--version`), or with one line that says what is wrong.
//!
//! A flag wins over its environment variable, that over the settings file (`--config`), and that
//! over the default. A setting that can be repeated is taken whole from the first of them that has
//! it. The settings file is TOML; its keys are the flags' names:
//!
//! ```toml
//! listen = "0.0.0.0:3000"
//! allow-origin = ["https://example.com"]
//!
//! [limits] # a table named like a heading of --help may hold its keys, but need not
//! max-upload-size = "20MB"
//! ```

mod check;
mod data;
mod file;
mod identity;
mod limits;
mod network;
mod show;
mod values;

use std::{ffi::OsString, path::PathBuf};

use clap::{
    ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
    error::ErrorKind,
};
use parlour_events::{Nickname, Role, RoomName};

pub use self::{
    data::Data,
    identity::{Auth, Identity, JwtKey, Secret, Switch},
    limits::Limits,
    network::Network,
    show::InForce,
};
pub use crate::origin::{Allowed, Origin};

/// The secret of JWTs. Not a flag, which everybody on the machine could read.
const JWT_SECRET: &str = "PARLOUR_JWT_SECRET";

/// What the program was called with.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The settings.
    pub config: Config,
    /// What to do; None to serve.
    pub command: Option<Command>,
    /// Each setting, and where its value comes from.
    pub in_force: InForce,
}

/// Everything that can be set. Durations are written as `25s`, `2m`, `500ms`, `1h` or `30d`, sizes
/// as `65536`, `64KiB` or `10MB`.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct Config {
    /// TOML file with settings, under the names of the flags.
    #[arg(long = "config", id = "config", env = "PARLOUR_CONFIG", value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Where the server is found, and by whom.
    #[command(flatten)]
    pub network: Network,
    /// What is kept, and where.
    #[command(flatten)]
    pub data: Data,
    /// Who somebody is.
    #[command(flatten)]
    pub identity: Identity,
    /// How much of everything there may be.
    #[command(flatten)]
    pub limits: Limits,
}

/// What the program can do besides serving.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Print the settings in force as TOML, each with where it comes from; secrets are left out.
    Config,
    /// Copy everything, files included, into one new file; the server may be running.
    Backup {
        /// The file; it must not be there yet.
        file: PathBuf,
    },
    /// Put a backup in the place of the data, which is kept beside it; the server must be stopped.
    Restore {
        /// The backup.
        file: PathBuf,
    },
    /// Print the changes of a room, oldest first, one JSON object a line.
    Export {
        /// The room.
        #[arg(long)]
        room: RoomName,
    },
    /// Look whether the data fits together; fails if it does not.
    Check,
    /// Give somebody a role, who is known by this nickname at the moment.
    Grant {
        /// Whose.
        nickname: Nickname,
        /// The role.
        #[arg(value_enum)]
        role: GrantedRole,
    },
}

/// A role, as it is written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GrantedRole {
    /// May talk.
    Member,
    /// May mute, kick, ban and delete.
    Moderator,
    /// The same for moderators, and may give roles.
    Admin,
}

impl From<GrantedRole> for Role {
    fn from(role: GrantedRole) -> Self {
        match role {
            GrantedRole::Member => Self::Member,
            GrantedRole::Moderator => Self::Moderator,
            GrantedRole::Admin => Self::Admin,
        }
    }
}

#[derive(Debug, Parser)]
#[command(
    name = "parlour",
    version,
    about = "Parlour: a self-hosted chat. Start it, open the printed address in a browser, talk.",
    after_help = "A flag wins over its environment variable, that over the settings file (--config).\n\
                  Times are written as 500ms, 25s, 2m, 1h or 30d; sizes as 65536, 64KiB or 10MB.\n\
                  Logs go to standard error; RUST_LOG chooses how much (default: parlour_server=info,warn,\n                  and what the Socket.IO library says of connections that end).",
    max_term_width = 100
)]
struct CommandLine {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Why there are no settings to start with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoConfig {
    /// `--help` or `--version`: print this to standard output and exit with success.
    #[error("{0}")]
    Asked(String),
    /// One line for standard error; exit with failure.
    #[error("{0} (see parlour --help)")]
    Wrong(String),
}

impl Invocation {
    /// Reads the arguments (the program's name first), the environment and the settings file, and
    /// the keys and secrets that they name.
    ///
    /// # Errors
    /// [`NoConfig`], when there is nothing to do.
    pub fn read<I, T>(arguments: I) -> Result<Self, NoConfig>
    where
        I: IntoIterator<Item = T>,
        T: Into<OsString>,
    {
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        let mut command = command();
        // Parsing changes a command, so that each time another one is parsed with.
        let mut matches = command.clone().try_get_matches_from(&arguments)?;
        let mut from_file = Vec::new();
        if let Some(path) = matches.get_one::<PathBuf>("config") {
            from_file = file::read(path, &command).map_err(NoConfig::Wrong)?;
            // What the file says stands in for the defaults; clap does the rest.
            for setting in &from_file {
                let values = setting.values.clone();
                command = command.mut_arg(&setting.id, |arg| arg.default_values(values));
            }
            matches = command.clone().try_get_matches_from(&arguments)?;
        }
        let line = CommandLine::from_arg_matches(&matches)?;
        let mut config = line.config;
        let secret = std::env::var_os(JWT_SECRET).map(OsString::into_encoded_bytes);
        let in_force = InForce::new(&command, &matches, &from_file, secret.is_some());
        check::complete(&mut config, secret).map_err(NoConfig::Wrong)?;
        Ok(Self { config, command: line.command, in_force })
    }
}

impl Config {
    /// The settings of [`Invocation::read`].
    ///
    /// # Errors
    /// [`NoConfig`], when there is nothing to do.
    pub fn read<I, T>(arguments: I) -> Result<Self, NoConfig>
    where
        I: IntoIterator<Item = T>,
        T: Into<OsString>,
    {
        Invocation::read(arguments).map(|invocation| invocation.config)
    }
}

impl From<clap::Error> for NoConfig {
    fn from(error: clap::Error) -> Self {
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Self::Asked(error.to_string()),
            _ => Self::Wrong(first_paragraph(&error)),
        }
    }
}

/// The command line, every setting of which may also stand behind a subcommand.
pub(crate) fn command() -> clap::Command {
    // Help says which variable there is, not what is in it.
    CommandLine::command().mut_args(|arg| arg.global(true).hide_env_values(true))
}

/// Whether a setting can have several values.
fn is_list(arg: &clap::Arg) -> bool {
    matches!(arg.get_action(), clap::ArgAction::Append)
}

/// The values of a setting as they were written.
fn written(matches: &ArgMatches, id: &str) -> Vec<String> {
    let values = matches.get_raw(id).into_iter().flatten();
    values.map(|value| value.to_string_lossy().into_owned()).collect()
}

/// clap writes `error: what`, an empty line, then hints and the usage. The first paragraph is
/// what is wrong; a value with a line break in it does not make it two lines.
fn first_paragraph(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    one_line(text.split("\n\n").next().unwrap_or(text))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
