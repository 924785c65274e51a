use std::{env, fs, path::Path};

use clap::Arg;

use super::*;
use crate::config;

/// Between these lines of the documentation stands [`table`].
const BEGIN: &str = "<!-- limits: made by the server's tests -->\n";
const END: &str = "<!-- /limits -->\n";

/// Set this variable to have the documentation written.
const WRITE: &str = "PARLOUR_WRITE_DOCS";

fn limit(flag: &str) -> Option<&'static Limit> {
    LIMITS.iter().find(|limit| limit.flag == flag)
}

#[test]
fn each_limit_is_a_setting_with_that_default() {
    let command = config::command();
    for limit in LIMITS {
        let name = limit.flag.strip_prefix("--").unwrap();
        let arg = command.get_arguments().find(|arg| arg.get_long() == Some(name));
        let defaults = arg.unwrap_or_else(|| panic!("{limit:?}")).get_default_values();
        assert_eq!(defaults, [limit.default], "{limit:?}");
        // Whether 0 is taken as no limit.
        let zero = config::Config::read(["parlour", limit.flag, "0"]);
        assert_eq!(zero.is_ok(), limit.can_be_off, "{limit:?}");
    }
}

#[test]
fn each_setting_that_limits_is_in_the_list() {
    let command = config::command();
    let flags = command.get_arguments().filter(|arg| {
        arg.get_help_heading() == Some("Limits")
            || arg.get_long().is_some_and(|name| name.starts_with("max-") || name.contains("-per-"))
    });
    for flag in flags.filter_map(Arg::get_long) {
        assert!(limit(&format!("--{flag}")).is_some(), "{flag}");
    }
}

#[test]
fn the_documentation_has_the_list() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the line that the table begins with");
    let (there, after) = rest.split_once(END).expect("the line that the table ends with");
    if there == table() {
        return;
    }
    if env::var_os(WRITE).is_some() {
        fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
    }
    panic!("docs/operations.md was out of date; with {WRITE}=1 this test writes it");
}
