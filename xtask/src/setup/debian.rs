//! Debian's compiler (packages rustc-web, rust-web-src, rust-web-clippy) as the compiler for wasm32.
//!
//! Debian has no package with std for wasm32 that fits that compiler, but the sources: std is built
//! from them, once per version of the package. The outcome is a toolchain folder in the cache for
//! rustup's `RUSTUP_TOOLCHAIN`; nothing is written into `/usr`:
//!
//! ```text
//! wasm/VERSION/bin/rustc, rustdoc, clippy-driver   scripts: Debian's programs with this sysroot
//! wasm/VERSION/bin/cargo                           the native toolchain's
//! wasm/VERSION/bin/cargo-clippy                    a copy, for it runs the clippy-driver beside it
//! wasm/VERSION/lib/rustlib/HOST                    Debian's
//! wasm/VERSION/lib/rustlib/src                     Debian's
//! wasm/VERSION/lib/rustlib/wasm32-unknown-unknown  our build
//! ```
//!
//! Debian's compiler comes without a linker for wasm32; rustup's toolchain has one.
//!
//! Because std is built here anyway, it can be built in two ways ([`Std`]): as it always is, where
//! rustup could not bring it, and for pages that are to be small, which no download offers. The
//! second has its own folder, `wasm/VERSION-small`.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Purpose;
use super::system::{Package, query};
use super::wasm::{self, TARGET, Wasm};
use crate::job::{Failure, Job};
use crate::kit::{Kit, Native, clean_command};
use crate::pins;
use crate::places::{self, Places};
use crate::report::{Progress, Report};

const RUSTC: &str = "/usr/bin/rustc";
const CLIPPY: &str = "/usr/bin/clippy-driver";
const SOURCES: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/// How std is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Std {
    /// As Rust's own builds are.
    Usual,
    /// For size: a panic stops the page at once, without a text, so neither the texts nor the code
    /// that puts them together are in the page.
    Small,
}

impl Std {
    fn folder(self, places: &Places, version: &str) -> PathBuf {
        places.cache.join("wasm").join(self.version(version))
    }

    /// Names what is built with it.
    fn version(self, compiler: &str) -> String {
        match self {
            Self::Usual => compiler.to_owned(),
            Self::Small => format!("{compiler}-small"),
        }
    }

    /// The compiler's flags for it, and for everything that is linked with it. Those for a small
    /// one are unstable: they are made for the compiler whose std it is.
    fn flags(self) -> &'static str {
        match self {
            Self::Usual => "",
            Self::Small => {
                "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none"
            }
        }
    }
}

/// The packages that are needed.
pub(super) fn packages(kit: &Kit, purpose: Purpose) -> Vec<Package> {
    let mut packages = vec![Package::known("rustc-web", installed_version().is_some())];
    if look(&kit.native, &kit.places, Std::Usual).is_none() {
        packages.push(Package::file("rust-web-src", SOURCES));
    }
    if purpose >= Purpose::Test {
        packages.push(Package::file("rust-web-clippy", CLIPPY));
    }
    packages
}

/// The packages that a smaller page needs.
pub(super) fn packages_for_small(kit: &Kit) -> Vec<Package> {
    if look(&kit.native, &kit.places, Std::Small).is_some() {
        return Vec::new();
    }
    vec![
        Package::known("rustc-web", installed_version().is_some()).optional(),
        Package::file("rust-web-src", SOURCES).optional(),
    ]
}

/// Finds the toolchain, if it was built for the compiler that is installed now.
pub(super) fn look(native: &Native, places: &Places, std: Std) -> Option<Wasm> {
    let version = installed_version()?;
    let toolchain = std.folder(places, &version);
    let linker = native.rust_lld();
    let ready = wasm::has_std(&toolchain)
        // Leads to the native toolchain, which may have gone.
        && places::is_program(&toolchain.join("bin/cargo"))
        && places::is_program(&linker);
    ready.then(|| Wasm {
        version: std.version(&version),
        toolchain: Some(toolchain),
        linker: Some(linker),
        flags: std.flags(),
    })
}

/// Builds the toolchain, unless it is there.
pub(super) fn provide(kit: &Kit, purpose: Purpose, report: &Report) {
    let ready = look(&kit.native, &kit.places, Std::Usual);
    if let Some(wasm) = &ready
        && let Some(toolchain) = &wasm.toolchain
        && (purpose == Purpose::Run || places::is_program(&toolchain.join("bin/cargo-clippy")))
    {
        return report.ready(&format!("{TARGET} for Debian's rustc"));
    }
    report.step(&format!("{TARGET} for Debian's rustc"), |progress| {
        let toolchain = match ready.and_then(|wasm| wasm.toolchain) {
            Some(toolchain) => toolchain,
            None => make(kit, Std::Usual, progress)?,
        };
        if purpose == Purpose::Run {
            return Ok(());
        }
        add_clippy(&toolchain).map_err(|error| Failure::io("cannot write", &toolchain, &error))
    });
}

/// Builds the toolchain for small pages, unless it is there. Where it cannot be had, pages are
/// built as they always are, and larger.
pub(super) fn provide_small(kit: &Kit, report: &Report) {
    const NAME: &str = "std for a small page";
    if look(&kit.native, &kit.places, Std::Small).is_some() {
        return report.ready(NAME);
    }
    let version = installed_version().filter(|it| pins::at_least(it, &kit.pins.rust));
    if version.is_none() || !Path::new(SOURCES).exists() {
        return report.note("without Debian's rustc-web and rust-web-src the page is larger");
    }
    report.step(NAME, |progress| make(kit, Std::Small, progress).map(drop));
}

