//! The servers that the interop tests talk to: one program, the binary `interop-peers` of the
//! package `parlour-tests`.
//!
//! It starts servers when it is told to, each behind a proxy that injects faults. What it needs of
//! this machine it finds in the environment, as the whole-system tests do. Once it listens it
//! writes one line of JSON to its standard output, `{"control":"http://127.0.0.1:PORT"}`; it ends
//! when its standard input does, so that it cannot outlive this program.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::job::{Failure, Job, last_lines};
use crate::kit::Kit;
use crate::proc::{self, Running};

/// Where the tests find the address: natively when they run, in a browser when they are compiled.
pub(crate) const VARIABLE: &str = "PARLOUR_PEERS";

/// How long the program may take until it listens.
const START: Duration = Duration::from_secs(60);
/// How long it may take to end.
const END: Duration = Duration::from_secs(5);
/// How much of what it said last is shown when it fails.
const TAIL_LINES: usize = 40;

/// The program, started when it is first asked for: the suites share one, so that the tests need
/// not be compiled again for the next browser. Dropping it ends the program.
#[derive(Debug, Default)]
pub(crate) struct Peers(Option<Program>);

#[derive(Debug)]
struct Program {
    running: Running,
    control: String,
}

impl Peers {
    /// The address at which the servers are asked for; builds and starts the program, unless it
    /// runs.
    pub(crate) fn control(&mut self, kit: &Kit, job: &Job<'_>) -> Result<&str, Failure> {
        let running = self.0.take_if(|program| matches!(program.running.poll(), Ok(None)));
        let program = match running {
            Some(program) => program,
            None => {
                build(kit, job)?;
                Program::start(kit)?
            }
        };
        Ok(&self.0.insert(program).control)
    }

    /// Ends the program, if it runs.
    pub(crate) fn end(&mut self) {
        self.0 = None;
    }
}

/// Builds the program in the way in which the whole-system tests build it, so that it is done once.
fn build(kit: &Kit, job: &Job<'_>) -> Result<(), Failure> {
    let mut command = kit.native("cargo");
    command.args(["test", "--no-run", "--package", "parlour-tests", "--all-features"]);
    job.run(&mut command)
}

impl Program {
    fn start(kit: &Kit) -> Result<Self, Failure> {
        let program = kit.places.native_target().join("debug/interop-peers");
        let log = kit
            .places
            .log("interop-peers")
            .map_err(|error| Failure::io("cannot create the log folder of", &program, &error))?;
        let errors =
            File::create(&log).map_err(|error| Failure::io("cannot write", &log, &error))?;
        let mut command = kit.native(&program);
        command
            .envs(kit.test_variables().map_err(Failure::new)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors);
        let mut running = proc::spawn(&mut command)
            .map_err(|error| Failure::io("cannot start", &program, &error))?;
        let line = first_line(running.take_stdout(), START).ok_or_else(|| {
            let said = last_lines(&log, TAIL_LINES).join("\n  | ");
            Failure::new(format!("the peers do not say where they listen\n  | {said}"))
        })?;
        let control = control(&line)
            .ok_or_else(|| Failure::new(format!("the peers say where they listen as {line:?}")))?;
        Ok(Self { running, control })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.running.close_stdin();
        // However that goes, what is left is killed.
        let _ = self.running.wait(END, || {});
    }
}

/// The first line that comes, if it comes in time. What follows is read and forgotten, so that
/// whoever writes it never waits.
pub(crate) fn first_line(
    output: Option<impl Read + Send + 'static>,
    bound: Duration,
) -> Option<String> {
    let (sender, line) = mpsc::channel();
    let mut output = BufReader::new(output?);
    thread::spawn(move || {
        let mut line = String::new();
        if output.read_line(&mut line).is_ok_and(|length| length > 0) {
            // Nobody listens when it comes too late.
            let _ = sender.send(line);
        }
        let _ = io::copy(&mut output, &mut io::sink());
    });
    line.recv_timeout(bound).ok()
}

fn control(line: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok()?;
    Some(line["control"].as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_address() {
        let output: &[u8] = b"{\"control\":\"http://127.0.0.1:4000\"}\nmore\n";
        let line = first_line(Some(output), START);
        assert_eq!(line.as_deref().and_then(control).as_deref(), Some("http://127.0.0.1:4000"));
    }

    #[test]
    fn a_program_that_says_nothing_has_no_address() {
        assert_eq!(first_line(Some(io::empty()), START), None);
        assert_eq!(control("listening"), None);
        assert_eq!(control("{}"), None);
    }
}
