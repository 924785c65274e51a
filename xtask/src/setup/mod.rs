//! Brings what is missing on this machine. Every step first looks whether it has anything to do.
//!
//! Steps that compile tools and steps that mostly wait for the network run side by side. A step
//! that fails does not stop the others: one run tells everything that is missing.

pub(crate) mod cargo_tools;
mod debian;
pub(crate) mod npm;
pub(crate) mod python;
mod system;
pub(crate) mod wasm;

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::thread;
use std::time::Duration;

use self::cargo_tools::CargoTool;
use crate::job::{Failure, Job};
use crate::kit::Kit;
use crate::report::Report;

/// What the set-up is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// To build and run Parlour.
    Run,
    /// To test it as well.
    Test,
    /// And to measure the page.
    Measure,
}

/// Sets up what `purpose` needs and returns what there is afterwards, with the names of the steps
/// that failed (they have been told of).
pub(crate) fn setup(purpose: Purpose) -> Result<(Kit, Vec<String>), String> {
    let kit = Kit::look()?;
    let report = Report::new();
    // Kept until the end: two set-ups at once would get in each other's way.
    let _lock = lock(&kit.places.cache, &report)
        .map_err(|failure| failure.to_string().trim_start().to_owned())?;
    thread::scope(|scope| {
        scope.spawn(|| {
            for tool in CargoTool::all(&kit.pins).iter().filter(|tool| tool.purpose <= purpose) {
                tool.provide(&kit, &report);
            }
            cargo_tools::clean_up(&kit);
        });
        provide_rest(&kit, purpose, &report);
    });
    Ok((Kit::look()?, report.failed()))
}

fn provide_rest(kit: &Kit, purpose: Purpose, report: &Report) {
    let wasm = wasm::provide(kit, report);
    system::provide(kit, purpose, wasm.as_ref(), report);
    if let Some(wasm::Source::Debian) = wasm {
        debian::provide(kit, purpose, report);
    }
    debian::provide_small(kit, report);
    npm::BINARYEN.provide(kit, report);
    npm::ESBUILD.provide(kit, report);
    if purpose >= Purpose::Test {
        provide_components(kit, report);
        npm::provide_peers(kit, report);
        python::provide(kit, report);
    }
    if purpose >= Purpose::Measure {
        npm::LIGHTHOUSE.provide(kit, report);
    }
}

/// rustfmt and clippy of the native toolchain, which a minimal installation lacks.
fn provide_components(kit: &Kit, report: &Report) {
    const NAME: &str = "rustfmt and clippy";
    let bin = kit.native.sysroot.join("bin");
    if bin.join("rustfmt").exists() && bin.join("clippy-driver").exists() {
        return report.ready(NAME);
    }
    report.step(NAME, |progress| {
        let mut command = kit.native("rustup");
        command.args(["component", "add", "rustfmt", "clippy"]);
        Job::new(progress, &kit.places)?
            .limit(Duration::from_mins(5))
            .run(&mut command)
            .map_err(|failure| failure.advise("install rustfmt and clippy for your Rust toolchain"))
    });
}

fn lock(cache: &Path, report: &Report) -> Result<File, Failure> {
    let path = cache.join("setup.lock");
    let error = |error: &std::io::Error| Failure::io("cannot lock", &path, error);
    fs::create_dir_all(cache)
        .map_err(|error| Failure::io("cannot create the cache folder", cache, &error))?;
    let file = File::create(&path).map_err(|it| error(&it))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            report.note("another set-up is at work; waiting for it to end");
            file.lock().map_err(|it| error(&it))?;
        }
        Err(TryLockError::Error(it)) => return Err(error(&it)),
    }
    Ok(file)
}
