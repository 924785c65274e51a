//! The licences of everything that is compiled in, checked against a list of what is allowed.

use serde_json::Value;
use spdx::{Expression, LicenseReq, ParseMode};

use crate::kit::Kit;

/// Licences that may be distributed with Parlour, which is under MIT.
const ALLOWED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    // Its copyleft ends at the file: used unchanged, it asks for nothing of what is around it.
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Exceptions that may be added to those.
const ALLOWED_EXCEPTIONS: [&str; 1] = ["LLVM-exception"];

/// Checks all packages of `Cargo.lock`; the error has a line for every package that is refused.
pub(crate) fn check(kit: &Kit) -> Result<(), String> {
    let output = kit
        .native("cargo")
        .args(["metadata", "--format-version", "1", "--locked"])
        .output()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo metadata is not JSON: {error}"))?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata names no packages")?;
    let refused: Vec<String> = packages.iter().filter_map(refusal).collect();
    if refused.is_empty() { Ok(()) } else { Err(refused.join("\n")) }
}

/// Why a package is refused, if it is.
fn refusal(package: &Value) -> Option<String> {
    let field = |name: &str| package[name].as_str();
    let why = match field("license") {
        None => "names no licence".to_owned(),
        Some(licence) => match is_allowed(licence) {
            Ok(true) => return None,
            Ok(false) => format!("{licence} is not allowed"),
            Err(error) => format!("{licence:?} is no licence expression: {error}"),
        },
    };
    let name = field("name").unwrap_or("?");
    let version = field("version").unwrap_or("?");
    Some(format!("{name} {version}: {why}"))
}

/// Whether one of the choices that an expression leaves is allowed.
fn is_allowed(expression: &str) -> Result<bool, String> {
    // Lax: older packages write "MIT/Apache-2.0".
    Expression::parse_mode(expression, ParseMode::LAX)
        .map(|expression| expression.evaluate(is_allowed_licence))
        .map_err(|error| error.reason.to_string())
}

fn is_allowed_licence(requirement: &LicenseReq) -> bool {
    let licence = requirement.license.id().is_some_and(|id| ALLOWED.contains(&id.name));
    let exception = requirement.addition.as_ref().is_none_or(|addition| {
        addition.id().is_some_and(|id| ALLOWED_EXCEPTIONS.contains(&id.name))
    });
    licence && exception
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn expressions_are_evaluated() {
        for allowed in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0-only OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception",
            "ISC AND (Apache-2.0 OR ISC OR MIT-0)",
        ] {
            assert_eq!(is_allowed(allowed), Ok(true), "{allowed}");
        }
        for refused in ["GPL-3.0-only", "MIT AND AGPL-3.0-only", "MIT WITH GCC-exception-3.1"] {
            assert_eq!(is_allowed(refused), Ok(false), "{refused}");
        }
        assert!(is_allowed("whatever").is_err());
    }

    #[test]
    fn a_refusal_names_the_package() {
        let package = json!({ "name": "x", "version": "1.0.0", "license": "AGPL-3.0-only" });
        assert_eq!(refusal(&package).as_deref(), Some("x 1.0.0: AGPL-3.0-only is not allowed"));
        let package = json!({ "name": "x", "version": "1.0.0", "license": null });
        assert_eq!(refusal(&package).as_deref(), Some("x 1.0.0: names no licence"));
    }
}
