//! A room in which a hundred thousand messages were said: it opens as quickly as any other, and is
//! read up to its very first message without a gap, while only a part of it is drawn.
//!
//! To read all of it takes minutes, for the page waits for what comes. So every engine reads both
//! ends one by one, and goes to places in between; how `page_history` reads all of 2,000 is how all
//! of this is read when it is asked for.

use std::{fs, path::Path, time::Duration};

use futures_util::future::join_all;
use parlour_events::{Event, Reply, SendMessage, Sent};
use parlour_tests::{
    browser::Browsers,
    in_every_browser,
    member::{Member, message},
    page::Page,
    server::{Launch, Server, StopSignal},
    waiting::{wait_for, within},
};
use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;
use tokio::{sync::OnceCell, time::Instant};

in_every_browser!(
    a_hundred_thousand_are_read_at_both_ends_and_in_between,
    a_hundred_thousand_are_read_up_to_the_first needs minutes,
);

const MESSAGES: usize = 100_000;

/// So many are read one by one at each end, and on each side of every place in between: more than
/// are drawn, and than come, at a time.
const END: usize = 1_000;
const AROUND: usize = 300;
const PLACES: [usize; 3] = [77_777, 50_000, 1_500];

/// Those who said them, and how many each says at a time: no more than a server keeps for one.
const PEOPLE: usize = 10;
const AT_A_TIME: usize = 200;

/// How long all of the way up may take, with a compiler beside it.
const READING: Duration = Duration::from_secs(480);

/// Said once, for all engines.
static SAID: OnceCell<TempDir> = OnceCell::const_new();

/// Reads for some seconds, as somebody who holds a key down does: to the upper or lower end of what
/// is there, whenever more has come, until the message with a number is drawn. It notes what was in
/// the list meanwhile.
const READ: &str = "
    return (async (upwards, goal, time) => {
        const log = document.querySelector('#log');
        const seen = window.__seen ??= new Set();
        const told = { rows: 0, nodes: 0, gaps: 0, there: false };
        const end = performance.now() + time;
        while (performance.now() < end && !told.there) {
            const rows = [...log.querySelectorAll('[data-message-id]')].map((it) => +it.dataset.seq);
            told.gaps += rows.filter((seq, at) => at > 0 && seq !== rows[at - 1] + 1).length;
            for (const seq of rows) seen.add(seq);
            told.rows = Math.max(told.rows, rows.length);
            told.nodes = Math.max(told.nodes, document.getElementsByTagName('*').length);
            told.there = rows.includes(goal);
            log.scrollTo({ top: upwards ? 0 : log.scrollHeight, behavior: 'instant' });
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        }
        const all = [...seen];
        const ends = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
        return { ...told, first: ends[0], last: ends[1], seen: seen.size };
    })(...arguments);";

/// What was seen since [`forget`].
#[derive(Debug, Deserialize)]
struct Told {
    first: usize,
    last: usize,
    seen: usize,
    rows: usize,
    nodes: usize,
    gaps: usize,
    there: bool,
}

/// Reads upwards or downwards up to a message: without a gap, while no more is drawn than may be.
async fn read(page: &Page, upwards: bool, goal: usize) -> Told {
    let start = Instant::now();
    loop {
        let told = page.run_with(READ, vec![json!(upwards), json!(goal), json!(5_000)]).await;
        let told: Told = serde_json::from_value(told).unwrap();
        assert_eq!(told.gaps, 0, "{told:?}");
        assert!(told.rows <= 160 && told.nodes < 3_000, "{told:?}");
        if told.there {
            assert_eq!(told.seen, told.last - told.first + 1, "something was left out: {told:?}");
            return told;
        }
        assert!(start.elapsed() < READING, "it is at {told:?}");
    }
}

/// What was seen up to now counts no more.
async fn forget(page: &Page) {
    page.run("delete window.__seen;").await;
}

/// Waits until a message is drawn, by its number.
async fn shows(page: &Page, seq: usize) {
    page.has_shown(&format!("[data-seq='{seq}']")).await;
}

/// Waits until nothing earlier is to be had.
async fn is_at_the_beginning(page: &Page) {
    wait_for("the beginning", async || {
        let extent = page.extent().await;
        if extent.complete { Ok(()) } else { Err(extent) }
    })
    .await;
}

async fn said() -> TempDir {
    let folder = TempDir::new().unwrap();
    let launch = Launch::default().data(folder.path()).unlimited().quiet();
    let mut server = launch.start().await;
    let url = server.url().to_owned();
    let people = (0..PEOPLE).map(async |at| Member::joined(&url, &format!("Guest {at}")).await);
    let people = join_all(people).await;
    let talk = people.iter().enumerate().map(async |(at, person)| {
        for round in 0..MESSAGES / PEOPLE / AT_A_TIME {
            let requests = (0..AT_A_TIME).map(|number| {
                let message = message(&format!("{at} says {}", round * AT_A_TIME + number));
                person.socket.emit_with_ack::<_, Reply<Sent>>(SendMessage::NAME, &message).send()
            });
            for answer in within("a part of the history", join_all(requests)).await {
                let sent: Result<Sent, _> = answer.unwrap().into();
                sent.unwrap();
            }
        }
    });
    join_all(talk).await;
    assert!(server.stop(StopSignal::TERM).await.success());
    folder
}

/// Copies a folder, with what is in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

async fn server() -> (Server, TempDir) {
    let folder = TempDir::new().unwrap();
    copy(SAID.get_or_init(said).await.path(), folder.path());
    let launch = Launch::default().data(folder.path()).unlimited().quiet();
    (launch.start().await, folder)
}

async fn a_hundred_thousand_are_read_at_both_ends_and_in_between(browsers: &Browsers) {
    let (server, _folder) = server().await;
    let page = browsers.open("Ann", server.url()).await;
    page.enter("Ann").await;
    shows(&page, MESSAGES).await;
    let told = read(&page, true, MESSAGES - END).await;
    assert_eq!(told.last, MESSAGES, "{told:?}");
    for place in PLACES {
        page.goto(&format!("{}/r/chat/m/{place}", server.url())).await;
        shows(&page, place).await;
        read(&page, true, place - AROUND).await;
        read(&page, false, place + AROUND).await;
    }
    page.goes_to_the_oldest().await;
    shows(&page, 1).await;
    is_at_the_beginning(&page).await;
    forget(&page).await;
    let told = read(&page, false, END).await;
    assert_eq!(told.first, 1, "{told:?}");
    // Up again, to see that it is the list that ends there, and not only what was read at once.
    let told = read(&page, true, 1).await;
    assert_eq!(told.first, 1, "{told:?}");
    is_at_the_beginning(&page).await;
    page.goes_to_the_end().await;
    shows(&page, MESSAGES).await;
    assert_eq!(page.complaints().await, [""; 0]);
}

async fn a_hundred_thousand_are_read_up_to_the_first(browsers: &Browsers) {
    let (server, _folder) = server().await;
    let page = browsers.open("Ann", server.url()).await;
    page.enter("Ann").await;
    shows(&page, MESSAGES).await;
    let told = read(&page, true, 1).await;
    assert_eq!((told.first, told.last), (1, MESSAGES));
    is_at_the_beginning(&page).await;
    page.goes_to_the_end().await;
    shows(&page, MESSAGES).await;
    assert_eq!(page.complaints().await, [""; 0]);
}
