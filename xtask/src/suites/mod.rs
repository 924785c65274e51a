//! All tests and checks, the cheap ones first.
//!
//! A suite's output goes to a log, which is shown when the suite fails. A suite that fails does
//! not keep the next one from running: one run shows everything that is wrong.

mod commands;

use std::fs;
use std::io::{self, IsTerminal};
use std::process::Command;
use std::time::{Duration, Instant};

use self::commands::Browser;
use crate::build;
use crate::failures;
use crate::fuzz;
use crate::job::{Failure, Job};
use crate::kit::Kit;
use crate::licences;
use crate::page_size;
use crate::peers::{self, Peers};
use crate::report::{Progress, Report, duration};
use crate::size;
use crate::tally::Tally;

/// A suite that takes longer hangs.
const LIMIT: Duration = Duration::from_mins(40);
/// How much of a failed suite's output is shown.
const TAIL_LINES: usize = 100;

/// What a suite does.
#[derive(Clone, Copy)]
enum Work {
    /// Commands that all have to succeed: one check.
    Check(fn(&Kit) -> Result<Command, String>),
    /// A command whose output tells how many tests passed and failed.
    Tests(fn(&Kit) -> Result<Command, String>),
    /// The tests of a crate of the page, in Chromium.
    Browser(&'static str),
    /// The same, against the interop tests' servers.
    Interop(fn(&Kit) -> Result<Command, String>),
    /// A check of our own.
    Licences,
    /// What the client adds to a page: one check.
    Size,
    /// What the page weighs: one check.
    PageSize,
    /// The fuzz targets, each a test.
    Fuzz,
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
const SUITES: [Suite; 19] = [
    Suite { name: "fmt", what: "rustfmt", work: Work::Check(commands::fmt) },
    Suite { name: "licences", what: "licences of all dependencies", work: Work::Licences },
    Suite { name: "clippy", what: "clippy, native", work: Work::Check(commands::clippy) },
    Suite { name: "clippy-wasm", what: "clippy, wasm32", work: Work::Check(commands::clippy_wasm) },
    Suite {
        name: "features",
        what: "default features",
        work: Work::Check(commands::default_features),
    },
    Suite { name: "docs", what: "rustdoc, native", work: Work::Check(commands::docs) },
    Suite { name: "docs-wasm", what: "rustdoc, wasm32", work: Work::Check(commands::docs_wasm) },
    Suite { name: "native", what: "tests, native", work: Work::Tests(commands::native) },
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
    Suite {
        name: "interop",
        what: "interop tests, native",
        work: Work::Interop(commands::interop),
    },
    Suite {
        name: "interop-chromium",
        what: "interop tests in Chromium",
        work: Work::Interop(commands::interop_chromium),
    },
    Suite {
        name: "interop-firefox",
        what: "interop tests in Firefox",
        work: Work::Interop(commands::interop_firefox),
    },
    Suite { name: "size", what: "what the client adds to a page", work: Work::Size },
    Suite { name: "fuzz", what: "fuzz targets, 10 s each", work: Work::Fuzz },
    Suite { name: "release", what: "release build of page and server", work: Work::Release },
    Suite { name: "page-size", what: "what the page weighs", work: Work::PageSize },
    Suite { name: "system", what: "whole-system tests", work: Work::Tests(commands::system) },
];

/// The names of the suites, for people.
pub(crate) fn list() -> String {
    SUITES.iter().map(|suite| format!("{:<16} {}\n", suite.name, suite.what)).collect()
}

/// Whether one may run some tests of a suite only.
pub(crate) fn can_be_filtered(name: &str) -> bool {
    SUITES.iter().any(|suite| suite.name == name && matches!(suite.work, Work::Tests(_)))
}

/// Whether there is such a suite.
pub(crate) fn exists(name: &str) -> bool {
    SUITES.iter().any(|suite| suite.name == name)
}

/// Runs all suites, or the one that is named and what it rests on, and adds up. `not_set_up` are
/// the set-up's failed steps; each is a failed check. With a `filter` only those tests of a suite run
/// whose names have one of its words in them.
pub(crate) fn run(kit: &Kit, only: Option<&str>, filter: &[&str], not_set_up: &[String]) -> Tally {
    let start = Instant::now();
    let report = Report::new();
    let mut total = Tally { passed: 0, failed: not_set_up.len() as u64 };
    let mut broken: Vec<&str> = not_set_up.iter().map(String::as_str).collect();
    let mut reasons = Vec::new();
    let mut peers = Peers::default();
    for suite in SUITES.iter().filter(|suite| is_chosen(suite.name, only)) {
        let tally = suite.run(kit, &report, &mut peers, filter);
        if tally.failed > 0 {
            broken.push(suite.name);
            reasons.extend(suite.reasons(kit));
        }
        total += tally;
    }
    println!("\nall of it took {}", duration(start.elapsed()));
    for reason in reasons {
        println!("{reason}");
    }
    if !broken.is_empty() {
        println!("failed: {}", broken.join(", "));
    }
    total
}

/// Takes the pictures of the documentation again, where it has them.
pub(crate) fn take_screenshots(kit: &Kit) -> Result<(), String> {
    let report = Report::new();
    let taken = report.step("screenshots", |progress| {
        let mut command = commands::screenshots(kit).map_err(Failure::new)?;
        Job::new(progress, &kit.places)?.limit(LIMIT).tail(TAIL_LINES).run(&mut command)
    });
    taken.ok_or_else(|| "there are no new pictures".to_owned())
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
    fn run(&self, kit: &Kit, report: &Report, peers: &mut Peers, filter: &[&str]) -> Tally {
        if !matches!(self.work, Work::Interop(_)) {
            peers.end();
        }
        match self.work {
            Work::Size => return Tally::of_check(size::is_within_limit(kit, report)),
            Work::PageSize => return Tally::of_check(page_size::is_within_limit(kit, report)),
            Work::Fuzz => return fuzz::test(kit, report),
            Work::Release => return Tally::of_check(build::build(kit, report).is_ok()),
            _ => {}
        }
        let mut tally = Tally::default();
        report.counted(self.what, |progress| {
            let result = self.work(kit, progress, peers, filter);
            tally = match self.work {
                Work::Tests(_) | Work::Browser(_) | Work::Interop(_) => {
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

    /// What failed in it, briefly: its output may be long, and the end of it says the least.
    fn reasons(&self, kit: &Kit) -> Vec<String> {
        let log = kit.places.log(self.what).and_then(fs::read).unwrap_or_default();
        let reasons = failures::of_tests(&String::from_utf8_lossy(&log));
        reasons.into_iter().map(|reason| format!("\n{}: {reason}", self.name)).collect()
    }

    fn work(
        &self,
        kit: &Kit,
        progress: &Progress<'_>,
        peers: &mut Peers,
        filter: &[&str],
    ) -> Result<(), Failure> {
        // Before anything can fail: what is counted must not be the last run's.
        let job = Job::new(progress, &kit.places)?.limit(LIMIT).tail(TAIL_LINES);
        let command = match self.work {
            Work::Check(command) => command(kit),
            Work::Tests(command) => command(kit).map(|mut command| {
                command.arg("--").args(filter);
                command
            }),
            Work::Browser(folder) => commands::browser(kit, Browser::Chromium, folder),
            Work::Interop(command) => {
                let control = peers.control(kit, &job)?;
                command(kit).map(|mut command| {
                    command.env(peers::VARIABLE, control);
                    command
                })
            }
            Work::Licences => return licences::check(kit).map_err(Failure::new),
            // These are no one command.
            Work::Size | Work::PageSize | Work::Fuzz | Work::Release => return Ok(()),
        };
        let mut command = command.map_err(Failure::new)?;
        if io::stdout().is_terminal() {
            command.env("CARGO_TERM_COLOR", "always");
        }
        job.run(&mut command)
    }
}
