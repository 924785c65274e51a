//! `cargo xtask bench`: the benchmarks of the protocol, of the server, and of the page.

use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::build;
use crate::kit::Kit;
use crate::report::Report;

/// Where they are: a workspace of their own, so that what they compare with is not built for
/// anything else.
pub(crate) const FOLDER: &str = "client/socketio-proto/bench";

/// Becomes `cargo bench` with `flags` for the benchmarks. Comes back only with the reason why that
/// did not work.
pub(crate) fn become_benches(kit: &Kit, flags: &[&str]) -> String {
    let folder = kit.places.root.join(FOLDER);
    let mut command = kit.native("cargo");
    command
        .arg("bench")
        .arg("--")
        .args(flags)
        .env("CARGO_TARGET_DIR", kit.places.bench_target())
        .current_dir(&folder);
    format!("cargo bench does not start in {}: {}", folder.display(), command.exec())
}

/// Builds what is shipped, and becomes the server's benchmark, or one of its parts. Comes back
/// only with the reason why that did not work.
pub(crate) fn become_server_bench(kit: &Kit, parts: &[&str]) -> Result<(), String> {
    build::build(kit, &Report::new())?;
    let mut command = system_bench(kit, "server", parts);
    command.env("PARLOUR_BIN", kit.places.server());
    Err(format!("cargo bench does not start: {}", command.exec()))
}

/// Becomes the page's benchmark, or some of its parts; what is shipped has been built. Comes back
/// only with the reason why that did not work.
pub(crate) fn become_app_bench(kit: &Kit, parts: &[&str]) -> Result<(), String> {
    let mut command = system_bench(kit, "app", parts);
    command.envs(kit.test_variables()?);
    Err(format!("cargo bench does not start: {}", command.exec()))
}

/// A benchmark of the package that tests the whole system.
fn system_bench(kit: &Kit, name: &str, parts: &[&str]) -> Command {
    let mut command = kit.native("cargo");
    command
        .args(["bench", "--package", "parlour-tests", "--all-features", "--bench", name, "--"])
        .args(parts)
        .current_dir(&kit.places.root);
    command
}
