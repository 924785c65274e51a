//! The page in development: `trunk serve` beside a server, in a browser.

use std::{env, fs, path::Path, time::Duration};

use parlour_tests::{
    browser::{Engine, with_browsers},
    group::Group,
    http,
    member::Member,
    ports,
    server::Server,
    settings,
    waiting::wait_for,
};
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::PICTURES;

/// Trunk compiles the page first, perhaps with all that it depends on.
const COMPILING: Duration = Duration::from_secs(600);

/// `trunk serve` on this port, with the tools and the target folder of `cargo xtask`.
fn trunk(port: u16, dist: &Path) -> Group {
    let port = port.to_string();
    let flags = ["serve", "--offline", "--address", "127.0.0.1", "--port", &port, "--dist"];
    let arguments = flags.into_iter().map(Into::into).chain([dist.as_os_str().to_owned()]);
    Group::start("trunk", settings::path("PARLOUR_TRUNK"), arguments, |command| {
        // Cargo told the tests much that is not meant for another Cargo.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO") && text != "CARGO_HOME" || text == "RUSTUP_TOOLCHAIN" {
                command.env_remove(&name);
            }
        }
        command.env_remove("RUST_RECURSION_COUNT").env_remove("LD_LIBRARY_PATH");
        command
            .current_dir(settings::workspace())
            .env("PATH", settings::needed("PARLOUR_TRUNK_PATH"))
            .env("CARGO_TARGET_DIR", settings::needed("PARLOUR_WASM_TARGET_DIR"));
        for (ours, theirs) in [
            ("PARLOUR_WASM_RUSTUP_TOOLCHAIN", "RUSTUP_TOOLCHAIN"),
            ("PARLOUR_WASM_LINKER", "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER"),
        ] {
            // Only where rustup has no wasm32 target of its own.
            if let Some(value) = env::var_os(ours) {
                command.env(theirs, value);
            }
        }
    })
}

/// What Trunk and its Cargo would write to if they were not told where else to.
fn checkout() -> (bool, Vec<u8>) {
    let dist = settings::workspace().join("dist").exists();
    (dist, fs::read(settings::workspace().join("Cargo.lock")).unwrap())
}

#[tokio::test]
async fn the_page_works_from_trunks_port() {
    let before = checkout();
    let dist = TempDir::new().unwrap();
    let port = ports::free();
    // The page comes from another port than the server's: another site, to a browser.
    let site = format!("http://127.0.0.1:{port}");
    let server = Server::start_with(&["--allow-origin", &site]).await;
    let trunk = trunk(port, dist.path());
    let url = format!("http://127.0.0.1:{port}/");
    trunk.line("server listening at", COMPILING).await;
    // It says so a moment before it is true.
    wait_for("trunk to listen", async || TcpStream::connect(("127.0.0.1", port)).await.map(drop))
        .await;
    let index = http::get(&url, &[]).await;
    assert!(index.status.is_success(), "{index:?}");

    let mut ben = Member::joined(server.url(), "Ben").await;
    // One after the other: it is compiled once.
    for engine in Engine::ALL {
        with_browsers(engine, PICTURES, async |browsers| {
            let name = format!("Ann in {engine:?}");
            let ann = browsers.open(&name, &format!("{url}?server={}", server.url())).await;
            ann.enter(&name).await;
            let hello = format!("Hello from {engine:?}");
            ann.say(&hello).await;
            ann.shows(&name, &hello).await;
            assert_eq!(ben.hears(&hello).await, name);
            let reply = format!("Hello, {engine:?}");
            ben.say(&reply).await;
            ann.shows("Ben", &reply).await;
            assert_eq!(ann.complaints().await, [""; 0]);
        })
        .await;
    }
    drop(trunk);
    assert!(checkout() == before, "trunk wrote to the checkout");
}
