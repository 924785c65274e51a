//! Where things are: the checkout, the per-user cache, the programs in `PATH`.
//!
//! The cache, `${XDG_CACHE_HOME:-~/.cache}/parlour`, holds whatever is slow to get or to build, so
//! that a second clone on the same machine finds it there:
//!
//! | folder | content |
//! |---|---|
//! | `tools/NAME-VERSION` | programs built by `cargo install` |
//! | `npm/NAME-VERSION` | programs from npm |
//! | `wasm/VERSION` | a toolchain with the wasm32 target, where rustup could not add it |
//! | `peers` | Node and Python packages of the whole-system tests |
//! | `target` | Cargo's target folders |
//! | `fuzz/TARGET` | inputs that broke a fuzz target |
//! | `logs` | output of every step and suite |

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The checkout and the cache.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The checkout: the folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// The per-user cache. It need not exist yet.
    pub(crate) cache: PathBuf,
}

impl Places {
    /// Finds both; an error says what is missing.
    pub(crate) fn find() -> Result<Self, String> {
        // Cargo sets it for `cargo run`; the built-in value is for a binary that is started by hand.
        let manifest_dir = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest_dir
            .parent()
            .filter(|root| root.join("Cargo.lock").is_file())
            .ok_or_else(|| format!("no workspace around {}", manifest_dir.display()))?
            .to_path_buf();
        let absolute =
            |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let cache = absolute("XDG_CACHE_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
            .ok_or("neither XDG_CACHE_HOME nor HOME names a folder for the cache")?
            .join("parlour");
        Ok(Self { root, cache })
    }

    /// The target folder of native builds.
    pub(crate) fn native_target(&self) -> PathBuf {
        self.cache.join("target/native")
    }

    /// The target folder of wasm32 builds; one per compiler, because a target folder cannot be
    /// shared by two builds of `std`.
    pub(crate) fn wasm_target(&self, rustc: &str) -> PathBuf {
        self.cache.join(format!("target/wasm-{rustc}"))
    }

    /// The target folder of the fuzz targets, which are instrumented.
    pub(crate) fn fuzz_target(&self) -> PathBuf {
        self.cache.join("target/fuzz")
    }

    /// The target folder of the benchmarks.
    pub(crate) fn bench_target(&self) -> PathBuf {
        self.cache.join("target/bench")
    }

    /// The release build of the server.
    pub(crate) fn server(&self) -> PathBuf {
        self.native_target().join("release/parlour")
    }

    /// The release build of the page.
    pub(crate) fn page(&self) -> PathBuf {
        self.root.join("target/page")
    }

    /// The log file of a step or suite, in a folder that exists.
    pub(crate) fn log(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.cache.join("logs");
        fs::create_dir_all(&folder)?;
        let name: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' })
            .collect();
        Ok(folder.join(format!("{name}.log")))
    }
}

/// The first of `names` that is a program in `PATH`.
pub(crate) fn program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().find_map(|name| {
        folders
            .iter()
            .map(|folder| folder.join(name))
            .find(|candidate| candidate.is_absolute() && is_program(candidate))
    })
}

/// Whether `path` is a file that can be executed.
pub(crate) fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Puts `folder` in place of `finished`, which therefore either does not exist or is whole.
pub(crate) fn put_in_place(folder: &Path, finished: &Path) -> io::Result<()> {
    remove_folder(finished)?;
    fs::rename(folder, finished)
}

/// Removes a folder with all that is in it; it may be missing.
pub(crate) fn remove_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
