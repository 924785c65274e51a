//! What comes from npm: wasm-opt, and the Socket.IO peers of the whole-system tests.

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

/// The folder with wasm-opt.
pub(crate) fn binaryen_bin(places: &Places) -> PathBuf {
    binaryen(places).join("node_modules/.bin")
}

fn binaryen(places: &Places) -> PathBuf {
    places.cache.join(format!("npm/binaryen-{}", pins::BINARYEN))
}

/// Installs wasm-opt, unless it is there.
pub(super) fn provide_binaryen(kit: &Kit, report: &Report) {
    let name = format!("wasm-opt (binaryen {})", pins::BINARYEN);
    if places::is_program(&binaryen_bin(&kit.places).join("wasm-opt")) {
        return report.ready(&name);
    }
    let manifest =
        format!(r#"{{ "private": true, "dependencies": {{ "binaryen": "{}" }} }}"#, pins::BINARYEN);
    report.step(&name, |progress| {
        install(kit, progress, &binaryen(&kit.places), "install", |folder| {
            fs::write(folder.join("package.json"), &manifest)
        })
    });
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
