//! What comes from npm: wasm-opt, esbuild, Lighthouse, and the Socket.IO peers of the whole-system tests, with
//! axe-core.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::hash::Hash;
use crate::job::{Failure, Job};
use crate::kit::{Kit, clean_command};
use crate::pins;
use crate::places::{self, Places};
use crate::report::{Progress, Report};

/// Names under which Node.js is found.
pub(crate) const NODE: &[&str] = &["node", "nodejs"];

/// A program from npm, in a folder of its version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NpmTool {
    /// The program.
    name: &'static str,
    package: &'static str,
    version: &'static str,
}

/// wasm-opt.
pub(crate) const BINARYEN: NpmTool =
    NpmTool { name: "wasm-opt", package: "binaryen", version: pins::BINARYEN };
/// esbuild.
pub(crate) const ESBUILD: NpmTool =
    NpmTool { name: "esbuild", package: "esbuild", version: pins::ESBUILD };
/// Lighthouse.
pub(crate) const LIGHTHOUSE: NpmTool =
    NpmTool { name: "lighthouse", package: "lighthouse", version: pins::LIGHTHOUSE };

impl NpmTool {
    fn folder(&self, places: &Places) -> PathBuf {
        places.cache.join(format!("npm/{}-{}", self.package, self.version))
    }

    /// The folder with the program.
    pub(crate) fn bin_folder(&self, places: &Places) -> PathBuf {
        self.folder(places).join("node_modules/.bin")
    }

    /// The program.
    pub(crate) fn program(&self, places: &Places) -> PathBuf {
        self.bin_folder(places).join(self.name)
    }

    /// Installs it, unless it is there.
    pub(super) fn provide(&self, kit: &Kit, report: &Report) {
        let Self { name, package, version } = self;
        let step = if name == package {
            format!("{name} {version}")
        } else {
            format!("{name} ({package} {version})")
        };
        if places::is_program(&self.program(&kit.places)) {
            return report.ready(&step);
        }
        let manifest =
            format!(r#"{{ "private": true, "dependencies": {{ "{package}": "{version}" }} }}"#);
        report.step(&step, |progress| {
            install(kit, progress, &self.folder(&kit.places), "install", |folder| {
                fs::write(folder.join("package.json"), &manifest)
            })
        });
    }
}

/// The folder of the peers' packages, one per lock file.
pub(crate) fn peers_folder(places: &Places) -> Result<PathBuf, String> {
    let mut hash = Hash::new();
    for name in PEERS {
        let path = places.root.join("tests/peers").join(name);
        hash.add(&fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?);
    }
    Ok(places.cache.join(format!("peers/node-{}", hash.hex())))
}

const PEERS: [&str; 2] = ["package.json", "package-lock.json"];

/// Installs the peers, unless they are there.
pub(super) fn provide_peers(kit: &Kit, report: &Report) {
    const NAME: &str = "Socket.IO peers for Node.js";
    let folder = peers_folder(&kit.places);
    // It gets its name when it is whole.
    if folder.as_ref().is_ok_and(|folder| folder.join("node_modules").is_dir()) {
        return report.ready(NAME);
    }
    report.step(NAME, |progress| {
        let source = kit.places.root.join("tests/peers");
        install(kit, progress, &folder.map_err(Failure::new)?, "ci", |folder| {
            PEERS
                .iter()
                .try_for_each(|name| fs::copy(source.join(name), folder.join(name)).map(drop))
        })
    });
}

/// Runs `npm how` in a new folder that `prepare` fills, then moves it to `finished`.
fn install(
    kit: &Kit,
    progress: &Progress<'_>,
    finished: &Path,
    how: &str,
    prepare: impl Fn(&Path) -> std::io::Result<()>,
) -> Result<(), Failure> {
    if places::program(&["npm"]).is_none() || places::program(NODE).is_none() {
        return Err(Failure::new("this needs Node.js and npm, which are missing"));
    }
    let mut new = finished.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    places::remove_folder(&new)
        .and_then(|()| fs::create_dir_all(&new))
        .and_then(|()| prepare(&new))
        .map_err(|error| Failure::io("cannot write", &new, &error))?;
    let mut command = clean_command("npm", &kit.places);
    command
        .args([how, "--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts"])
        .current_dir(&new);
    Job::new(progress, &kit.places)?.limit(Duration::from_mins(10)).run(&mut command)?;
    places::put_in_place(&new, finished)
        .map_err(|error| Failure::io("cannot write", finished, &error))
}
