//! Where the programs are that take part. `cargo xtask test` installs them, builds the server, and
//! names all of it in environment variables.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// The value of a variable that `cargo xtask test` sets.
///
/// # Panics
/// If it is not set: these tests are never skipped in silence.
pub fn needed(name: &str) -> OsString {
    env::var_os(name).unwrap_or_else(|| {
        panic!(
            "{name} is not set. These tests need programs that are set up first: \
             run `cargo xtask test system`, or `eval \"$(cargo xtask env)\"` before `cargo test`."
        )
    })
}

/// A program or folder that `cargo xtask test` names.
///
/// # Panics
/// If it is not named, or not there.
pub fn path(name: &str) -> PathBuf {
    let path = PathBuf::from(needed(name));
    assert!(
        path.exists(),
        "{name} is {}, which does not exist: run `cargo xtask test system`",
        path.display()
    );
    path
}

/// The workspace.
pub fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
