//! What can be set, on the command line or in the environment.
//!
//! [`Config::read`] is the only way in: it answers with the settings, with a text somebody asked
//! for (`--help`, `--version`), or with one line that says what is wrong.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use clap::{Parser, error::ErrorKind};

/// Smallest WebSocket message size that can be set: the largest message of `/chat` still fits,
/// even when every character of it is written as two `\uXXXX`.
const SMALLEST_MESSAGE_SIZE: u64 = 52 * 1024;

/// Everything that can be set. Durations are written as `25s`, `2m`, `500ms` or `1h`.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "parlour",
    version,
    about = "Parlour: a self-hosted chat. Start it, open the printed address in a browser, talk.",
    after_help = "Logs go to standard error; RUST_LOG chooses how much (default: parlour_server=info,warn).\n\
                  A flag wins over its environment variable.",
    max_term_width = 100
)]
pub struct Config {
    /// Address to listen on; port 0 takes any free one.
    #[arg(
        long,
        env = "PARLOUR_LISTEN",
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:3000",
        value_parser = host_and_port
    )]
    pub listen: String,

    /// Folder for the server's data; made if it is not there. Nothing is kept there yet: the
    /// history lives in memory.
    #[arg(long, env = "PARLOUR_DATA", value_name = "DIR", default_value = "./parlour-data")]
    pub data: PathBuf,

    /// Most clients in a namespace at a time; 0 sets no limit.
    #[arg(long, env = "PARLOUR_MAX_CONNECTIONS", value_name = "N", default_value_t = 10_000)]
    pub max_connections: usize,

    /// Most nicknames held at a time; 0 sets no limit.
    #[arg(long, env = "PARLOUR_MAX_SESSIONS", value_name = "N", default_value_t = 20_000)]
    pub max_sessions: usize,

    /// How long a nickname stays reserved after its owner's last connection was lost.
    #[arg(
        long,
        env = "PARLOUR_NICKNAME_GRACE",
        value_name = "TIME",
        default_value = "2m",
        value_parser = duration
    )]
    pub nickname_grace: Duration,

    /// Changes of a room kept in memory.
    #[arg(
        long,
        env = "PARLOUR_HISTORY",
        value_name = "N",
        default_value_t = 10_000,
        value_parser = positive
    )]
    pub history: usize,

    /// Largest message a client may send, in bytes.
    #[arg(
        long,
        env = "PARLOUR_MAX_MESSAGE_SIZE",
        value_name = "BYTES",
        default_value_t = 65_536,
        value_parser = clap::value_parser!(u64).range(SMALLEST_MESSAGE_SIZE..=(16 << 20))
    )]
    pub max_message_size: u64,

    /// Time between two heartbeats.
    #[arg(
        long,
        env = "PARLOUR_PING_INTERVAL",
        value_name = "TIME",
        default_value = "25s",
        value_parser = positive_duration
    )]
    pub ping_interval: Duration,

    /// How long a client may take to answer a heartbeat before it counts as gone.
    #[arg(
        long,
        env = "PARLOUR_PING_TIMEOUT",
        value_name = "TIME",
        default_value = "20s",
        value_parser = positive_duration
    )]
    pub ping_timeout: Duration,

    /// How long a new connection may take to enter a namespace.
    #[arg(
        long,
        env = "PARLOUR_CONNECT_TIMEOUT",
        value_name = "TIME",
        default_value = "10s",
        value_parser = positive_duration
    )]
    pub connect_timeout: Duration,
}

/// Why there are no settings to start with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoConfig {
    /// `--help` or `--version`: print this to standard output and exit with success.
    #[error("{0}")]
    Asked(String),
    /// One line for standard error; exit with failure.
    #[error("{0} (see parlour --help)")]
    Wrong(String),
}

impl Config {
    /// Reads the arguments (the program's name first) and the environment.
    ///
    /// # Errors
    /// [`NoConfig`], when there is nothing to start.
    pub fn read<I, T>(arguments: I) -> Result<Self, NoConfig>
    where
        I: IntoIterator<Item = T>,
        T: Into<OsString> + Clone,
    {
        Self::try_parse_from(arguments).map_err(|error| match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                NoConfig::Asked(error.to_string())
            }
            _ => NoConfig::Wrong(first_paragraph(&error.to_string())),
        })
    }
}

/// clap writes `error: what`, an empty line, then hints and the usage. The first paragraph is
/// what is wrong; a value with a line break in it does not make it two lines.
fn first_paragraph(text: &str) -> String {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let first = text.split("\n\n").next().unwrap_or(text);
    first.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn host_and_port(text: &str) -> Result<String, String> {
    let parts = text.rsplit_once(':').filter(|(host, _)| !host.is_empty());
    match parts.map(|(_, port)| port.parse::<u16>()) {
        Some(Ok(_)) => Ok(text.to_owned()),
        _ => Err("expected a host and a port, such as 127.0.0.1:3000 or [::1]:3000".to_owned()),
    }
}

fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("expected a number above 0".to_owned()),
        Ok(number) => Ok(number),
    }
}

fn positive_duration(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("expected a time above 0".to_owned()),
        time => Ok(time),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let milliseconds_each = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 0,
    };
    match number.parse::<u64>().ok().and_then(|n| n.checked_mul(milliseconds_each)) {
        Some(milliseconds) if milliseconds_each > 0 => Ok(Duration::from_millis(milliseconds)),
        _ => Err("expected a number and a unit, such as 500ms, 25s, 2m or 1h".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(arguments: &[&str]) -> String {
        match Config::read([&["parlour"], arguments].concat()) {
            Err(error @ NoConfig::Wrong(_)) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_defaults_hold() {
        let config = Config::read(["parlour"]).unwrap();
        assert_eq!(config.listen, "127.0.0.1:3000");
        assert_eq!(config.data, PathBuf::from("./parlour-data"));
        assert_eq!(config.nickname_grace, Duration::from_secs(120));
        assert_eq!(config.max_message_size, 64 * 1024);
    }

    #[test]
    fn a_bad_flag_is_one_line() {
        assert_eq!(wrong(&["--x"]), "unexpected argument '--x' found (see parlour --help)");
        for arguments in [
            &["--listen", "nowhere"][..],
            &["--listen", ":3000"],
            &["--listen", "localhost:70000"],
            &["--listen", "a\n\nb"],
            &["--listen"],
            &["--history", "0"],
            &["--ping-interval", "0s"],
            &["--ping-timeout", "20"],
            &["--nickname-grace", "99999999999999999999h"],
            &["--max-message-size", "17"],
            &["stray"],
        ] {
            let line = wrong(arguments);
            assert!(!line.contains('\n'), "{line}");
            assert!(line.ends_with("(see parlour --help)"), "{line}");
        }
    }

    #[test]
    fn help_and_version_are_no_errors() {
        let asked = |flag| match Config::read(["parlour", flag]) {
            Err(NoConfig::Asked(text)) => text,
            other => panic!("{other:?}"),
        };
        assert!(asked("--help").contains("PARLOUR_LISTEN"));
        assert!(asked("--version").starts_with("parlour "));
    }

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("3m"), Ok(Duration::from_secs(180)));
        assert_eq!(duration("1h"), Ok(Duration::from_secs(3_600)));
        assert_eq!(duration("0s"), Ok(Duration::ZERO));
        assert!(duration("s").is_err());
        assert!(duration("-1s").is_err());
    }
}
