//! What is on this machine, and the environment that child processes get from it.
//!
//! Looking changes nothing and takes a fraction of a second; [`crate::setup`] brings what is
//! missing and looks again.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::pins::Pins;
use crate::places::{self, Places};
use crate::setup::cargo_tools::CargoTool;
use crate::setup::wasm::Wasm;
use crate::setup::{npm, python};

/// The native toolchain: the one that this program was started with.
#[derive(Clone, Debug)]
pub(crate) struct Native {
    /// Its version, such as `1.95.0`.
    pub(crate) rustc: String,
    /// The target triple of this machine.
    pub(crate) host: String,
    /// The folder of the toolchain.
    pub(crate) sysroot: PathBuf,
}

/// Everything that builds and tests need to know of this machine.
#[derive(Clone, Debug)]
pub(crate) struct Kit {
    pub(crate) places: Places,
    pub(crate) pins: Pins,
    pub(crate) native: Native,
    /// How wasm32 is compiled, if it can be.
    pub(crate) wasm: Option<Wasm>,
    /// How the page is compiled that is shipped, if it can be.
    pub(crate) page: Option<Wasm>,
}

impl Kit {
    /// Looks around.
    pub(crate) fn look() -> Result<Self, String> {
        let places = Places::find()?;
        let pins = Pins::read(&places.root)?;
        let native = Native::look(&places)?;
        let wasm = Wasm::look(&native, &places);
        let page = Wasm::look_for_small(&native, &places).or_else(|| wasm.clone());
        Ok(Self { places, pins, native, wasm, page })
    }

    /// A command of the native toolchain.
    pub(crate) fn native(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = clean_command(program, &self.places);
        command.env("CARGO_TARGET_DIR", self.places.native_target());
        command
    }

    /// A command that compiles for wasm32, with the tools for it in its `PATH`.
    pub(crate) fn wasm(&self, program: impl AsRef<OsStr>) -> Result<Command, String> {
        self.compiles(program, self.wasm.as_ref())
    }

    /// A command that compiles the page that is shipped, with the tools for it in its `PATH`.
    pub(crate) fn page(&self, program: impl AsRef<OsStr>) -> Result<Command, String> {
        self.compiles(program, self.page.as_ref())
    }

    fn compiles(&self, program: impl AsRef<OsStr>, by: Option<&Wasm>) -> Result<Command, String> {
        let wasm = by.ok_or("there is no wasm32 target; see the set-up above")?;
        let mut command = clean_command(program, &self.places);
        command
            .env("PATH", self.tool_path())
            .env("CARGO_TARGET_DIR", self.places.wasm_target(&wasm.version));
        if let Some(toolchain) = &wasm.toolchain {
            command.env("RUSTUP_TOOLCHAIN", toolchain);
        }
        if let Some(linker) = &wasm.linker {
            command.env(LINKER, linker);
        }
        if !wasm.flags.is_empty() {
            command.env("RUSTC_BOOTSTRAP", "1").env(FLAGS, wasm.flags);
        }
        Ok(command)
    }

    /// `PATH` with the tools of the page's build before everything else.
    pub(crate) fn tool_path(&self) -> OsString {
        let mut folders: Vec<PathBuf> =
            CargoTool::all(&self.pins).iter().map(|tool| tool.bin_folder(&self.places)).collect();
        folders.push(npm::BINARYEN.bin_folder(&self.places));
        let path = env::var_os("PATH").unwrap_or_default();
        // Some may be there already, from `cargo xtask env`.
        let rest = env::split_paths(&path).filter(|folder| !folders.contains(folder));
        let all: Vec<PathBuf> = folders.iter().cloned().chain(rest).collect();
        env::join_paths(all).unwrap_or(path)
    }

    /// The program of a tool that is built from source.
    pub(crate) fn tool(&self, name: &str) -> Result<PathBuf, String> {
        CargoTool::all(&self.pins)
            .iter()
            .find(|tool| tool.name == name)
            .map(|tool| tool.program(&self.places))
            .filter(|program| places::is_program(program))
            .ok_or_else(|| format!("{name} is not installed; see the set-up above"))
    }

