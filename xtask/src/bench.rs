//! `cargo xtask bench`: the benchmarks of the protocol.

use std::os::unix::process::CommandExt;

use crate::kit::Kit;

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
