//! Commands of set-up steps: output goes to a log file, and a failure says which command failed,
//! what it said last, or which tests failed, and what can be done about it.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::report::{Progress, duration};
use crate::{failures, proc};

/// How many lines of a log are shown after a failure, if nothing else was asked for.
const TAIL_LINES: usize = 15;

/// Why a step failed, for the person who started it.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What went wrong, in one sentence.
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) advice: Option<String>,
    command: Option<String>,
    log: Option<PathBuf>,
    tail: usize,
}

impl Failure {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), advice: None, command: None, log: None, tail: 0 }
    }

    /// An operation on a file or folder that failed.
    pub(crate) fn io(what: &str, path: &Path, error: &io::Error) -> Self {
        let advice = advice_for(&error.to_string());
        Self { advice, ..Self::new(format!("{what} {}: {error}", path.display())) }
    }

    pub(crate) fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {}", self.what)?;
        if let Some(command) = &self.command {
            write!(f, "\n  command: {command}")?;
        }
        if let Some(log) = &self.log {
            let output = read_all(log).unwrap_or_default();
            let tests = failures::of_tests(&output);
            if tests.is_empty() {
                write!(f, "\n  the end of {}:", log.display())?;
                // The command stands there as well.
                let tail = last_lines(log, self.tail);
                for line in tail.iter().filter(|line| !line.starts_with("$ ")) {
                    write!(f, "\n    | {line}")?;
                }
            } else {
                // Stacks, and what all the programs said, would bury it.
                write!(f, "\n  the whole output is {}; what failed:", log.display())?;
                let errors = failures::errors(&output);
                for line in tests.iter().flat_map(|test| test.lines()).chain(errors) {
                    write!(f, "\n    | {line}")?;
                }
            }
        }
        match &self.advice {
            Some(advice) => write!(f, "\n  what to do: {advice}"),
            None => Ok(()),
        }
    }
}

/// Runs the commands of one step, one after the other, with one log.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    progress: &'a Progress<'a>,
    log: PathBuf,
    limit: Duration,
    tail: usize,
}

impl<'a> Job<'a> {
    /// Starts with an empty log file.
    pub(crate) fn new(
        progress: &'a Progress<'a>,
        places: &crate::places::Places,
    ) -> Result<Self, Failure> {
        let log = places.log(progress.name()).map_err(|error| {
            Failure::io("cannot create the log folder of", &places.cache, &error)
        })?;
        File::create(&log).map_err(|error| Failure::io("cannot write", &log, &error))?;
        Ok(Self { progress, log, limit: Duration::from_mins(60), tail: TAIL_LINES })
    }

    /// Sets how long each command may take.
    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Sets how many lines of the output a failure shows.
    pub(crate) fn tail(mut self, lines: usize) -> Self {
        self.tail = lines;
        self
    }

    /// What all commands so far have said.
    pub(crate) fn output(&self) -> io::Result<String> {
        read_all(&self.log)
    }

    /// Runs `command` to its end; anything but success is a failure.
    pub(crate) fn run(&self, command: &mut Command) -> Result<(), Failure> {
        let text = command_line(command);
        let fail = |what: String| Failure {
            what,
            advice: None,
            command: Some(text.clone()),
            log: Some(self.log.clone()),
            tail: self.tail,
        };
        let log_error = |error: io::Error| Failure::io("cannot write", &self.log, &error);
        let mut log = File::options().append(true).open(&self.log).map_err(log_error)?;
        writeln!(log, "$ {text}").map_err(log_error)?;
        command.stdin(Stdio::null()).stdout(log.try_clone().map_err(log_error)?).stderr(log);
        let mut running = proc::spawn(command)
            .map_err(|error| fail(format!("{} does not start: {error}", program_name(command))))?;
        let status = running
            .wait(self.limit, || {
                self.progress.tick(|| last_lines(&self.log, 1).pop().unwrap_or_default());
            })
            .map_err(|error| fail(format!("lost the process: {error}")))?;
        let what = match status {
            Some(status) if status.success() => return Ok(()),
            Some(status) => format!("{} failed ({status})", program_name(command)),
            None => format!("{} took longer than {}", program_name(command), duration(self.limit)),
        };
        let mut failure = fail(what);
        failure.advice = advice_for(&last_lines(&self.log, 60).join("\n"));
        Err(failure)
    }
}

