//! The commands of the suites.
//!
//! All of them ask for all features: a crate with and without a feature is compiled twice, and so
//! is everything above it.

use std::process::Command;

use crate::kit::{CHROMEDRIVER, Kit};
use crate::places;
use crate::setup::wasm::TARGET;

/// Packages that are not compiled for wasm32.
const NATIVE_ONLY: [&str; 3] = ["parlour-server", "parlour-tests", "xtask"];
/// Packages whose tests need more around them than a suite of the workspace has.
const SUITES_OF_THEIR_OWN: [&str; 2] = ["parlour-tests", "socketio-interop"];

/// A browser that runs tests, with its WebDriver server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Browser {
    Chromium,
    Firefox,
}

pub(super) fn fmt(kit: &Kit) -> Result<Command, String> {
    Ok(cargo(kit, &["fmt", "--all", "--check"]))
}

pub(super) fn clippy(kit: &Kit) -> Result<Command, String> {
    let mut command = cargo(kit, &["clippy", "--workspace", "--all-targets", "--all-features"]);
    command.args(["--", "-D", "warnings"]);
    Ok(command)
}

pub(super) fn clippy_wasm(kit: &Kit) -> Result<Command, String> {
    let mut command = kit.wasm("cargo")?;
    command.args(["clippy", "--workspace", "--all-targets", "--all-features", "--target", TARGET]);
    exclude(&mut command, &NATIVE_ONLY);
    command.args(["--", "-D", "warnings"]);
    Ok(command)
}

/// What everybody compiles who asks for nothing more; the other commands ask for all features.
pub(super) fn default_features(kit: &Kit) -> Result<Command, String> {
    Ok(cargo(kit, &["check", "--package", "socketio-proto", "--package", "socketio-client"]))
}

pub(super) fn docs(kit: &Kit) -> Result<Command, String> {
    let mut command = cargo(kit, &["doc", "--workspace", "--no-deps", "--all-features"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    Ok(command)
}

/// The client's documentation as somebody who writes a page reads it.
pub(super) fn docs_wasm(kit: &Kit) -> Result<Command, String> {
    let mut command = kit.wasm("cargo")?;
    command
        .args(["doc", "--no-deps", "--all-features", "--target", TARGET])
        .args(["--package", "socketio-proto", "--package", "socketio-client"])
        .env("RUSTDOCFLAGS", "-D warnings");
    Ok(command)
}

pub(super) fn native(kit: &Kit) -> Result<Command, String> {
    let mut command = cargo(kit, &["test", "--workspace", "--all-features", "--no-fail-fast"]);
    exclude(&mut command, &SUITES_OF_THEIR_OWN);
    Ok(command)
}

pub(super) fn system(kit: &Kit) -> Result<Command, String> {
    let mut command = test(kit, "parlour-tests");
    command.envs(kit.test_variables()?);
    Ok(command)
}

/// The one test that is there for what it leaves behind.
pub(super) fn screenshots(kit: &Kit) -> Result<Command, String> {
    let mut command = test(kit, "parlour-tests");
    command
        .args(["--test", "it", "--", "--ignored", "--exact", "screenshots::of_the_documentation"])
        .envs(kit.test_variables()?);
    Ok(command)
}

pub(super) fn interop(kit: &Kit) -> Result<Command, String> {
    Ok(test(kit, "socketio-interop"))
}

pub(super) fn interop_chromium(kit: &Kit) -> Result<Command, String> {
    browser(kit, Browser::Chromium, INTEROP)
}

pub(super) fn interop_firefox(kit: &Kit) -> Result<Command, String> {
    browser(kit, Browser::Firefox, INTEROP)
}

const INTEROP: &str = "tests/interop";

/// The tests of the crate in `folder`, in a browser.
pub(super) fn browser(kit: &Kit, browser: Browser, folder: &str) -> Result<Command, String> {
    let mut command = kit.wasm(kit.tool("wasm-pack")?)?;
    command.args(["test", "--headless"]);
    match browser {
        Browser::Chromium => {
            let driver = places::program(CHROMEDRIVER).ok_or("chromedriver is not installed")?;
            command.args(["--chrome", "--chromedriver"]).arg(driver)
        }
        Browser::Firefox => {
            command.args(["--firefox", "--geckodriver"]).arg(kit.tool("geckodriver")?)
        }
    };
    command
        .arg(kit.places.root.join(folder))
        .arg("--all-features")
        // The default of 20 s is short for a browser on a machine that is also compiling.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "180");
    Ok(command)
}

fn test(kit: &Kit, package: &str) -> Command {
    cargo(kit, &["test", "--package", package, "--all-features", "--no-fail-fast"])
}

fn exclude(command: &mut Command, packages: &[&str]) {
    for package in packages {
        command.args(["--exclude", package]);
    }
}

fn cargo(kit: &Kit, arguments: &[&str]) -> Command {
    let mut command = kit.native("cargo");
    command.args(arguments);
    command
}
