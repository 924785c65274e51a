//! Fuzzing of the protocol: what a server can send is made up, and must not make the client panic,
//! hang or swell.
//!
//! The targets are the crate `client/socketio-proto/fuzz`, over libFuzzer. They are built with the
//! stable compiler: the instrumentation is a pass of LLVM's that any rustc can run. Each starts
//! from the committed seeds, in `corpus/TARGET` of that crate; what it finds goes to a temporary
//! folder, and an input that broke it to the cache, `fuzz/TARGET`.

mod figures;

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use self::figures::Figures;
use crate::job::{Failure, Job};
use crate::kit::Kit;
use crate::places;
use crate::report::{Progress, Report};
use crate::tally::Tally;

/// The crate, a workspace of its own.
pub(crate) const FOLDER: &str = "client/socketio-proto/fuzz";
/// Its programs.
const TARGETS: [&str; 4] = ["engine_packet", "payload", "socket_packet", "msgpack"];

/// How long each target runs as a test.
const SHORT: Duration = Duration::from_secs(10);
/// How long it runs for `cargo xtask fuzz`, if nothing else was asked for.
const LONG: Duration = Duration::from_mins(30);
/// For what comes before and after: reading the corpus, and the last input.
const SLACK: Duration = Duration::from_mins(2);
/// How many targets run at once.
const AT_ONCE: usize = 2;
/// How much of a broken target's output is shown: the panic, its stack and the input.
const TAIL_LINES: usize = 60;

/// What the compiler is told: the coverage that libFuzzer is guided by, and the checks that a
/// release build does without.
const RUSTFLAGS: [&str; 9] = [
    "--cfg",
    "fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cdebug-assertions",
    "-Coverflow-checks",
];

/// What libFuzzer is told: an input that takes longer than 10 s or more than a gigabyte is a find
/// as a panic is. Longer inputs than 64 KiB teach it nothing more.
const FLAGS: [&str; 4] =
    ["-timeout=10", "-rss_limit_mb=1024", "-max_len=65536", "-print_final_stats=1"];

/// What `cargo xtask fuzz` is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    targets: Vec<&'static str>,
    time: Duration,
}

impl Plan {
    /// Reads `[TARGET] [--seconds N]`.
    pub(crate) fn parse(mut arguments: &[&str]) -> Option<Self> {
        let mut targets = TARGETS.to_vec();
        if let [name, rest @ ..] = arguments
            && let Some(target) = TARGETS.iter().find(|target| *target == name)
        {
            targets = vec![target];
            arguments = rest;
        }
        let time = match arguments {
            [] => LONG,
            ["--seconds", seconds] => {
                // 0 is libFuzzer's "without end".
                Duration::from_secs(seconds.parse().ok().filter(|seconds| *seconds > 0)?)
            }
            _ => return None,
        };
        Some(Self { targets, time })
    }
}

/// Runs each target for a moment; each is a test.
pub(crate) fn test(kit: &Kit, report: &Report) -> Tally {
    let plan = Plan { targets: TARGETS.to_vec(), time: SHORT };
    if build(kit, report).is_none() {
        return Tally::of_check(false);
    }
    let mut tally = Tally::default();
    for figures in run_all(kit, report, &plan) {
        tally += Tally::of_check(figures.is_some_and(|figures| figures.find.is_none()));
    }
    tally
}

/// `cargo xtask fuzz`: runs the targets and prints their figures as a table.
pub(crate) fn run(kit: &Kit, plan: &Plan) -> Result<(), String> {
    let report = Report::new();
    build(kit, &report).ok_or("the fuzz targets are not built")?;
    let figures = run_all(kit, &report, plan);
    println!("\n{}", figures::HEAD);
    for (target, figures) in plan.targets.iter().zip(&figures) {
        if let Some(figures) = figures {
            println!("{}", figures.row(target));
        }
    }
    if report.failed().is_empty() { Ok(()) } else { Err("not every target went well".to_owned()) }
}

