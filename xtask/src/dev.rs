//! `cargo xtask dev`: the server and `trunk serve` side by side. Trunk rebuilds the page when a
//! file of it changes; the server is rebuilt and started again here.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::kit::Kit;
use crate::proc::{self, Running};

/// How often the server's files are looked at.
const POLL: Duration = Duration::from_secs(1);
/// Where the server listens; the page expects it there in development.
const SERVER: &str = "127.0.0.1:3000";
/// Where Trunk serves the page.
const PAGE_HOST: &str = "127.0.0.1";
const PAGE_PORT: &str = "8080";
/// What the server is made of, as paths in the checkout.
const SERVER_INPUTS: [&str; 4] = ["server", "events", "Cargo.toml", "Cargo.lock"];

/// Runs both until a signal ends this program (and them with it, see [`proc`]). Comes back only
/// with the reason why it cannot go on.
pub(crate) fn run(kit: &Kit) -> String {
    match serve(kit) {
        Ok(never) => match never {},
        Err(error) => error,
    }
}

fn serve(kit: &Kit) -> Result<std::convert::Infallible, String> {
    // Found out now rather than after the builds. The page would talk to whatever is there.
    for address in [SERVER.to_owned(), format!("{PAGE_HOST}:{PAGE_PORT}")] {
        TcpListener::bind(&address).map_err(|error| format!("{address} is not free: {error}"))?;
    }
    let mut seen = files(kit)?;
    let mut server = rebuilt(kit)?.then(|| start_server(kit)).transpose()?;
    let mut trunk = start_trunk(kit)?;
    say(&format!("server: http://{SERVER}"));
    say(&format!("page:   http://{PAGE_HOST}:{PAGE_PORT} (once Trunk has built it)"));
    loop {
        thread::sleep(POLL);
        if let Some(status) = ended(&mut trunk)? {
            return Err(format!("trunk serve ended ({status})"));
        }
        if let Some(running) = &mut server
            && let Some(status) = ended(running)?
        {
            say(&format!("the server ended ({status}); it starts again when a file changes"));
            server = None;
        }
        let now = files(kit)?;
        if now != seen {
            // Before the build: what changes while it runs is built next.
            seen = now;
            say("files of the server changed");
            // The old server goes on while the new one is built, if that fails, and if only a file
            // changed that is not part of it, such as a test.
            let before = built_at(kit);
            if rebuilt(kit)? && (server.is_none() || built_at(kit) != before) {
                if let Some(mut old) = server.take() {
                    old.stop();
                }
                server = Some(start_server(kit)?);
            }
        }
    }
}

/// Builds the server; says whether that worked. The compiler tells the rest.
fn rebuilt(kit: &Kit) -> Result<bool, String> {
    let mut command = kit.native("cargo");
    command.args(["build", "--package", "parlour-server"]).stdin(std::process::Stdio::null());
    let mut running = start(&mut command)?;
    let status = running.wait(Duration::MAX, || {}).map_err(|error| error.to_string())?;
    Ok(status.is_some_and(|status| status.success()))
}

fn server_program(kit: &Kit) -> PathBuf {
    kit.places.native_target().join("debug/parlour")
}

fn built_at(kit: &Kit) -> Option<SystemTime> {
    fs::metadata(server_program(kit)).and_then(|meta| meta.modified()).ok()
}

fn start_server(kit: &Kit) -> Result<Running, String> {
    let mut command = kit.native(server_program(kit));
    command.args(["--listen", SERVER]);
    // To the server, Trunk's page is a page of another site.
    for host in [PAGE_HOST, "localhost"] {
        command.args(["--allow-origin", &format!("http://{host}:{PAGE_PORT}")]);
    }
    start(&mut command)
}

fn start_trunk(kit: &Kit) -> Result<Running, String> {
    let mut command = kit.wasm(kit.tool("trunk")?)?;
    command
        .args(["serve", "--offline", "--address", PAGE_HOST, "--port", PAGE_PORT, "--dist"])
        .arg(kit.places.root.join("target/page-dev"));
    start(&mut command)
}

fn start(command: &mut std::process::Command) -> Result<Running, String> {
    proc::spawn(command.stdin(std::process::Stdio::null())).map_err(|error| {
        format!("{} does not start: {error}", command.get_program().to_string_lossy())
    })
}

fn ended(running: &mut Running) -> Result<Option<ExitStatus>, String> {
    running.poll().map_err(|error| format!("lost a process: {error}"))
}

fn say(text: &str) {
    println!("[dev] {text}");
}

/// The server's files and when each changed.
fn files(kit: &Kit) -> Result<Vec<(PathBuf, SystemTime)>, String> {
    let mut files = Vec::new();
    for input in SERVER_INPUTS {
        let path = kit.places.root.join(input);
        collect(&path, &mut files).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    files.sort();
    Ok(files)
}

fn collect(path: &Path, files: &mut Vec<(PathBuf, SystemTime)>) -> io::Result<()> {
    let meta = match fs::metadata(path) {
        // Editors replace files, and leave links that lead nowhere.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        meta => meta?,
    };
    if !meta.is_dir() {
        files.push((path.to_path_buf(), meta.modified()?));
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with('.') && name != "target" {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}
