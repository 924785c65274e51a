//! A Parlour server: the real binary, on a port and in a folder of its own.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{ExitStatus, Output, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{
    kept::Kept,
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

/// Names what servers log, for a closer look at a failure.
const FILTER: &str = "PARLOUR_TEST_LOG";

/// Flags that turn off every limit on how often somebody may do something, for tests that do it
/// more often than people do.
pub const UNLIMITED: [&str; 12] = [
    "--messages-per-minute",
    "0",
    "--messages-per-minute-per-address",
    "0",
    "--requests-per-minute",
    "0",
    "--connects-per-minute",
    "0",
    "--new-guests-per-minute",
    "0",
    "--max-connections-per-address",
    "0",
];

/// How a server is to be started: on any free port, with a data folder of its own that goes with
/// it, and the limits that everybody gets who sets none.
#[derive(Debug, Default)]
#[must_use = "nothing runs before `start`"]
pub struct Launch {
    address: Option<String>,
    data: Option<PathBuf>,
    flags: Vec<String>,
    filter: Option<&'static str>,
}

impl Launch {
    /// At this address. A test that stops a server and starts it again takes its port from
    /// [`crate::ports::free`].
    pub fn at(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// With this data folder, which stays when the server is gone.
    pub fn data(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data = Some(folder.into());
        self
    }

    /// With more flags.
    pub fn flags(mut self, flags: &[&str]) -> Self {
        self.flags.extend(flags.iter().map(|flag| (*flag).to_owned()));
        self
    }

    /// Without limits on how often; see [`UNLIMITED`].
    pub fn unlimited(self) -> Self {
        self.flags(&UNLIMITED)
    }

    /// Without a line in the log for each message, of which there will be many.
    pub fn quiet(self) -> Self {
        self.log("warn")
    }

    /// With this filter for what is logged.
    pub fn log(mut self, filter: &'static str) -> Self {
        self.filter = Some(filter);
        self
    }

    /// Starts it.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start(self) -> Server {
        let Self { address, data, flags, filter } = self;
        let address = address.unwrap_or_else(|| "127.0.0.1:0".to_owned());
        let folder = data.is_none().then(|| TempDir::new().expect("a temporary folder"));
        let data = data.or_else(|| Some(folder.as_ref()?.path().to_owned()));
        let data = data.expect("one of the two");
        let log = Transcript::new("the server");
        let (child, url) = run(&address, &data, &flags, filter, &log).await;
        let (child, folder) = (Kept::new(child), Kept::new(folder));
        Server { child, data, _folder: folder, flags, filter, url, log }
    }
}

/// A running server. It is killed on drop; what it logged is shown when the test fails.
#[derive(Debug)]
pub struct Server {
    child: Kept<Child>,
    data: PathBuf,
    /// None where the test brought one.
    _folder: Kept<Option<TempDir>>,
    flags: Vec<String>,
    filter: Option<&'static str>,
    url: String,
    /// All that it has logged, over all its starts.
    pub log: Transcript,
}

impl Server {
    /// Starts one on any free port.
    pub async fn start() -> Self {
        Launch::default().start().await
    }

    /// Starts one with more flags.
    pub async fn start_with(flags: &[&str]) -> Self {
        Launch::default().flags(flags).start().await
    }

    /// Starts one at this address.
    pub async fn start_at(address: &str, flags: &[&str]) -> Self {
        Launch::default().at(address).flags(flags).start().await
    }

    /// Starts one without limits on how often, for tests that send bursts.
    pub async fn unlimited() -> Self {
        Launch::default().unlimited().start().await
    }

    /// The same with more flags.
    pub async fn unlimited_with(flags: &[&str]) -> Self {
        Launch::default().unlimited().flags(flags).start().await
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        &self.data
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

    /// Its process, as the system numbers it.
    ///
    /// # Panics
    /// If it does not run.
    pub fn process(&self) -> u32 {
        self.child.id().expect("the server runs")
    }

    /// Sends a signal.
    ///
    /// # Panics
    /// If there is nobody to send it to.
    pub fn signal(&self, signal: Signal) {
        let pid = self.process().try_into().ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a process"), signal).expect("the server runs");
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
        let (child, url) = run(&address, &self.data, &self.flags, self.filter, &self.log).await;
        assert_eq!(url, self.url);
        *self.child = child;
    }

    /// How much of its memory is in use, in bytes.
    ///
    /// # Panics
    /// If the system does not say.
    pub fn resident_bytes(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process());
        let status = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its size");
        let kib = line.trim().strip_suffix(" kB").expect("kibibytes");
        kib.trim().parse::<u64>().expect("a number") * 1024
    }

    /// Whether it still runs.
    ///
    /// # Panics
    /// If the system does not know.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }
}

async fn run(
    address: &str,
    data: &Path,
    flags: &[String],
    filter: Option<&str>,
    log: &Transcript,
) -> (Child, String) {
    let mut command = command();
    if let Some(filter) = filter
        && env::var_os(FILTER).is_none()
    {
        command.env("RUST_LOG", filter);
    }
    command.args(["--listen", address, "--data"]).arg(data).args(flags);
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
    if let Some(filter) = env::var_os(FILTER) {
        command.env("RUST_LOG", filter);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}
