//! How much the client library adds to a page: two of its examples are built as the page is, and
//! their WebAssembly is compared. A third one, which people begin from, is built along with them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::job::{Failure, Job};
use crate::kit::Kit;
use crate::places;
use crate::report::{Progress, Report};

/// A page without the client, in `client/socketio-client/examples`.
const WITHOUT: &str = "hello";
/// The same page with it, and with nothing more of anything else.
const WITH: &str = "connected";
/// A page that does something.
const EXAMPLE: &str = "echo";
/// What the client is to add one day, in bytes.
const AIM: u64 = 60_000;
/// What it may add: what it adds today, and a little.
const LIMIT: u64 = 118_000;

/// A compiler's message is longer than what a package manager says.
const TAIL_LINES: usize = 60;

/// Builds both pages and compares them; says whether the client is within the limit.
pub(crate) fn is_within_limit(kit: &Kit, report: &Report) -> bool {
    let step = |progress: &Progress<'_>| {
        let job = Job::new(progress, &kit.places)?.limit(Duration::from_mins(20)).tail(TAIL_LINES);
        let without = build(kit, &job, WITHOUT)?;
        let with = build(kit, &job, WITH)?;
        build(kit, &job, EXAMPLE)?;
        report.note(&comparison(without, with));
        if with.saturating_sub(without) > LIMIT {
            return Err(Failure::new("the client adds more than it may"));
        }
        Ok(())
    };
    report.step("size of the client in a page", step).is_some()
}

fn comparison(without: u64, with: u64) -> String {
    let adds = with.saturating_sub(without) as f64 / 1_000.0;
    let (limit, aim) = (LIMIT / 1_000, AIM / 1_000);
    format!(
        "{WITHOUT} {without} bytes, with the client {with} bytes: the client adds {adds:.1} kB \
         (limit {limit}, aim {aim})"
    )
}

/// Builds an example for release; the size of its WebAssembly after wasm-opt, not compressed.
fn build(kit: &Kit, job: &Job<'_>, example: &str) -> Result<u64, Failure> {
    let folder = kit.places.root.join("client/socketio-client/examples").join(example);
    let page = kit.places.root.join("target/size").join(example);
    let error = |error: io::Error| Failure::io("cannot read", &page, &error);
    // Trunk leaves what it does not know.
    places::remove_folder(&page).map_err(error)?;
    let trunk = kit.tool("trunk").map_err(Failure::new)?;
    let mut command = kit.page(trunk).map_err(Failure::new)?;
    command.args(["build", "--release", "--offline", "--dist"]).arg(&page).current_dir(folder);
    job.run(&mut command)?;
    let wasm = wasm(&page).map_err(error)?;
    let wasm = wasm.ok_or_else(|| Failure::new(format!("no WebAssembly in {}", page.display())))?;
    Ok(fs::metadata(&wasm).map_err(error)?.len())
}

/// The WebAssembly of a page.
fn wasm(page: &Path) -> io::Result<Option<PathBuf>> {
    for entry in fs::read_dir(page)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_names_both_pages_and_the_difference() {
        assert_eq!(
            comparison(47_287, 99_387),
            "hello 47287 bytes, with the client 99387 bytes: the client adds 52.1 kB \
             (limit 118, aim 60)"
        );
    }
}
