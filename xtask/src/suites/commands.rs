//! The commands of the suites.

use std::process::Command;

use crate::kit::{CHROMEDRIVER, Kit};
use crate::places;
use crate::setup::wasm::TARGET;

pub(super) fn fmt(kit: &Kit) -> Result<Command, String> {
    Ok(cargo(kit, &["fmt", "--all", "--check"]))
}

pub(super) fn clippy(kit: &Kit) -> Result<Command, String> {
    Ok(cargo(kit, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

pub(super) fn clippy_wasm(kit: &Kit) -> Result<Command, String> {
    let mut command = kit.wasm("cargo")?;
    command.args(["clippy", "--all-targets", "--target", TARGET]);
    for package in ["socketio-proto", "socketio-client", "parlour-events", "parlour-app"] {
        command.args(["--package", package]);
    }
    command.args(["--", "-D", "warnings"]);
    Ok(command)
}

pub(super) fn docs(kit: &Kit) -> Result<Command, String> {
    let mut command = cargo(kit, &["doc", "--workspace", "--no-deps"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    Ok(command)
}

pub(super) fn native(kit: &Kit) -> Result<Command, String> {
    Ok(cargo(kit, &["test", "--workspace", "--exclude", "parlour-tests", "--no-fail-fast"]))
}

pub(super) fn system(kit: &Kit) -> Result<Command, String> {
    let mut command = cargo(kit, &["test", "--package", "parlour-tests", "--no-fail-fast"]);
    command.envs(kit.test_variables()?);
    Ok(command)
}

pub(super) fn browser(kit: &Kit, folder: &str) -> Result<Command, String> {
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
