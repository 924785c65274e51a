//! A virtual environment with python-socketio, a peer of the whole-system tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::hash::Hash;
use crate::job::{Failure, Job, write_whole};
use crate::kit::{Kit, clean_command};
use crate::places::{self, Places};
use crate::report::Report;

/// The environment's folder, one per list of requirements.
pub(crate) fn venv(places: &Places) -> Result<PathBuf, String> {
    let path = requirements(places);
    let content = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut hash = Hash::new();
    hash.add(&content);
    Ok(places.cache.join(format!("peers/python-{}", hash.hex())))
}

fn requirements(places: &Places) -> PathBuf {
    places.root.join("tests/peers/requirements.txt")
}

/// Builds the environment, unless it is there and its interpreter is still the same.
pub(super) fn provide(kit: &Kit, report: &Report) {
    const NAME: &str = "python-socketio";
    let venv = venv(&kit.places);
    if venv.as_ref().is_ok_and(|venv| is_ready(venv)) {
        return report.ready(NAME);
    }
    report.step(NAME, |progress| {
        let venv = venv.map_err(Failure::new)?;
        let python = places::program(&["python3"])
            .ok_or_else(|| Failure::new("this needs Python, which is missing"))?;
        // It cannot be moved later, so it is marked when it is whole.
        places::remove_folder(&venv)
            .map_err(|error| Failure::io("cannot remove", &venv, &error))?;
        let job = Job::new(progress, &kit.places)?.limit(Duration::from_mins(10));
        let mut create = clean_command(python, &kit.places);
        create.args(["-m", "venv"]).arg(&venv);
        job.run(&mut create)?;
        let mut install = clean_command(venv.join("bin/python"), &kit.places);
        install
            .args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input"])
            .args(["--progress-bar", "off", "--requirement"])
            .arg(requirements(&kit.places));
        job.run(&mut install)?;
        write_whole(&venv.join(READY), &interpreter(&venv).unwrap_or_default())
    });
}

/// The mark of a whole environment; it names the interpreter that the packages were built for.
const READY: &str = "ready";

fn is_ready(venv: &Path) -> bool {
    fs::read_to_string(venv.join(READY))
        .is_ok_and(|mark| interpreter(venv).is_some_and(|now| now == mark))
}

/// Where the environment's interpreter leads to, such as `/usr/bin/python3.11`.
fn interpreter(venv: &Path) -> Option<String> {
    Some(fs::canonicalize(venv.join("bin/python")).ok()?.to_string_lossy().into_owned())
}
