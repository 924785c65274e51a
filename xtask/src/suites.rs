//! All tests and checks, the cheap ones first.
//!
//! A suite's output goes to a log, which is shown when the suite fails. A suite that fails does
//! not keep the next one from running: one run shows everything that is wrong.

use std::fs;
use std::io::{self, IsTerminal};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::build;
use crate::job::{Failure, Job};
use crate::kit::{CHROMEDRIVER, Kit};
use crate::licences;
use crate::places;
use crate::report::{Progress, Report, duration};
use crate::setup::wasm::TARGET;
use crate::tally::Tally;

/// A suite that takes longer hangs.
const LIMIT: Duration = Duration::from_mins(40);
/// How much of a failed suite's output is shown.
const TAIL_LINES: usize = 400;

/// What a suite does.
#[derive(Clone, Copy)]
enum Work {
    /// Commands that all have to succeed: one check.
    Check(fn(&Kit) -> Result<Command, String>),
    /// A command whose output tells how many tests passed and failed.
    Tests(fn(&Kit) -> Result<Command, String>),
    /// The tests of a crate of the page, in the browser.
    Browser(&'static str),
    /// A check of our own.
    Licences,
    /// The release builds: one check.
    Release,
}

/// One suite, as `cargo xtask test NAME` runs it.
struct Suite {
    name: &'static str,
    what: &'static str,
    work: Work,
}

/// The order is that of the time they take.
const SUITES: [Suite; 11] = [
    Suite { name: "fmt", what: "rustfmt", work: Work::Check(fmt) },
    Suite { name: "licences", what: "licences of all dependencies", work: Work::Licences },
    Suite { name: "clippy", what: "clippy, native", work: Work::Check(clippy) },
    Suite { name: "clippy-wasm", what: "clippy, wasm32", work: Work::Check(clippy_wasm) },
    Suite { name: "docs", what: "rustdoc", work: Work::Check(docs) },
    Suite { name: "native", what: "tests, native", work: Work::Tests(native) },
    Suite {
        name: "wasm-proto",
        what: "tests in Chromium: socketio-proto",
        work: Work::Browser("client/socketio-proto"),
    },
    Suite {
        name: "wasm-client",
        what: "tests in Chromium: socketio-client",
        work: Work::Browser("client/socketio-client"),
    },
    Suite {
        name: "wasm-app",
        what: "tests in Chromium: parlour-app",
        work: Work::Browser("client/app"),
    },
    Suite { name: "release", what: "release build of page and server", work: Work::Release },
    Suite { name: "system", what: "whole-system tests", work: Work::Tests(system) },
];

fn fmt(kit: &Kit) -> Result<Command, String> {
    Ok(cargo(kit, &["fmt", "--all", "--check"]))
}

fn clippy(kit: &Kit) -> Result<Command, String> {
    Ok(cargo(kit, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn clippy_wasm(kit: &Kit) -> Result<Command, String> {
    let mut command = kit.wasm("cargo")?;
    command.args(["clippy", "--all-targets", "--target", TARGET]);
    for package in
        ["socketio-proto", "socketio-client", "parlour-events", "parlour-app", "socketio-interop"]
    {
        command.args(["--package", package]);
    }
    command.args(["--", "-D", "warnings"]);
    Ok(command)
}

fn docs(kit: &Kit) -> Result<Command, String> {
    let mut command = cargo(kit, &["doc", "--workspace", "--no-deps"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    Ok(command)
}

fn native(kit: &Kit) -> Result<Command, String> {
    // Those two need programs beside them, and have suites of their own.
    let others = ["--exclude", "parlour-tests", "--exclude", "socketio-interop"];
    Ok(cargo(kit, &[&["test", "--workspace", "--no-fail-fast"][..], &others].concat()))
}

fn system(kit: &Kit) -> Result<Command, String> {
    let mut command = cargo(kit, &["test", "--package", "parlour-tests", "--no-fail-fast"]);
    command.envs(kit.test_variables()?);
    Ok(command)
}

fn browser(kit: &Kit, folder: &str) -> Result<Command, String> {
    let chromedriver = places::program(CHROMEDRIVER).ok_or("chromedriver is not installed")?;
    let mut command = kit.wasm(kit.tool("wasm-pack")?)?;
    command
        .args(["test", "--headless", "--chrome", "--chromedriver"])
        .arg(chromedriver)
        .arg(kit.places.root.join(folder))
        // The default of 20 s is short for a browser on a machine that is also compiling.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "180");
    Ok(command)
}

fn cargo(kit: &Kit, arguments: &[&str]) -> Command {
    let mut command = kit.native("cargo");
    command.args(arguments);
    command
}

/// The names of the suites, for people.
pub(crate) fn list() -> String {
    SUITES.iter().map(|suite| format!("{:<12} {}\n", suite.name, suite.what)).collect()
}

/// Whether there is such a suite.
pub(crate) fn exists(name: &str) -> bool {
    SUITES.iter().any(|suite| suite.name == name)
}

/// Runs all suites, or the one that is named and what it rests on, and adds up. `not_set_up` are
/// the set-up's failed steps; each is a failed check.
pub(crate) fn run(kit: &Kit, only: Option<&str>, not_set_up: &[String]) -> Tally {
    let start = Instant::now();
    let report = Report::new();
    let mut total = Tally { passed: 0, failed: not_set_up.len() as u64 };
    let mut broken: Vec<&str> = not_set_up.iter().map(String::as_str).collect();
    for suite in SUITES.iter().filter(|suite| is_chosen(suite.name, only)) {
        let tally = suite.run(kit, &report);
        if tally.failed > 0 {
            broken.push(suite.name);
        }
        total += tally;
    }
    println!("\nall of it took {}", duration(start.elapsed()));
    if !broken.is_empty() {
        println!("failed: {}", broken.join(", "));
    }
    total
}

fn is_chosen(name: &str, only: Option<&str>) -> bool {
    match only {
        None => true,
        // The whole-system tests run what this builds.
        Some("system") => matches!(name, "release" | "system"),
        Some(only) => name == only,
    }
}

impl Suite {
    fn run(&self, kit: &Kit, report: &Report) -> Tally {
        if let Work::Release = self.work {
            return Tally::of_check(build::build(kit, report).is_ok());
        }
        let mut tally = Tally::default();
        report.counted(self.what, |progress| {
            let result = self.work(kit, progress);
            tally = match self.work {
                Work::Tests(_) | Work::Browser(_) => {
                    let output = kit.places.log(self.what).and_then(fs::read);
                    let output = String::from_utf8_lossy(&output.unwrap_or_default()).into_owned();
                    Tally::of_tests(&output, result.is_ok())
                }
                _ => Tally::of_check(result.is_ok()),
            };
            (tally.to_string(), result.err())
        });
        tally
    }

    fn work(&self, kit: &Kit, progress: &Progress<'_>) -> Result<(), Failure> {
        // Before anything can fail: what is counted must not be the last run's.
        let job = Job::new(progress, &kit.places)?.limit(LIMIT).tail(TAIL_LINES);
        let command = match self.work {
            Work::Check(command) | Work::Tests(command) => command(kit),
            Work::Browser(folder) => browser(kit, folder),
            Work::Licences => return licences::check(kit).map_err(Failure::new),
            Work::Release => return Ok(()),
        };
        let mut command = command.map_err(Failure::new)?;
        if io::stdout().is_terminal() {
            command.env("CARGO_TERM_COLOR", "always");
        }
        job.run(&mut command)
    }
}
