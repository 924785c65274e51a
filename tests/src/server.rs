//! A Parlour server: the real binary, on a port and in a folder of its own.

use std::{
    env,
    process::{ExitStatus, Output, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{
    news::{News, news},
    settings,
    transcript::Transcript,
    waiting::{within, within_bound},
};

pub use rustix::process::Signal as StopSignal;

/// A graceful stop takes no longer, with clients connected.
pub const STOP_BOUND: Duration = Duration::from_secs(10);

/// What the server says on standard output when it is open.
const OPEN: &str = "Parlour is open at ";

/// A running server. It is killed on drop; what it logged is shown when the test fails.
#[derive(Debug)]
pub struct Server {
    child: Child,
    data: TempDir,
    flags: Vec<String>,
    url: String,
    /// All that it has logged, over all its starts.
    pub log: Transcript,
}

impl Server {
    /// Starts one on any free port.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts one with more flags.
    pub async fn start_with(flags: &[&str]) -> Self {
        Self::start_at("127.0.0.1:0", flags).await
    }

    /// Starts one at this address. A test that stops it and starts it again takes its port from
    /// [`crate::ports::free`].
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_at(address: &str, flags: &[&str]) -> Self {
        let data = TempDir::new().expect("a temporary folder");
        let flags = flags.iter().map(|flag| (*flag).to_owned()).collect::<Vec<_>>();
        let log = Transcript::new("the server");
        let (child, url) = run(address, &data, &flags, &log).await;
        Self { child, data, flags, url, log }
    }

    /// Where it is: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same as host and port.
    ///
    /// # Panics
    /// Never: the server printed a URL.
    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").expect("it printed a URL")
    }

    /// Sends a signal.
    ///
    /// # Panics
    /// If there is nobody to send it to.
    pub fn signal(&self, signal: Signal) {
        let pid = self.child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        kill_process(pid.expect("the server runs"), signal).expect("the server runs");
    }

    /// Sends a signal and waits for the end, within [`STOP_BOUND`].
    ///
    /// # Panics
    /// If it does not end in time.
    pub async fn stop(&mut self, signal: Signal) -> ExitStatus {
        self.signal(signal);
        within_bound("the end of the server", STOP_BOUND, self.child.wait())
            .await
            .expect("it is our child")
    }

    /// Starts it again on the same port, after [`Server::stop`].
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_again(&mut self) {
        let address = self.address().to_owned();
        let (child, url) = run(&address, &self.data, &self.flags, &self.log).await;
        assert_eq!(url, self.url);
        self.child = child;
    }

    /// Whether it still runs.
    ///
    /// # Panics
    /// If the system does not know.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }
}

async fn run(address: &str, data: &TempDir, flags: &[String], log: &Transcript) -> (Child, String) {
    let mut command = command();
    command.args(["--listen", address, "--data"]).arg(data.path()).args(flags);
    let mut child = command.spawn().expect("the server starts");
    log.follow(child.stderr.take().expect("it is piped"));
    let (teller, mut lines): (_, News<String>) = news("the server's standard output");
    Transcript::new("the server's standard output")
        .follow_and_tell(child.stdout.take().expect("it is piped"), teller);
    let line = lines.expect("its URL", |line| line.starts_with(OPEN)).await;
    (child, line.trim_start_matches(OPEN).to_owned())
}

/// Runs the binary to its end, which is to come by itself.
///
/// # Panics
/// If it does not.
pub async fn run_to_end(arguments: &[&str]) -> Output {
    let child = command().args(arguments).spawn().expect("the server starts");
    within("the end of the server", child.wait_with_output()).await.expect("it is our child")
}

/// The binary, without anything that the environment of the tests tells it.
fn command() -> Command {
    let mut command = Command::new(settings::path("PARLOUR_BIN"));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("PARLOUR_") || text == "RUST_LOG" {
            command.env_remove(&name);
        }
    }
    // Logs are compared as text.
    command.env("NO_COLOR", "1");
    // For a closer look at a failure.
    if let Some(filter) = env::var_os("PARLOUR_TEST_LOG") {
        command.env("RUST_LOG", filter);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}
