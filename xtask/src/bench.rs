//! `cargo xtask bench`: the benchmarks of the protocol, and of the server.

use std::os::unix::process::CommandExt;

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
    let mut command = kit.native("cargo");
    command
        .args(["bench", "--package", "parlour-tests", "--all-features", "--bench", "server", "--"])
        .args(parts)
        .env("PARLOUR_BIN", kit.places.server())
        .current_dir(&kit.places.root);
    Err(format!("cargo bench does not start: {}", command.exec()))
}
