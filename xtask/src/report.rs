//! What the person sees of steps that may take long.
//!
//! One line per step, when it ends: its name, then "ready" or how long it took. On a terminal a
//! status line below shows what the running steps do; elsewhere a line every half minute does.
//! Steps may run on several threads.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::job::Failure;

/// How often a step that runs long is mentioned when there is no terminal.
const REMINDER: Duration = Duration::from_secs(30);
/// How often the status line is drawn.
const REDRAW: Duration = Duration::from_millis(200);
/// The column where the outcome of a step stands.
const NAME_WIDTH: usize = 44;

/// Collects the outcomes of steps and prints them.
#[derive(Debug)]
pub(crate) struct Report {
    terminal: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    running: Vec<Step>,
    failed: Vec<String>,
    drawn: Instant,
    /// Whether the status line is on the screen.
    visible: bool,
}

#[derive(Debug)]
struct Step {
    name: String,
    start: Instant,
    reminded: Instant,
    doing: String,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self {
            terminal: io::stdout().is_terminal(),
            state: Mutex::new(State {
                running: Vec::new(),
                failed: Vec::new(),
                drawn: Instant::now(),
                visible: false,
            }),
        }
    }

    /// Says that there is nothing to do for a step.
    pub(crate) fn ready(&self, name: &str) {
        self.outcome(name, "ready");
    }

    /// Says how a step ended that was not run with [`Self::step`].
    pub(crate) fn outcome(&self, name: &str, outcome: &str) {
        self.state().say(&line(name, outcome));
    }

    /// A remark.
    pub(crate) fn note(&self, text: &str) {
        self.state().say(&format!("  {text}"));
    }

    /// Runs one step; tells of a failure and keeps it, in which case `None` comes back.
    pub(crate) fn step<T>(
        &self,
        name: &str,
        work: impl FnOnce(&Progress<'_>) -> Result<T, Failure>,
    ) -> Option<T> {
        let mut value = None;
        self.counted(name, |progress| match work(progress) {
            Ok(it) => {
                value = Some(it);
                (String::new(), None)
            }
            Err(failure) => ("FAILED".to_owned(), Some(failure)),
        });
        value
    }

    /// Runs one step that has something to tell besides how long it took.
    pub(crate) fn counted(
        &self,
        name: &str,
        work: impl FnOnce(&Progress<'_>) -> (String, Option<Failure>),
    ) {
        let start = Instant::now();
        self.state().running.push(Step {
            name: name.to_owned(),
            start,
            reminded: start,
            doing: String::new(),
        });
        let (outcome, failure) = work(&Progress { report: self, name });
        let time = duration(start.elapsed());
        let text = if outcome.is_empty() { time } else { format!("{outcome:<22} {time}") };
        let mut state = self.state();
        state.running.retain(|step| step.name != name);
        state.say(&line(name, &text));
        if let Some(failure) = failure {
            state.say(&failure.to_string());
            state.failed.push(name.to_owned());
        }
    }

    /// The names of the failed steps, in order.
    pub(crate) fn failed(&self) -> Vec<String> {
        self.state().failed.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the report what a running step is doing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress<'a> {
    report: &'a Report,
    name: &'a str,
}

impl Progress<'_> {
    /// The step's name.
    pub(crate) fn name(&self) -> &str {
        self.name
    }

    /// To be called often. `doing` is asked for only when it is going to be shown.
    pub(crate) fn tick(&self, doing: impl FnOnce() -> String) {
        let mut state = self.report.state();
        let now = Instant::now();
        let due = if self.report.terminal {
            now - state.drawn >= REDRAW
        } else {
            state
                .running
                .iter()
                .any(|step| step.name == self.name && now - step.reminded >= REMINDER)
        };
        if !due {
            return;
        }
        let mut reminder = String::new();
        if let Some(step) = state.running.iter_mut().find(|step| step.name == self.name) {
            step.doing = doing();
            step.reminded = now;
            let time = duration(now - step.start);
            reminder = format!("  {}: {time} so far: {}", step.name, step.doing);
        }
        if self.report.terminal {
            state.draw();
        } else {
            state.say(&reminder);
        }
    }
}

impl State {
    fn say(&mut self, text: &str) {
        let clear = if std::mem::take(&mut self.visible) { "\r\x1b[K" } else { "" };
        // Nobody is left to tell when standard output is gone.
        let _ = writeln!(io::stdout(), "{clear}{text}");
    }

    fn draw(&mut self) {
        self.drawn = Instant::now();
        self.visible = true;
        let now = self.drawn;
        let steps: Vec<String> = self
            .running
            .iter()
            .map(|step| format!("{} {}: {}", step.name, duration(now - step.start), step.doing))
            .collect();
        let width = rustix::termios::tcgetwinsize(io::stdout())
            .map_or(80, |size| usize::from(size.ws_col).max(20));
        let line = shorten(&format!("  {}", steps.join(" | ")), width - 1);
        let mut stdout = io::stdout();
        let _ = write!(stdout, "\r\x1b[K{line}").and_then(|()| stdout.flush());
    }
}

fn line(name: &str, outcome: &str) -> String {
    format!("{name:<NAME_WIDTH$} {outcome}")
}

fn shorten(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// A duration for people: "0.3 s", "42 s", "3 min 7 s".
pub(crate) fn duration(duration: Duration) -> String {
    match duration.as_secs() {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_readable() {
        assert_eq!(duration(Duration::from_millis(340)), "0.3 s");
        assert_eq!(duration(Duration::from_secs(42)), "42 s");
        assert_eq!(duration(Duration::from_secs(187)), "3 min 7 s");
    }

    #[test]
    fn long_lines_are_shortened_by_characters() {
        assert_eq!(shorten("grün", 4), "grün");
        assert_eq!(shorten("größer", 4), "grö…");
    }

    #[test]
    fn a_failed_step_is_kept_and_the_next_one_runs() {
        let report = Report::new();
        assert_eq!(report.step("first", |_| Err::<(), _>(Failure::new("no"))), None);
        assert_eq!(report.step("second", |_| Ok(2)), Some(2));
        assert_eq!(report.failed(), ["first"]);
    }
}
