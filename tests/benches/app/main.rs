//! What the page does under load, in Chromium, beside the page of socket.io's tutorial.
//!
//! `cargo xtask bench app` builds what is shipped and runs this behind Lighthouse. The parts, which
//! can be chosen by name:
//!
//! * *start*: how long until somebody can type, in a browser that has never been here, and in one
//!   whose person comes back;
//! * *burst*: 2,000 messages, from when the first is sent until the last is painted, here and there;
//! * *flood*: 10,000 messages a second for ten seconds, while somebody types;
//! * *room*: what a page holds of the room with those 100,000 messages, and how long the way to the
//!   first of them takes.
//!
//! With `PARLOUR_BENCH_PROFILE=FILE` the flood is slower, and what took the page's time is written
//! into the file, for DevTools. Functions have names in it if the page was built with them.
//!
//! A figure that is not reached fails nothing; something that is lost does.

mod burst;
mod feed;
mod figures;
mod flood;
mod profile;
mod start;
mod watch;

use std::process::ExitCode;

use parlour_tests::{
    browser::{Engine, with_browsers},
    server::{Launch, Server},
};
use tempfile::TempDir;

use figures::Figures;

// On one thread: what measures and those who write take no more of the machine than they need, for
// the browser and the server are on it as well.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let only: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|only| only == name);
    let mut figures = Figures::default();
    with_browsers(Engine::Chromium, env!("CARGO_TARGET_TMPDIR"), async |browsers| {
        if wanted("start") {
            start::start(browsers, &figures).await;
        }
        if wanted("burst") {
            burst::burst(browsers, &figures).await;
        }
        if wanted("flood") || wanted("room") {
            flood::flood(browsers, &mut figures).await;
        }
    })
    .await;
    let lost = figures.end();
    match lost.is_empty() {
        true => ExitCode::SUCCESS,
        false => {
            eprintln!("\nlost: {}", lost.join("; "));
            ExitCode::FAILURE
        }
    }
}

/// A server without limits, with its data on a disk: a folder for temporary files may be in memory.
async fn server() -> (Server, TempDir) {
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let launch = Launch::default().unlimited().quiet().data(folder.path());
    // Whoever sends a burst does not wait for answers.
    let server = launch.flags(&["--max-pending-requests", "65536"]).start().await;
    (server, folder)
}