    /// The variables that the whole-system tests read.
    pub(crate) fn test_variables(&self) -> Result<Vec<(&'static str, OsString)>, String> {
        let wasm = self.wasm.as_ref().ok_or("there is no wasm32 target; see the set-up above")?;
        let found = |what: &str, names: &[&str]| {
            places::program(names).ok_or_else(|| format!("{what} is not installed"))
        };
        let mut variables = vec![
            ("PARLOUR_BIN", self.places.server().into()),
            ("PARLOUR_NODE", found("node", npm::NODE)?.into()),
            ("NODE_PATH", npm::peers_folder(&self.places)?.join("node_modules").into()),
            ("PARLOUR_PYTHON", python::venv(&self.places)?.join("bin/python").into()),
            ("PARLOUR_CHROMIUM", found("Chromium", CHROMIUM)?.into()),
            ("PARLOUR_CHROMEDRIVER", found("chromedriver", CHROMEDRIVER)?.into()),
            ("PARLOUR_FIREFOX", found("Firefox", FIREFOX)?.into()),
            ("PARLOUR_GECKODRIVER", self.tool("geckodriver")?.into()),
            ("PARLOUR_WEBKIT_DRIVER", found("WebKitWebDriver", WEBKIT_DRIVER)?.into()),
            ("PARLOUR_MINIBROWSER", mini_browser().ok_or("MiniBrowser is not installed")?.into()),
            ("PARLOUR_XVFB", found("Xvfb", XVFB)?.into()),
            ("PARLOUR_TRUNK", self.tool("trunk")?.into()),
            ("PARLOUR_TRUNK_PATH", self.tool_path()),
            ("PARLOUR_WASM_TARGET_DIR", self.places.wasm_target(&wasm.version).into()),
        ];
        if let Some(toolchain) = &wasm.toolchain {
            variables.push(("PARLOUR_WASM_RUSTUP_TOOLCHAIN", toolchain.into()));
        }
        if let Some(linker) = &wasm.linker {
            variables.push(("PARLOUR_WASM_LINKER", linker.into()));
        }
        Ok(variables)
    }

    /// Shell lines for work by hand, see `cargo xtask env`.
    pub(crate) fn shell_lines(&self) -> Vec<String> {
        let mut lines = vec![export("PATH", &self.tool_path())];
        if let Some(wasm) = &self.wasm {
            if let Some(toolchain) = &wasm.toolchain {
                lines.push(export("RUSTUP_TOOLCHAIN", toolchain.as_os_str()));
            }
            if let Some(linker) = &wasm.linker {
                lines.push(export(LINKER, linker.as_os_str()));
            }
        }
        for (name, value) in self.test_variables().unwrap_or_default() {
            lines.push(export(name, &value));
        }
        lines
    }
}

/// Names under which Chromium is found.
pub(crate) const CHROMIUM: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// Names under which Chromium's WebDriver server is found.
pub(crate) const CHROMEDRIVER: &[&str] = &["chromedriver", "chromium.chromedriver"];
/// Names under which Firefox is found.
pub(crate) const FIREFOX: &[&str] = &["firefox", "firefox-esr"];
/// Names under which WebKitGTK's WebDriver server is found.
pub(crate) const WEBKIT_DRIVER: &[&str] = &["WebKitWebDriver"];
/// Names under which the display is found that nobody sees.
pub(crate) const XVFB: &[&str] = &["Xvfb"];

