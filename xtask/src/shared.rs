//! Several checkouts, one target folder.
//!
//! Cargo tells the crates of a workspace apart by their place inside of it, not by where the
//! workspace is, and a fresh build from a stale one by the times of files. Two checkouts that share
//! a target folder could so be served each other's builds. Before a checkout builds where another
//! one built last, what Cargo knows of the workspace's own crates there is forgotten. The
//! dependencies, which take the time, stay.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::bench;
use crate::fuzz;
use crate::kit::Kit;
use crate::places;

/// In a target folder: the checkout that built there last.
const STAMP: &str = "checkout";

/// Makes the target folders this checkout's.
pub(crate) fn claim(kit: &Kit) -> Result<(), String> {
    let checkout = &kit.places.root;
    let root = checkout.as_os_str().as_encoded_bytes();
    for (target, workspace) in targets(kit) {
        let manifest = checkout.join(workspace).join("Cargo.toml");
        if fs::read(target.join(STAMP)).is_ok_and(|last| last == root) || !manifest.is_file() {
            continue;
        }
        let members = members(kit, &manifest)?;
        forget(&target, &members)
            .and_then(|()| fs::create_dir_all(&target))
            .and_then(|()| fs::write(target.join(STAMP), root))
            .map_err(|error| format!("{}: {error}", target.display()))?;
    }
    Ok(())
}

/// The target folders, and the folder of the workspace that is built there.
fn targets(kit: &Kit) -> Vec<(PathBuf, &'static str)> {
    let mut targets = vec![
        (kit.places.native_target(), ""),
        (kit.places.fuzz_target(), fuzz::FOLDER),
        (kit.places.bench_target(), bench::FOLDER),
    ];
    let compilers: BTreeSet<&str> =
        [&kit.wasm, &kit.page].into_iter().flatten().map(|wasm| wasm.version.as_str()).collect();
    targets.extend(compilers.into_iter().map(|version| (kit.places.wasm_target(version), "")));
    targets
}

/// The names of the workspace's crates.
fn members(kit: &Kit, manifest: &Path) -> Result<Vec<String>, String> {
    let output = kit
        .native("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path"])
        .arg(manifest)
        .output()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).trim().to_owned())?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata names no packages")?;
    Ok(packages.iter().filter_map(|package| Some(package["name"].as_str()?.to_owned())).collect())
}

/// Removes the fingerprints of these crates: in `PROFILE/.fingerprint` and, for another target
/// than the machine's, `TRIPLE/PROFILE/.fingerprint`.
fn forget(target: &Path, members: &[String]) -> io::Result<()> {
    for folder in folders(target)? {
        for profile in folders(&folder)?.iter().chain([&folder]) {
            for print in folders(&profile.join(".fingerprint"))? {
                if is_of(&print.file_name().unwrap_or_default().to_string_lossy(), members) {
                    places::remove_folder(&print)?;
                }
            }
        }
    }
    Ok(())
}

/// Whether a fingerprint, `NAME-HASH`, is one of these crates'.
fn is_of(print: &str, members: &[String]) -> bool {
    print.rsplit_once('-').is_some_and(|(name, _)| members.iter().any(|member| member == name))
}

/// The folders in a folder; none if it is missing.
fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_workspaces_own_crates_are_forgotten() {
        let members = ["parlour-app".to_owned(), "xtask".to_owned()];
        assert!(is_of("parlour-app-0123456789abcdef", &members));
        assert!(is_of("xtask-0123456789abcdef", &members));
        assert!(!is_of("parlour-app-more-0123456789abcdef", &members));
        assert!(!is_of("serde-0123456789abcdef", &members));
        assert!(!is_of("xtask", &members));
    }

    #[test]
    fn fingerprints_are_found_with_and_without_a_target() -> io::Result<()> {
        let target = std::env::temp_dir().join(format!("parlour-shared-{}", std::process::id()));
        let own = ["debug/.fingerprint/own-1", "wasm32-unknown-unknown/page/.fingerprint/own-2"];
        let other = "debug/.fingerprint/other-1";
        for print in own.into_iter().chain([other]) {
            fs::create_dir_all(target.join(print))?;
        }
        forget(&target, &["own".to_owned()])?;
        assert!(own.iter().all(|print| !target.join(print).exists()));
        assert!(target.join(other).exists());
        places::remove_folder(&target)
    }
}