fn build(kit: &Kit, report: &Report) -> Option<()> {
    report.step("fuzz targets", |progress| {
        let mut command = kit.native("cargo");
        command
            .args(["build", "--release", "--bins", "--manifest-path"])
            .arg(kit.places.root.join(FOLDER).join("Cargo.toml"))
            // Named, although it is this machine's: else build scripts would be instrumented too.
            .args(["--target", &kit.native.host])
            .env("RUSTFLAGS", RUSTFLAGS.join(" "))
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("CARGO_TARGET_DIR", kit.places.fuzz_target());
        Job::new(progress, &kit.places)?
            .limit(Duration::from_mins(20))
            .tail(TAIL_LINES)
            .run(&mut command)
    })
}

/// Runs the plan's targets, some at once; their figures, as far as there are any, in its order.
fn run_all(kit: &Kit, report: &Report, plan: &Plan) -> Vec<Option<Figures>> {
    let waiting = Mutex::new(plan.targets.iter().enumerate());
    let all = Mutex::new(vec![None; plan.targets.len()]);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((at, target)) = next else { break };
                    let figures = run_one(kit, report, target, plan.time);
                    all.lock().unwrap_or_else(PoisonError::into_inner)[at] = figures;
                }
            });
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn run_one(kit: &Kit, report: &Report, target: &str, time: Duration) -> Option<Figures> {
    let mut figures = None;
    let name = format!("fuzz {target}");
    report.counted(&name, |progress| {
        let result = fuzz(kit, progress, target, time);
        let output = kit.places.log(&name).and_then(fs::read).unwrap_or_default();
        figures = Figures::read(&String::from_utf8_lossy(&output));
        let text = figures.as_ref().map(Figures::to_string).unwrap_or_default();
        let advice = |failure: Failure| match figures.as_ref().and_then(|it| it.find.as_ref()) {
            Some(find) => failure.advise(format!("the input that broke it: {find}")),
            None => failure,
        };
        (text, result.err().map(advice))
    });
    figures
}

fn fuzz(kit: &Kit, progress: &Progress<'_>, target: &str, time: Duration) -> Result<(), Failure> {
    // Before anything can fail: the figures must not be the last run's.
    let job = Job::new(progress, &kit.places)?.limit(time + SLACK).tail(TAIL_LINES);
    let finds = TemporaryFolder::new(target)?;
    let broken = kit.places.cache.join("fuzz").join(target);
    fs::create_dir_all(&broken).map_err(|error| Failure::io("cannot create", &broken, &error))?;
    let program = kit.places.fuzz_target().join(&kit.native.host).join("release").join(target);
    let mut command = kit.native(program);
    command
        .args(FLAGS)
        .arg(format!("-max_total_time={}", time.as_secs()))
        .arg(format!("-artifact_prefix={}/", broken.display()))
        // The first folder is the one that is written to.
        .arg(&finds.0)
        .arg(kit.places.root.join(FOLDER).join("corpus").join(target));
    job.run(&mut command)
}

/// A folder that is there until this is dropped.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn new(name: &str) -> Result<Self, Failure> {
        let folder = env::temp_dir().join(format!("parlour-fuzz-{name}-{}", process::id()));
        fs::create_dir_all(&folder)
            .map_err(|error| Failure::io("cannot create", &folder, &error))?;
        Ok(Self(folder))
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // It is only in the way.
        let _ = places::remove_folder(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_for_all_targets_or_one() {
        let all = Plan { targets: TARGETS.to_vec(), time: LONG };
        assert_eq!(Plan::parse(&[]), Some(all));
        let one = Plan { targets: vec!["msgpack"], time: Duration::from_secs(5) };
        assert_eq!(Plan::parse(&["msgpack", "--seconds", "5"]), Some(one));
    }

    #[test]
    fn what_is_no_plan_is_refused() {
        for arguments in [&["nothing"][..], &["--seconds"], &["--seconds", "0"], &["payload", "x"]]
        {
            assert_eq!(Plan::parse(arguments), None, "{arguments:?}");
        }
    }
}