/// WebKitGTK's own browser, the one that its driver drives. It is in no `PATH`, but beside the
/// library: in a folder of its API's version, within one that distributions name differently.
pub(crate) fn mini_browser() -> Option<PathBuf> {
    let libraries = ["/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/local/lib"].map(PathBuf::from);
    let in_usr_lib = fs::read_dir("/usr/lib").into_iter().flatten();
    // On Debian there is one more folder, of the machine's kind.
    let multiarch = in_usr_lib.filter_map(|entry| Some(entry.ok()?.path()));
    libraries
        .into_iter()
        .chain(multiarch)
        .flat_map(|folder| ["webkit2gtk-4.1", "webkit2gtk-4.0"].map(|it| folder.join(it)))
        .map(|folder| folder.join("MiniBrowser"))
        .find(|program| places::is_program(program))
}

const LINKER: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";
const FLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

impl Native {
    fn look(places: &Places) -> Result<Self, String> {
        let output = |argument: &[&str]| {
            let output = clean_command("rustc", places)
                .args(argument)
                .output()
                .map_err(|error| format!("rustc does not start: {error}"))?;
            if !output.status.success() {
                let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
                return Err(format!("rustc {}: {why}", argument.join(" ")));
            }
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let verbose = output(&["-vV"])?;
        let field = |name: &str| {
            verbose
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                .map(str::to_owned)
                .ok_or_else(|| format!("rustc -vV names no {name}"))
        };
        Ok(Self {
            rustc: field("release")?,
            host: field("host")?,
            sysroot: PathBuf::from(output(&["--print", "sysroot"])?.trim_end()),
        })
    }

    /// The linker for wasm32 that comes with the toolchain.
    pub(crate) fn rust_lld(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib").join(&self.host).join("bin/rust-lld")
    }
}

/// A command without what Cargo, rustup and `cargo xtask env` set for this program: it must behave
/// as if it was started from the person's shell.
pub(crate) fn clean_command(program: impl AsRef<OsStr>, places: &Places) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&places.root).env_remove("RUST_RECURSION_COUNT").env_remove(LINKER);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let of_this_crate = text.starts_with("CARGO_PKG_")
            || matches!(
                &*text,
                "CARGO"
                    | "CARGO_BIN_NAME"
                    | "CARGO_CRATE_NAME"
                    | "CARGO_MANIFEST_DIR"
                    | "CARGO_MANIFEST_PATH"
                    | "CARGO_PRIMARY_PACKAGE"
                    | "CARGO_TARGET_DIR"
            );
        if of_this_crate {
            command.env_remove(name);
        }
    }
    // A toolchain that was chosen (`cargo +1.95.0 xtask`) stays chosen, ours for wasm32 does not.
    if env::var_os("RUSTUP_TOOLCHAIN").is_some_and(|it| Path::new(&it).starts_with(&places.cache)) {
        command.env_remove("RUSTUP_TOOLCHAIN");
    }
    if let Some(path) = env::var_os("LD_LIBRARY_PATH") {
        let kept: Vec<PathBuf> = env::split_paths(&path).filter(|it| !is_cargos(it)).collect();
        match env::join_paths(&kept) {
            Ok(path) if !kept.is_empty() => command.env("LD_LIBRARY_PATH", path),
            _ => command.env_remove("LD_LIBRARY_PATH"),
        };
    }
    command
}

/// Whether a library folder is one that `cargo run` adds.
fn is_cargos(folder: &Path) -> bool {
    let text = folder.to_string_lossy();
    text.is_empty()
        || text.contains("/toolchains/")
        || text.ends_with("/debug")
        || text.contains("/debug/")
        || text.contains("/rustlib/")
}

fn export(name: &str, value: &OsStr) -> String {
    format!("export {name}='{}'", value.to_string_lossy().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exported_values_survive_the_shell() {
        let line = export("NAME", OsStr::new("a b'c"));
        assert_eq!(line, r"export NAME='a b'\''c'");
    }

    #[test]
    fn library_folders_of_cargo_are_told_from_the_persons() {
        assert!(is_cargos(Path::new("/home/me/.rustup/toolchains/stable/lib")));
        assert!(is_cargos(Path::new("/src/parlour/target/debug/deps")));
        assert!(!is_cargos(Path::new("/opt/lib")));
    }
}
