//! Programs that start others: a browser's driver, a builder. All of them end with the test,
//! however it ends.

use std::{ffi::OsStr, process::Stdio, time::Duration};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

use crate::transcript::Transcript;

/// Runs a program in the shell's process group, and kills the whole group when standard input
/// ends. That happens when the test drops its end, and when the test process is killed itself.
const WATCH: &str = r#"
    { "$@" </dev/null; echo "$0 has ended with status $?"; } &
    cat >/dev/null
    kill -s KILL 0
"#;

/// What that writes when the program has ended by itself.
const ENDED: &str = " has ended with status ";

/// A program with everything that it starts.
#[derive(Debug)]
#[must_use = "everything is killed on drop"]
pub struct Group {
    shell: Child,
    group: Option<Pid>,
    /// What it writes to both standard streams.
    pub output: Transcript,
}

impl Group {
    /// Starts a program; `set` adds its arguments, environment and folder.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(
        name: &str,
        program: impl AsRef<OsStr>,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        set: impl FnOnce(&mut Command),
    ) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", WATCH, name]).arg(program).args(arguments);
        set(&mut command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0).kill_on_drop(true);
        let mut shell = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        let output = Transcript::new(name);
        output.follow(shell.stdout.take().expect("it is piped"));
        output.follow(shell.stderr.take().expect("it is piped"));
        let group = shell.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        Self { shell, group, output }
    }

    /// Waits for a line that holds this text.
    ///
    /// # Panics
    /// If it does not come in time, or the program ends before.
    pub async fn line(&self, text: &str, bound: Duration) -> String {
        let fits = |line: &str| {
            assert!(!line.contains(ENDED), "{line}");
            line.contains(text)
        };
        self.output.find(&format!("a line with {text:?}"), 0, bound, fits).await
    }

    /// The process group, as the system numbers it.
    pub fn id(&self) -> Option<u32> {
        self.shell.id()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // Not there any more is what is wanted.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
