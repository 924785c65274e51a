//! The client that docs/protocol.md gives as an example, as it stands there: whatever goes away
//! meanwhile, it prints everything once and in order, and says everything once.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Stdio,
};

use parlour_events::{ChangeId, DeleteMessage, RoomName, limits::CATCH_UP_CHANGES};
use parlour_tests::{
    member::{Heard, Member, message},
    news::{News, news},
    server::{Launch, Server, StopSignal, run_to_end},
    settings,
    transcript::Transcript,
    waiting::{wait_for, within},
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStdin, Command},
};
use uuid::Uuid;

const EXAMPLE: &str = "docs/examples/chat.mjs";

/// The example, running. It is killed on drop.
struct Example {
    folder: PathBuf,
    child: Child,
    stdin: ChildStdin,
    printed: News<String>,
    /// Shown when the test fails.
    _transcript: Transcript,
}

impl Example {
    /// Runs it in this folder, where it keeps its file.
    fn start(folder: &Path, url: &str, nickname: &str) -> Self {
        let name = format!("{nickname}, by {EXAMPLE}");
        let mut command = Command::new(settings::path("PARLOUR_NODE"));
        command.current_dir(folder).args(["chat.mjs", url, nickname]).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (teller, printed) = news(&name);
        let transcript = Transcript::new(&name);
        transcript.follow(child.stderr.take().unwrap());
        transcript.follow_and_tell(child.stdout.take().unwrap(), teller);
        let stdin = child.stdin.take().unwrap();
        Self { folder: folder.to_owned(), child, stdin, printed, _transcript: transcript }
    }

    async fn say(&mut self, text: &str) {
        let line = format!("{text}\n");
        within("the example to read", self.stdin.write_all(line.as_bytes())).await.unwrap();
    }

    /// This is what it prints next, and nothing else before.
    async fn prints(&mut self, line: &str) {
        assert_eq!(self.printed.next(line).await, line);
    }

    /// Kills it once it has written down that it is so far; it has printed nothing more.
    async fn kill_at(mut self, seq: u64) {
        let file = self.folder.join("state.json");
        wait_for("the cursor in its file", async || {
            let state: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
            if state["cursor"]["seq"] == seq { Ok(()) } else { Err(state) }
        })
        .await;
        within("its end", self.child.kill()).await.unwrap();
        assert_eq!(self.printed.end().await, Vec::<String>::new());
    }
}

/// A folder with the example in it, and with what it needs installed.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::copy(settings::workspace().join(EXAMPLE), folder.path().join("chat.mjs")).unwrap();
    symlink(settings::path("NODE_PATH"), folder.path().join("node_modules")).unwrap();
    folder
}

/// Waits until somebody is connected again, and joins.
async fn comes_back(member: &mut Member) {
    member.news.expect("the session", |heard| matches!(heard, Heard::Session(_))).await;
    member.join(None).await;
}

#[tokio::test]
async fn the_example_prints_and_says_everything_once() {
    let folder = folder();
    let mut server = Server::unlimited().await;
    let mut ben = Member::joined(server.url(), "Ben").await;
    ben.say("said before").await;
    let mut ann = Example::start(folder.path(), server.url(), "Ann");
    ann.prints("#1 Ben: said before").await;
    ann.say("said here").await;
    ann.prints("#2 Ann: said here").await;
    ben.hears("said here").await;

    // The server dies, and what is said meanwhile waits.
    server.stop(StopSignal::KILL).await;
    ann.say("said while the server was away").await;
    ben.news.rest();
    server.start_again().await;
    ann.prints("#3 Ann: said while the server was away").await;
    comes_back(&mut ben).await;
    ben.say("said after").await;
    ann.prints("#4 Ben: said after").await;

    // The client dies, and misses more than one answer holds, of which something was taken back.
    ann.kill_at(4).await;
    let taken_back = message("taken back");
    ben.ask(&taken_back).await.unwrap();
    let count = CATCH_UP_CHANGES as u64 + 50;
    for seq in 6..=count {
        ben.say(&format!("missed {seq}")).await;
    }
    let id = ChangeId(Uuid::now_v7());
    let room = RoomName::default();
    ben.ask(&DeleteMessage { room, id, message: taken_back.id }).await.unwrap();
    let mut ann = Example::start(folder.path(), server.url(), "Ann");
    for seq in 6..=count {
        ann.prints(&format!("#{seq} Ben: missed {seq}")).await;
    }
    ann.say("back again").await;
    ann.prints(&format!("#{} Ann: back again", count + 2)).await;
    ann.kill_at(count + 2).await;
}

#[tokio::test]
async fn the_example_begins_anew_after_a_restored_backup() {
    let (folder, data) = (folder(), TempDir::new().unwrap());
    let path = data.path().join("data");
    let (path, backup) = (path.to_str().unwrap(), data.path().join("backup"));
    let backup = backup.to_str().unwrap();
    let mut server = Launch::default().data(path).start().await;
    let mut ben = Member::joined(server.url(), "Ben").await;
    let mut ann = Example::start(folder.path(), server.url(), "Ann");
    ben.say("kept").await;
    ann.prints("#1 Ben: kept").await;
    let done = run_to_end(&["backup", backup, "--data", path]).await;
    assert!(done.status.success(), "{done:?}");
    ben.say("lost").await;
    ben.say("lost as well").await;
    ann.prints("#2 Ben: lost").await;
    ann.prints("#3 Ben: lost as well").await;

    server.stop(StopSignal::TERM).await;
    let done = run_to_end(&["restore", backup, "--data", path]).await;
    assert!(done.status.success(), "{done:?}");
    ben.news.rest();
    server.start_again().await;
    ann.prints("--- chat begins anew: epoch ---").await;
    ann.prints("#1 Ben: kept").await;
    comes_back(&mut ben).await;
    ben.say("said after").await;
    ann.prints("#2 Ben: said after").await;
    ann.kill_at(2).await;
}
