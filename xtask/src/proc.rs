//! Child processes that leave nothing behind.
//!
//! Every child leads a process group of its own, so that whatever it starts can be ended with it.
//! [`end_children_on_signals`] ends all groups when Ctrl+C, SIGTERM or SIGHUP asks this process to
//! go, waits for them, and exits; nothing else in this program has to think of signals.

use std::io;
use std::process::{Child, ChildStdout, Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, Signal, WaitOptions, kill_process_group, test_kill_process_group, waitpid,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// How long a child gets to end by itself when it is told to.
const GRACE: Duration = Duration::from_secs(8);
/// How often a child is looked at.
pub(crate) const POLL: Duration = Duration::from_millis(50);

static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());
static ENDING: AtomicBool = AtomicBool::new(false);

/// A running child and its process group. Dropping it kills what is left of the group.
#[derive(Debug)]
#[must_use = "the process is killed on drop"]
pub(crate) struct Running {
    child: Child,
    group: Pid,
    status: Option<ExitStatus>,
}

/// Starts `command` in a process group of its own.
pub(crate) fn spawn(command: &mut Command) -> io::Result<Running> {
    use std::os::unix::process::CommandExt;
    park_when_ending();
    command.process_group(0);
    // Held across the start: a signal meanwhile finds the new group in the list.
    let mut groups = groups();
    let child = command.spawn()?;
    let group = Pid::from_child(&child);
    groups.push(group);
    Ok(Running { child, group, status: None })
}

impl Running {
    /// Its standard output, if that is a pipe and was not taken before.
    pub(crate) fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Ends its standard input, if that is a pipe.
    pub(crate) fn close_stdin(&mut self) {
        drop(self.child.stdin.take());
    }

    /// The exit status, if the process has ended.
    pub(crate) fn poll(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.status.is_none() {
            self.status = self.child.try_wait().inspect_err(|_| park_when_ending())?;
            if self.status.is_some() {
                park_when_ending();
            }
        }
        Ok(self.status)
    }

    /// Waits for the end of the process, calling `tick` now and then. `None`: it took longer than
    /// `limit` and was killed.
    pub(crate) fn wait(
        &mut self,
        limit: Duration,
        mut tick: impl FnMut(),
    ) -> io::Result<Option<ExitStatus>> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.poll()? {
                return Ok(Some(status));
            }
            if start.elapsed() > limit {
                self.stop();
                return Ok(None);
            }
            tick();
            thread::sleep(POLL);
        }
    }

    /// Asks the group to end; kills it when that takes too long.
    pub(crate) fn stop(&mut self) {
        let _ = kill_process_group(self.group, Signal::TERM);
        let start = Instant::now();
        while start.elapsed() < GRACE && matches!(self.poll(), Ok(None)) {
            thread::sleep(POLL);
        }
        self.kill();
    }

    /// Kills whatever is left of the group.
    pub(crate) fn kill(&mut self) {
        let _ = kill_process_group(self.group, Signal::KILL);
        if self.status.is_none() {
            self.status = self.child.wait().ok();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
        groups().retain(|group| *group != self.group);
    }
}

/// From now on SIGINT, SIGTERM and SIGHUP end all children, then this process.
pub(crate) fn end_children_on_signals() -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            ENDING.store(true, Ordering::SeqCst);
            end_all(&groups());
            std::process::exit(128 + signal);
        }
    });
    Ok(())
}

fn end_all(groups: &[Pid]) {
    for group in groups {
        let _ = kill_process_group(*group, Signal::TERM);
    }
    let start = Instant::now();
    for group in groups {
        while start.elapsed() < GRACE && is_alive(*group) {
            thread::sleep(POLL);
        }
        let _ = kill_process_group(*group, Signal::KILL);
    }
}

fn is_alive(group: Pid) -> bool {
    // Nobody else may be waiting for the leader, and a zombie counts as a member.
    let _ = waitpid(Some(group), WaitOptions::NOHANG);
    test_kill_process_group(group).is_ok()
}

/// While everything is being ended, no thread may go on to the next step or tell of failures.
fn park_when_ending() {
    while ENDING.load(Ordering::SeqCst) {
        thread::sleep(GRACE);
    }
}

fn groups() -> MutexGuard<'static, Vec<Pid>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}
