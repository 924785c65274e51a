//! Packages of the operating system: installed with apt-get where that can be done, and otherwise
//! named, so that the person can install them.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use super::{Purpose, debian, npm, wasm};
use crate::job::{Failure, Job};
use crate::kit::{self, Kit, clean_command};
use crate::places;
use crate::report::{Progress, Report};

/// A package of Debian, and what elsewhere is needed in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    is_there: bool,
    /// What it is, for systems without apt; `None` when these do without.
    elsewhere: Option<&'static str>,
    /// Whether it may be missing.
    is_optional: bool,
}

impl Package {
    /// A package that is there when one of the programs is in `PATH`.
    fn program(name: &'static str, programs: &[&str], elsewhere: &'static str) -> Self {
        let is_there = places::program(programs).is_some();
        Self { name, is_there, elsewhere: Some(elsewhere), is_optional: false }
    }

    /// A package that only Debian needs, there when the file is.
    pub(super) fn file(name: &'static str, file: &str) -> Self {
        Self::known(name, Path::new(file).exists())
    }

    /// A package that only Debian needs.
    pub(super) fn known(name: &'static str, is_there: bool) -> Self {
        Self { name, is_there, elsewhere: None, is_optional: false }
    }

    /// The same, but that it may be missing.
    pub(super) fn optional(self) -> Self {
        Self { is_optional: true, ..self }
    }
}

/// Everything of the system that `purpose` needs.
fn wanted(kit: &Kit, purpose: Purpose, wasm: Option<&wasm::Source>) -> Vec<Package> {
    let mut packages = vec![
        Package::program("nodejs", npm::NODE, "Node.js 18 or newer"),
        Package::program("npm", &["npm"], "npm"),
    ];
    if wasm == Some(&wasm::Source::Debian) {
        packages.extend(debian::packages(kit, purpose));
    }
    // Nobody is to be asked for the root's password for a page that is somewhat smaller.
    if has_apt() && is_root() {
        packages.extend(debian::packages_for_small(kit));
    }
    if purpose >= Purpose::Test {
        packages.extend([
            Package::program("chromium", kit::CHROMIUM, "Chromium"),
            Package::program(
                "chromium-driver",
                kit::CHROMEDRIVER,
                "the chromedriver of that Chromium's version",
            ),
            Package::program("firefox-esr", kit::FIREFOX, "Firefox"),
            // MiniBrowser comes with the library that this depends on.
            Package {
                name: "webkit2gtk-driver",
                is_there: places::program(kit::WEBKIT_DRIVER).is_some()
                    && kit::mini_browser().is_some(),
                elsewhere: Some("WebKitGTK with WebKitWebDriver and MiniBrowser"),
                is_optional: false,
            },
            // WebKitGTK does not run without a display.
            Package::program("xvfb", kit::XVFB, "Xvfb"),
            // The fuzzer is C++.
            Package::program("g++", &["c++"], "a C++ compiler"),
            // Fonts, so that screenshots show text and emoji.
            Package::file("fonts-dejavu-core", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
            Package::file(
                "fonts-noto-color-emoji",
                "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf",
            ),
            Package::program("python3", &["python3"], "Python 3.10 or newer"),
            Package::known("python3-venv", python_has_venv()),
        ]);
    }
    packages
}

/// Installs whatever is missing, with one call.
pub(super) fn provide(kit: &Kit, purpose: Purpose, wasm: Option<&wasm::Source>, report: &Report) {
    let missing = || -> Vec<Package> {
        let packages = wanted(kit, purpose, wasm).into_iter();
        packages.filter(|it| !it.is_there && (has_apt() || it.elsewhere.is_some())).collect()
    };
    const NAME: &str = "system packages";
    let packages = missing();
    if packages.is_empty() {
        return report.ready(NAME);
    }
    report.step(NAME, |progress| {
        if !has_apt() {
            let list: Vec<&str> = packages.iter().filter_map(|it| it.elsewhere).collect();
            return Err(Failure::new(format!("missing: {}", list.join(", "))).advise(
                "install these in the way of your system, then run the same command again",
            ));
        }
        install(kit, &packages, progress)?;
        let still: Vec<Package> = missing().into_iter().filter(|it| !it.is_optional).collect();
        if still.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!("after apt-get still missing: {}", names(&still))))
    });
}

fn install(kit: &Kit, packages: &[Package], progress: &Progress<'_>) -> Result<(), Failure> {
    let by_hand = format!(
        "run as root: apt-get update && apt-get install --no-install-recommends {}",
        names(packages)
    );
    if !is_root() {
        return Err(Failure::new(format!(
            "missing, and only root can install: {}",
            names(packages)
        ))
        .advise(by_hand));
    }
    let job = Job::new(progress, &kit.places)?.limit(Duration::from_mins(20));
    let apt = || {
        let mut command = clean_command("apt-get", &kit.places);
        command.env("DEBIAN_FRONTEND", "noninteractive").args(["-o", "DPkg::Lock::Timeout=300"]);
        command
    };
    let advise = |failure: Failure| match failure.advice {
        None => failure.advise(by_hand.clone()),
        Some(_) => failure,
    };
    job.run(apt().arg("update")).map_err(advise)?;
    // One name that apt does not know would keep it from installing the others.
    let known: Vec<&str> = packages
        .iter()
        .map(|package| package.name)
        .filter(|name| query("apt-cache", &["policy", name]).is_none_or(|it| is_available(&it)))
        .collect();
    if known.is_empty() {
        return Ok(());
    }
    job.run(apt().args(["install", "-y", "--no-install-recommends"]).args(known)).map_err(advise)
}

/// Whether packages may be installed.
pub(super) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether apt-get installs packages here.
pub(super) fn has_apt() -> bool {
    places::program(&["apt-get"]).is_some()
}

/// The standard output of a command that only looks.
pub(super) fn query(program: &str, arguments: &[&str]) -> Option<String> {
    let Output { status, stdout, .. } = Command::new(program).args(arguments).output().ok()?;
    status.success().then(|| String::from_utf8_lossy(&stdout).into_owned())
}

/// Debian's Python comes without ensurepip, which python3-venv brings.
fn python_has_venv() -> bool {
    ["/usr/lib", "/usr/local/lib"].iter().filter_map(|lib| std::fs::read_dir(lib).ok()).any(
        |mut entries| {
            entries.any(|entry| {
                entry.is_ok_and(|entry| {
                    entry.file_name().to_string_lossy().starts_with("python3.")
                        && entry.path().join("ensurepip/__init__.py").exists()
                })
            })
        },
    )
}

/// Reads what `apt-cache policy` says of one package.
fn is_available(policy: &str) -> bool {
    policy
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Candidate:"))
        .any(|version| version.trim() != "(none)")
}

fn names(packages: &[Package]) -> String {
    packages.iter().map(|package| package.name).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_apts_policy() {
        assert!(is_available("npm:\n  Installed: (none)\n  Candidate: 9.2.0\n  Version table:\n"));
        assert!(!is_available("npm:\n  Installed: (none)\n  Candidate: (none)\n"));
        assert!(!is_available(""));
    }
}