/// What can be done about a failure, as far as its output tells.
fn advice_for(output: &str) -> Option<String> {
    const DISK: [&str; 3] = ["No space left on device", "ENOSPC", "Disk quota exceeded"];
    const NETWORK: [&str; 14] = [
        "Could not resolve",
        "Couldn't resolve",
        "Temporary failure in name resolution",
        "Temporary failure resolving",
        "could not download",
        "failed to download",
        "download of",
        "Connection refused",
        "Connection timed out",
        "Network is unreachable",
        "ENOTFOUND",
        "ECONNREFUSED",
        "ETIMEDOUT",
        "Failed to fetch",
    ];
    let says = |signs: &[&str]| signs.iter().any(|sign| output.contains(sign));
    if says(&DISK) {
        Some("free some space on the disk, then run the same command again".to_owned())
    } else if says(&NETWORK) {
        Some(
            "check the network connection (and proxy settings), then run the same command again; \
             what is finished is not done again"
                .to_owned(),
        )
    } else {
        None
    }
}

/// `command` as one would type it.
pub(crate) fn command_line(command: &Command) -> String {
    let quote = |text: &std::ffi::OsStr| {
        let text = text.to_string_lossy();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@+%".contains(c);
        if !text.is_empty() && text.chars().all(plain) {
            text.into_owned()
        } else {
            format!("'{}'", text.replace('\'', r"'\''"))
        }
    };
    // PATH is long, and the same for everything here.
    let variables = command.get_envs().filter(|(name, _)| *name != "PATH");
    let variables = variables.filter_map(|(name, value)| {
        value.map(|value| format!("{}={}", name.to_string_lossy(), quote(value)))
    });
    let words = std::iter::once(command.get_program()).chain(command.get_args()).map(quote);
    variables.chain(words).collect::<Vec<_>>().join(" ")
}

fn program_name(command: &Command) -> String {
    Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read_all(path: &Path) -> io::Result<String> {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The last lines of a file that are not blank; of a line that was rewritten, its last state.
pub(crate) fn last_lines(path: &Path, count: usize) -> Vec<String> {
    // Enough for the lines that are asked for, and little for those who ask often.
    let window = 8 * 1024 + count as u64 * 200;
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(window)))?;
        let mut bytes = Vec::new();
        file.take(window).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text
        .split('\n')
        .map(|line| line.trim_end().rsplit('\r').next().unwrap_or_default().trim_end())
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(count)..].iter().map(|line| (*line).to_owned()).collect()
}

/// Writes a file through a temporary one, so that it is either old or whole.
pub(crate) fn write_whole(path: &Path, content: &str) -> Result<(), Failure> {
    let temporary = path.with_extension("new");
    let write = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&temporary, content)?;
        fs::rename(&temporary, path)
    };
    write().map_err(|error| Failure::io("cannot write", path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_can_be_typed_again() {
        let mut command = Command::new("cargo");
        command.env("A", "b c").args(["build", "it's", "--x=1"]);
        assert_eq!(command_line(&command), r"A='b c' cargo build 'it'\''s' --x=1");
    }

    #[test]
    fn output_tells_what_to_do() {
        let advice = |output| advice_for(output).unwrap_or_default();
        assert!(advice("write error: No space left on device").contains("disk"));
        assert!(advice("error: could not download file from").contains("network"));
        assert_eq!(advice("error: expected `;`"), "");
    }

    #[test]
    fn a_failure_names_command_log_and_advice() {
        let failure = Failure::new("it broke").advise("mend it");
        assert_eq!(failure.to_string(), "  it broke\n  what to do: mend it");
    }
}
