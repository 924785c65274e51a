//! Programs that are built from source with `cargo install`, each in a folder of its version.
//!
//! They are unoptimised builds without debug information: that takes a third of the time, and what
//! they do is quick enough.

use std::path::PathBuf;
use std::time::Duration;

use super::Purpose;
use crate::job::{Failure, Job};
use crate::kit::Kit;
use crate::pins::{self, Pins};
use crate::places::{self, Places};
use crate::report::Report;

/// One package to install.
#[derive(Clone, Debug)]
pub(crate) struct CargoTool {
    /// The program.
    pub(crate) name: &'static str,
    package: &'static str,
    version: String,
    flags: &'static [&'static str],
    pub(crate) purpose: Purpose,
}

impl CargoTool {
    /// All of them, in the order in which they are wanted.
    pub(crate) fn all(pins: &Pins) -> [Self; 4] {
        [
            Self {
                name: "wasm-bindgen",
                package: "wasm-bindgen-cli",
                version: pins.wasm_bindgen.clone(),
                // Not --locked: its lock file holds versions that were withdrawn.
                flags: &[],
                purpose: Purpose::Run,
            },
            Self {
                name: "trunk",
                package: "trunk",
                version: pins::TRUNK.to_owned(),
                // Without its check for updates: a build must not ask the network.
                flags: &["--locked", "--no-default-features", "--features", "rustls"],
                purpose: Purpose::Run,
            },
            Self {
                name: "wasm-pack",
                package: "wasm-pack",
                version: pins::WASM_PACK.to_owned(),
                flags: &[],
                purpose: Purpose::Test,
            },
            Self {
                name: "geckodriver",
                package: "geckodriver",
                version: pins::GECKODRIVER.to_owned(),
                flags: &["--locked"],
                purpose: Purpose::Test,
            },
        ]
    }

    /// The folder with the program and those that come with it.
    pub(crate) fn bin_folder(&self, places: &Places) -> PathBuf {
        places.cache.join(format!("tools/{}-{}/bin", self.name, self.version))
    }

    pub(crate) fn program(&self, places: &Places) -> PathBuf {
        self.bin_folder(places).join(self.name)
    }

    /// Builds it, unless it is there.
    pub(super) fn provide(&self, kit: &Kit, report: &Report) {
        let name = format!("{} {}", self.name, self.version);
        // Cargo puts a program into its place only when it is whole.
        if places::is_program(&self.program(&kit.places)) {
            return report.ready(&name);
        }
        report.step(&name, |progress| {
            let root = self.bin_folder(&kit.places);
            let root = root.parent().unwrap_or(&root);
            let mut command = kit.native("cargo");
            command
                .args(["install", "--debug", "--force", self.package, "--version", &self.version])
                .args(self.flags)
                .arg("--root")
                .arg(root)
                // One target folder for all: what they have in common is built once.
                .env("CARGO_TARGET_DIR", target(&kit.places))
                .env("CARGO_PROFILE_DEV_DEBUG", "0");
            Job::new(progress, &kit.places)?.limit(Duration::from_mins(45)).run(&mut command)?;
            if places::is_program(&self.program(&kit.places)) {
                return Ok(());
            }
            Err(Failure::new(format!("cargo install did not bring {}", self.name)))
        });
    }
}

fn target(places: &Places) -> PathBuf {
    places.cache.join("target/tools")
}

/// Removes what was left of the builds, some gigabytes, once all tools are there.
pub(super) fn clean_up(kit: &Kit) {
    let all = CargoTool::all(&kit.pins);
    if all.iter().all(|tool| places::is_program(&tool.program(&kit.places))) {
        // It is only in the way; the next set-up tries again.
        let _ = places::remove_folder(&target(&kit.places));
    }
}
