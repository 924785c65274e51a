//! The compiler for wasm32-unknown-unknown.
//!
//! Usually it is the native toolchain with one more target, which rustup downloads. Where rustup
//! cannot download, Debian's compiler does it ([`super::debian`]). `PARLOUR_WASM=rustup` or
//! `PARLOUR_WASM=debian` in the environment allows only the one way.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{debian, system};
use crate::job::{Failure, Job, write_whole};
use crate::kit::{Kit, Native};
use crate::places::{self, Places};
use crate::report::Report;

/// The name of the target.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// After rustup could not download it is not tried again for this long.
const RETRY: Duration = Duration::from_hours(24);

/// A compiler for wasm32 that is ready for use.
#[derive(Clone, Debug)]
pub(crate) struct Wasm {
    /// Names the builds of this compiler.
    pub(crate) version: String,
    /// The toolchain for rustup; `None` when it is the native one.
    pub(crate) toolchain: Option<PathBuf>,
    /// The linker; `None` when the compiler brings its own.
    pub(crate) linker: Option<PathBuf>,
    /// What everything has to be compiled with; unstable flags, or none.
    pub(crate) flags: &'static str,
}

/// Where the compiler for wasm32 comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The native toolchain has the target.
    Native,
    /// Debian's packages.
    Debian,
}

impl Wasm {
    /// Finds one that is ready.
    pub(crate) fn look(native: &Native, places: &Places) -> Option<Self> {
        let in_native = || {
            has_std(&native.sysroot).then(|| Self {
                version: native.rustc.clone(),
                toolchain: None,
                linker: None,
                flags: "",
            })
        };
        let in_debian = || debian::look(native, places, debian::Std::Usual);
        match forced() {
            Some(Source::Native) => in_native(),
            Some(Source::Debian) => in_debian(),
            None => in_native().or_else(in_debian),
        }
    }

    /// Finds the one that makes small pages, where there is one.
    pub(crate) fn look_for_small(native: &Native, places: &Places) -> Option<Self> {
        debian::look(native, places, debian::Std::Small)
    }
}

/// Whether a toolchain has std for wasm32.
pub(super) fn has_std(sysroot: &Path) -> bool {
    fs::read_dir(sysroot.join("lib/rustlib").join(TARGET).join("lib")).is_ok_and(|mut entries| {
        entries.any(|entry| {
            entry.is_ok_and(|entry| {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                name.starts_with("libstd-") && name.ends_with(".rlib")
            })
        })
    })
}

fn forced() -> Option<Source> {
    match env::var("PARLOUR_WASM").as_deref() {
        Ok("rustup") => Some(Source::Native),
        Ok("debian") => Some(Source::Debian),
        _ => None,
    }
}

/// Adds the target with rustup where that works; says where the compiler is to come from, or
/// `None` when there is no way (which has been told).
pub(super) fn provide(kit: &Kit, report: &Report) -> Option<Source> {
    let name = format!("{TARGET} for rustc {}", kit.native.rustc);
    if let Some(wasm) = &kit.wasm {
        return match wasm.toolchain {
            None => {
                report.ready(&name);
                Some(Source::Native)
            }
            Some(_) => Some(Source::Debian),
        };
    }
    let debian_way = forced() != Some(Source::Native) && system::has_apt();
    if forced() == Some(Source::Debian) {
        return Some(Source::Debian);
    }
    let failed_lately = kit.places.cache.join("rustup-cannot-download");
    // Whoever cannot install Debian's packages is better off with another try.
    if debian_way && system::is_root() && is_recent(&failed_lately) {
        return Some(Source::Debian);
    }
    report.step(&name, |progress| {
        let result = add_target(kit, progress);
        match result {
            Ok(()) => Ok(Source::Native),
            Err(_) if debian_way => {
                write_whole(&failed_lately, "")?;
                report.note("rustup cannot download the target; Debian's compiler will do");
                Ok(Source::Debian)
            }
            Err(failure) => Err(failure.advise(format!(
                "run `rustup target add {TARGET}` where rustup can download, or add the target to \
                 your Rust toolchain in the way it was installed"
            ))),
        }
    })
}

fn add_target(kit: &Kit, progress: &crate::report::Progress<'_>) -> Result<(), Failure> {
    if places::program(&["rustup"]).is_none() {
        return Err(Failure::new(format!("there is no {TARGET} target, and no rustup to add it")));
    }
    let mut command = kit.native("rustup");
    command.args(["target", "add", TARGET]);
    Job::new(progress, &kit.places)?.limit(Duration::from_mins(2)).run(&mut command)?;
    if has_std(&kit.native.sysroot) {
        return Ok(());
    }
    Err(Failure::new(format!("rustup added no {TARGET} to {}", kit.native.sysroot.display())))
}

fn is_recent(stamp: &Path) -> bool {
    fs::metadata(stamp).and_then(|meta| meta.modified()).is_ok_and(|time| {
        SystemTime::now().duration_since(time).is_ok_and(|elapsed| elapsed < RETRY)
    })
}
