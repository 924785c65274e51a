//! What keeps the server from starting is one line on standard error, and a failure.

use std::{fs, net::TcpListener, process::Output};

use parlour_tests::server::{Server, run_to_end};
use tempfile::TempDir;

/// The one line, without its prefix.
fn complaint(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!output.status.success(), "it says that all is well: {text}");
    assert!(output.stdout.is_empty(), "it says on standard output: {output:?}");
    let line = text.strip_suffix('\n').unwrap_or_else(|| panic!("no line: {text:?}"));
    assert!(!line.contains('\n'), "several lines: {text}");
    line.strip_prefix("parlour: ").unwrap_or_else(|| panic!("not its own: {line}")).to_owned()
}

/// Starts the server with these flags, and with a data folder of its own if they name none.
async fn refusal(flags: &[&str]) -> String {
    let data = TempDir::new().unwrap();
    let data = data.path().join("data");
    let mut all = flags.to_vec();
    if !flags.contains(&"--data") {
        all.extend(["--data", data.to_str().unwrap()]);
    }
    if !flags.contains(&"--listen") {
        all.extend(["--listen", "127.0.0.1:0"]);
    }
    complaint(&run_to_end(&all).await)
}

#[tokio::test]
async fn a_port_that_somebody_has() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let line = refusal(&["--listen", &address]).await;
    assert!(line.contains(&address) && line.contains("--listen"), "{line}");

    // Another Parlour, too; and it goes on.
    let mut server = Server::start().await;
    let line = refusal(&["--listen", server.address()]).await;
    assert!(line.contains(server.address()), "{line}");
    assert!(server.is_running());
}

#[tokio::test]
async fn a_data_folder_that_is_none() {
    let place = TempDir::new().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    let file = file.to_str().unwrap();
    for folder in [file, &format!("{file}/below"), "/proc/parlour"] {
        let line = refusal(&["--data", folder]).await;
        assert!(line.contains(folder) && line.contains("--data"), "{line}");
    }
    assert_eq!(fs::read_to_string(file).unwrap(), "not a folder");
}

#[tokio::test]
async fn flags_that_mean_nothing() {
    for (flags, named) in [
        (&["--nonsense"][..], "--nonsense"),
        (&["stray"], "stray"),
        (&["--listen", "nowhere"], "--listen"),
        (&["--listen", "127.0.0.1"], "--listen"),
        (&["--listen", "127.0.0.1:port"], "--listen"),
        (&["--listen", "127.0.0.1:70000"], "--listen"),
        (&["--listen", "192.0.2.1:0"], "192.0.2.1:0"),
        (&["--listen", ""], "--listen"),
        (&["--ping-interval", "soon"], "--ping-interval"),
        (&["--max-message-size", "-1"], "-1"),
        (&["--session-lifetime", "long"], "--session-lifetime"),
        (&["--presence-grace", "later"], "--presence-grace"),
        (&["--messages-per-minute", "many"], "--messages-per-minute"),
        // What was once a flag.
        (&["--history", "100"], "--history"),
    ] {
        let line = refusal(flags).await;
        assert!(line.contains(named), "{flags:?}: {line}");
    }
}

#[tokio::test]
async fn help_and_version_are_no_errors() {
    for (flag, says) in [("--help", "--listen"), ("-h", "--listen"), ("--version", "parlour ")] {
        let output = run_to_end(&[flag]).await;
        assert!(output.status.success(), "{flag}: {output:?}");
        assert!(output.stderr.is_empty(), "{flag}: {output:?}");
        assert!(String::from_utf8_lossy(&output.stdout).contains(says), "{flag}: {output:?}");
    }
}
