//! The versions that set-up installs.
//!
//! What the workspace already pins is read from its `Cargo.toml`; the rest is here, once.

use std::fs;
use std::path::Path;

/// The newest that today's stable compiler builds.
pub(crate) const TRUNK: &str = "0.21.14";
/// Runs the browser tests.
pub(crate) const WASM_PACK: &str = "0.15.1";
/// Drives Firefox in the browser tests.
pub(crate) const GECKODRIVER: &str = "0.37.1";
/// npm's package of wasm-opt. Distributions' own are often too old for what rustc emits.
pub(crate) const BINARYEN: &str = "132.0.0";
/// npm's package that shortens JavaScript and styles.
pub(crate) const ESBUILD: &str = "0.28.2";
/// npm's package that measures a page.
pub(crate) const LIGHTHOUSE: &str = "12.8.2";

/// What the workspace's `Cargo.toml` pins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pins {
    /// The `wasm-bindgen` crate's version, which its command-line tool must equal.
    pub(crate) wasm_bindgen: String,
    /// The oldest rustc that builds the workspace.
    pub(crate) rust: String,
}

impl Pins {
    /// Reads them from the workspace's manifest.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let path = root.join("Cargo.toml");
        let manifest =
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Self::parse(&manifest).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn parse(manifest: &str) -> Result<Self, String> {
        let wasm_bindgen = value(manifest, "[workspace.dependencies]", "wasm-bindgen")
            .ok_or("no wasm-bindgen in [workspace.dependencies]")?;
        let wasm_bindgen = wasm_bindgen.strip_prefix('=').ok_or_else(|| {
            format!("wasm-bindgen = {wasm_bindgen:?} is not pinned; write \"=VERSION\"")
        })?;
        let rust = value(manifest, "[workspace.package]", "rust-version")
            .ok_or("no rust-version in [workspace.package]")?;
        Ok(Self { wasm_bindgen: wasm_bindgen.trim().to_owned(), rust })
    }
}

/// The string that `key` has in the table `header`: `key = "value"` or `key = { version = "value", .. }`.
fn value(manifest: &str, header: &str, key: &str) -> Option<String> {
    manifest
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != header)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .find(|(name, _)| name.trim() == key)
        .and_then(|(_, rest)| {
            let rest = rest.trim();
            let text = match rest.strip_prefix('{') {
                Some(table) => table.split_once("version")?.1.trim_start().strip_prefix('=')?,
                None => rest,
            };
            Some(text.trim_start().strip_prefix('"')?.split_once('"')?.0.to_owned())
        })
}

/// Whether version `have` is at least `want`; a part that is missing counts as 0.
pub(crate) fn at_least(have: &str, want: &str) -> bool {
    let parts = |version: &str| {
        let mut parts = version.split(['.', '-', '+']).map(|part| part.parse::<u64>().unwrap_or(0));
        [(); 3].map(|()| parts.next().unwrap_or(0))
    };
    parts(have) >= parts(want)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"
[workspace.package]
rust-version = "1.95"

[workspace.dependencies]
# wasm-bindgen must equal the tool's version
wasm-bindgen-futures = "0.4"
wasm-bindgen = "=0.2.130"
"#;

    #[test]
    fn reads_the_pins_of_the_manifest() {
        let pins = Pins { wasm_bindgen: "0.2.130".to_owned(), rust: "1.95".to_owned() };
        assert_eq!(Pins::parse(MANIFEST), Ok(pins));
    }

    #[test]
    fn reads_the_pin_of_an_inline_table() {
        let manifest =
            MANIFEST.replace(r#""=0.2.130""#, r#"{ version = "=0.2.131", features = ["std"] }"#);
        assert_eq!(Pins::parse(&manifest).map(|pins| pins.wasm_bindgen), Ok("0.2.131".to_owned()));
    }

    #[test]
    fn refuses_a_version_range() {
        let error = Pins::parse(&MANIFEST.replace("=0.2.130", "0.2.130"));
        assert!(error.is_err_and(|text| text.contains("not pinned")));
    }

    #[test]
    fn compares_versions_by_number() {
        assert!(at_least("1.96.0", "1.95"));
        assert!(at_least("1.95.0", "1.95"));
        assert!(at_least("1.100.0", "1.95"));
        assert!(!at_least("1.85.0", "1.95"));
        assert!(at_least("1.96.0-nightly", "1.96"));
    }
}