/// Builds a toolchain and returns its folder.
fn make(kit: &Kit, std: Std, progress: &Progress<'_>) -> Result<PathBuf, Failure> {
    let version = installed_version()
        .ok_or_else(|| Failure::new("the package rustc-web is not installed"))?;
    if !pins::at_least(&version, &kit.pins.rust) {
        return Err(Failure::new(format!(
            "Debian's rustc {version} is older than the {} that is needed",
            kit.pins.rust
        ))
        .advise(format!("run `rustup target add {TARGET}` where rustup can download")));
    }
    let linker = kit.native.rust_lld();
    if !places::is_program(&linker) {
        return Err(Failure::new(format!("there is no linker {}", linker.display()))
            .advise("use a Rust toolchain that rustup installed"));
    }
    let toolchain = std.folder(&kit.places, &version);
    let error = |error: io::Error| Failure::io("cannot write", &toolchain, &error);
    // Old outputs were compiled against an old std.
    places::remove_folder(&kit.places.wasm_target(&std.version(&version))).map_err(error)?;
    let new = std.folder(&kit.places, &format!("{version}.new"));
    places::remove_folder(&new).map_err(error)?;
    link(&new, &kit.native).map_err(error)?;
    let libraries = build_std(kit, std, &new, progress)?;
    install_std(&libraries, &new).map_err(error)?;
    places::put_in_place(&new, &toolchain).map_err(error)?;
    Ok(toolchain)
}

/// The version of the installed package, as it can stand in a file name.
fn installed_version() -> Option<String> {
    if !places::is_program(Path::new(RUSTC)) {
        return None;
    }
    let version = query("dpkg-query", &["-W", "-f", "${Version}", "rustc-web"])?;
    let version = version.trim().replace(|c: char| !(c.is_ascii_alphanumeric() || c == '.'), "-");
    (!version.is_empty()).then_some(version)
}

/// Makes the folder, all but std for wasm32.
fn link(new: &Path, native: &Native) -> io::Result<()> {
    let bin = new.join("bin");
    let rustlib = new.join("lib/rustlib");
    fs::create_dir_all(&bin)?;
    fs::create_dir_all(&rustlib)?;
    for program in ["rustc", "rustdoc"] {
        // The folder is found from the script's own place: it is built under another name.
        let script = format!(
            "#!/bin/sh\nbin=${{0%/*}}\nexec /usr/bin/{program} --sysroot \"${{bin%/*}}\" \"$@\"\n"
        );
        write_script(&bin.join(program), &script)?;
    }
    symlink(native.sysroot.join("bin/cargo"), bin.join("cargo"))?;
    symlink(Path::new("/usr/lib/rustlib").join(&native.host), rustlib.join(&native.host))?;
    symlink("/usr/lib/rustlib/src", rustlib.join("src"))
}

fn add_clippy(toolchain: &Path) -> io::Result<()> {
    let bin = toolchain.join("bin");
    let script = format!("#!/bin/sh\nSYSROOT='{}' exec {CLIPPY} \"$@\"\n", toolchain.display());
    write_script(&bin.join("clippy-driver"), &script)?;
    fs::copy("/usr/bin/cargo-clippy", bin.join("cargo-clippy")).map(drop)
}

fn write_script(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// Builds std in an empty crate and returns the folder with the libraries.
fn build_std(
    kit: &Kit,
    std: Std,
    toolchain: &Path,
    progress: &Progress<'_>,
) -> Result<PathBuf, Failure> {
    let work = toolchain.join("build");
    let write = || {
        fs::create_dir_all(work.join("src"))?;
        fs::write(work.join("src/lib.rs"), "")?;
        fs::write(work.join("Cargo.toml"), EMPTY_CRATE)
    };
    write().map_err(|error| Failure::io("cannot write", &work, &error))?;
    let target = work.join("target");
    let mut command = clean_command("cargo", &kit.places);
    command
        .args(["build", "--release", "--target", TARGET])
        .args(match std {
            Std::Usual => ["-Zbuild-std=std,panic_abort,panic_unwind,test"].as_slice(),
            Std::Small => &[
                "-Zbuild-std=std,panic_abort",
                "-Zbuild-std-features=optimize_for_size",
                "--config=profile.release.opt-level='z'",
            ],
        })
        .arg("--manifest-path")
        .arg(work.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTUP_TOOLCHAIN", toolchain)
        .env("RUSTC_BOOTSTRAP", "1")
        // Without bitcode a page that is built with link-time optimisation does not link.
        .env("RUSTFLAGS", format!("-Cembed-bitcode=yes {}", std.flags()));
    Job::new(progress, &kit.places)?.limit(Duration::from_mins(30)).run(&mut command)?;
    Ok(target.join(TARGET).join("release/deps"))
}

const EMPTY_CRATE: &str = "\
[package]
name = \"empty_crate_for_std\"
edition = \"2024\"

[workspace]
";

fn install_std(libraries: &Path, toolchain: &Path) -> io::Result<()> {
    let to = toolchain.join("lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&to)?;
    for entry in fs::read_dir(libraries)? {
        let entry = entry?;
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if text.ends_with(".rlib") && !text.contains("empty_crate_for_std") {
            fs::copy(entry.path(), to.join(&name))?;
        }
    }
    places::remove_folder(&toolchain.join("build"))
}
