//! A display that nobody sees: Xvfb.

use std::time::Duration;

use crate::{group::Group, settings};

/// It takes a tenth of a second.
const BOUND: Duration = Duration::from_secs(30);

/// An X server. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Display {
    name: String,
    _server: Group,
}

impl Display {
    /// Starts one on a display number that is free, large enough for every window of a test.
    ///
    /// # Panics
    /// If it does not start.
    pub(super) async fn start(owner: &str) -> Self {
        // It finds the number by itself and writes it, once it listens.
        let arguments = ["-displayfd", "1", "-screen", "0", "2560x1800x24", "-nolisten", "tcp"];
        let server = Group::start(
            &format!("{owner}'s Xvfb"),
            settings::path("PARLOUR_XVFB"),
            arguments,
            |_| {},
        );
        let is_number = |line: &str| !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit());
        let number = server.output.find("the number of a display", 0, BOUND, is_number).await;
        Self { name: format!(":{number}"), _server: server }
    }

    /// What `DISPLAY` is to be.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}
