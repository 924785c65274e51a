use std::{fs, path::Path, time::Duration};

use tempfile::TempDir;

use super::*;

fn wrong(arguments: &[&str]) -> String {
    match Config::read([&["parlour"], arguments].concat()) {
        Err(error @ NoConfig::Wrong(_)) => {
            let line = error.to_string();
            assert!(!line.contains('\n'), "{line}");
            assert!(line.ends_with("(see parlour --help)"), "{line}");
            line
        }
        other => panic!("{arguments:?}: {other:?}"),
    }
}

/// A folder with files in it.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// Reads this settings file, with these flags.
fn with_file(text: &str, flags: &[&str]) -> Result<Invocation, NoConfig> {
    let files = Files::new();
    let path = files.put("parlour.toml", text);
    Invocation::read([&["parlour", "--config", &path], flags].concat())
}

/// What is wrong with a settings file, without its folder.
fn wrong_file(text: &str) -> String {
    match with_file(text, &[]) {
        Err(NoConfig::Wrong(line)) => {
            assert!(!line.contains('\n'), "{line}");
            line.split_once("parlour.toml, ").unwrap_or_else(|| panic!("{line}")).1.to_owned()
        }
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn the_defaults_hold() {
    let config = Config::read(["parlour"]).unwrap();
    assert_eq!(config.network.listen, "127.0.0.1:3000");
    assert_eq!(config.network.allow_origin, []);
    assert_eq!(config.data.folder, Path::new("./parlour-data"));
    assert_eq!(config.data.keep, Duration::ZERO);
    assert_eq!(config.identity.auth, Auth::Guest);
    assert_eq!(config.identity.session_lifetime, Duration::from_secs(30 * 24 * 3_600));
    assert_eq!(config.limits.max_message_size, 64 << 10);
    assert_eq!(config.limits.max_upload_size, 10 << 20);
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
        &["--ping-interval", "0s"],
        &["--ping-interval", "0"],
        &["--ping-timeout", "20"],
        &["--session-lifetime", "99999999999999999999h"],
        &["--keep", "90"],
        &["--max-message-size", "17"],
        &["--max-message-size", "17MiB"],
        &["--max-message-length", "0"],
        &["--max-message-length", "4001"],
        &["--max-pending-requests", "0"],
        &["--max-upload-size", "much"],
        &["--connects-per-minute", "-1"],
        &["--allow-origin", "example.com"],
        &["--allow-origin", "https://example.com,"],
        &["--allow-origin", "https://example.com/chat"],
        &["--allow-embed", "*"],
        &["--allow-embed", "example.com"],
        &["--allow-embed", "https://*.example.com"],
        &["--allow-embed", "https://example.com;script-src"],
        &["--allow-embed", "https://example.com'"],
        &["--allow-embed", "https://[::1]"],
        &["--allow-embed", "ftp://example.com"],
        &["--sign-in-url", "javascript:alert(1)"],
        &["--trust-proxy", "proxy"],
        &["--auth", "password"],
        &["--max-rooms", "1", "--max-rooms", "2"],
        &["stray"],
    ] {
        wrong(arguments);
    }
}

#[test]
fn settings_that_do_not_go_together_are_one_line() {
    let files = Files::new();
    let secret = files.put("secret", "0123456789abcdef0123456789abcdef\n");
    let short = files.put("short", "0123456789abcdef0123456789abcde\n");
    let nowhere = format!("{secret}-not-there");
    for (arguments, says) in [
        (&["--tls-cert", "c"][..], "--tls-cert needs --tls-key"),
        (&["--tls-key", "k"], "--tls-key needs --tls-cert"),
        (&["--max-upload-size", "2kB", "--max-upload-space", "1kB"], "--max-upload-space 1000"),
        (&["--auth", "jwt"], "--auth jwt needs --jwt-secret-file, PARLOUR_JWT_SECRET or"),
        (
            &["--auth", "jwt", "--jwt-secret-file", &secret, "--jwt-public-key", &secret],
            "--jwt-secret-file and --jwt-public-key exclude each other",
        ),
        (&["--auth", "jwt", "--jwt-secret-file", &short], "has 31 bytes; it needs at least 32"),
        (&["--auth", "jwt", "--jwt-secret-file", &nowhere], "of --jwt-secret-file: no such file"),
        (&["--auth", "jwt", "--jwt-public-key", &nowhere], "of --jwt-public-key: no such file"),
        (&["--jwt-secret-file", &secret], "--jwt-secret-file has a meaning only with --auth jwt"),
        (&["--sign-in-url", "https://a.b"], "--sign-in-url has a meaning only with --auth jwt"),
        (&["--jwt-issuer", "me"], "--jwt-issuer has a meaning only with --auth jwt"),
    ] {
        let line = wrong(arguments);
        assert!(line.contains(says), "{line}");
    }
}

#[test]
fn the_key_of_jwts_is_read() {
    let files = Files::new();
    let secret = files.put("secret", "0123456789abcdef0123456789abcdef\r\n");
    let config = Config::read(["parlour", "--auth", "jwt", "--jwt-secret-file", &secret]).unwrap();
    let Some(JwtKey::Secret(key)) = &config.identity.jwt_key else { panic!("{config:?}") };
    assert_eq!(key.expose(), b"0123456789abcdef0123456789abcdef");
    assert!(!format!("{config:?}").contains("0123456789abcdef"));

    let public = files.put("public", "-----BEGIN PUBLIC KEY-----");
    let config = Config::read(["parlour", "--auth", "jwt", "--jwt-public-key", &public]).unwrap();
    let Some(JwtKey::Public { pem, .. }) = config.identity.jwt_key else { panic!("no key") };
    assert_eq!(pem, b"-----BEGIN PUBLIC KEY-----");
}

#[test]
fn a_secret_in_the_environment_will_do() {
    let jwt = || {
        let arguments = ["parlour", "--auth", "jwt", "--jwt-public-key", "/dev/null"];
        Config::read(arguments).unwrap()
    };
    let secret = |length| Some(vec![b'x'; length]);
    let mut config = jwt();
    config.identity.jwt_public_key = None;
    check::complete(&mut config, secret(32)).unwrap();
    assert!(
        matches!(&config.identity.jwt_key, Some(JwtKey::Secret(key)) if key.expose().len() == 32)
    );
    let line = check::complete(&mut config, secret(31)).unwrap_err();
    assert_eq!(line, "the secret in PARLOUR_JWT_SECRET has 31 bytes; it needs at least 32");
    let line = check::complete(&mut jwt(), secret(32)).unwrap_err();
    assert_eq!(line, "PARLOUR_JWT_SECRET and --jwt-public-key exclude each other");
    let line = check::complete(&mut Config::read(["parlour"]).unwrap(), secret(32)).unwrap_err();
    assert_eq!(line, "PARLOUR_JWT_SECRET has a meaning only with --auth jwt");
}

#[test]
fn help_and_version_are_no_errors() {
    let asked = |flag| match Config::read(["parlour", flag]) {
        Err(NoConfig::Asked(text)) => text,
        other => panic!("{other:?}"),
    };
    let help = asked("--help");
    for part in ["PARLOUR_LISTEN", "Network:", "Data:", "Identity:", "Limits:", "Commands:"] {
        assert!(help.contains(part), "{part}");
    }
    assert!(asked("--version").starts_with("parlour "));
}

#[test]
fn every_flag_has_an_environment_variable_of_its_name_and_a_heading() {
    for arg in command().get_arguments() {
        let name = arg.get_long().unwrap();
        if ["help", "version"].contains(&name) {
            continue;
        }
        let variable = format!("PARLOUR_{}", name.to_uppercase().replace('-', "_"));
        assert_eq!(arg.get_env().unwrap(), &*variable);
        assert_eq!(arg.get_help_heading().is_some(), name != "config", "{name}");
    }
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
    let text = "
        max-rooms = 7
        max_sessions = 8 # an underscore will do
        allow-embed = [\"https://d.example:443\", \"http://LOCALHOST:5000\"]
        allow-origin = [\"https://a.example\", \"https://b.example\"]
        trust-proxy = \"10.0.0.0/8\"
        [network]
        ping-interval = \"7s\"
        [limits]
        max-upload-size = \"7MB\"
        max-reactions = 0x10
    ";
    let read = with_file(text, &["--max-rooms", "9", "--allow-origin", "https://c.example"]);
    let config = read.unwrap().config;
    assert_eq!(config.limits.max_rooms, 9);
    assert_eq!(config.identity.max_sessions, 8);
    // Taken whole from where it is said first.
    assert_eq!(config.network.allow_origin, [Allowed::parse("https://c.example").unwrap()]);
    let embed: Vec<_> = config.network.allow_embed.iter().map(Origin::to_string).collect();
    assert_eq!(embed, ["https://d.example", "http://localhost:5000"]);
    assert_eq!(config.network.trust_proxy, ["10.0.0.0/8".parse().unwrap()]);
    assert_eq!(config.network.ping_interval, Duration::from_secs(7));
    assert_eq!(config.limits.max_upload_size, 7_000_000);
    assert_eq!(config.limits.max_reactions, 16);
    assert_eq!(config.limits.max_rooms_per_person, 200);

    let config = with_file(text, &[]).unwrap().config;
    assert_eq!(config.limits.max_rooms, 7);
    assert_eq!(config.network.allow_origin.len(), 2);
}

#[test]
fn what_is_wrong_in_the_file_is_told_with_line_and_key() {
    for (text, says) in [
        ("\nmax-room = 7", "line 2: there is no setting \"max-room\""),
        ("config = \"x\"", "line 1: there is no setting \"config\""),
        ("help = true", "line 1: there is no setting \"help\""),
        ("[limit]\nmax-rooms = 7", "line 1: there is no setting \"limit\""),
        ("[network]\nmax-rooms = 7", "line 2: max-rooms belongs into [limits]"),
        ("[limits.more]\n", "line 1: there is no setting \"more\""),
        ("max-rooms = 7\n[limits]\nmax_rooms = 8", "line 3: max_rooms is set twice"),
        ("max-rooms = 7\nmax-rooms = 8", "line 2: duplicate key"),
        ("max-rooms = \"many\"", "line 1: max-rooms: invalid value 'many' for '--max-rooms <N>'"),
        ("max-rooms = -1", "line 1: max-rooms: invalid value '-1'"),
        ("max-rooms = 99999999999999999999999", "line 1: max-rooms: invalid value '9999"),
        ("max-rooms = 7.5", "line 1: max-rooms cannot be a number with a point"),
        ("max-rooms = true", "line 1: max-rooms cannot be true or false"),
        ("max-rooms = [7]", "line 1: max-rooms cannot be a list: expected a text or a number"),
        ("max-rooms = 2020-01-01", "line 1: max-rooms cannot be a date"),
        ("[max-rooms]\nx = 1", "max-rooms cannot be a table"),
        ("allow-origin = [[]]", "line 1: allow-origin cannot be a list"),
        ("allow-origin = [\n\"x\"]", "line 1: allow-origin: invalid value 'x'"),
        ("keep = 90", "line 1: keep: invalid value '90'"),
        ("auth = \"both\"", "line 1: auth: invalid value 'both'"),
        ("\n\nlisten = ", "line 3: "),
        ("listen = \"a:1", "line 1: "),
    ] {
        let line = wrong_file(text);
        assert!(line.contains(says), "{line}");
    }
    let line = wrong(&["--config", "/nowhere/parlour.toml"]);
    assert!(line.starts_with("cannot read the settings file /nowhere/parlour.toml: "), "{line}");
    // Between settings, wherever they are from.
    let Err(NoConfig::Wrong(line)) = with_file("tls-cert = \"c\"", &[]) else { panic!("read") };
    assert_eq!(line, "--tls-cert needs --tls-key, its private key");
}

#[test]
fn settings_may_stand_on_both_sides_of_a_command() {
    for arguments in [["--max-rooms", "7", "config"], ["config", "--max-rooms", "7"]] {
        let read = Invocation::read([&["parlour"][..], &arguments].concat()).unwrap();
        assert_eq!(read.config.limits.max_rooms, 7);
        assert_eq!(read.command, Some(Command::Config));
    }
    let files = Files::new();
    let path = files.put("parlour.toml", "max-rooms = 7");
    let read = Invocation::read(["parlour", "config", "--config", &path]).unwrap();
    assert_eq!(read.config.limits.max_rooms, 7);
}

#[test]
fn what_is_in_force_says_where_it_is_from() {
    let text = "max-rooms = 7\njwt-issuer = \"1\"\nauth = \"jwt\"";
    let files = Files::new();
    let secret = files.put("secret", "0123456789abcdef0123456789abcdef");
    let origins = "https://a.example,https://b.example";
    let flags = [
        &["config", "--jwt-secret-file", &secret, "--allow-origin", origins][..],
        &["--allow-embed", origins, "--sign-in-url", "https://a.example/login?x='1'#y"],
    ]
    .concat();
    let read = with_file(text, &flags).unwrap();
    let shown = read.in_force.to_string();
    for line in [
        "# Network".to_owned(),
        "listen = \"127.0.0.1:3000\" # default".to_owned(),
        "# tls-cert is not set".to_owned(),
        "allow-origin = [\"https://a.example\", \"https://b.example\"] # flag".to_owned(),
        "allow-embed = [\"https://a.example\", \"https://b.example\"] # flag".to_owned(),
        "sign-in-url = \"https://a.example/login?x='1'#y\" # flag".to_owned(),
        "trust-proxy = [] # default".to_owned(),
        "max-rooms = 7 # file".to_owned(),
        format!("jwt-secret-file = {secret:?} # flag"),
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line}\n{shown}");
    }
    assert!(!shown.contains("0123456789abcdef"), "{shown}");

    // It is a settings file itself.
    let again = with_file(&shown, &[]).unwrap();
    assert_eq!(format!("{:?}", again.config.network), format!("{:?}", read.config.network));
    assert_eq!(format!("{:?}", again.config.identity), format!("{:?}", read.config.identity));
    assert_eq!(format!("{:?}", again.config.limits), format!("{:?}", read.config.limits));
}
