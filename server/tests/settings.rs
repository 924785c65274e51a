//! Settings of the finished program: those from the environment, which tests inside a process
//! cannot set, and what it prints.

use std::{
    fs,
    process::{Command, Output},
};

use tempfile::TempDir;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn parlour(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlour"));
    command.args(arguments).env_clear().envs(environment.iter().copied());
    command.output().expect("the program runs")
}

/// What `parlour config` prints.
fn shown(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let output = parlour(&[&["config"], arguments].concat(), environment);
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

fn has_line(text: &str, line: &str) {
    assert!(text.lines().any(|there| there == line), "{line}\n{text}");
}

#[test]
fn flag_environment_file_default_in_this_order() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("parlour.toml");
    fs::write(&file, "max-rooms = 1\nmax-sessions = 1\nmax-reactions = 1\n").unwrap();
    let file = file.to_str().unwrap();
    let environment = [
        ("PARLOUR_CONFIG", file),
        ("PARLOUR_MAX_ROOMS", "2"),
        ("PARLOUR_MAX_SESSIONS", "2"),
        ("PARLOUR_ALLOW_ORIGIN", "https://a.example,https://b.example"),
    ];
    let shown = shown(&["--max-rooms", "3"], &environment);
    has_line(&shown, "max-rooms = 3 # flag");
    has_line(&shown, "max-sessions = 2 # environment");
    has_line(&shown, "max-reactions = 1 # file");
    has_line(&shown, "max-rooms-per-person = 200 # default");
    has_line(&shown, "allow-origin = [\"https://a.example\", \"https://b.example\"] # environment");
}

#[test]
fn a_secret_is_not_shown() {
    let environment = [("PARLOUR_AUTH", "jwt"), ("PARLOUR_JWT_SECRET", SECRET)];
    let shown = shown(&[], &environment);
    has_line(&shown, "# PARLOUR_JWT_SECRET = (set) # environment");
    has_line(&shown, "auth = \"jwt\" # environment");
    assert!(!shown.contains(SECRET), "{shown}");
    // Nor in the help, which is asked for in front of others.
    let help = parlour(&["--help"], &environment);
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("PARLOUR_JWT_SECRET") && !help.contains(SECRET), "{help}");
}

#[test]
fn what_is_wrong_is_one_line_and_the_end() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("parlour.toml");
    fs::write(&file, "max-rooms = 1\nmax-romms = 1\n").unwrap();
    let file = file.to_str().unwrap();
    let unknown = format!("{file}, line 2: there is no setting \"max-romms\"");
    for (arguments, environment, says) in [
        (&["--no-such"][..], &[][..], "unexpected argument '--no-such' found"),
        (&[], &[("PARLOUR_MAX_ROOMS", "many")], "invalid value 'many' for '--max-rooms <N>'"),
        (&[], &[("PARLOUR_JWT_SECRET", SECRET)], "has a meaning only with --auth jwt"),
        (&["--auth", "jwt"], &[("PARLOUR_JWT_SECRET", "short")], "has 5 bytes"),
        (&["--config", file], &[], &unknown),
        (&["config"], &[("PARLOUR_CONFIG", file)], &unknown),
        (&["config", "more"], &[], "unexpected argument 'more' found"),
        (&["stray"], &[], "unrecognized subcommand 'stray'"),
    ] {
        let output = parlour(arguments, environment);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.starts_with("parlour: ") && text.contains(says), "{text}");
        assert!(!text.contains(SECRET), "{text}");
    }
}
