//! The release builds: the page, and the server with the page in it.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::hash::Hash;
use crate::job::{Failure, Job, write_whole};
use crate::kit::{Kit, clean_command};
use crate::page_slim;
use crate::pins;
use crate::places;
use crate::report::Report;

/// What the page is made of, as paths in the checkout.
const PAGE_INPUTS: [&str; 8] = [
    "client",
    "events",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo",
    "xtask/src/page_slim.rs",
];

/// Names of folders that are no part of the page: outputs, and what only tests use.
const NO_INPUTS: [&str; 9] =
    ["target", "node_modules", "dist", "pkg", "tests", "benches", "bench", "examples", "fuzz"];

/// A compiler's message is longer than what a package manager says.
const TAIL_LINES: usize = 60;

/// Builds both. A failure has been told when `Err` names what failed.
pub(crate) fn build(kit: &Kit, report: &Report) -> Result<(), String> {
    page(kit, report).ok_or("the page is not built")?;
    server(kit, report).ok_or("the server is not built")?;
    Ok(())
}

/// Builds the page into `target/page`, unless nothing that it is made of has changed.
pub(crate) fn page(kit: &Kit, report: &Report) -> Option<()> {
    const NAME: &str = "page (release)";
    let stamp = kit.places.root.join("target/page.stamp");
    let now = page_hash(kit);
    let is_fresh = now.as_ref().is_ok_and(|now| {
        fs::read_to_string(&stamp).is_ok_and(|then| then == *now) && is_page(&kit.places.page())
    });
    if is_fresh {
        report.ready(NAME);
        return Some(());
    }
    report.step(NAME, |progress| {
        let new = kit.places.root.join("target/page-next");
        let trunk = kit.tool("trunk").map_err(Failure::new)?;
        let mut command = kit.page(trunk).map_err(Failure::new)?;
        command
            .args(["build", "--release", "--offline", "--dist"])
            .arg(&new)
            // Trunk's own calls would bury what the compiler says.
            .env("RUST_BACKTRACE", "0");
        let job = Job::new(progress, &kit.places)?.limit(Duration::from_mins(40)).tail(TAIL_LINES);
        job.run(&mut command)?;
        page_slim::slim(kit, &job, &new)?;
        let now = now.map_err(|error| Failure::io("cannot read", &kit.places.root, &error))?;
        replace_page(&new, &kit.places.page())
            .map_err(|error| Failure::io("cannot write", &kit.places.page(), &error))?;
        write_whole(&stamp, &now)
    })
}

/// Puts the new page in place of the old one, unless it is the same: then the server with the old
/// one in it need not be built again.
fn replace_page(new: &Path, page: &Path) -> io::Result<()> {
    let hash = |folder: &Path| {
        let mut hash = Hash::new();
        hash.add_files(folder, &[]).map(|()| hash.hex())
    };
    if is_page(page) && hash(new)? == hash(page)? {
        return places::remove_folder(new);
    }
    places::put_in_place(new, page)
}

fn is_page(folder: &Path) -> bool {
    folder.join("index.html").is_file()
        && fs::read_dir(folder).is_ok_and(|mut entries| {
            entries
                .any(|it| it.is_ok_and(|it| it.path().extension().is_some_and(|it| it == "wasm")))
        })
}

fn page_hash(kit: &Kit) -> io::Result<String> {
    let mut hash = Hash::new();
    let wasm = kit.page.as_ref().map(|wasm| wasm.version.as_str()).unwrap_or_default();
    for tool in [pins::TRUNK, pins::BINARYEN, pins::ESBUILD, &kit.pins.wasm_bindgen, wasm] {
        hash.add(tool.as_bytes());
    }
    for input in PAGE_INPUTS {
        hash.add_files(&kit.places.root.join(input), &NO_INPUTS)?;
    }
    Ok(hash.hex())
}

/// Builds the server; Cargo knows best whether there is something to do.
fn server(kit: &Kit, report: &Report) -> Option<()> {
    report.step("server (release)", |progress| {
        let mut command = kit.native("cargo");
        command
            .args(["build", "--release", "--package", "parlour-server"])
            .env("PARLOUR_PAGE", kit.places.page());
        Job::new(progress, &kit.places)?
            .limit(Duration::from_mins(40))
            .tail(TAIL_LINES)
            .run(&mut command)
    })
}

/// Becomes the server, so that signals, standard streams and the exit status are the server's own.
/// Comes back only with the reason why that did not work.
pub(crate) fn become_server(kit: &Kit, flags: &[&str]) -> String {
    let program = kit.places.server();
    let mut command: Command = clean_command(&program, &kit.places);
    if let Ok(folder) = std::env::current_dir() {
        // Flags may name files relative to where they were typed.
        command.current_dir(folder);
    }
    format!("{} does not start: {}", program.display(), command.args(flags).exec())
}
