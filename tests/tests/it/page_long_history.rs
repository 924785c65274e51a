//! A room in which a hundred thousand messages were said: it opens as quickly as any other, and is
//! read up to its very first message without a gap, while only a part of it is drawn.

use std::{fs, path::Path, time::Duration};

use futures_util::future::join_all;
use parlour_events::{Event, Reply, SendMessage, Sent};
use parlour_tests::{
    browser::Browsers,
    in_every_browser,
    member::{Member, message},
    server::{Launch, Server, StopSignal},
    waiting::within,
};
use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;
use tokio::{sync::OnceCell, time::Instant};

in_every_browser!(a_hundred_thousand_are_read_up_to_the_first needs minutes);

const MESSAGES: usize = 100_000;

/// Those who said them, and how many each says at a time: no more than a server keeps for one.
const PEOPLE: usize = 10;
const AT_A_TIME: usize = 200;

/// How long all of the way up may take, with a compiler beside it.
const READING: Duration = Duration::from_secs(480);

/// Said once, for all engines.
static SAID: OnceCell<TempDir> = OnceCell::const_new();

/// Reads upwards for some seconds, as somebody who holds a key down does: to the upper end of what
/// is there, whenever more has come. It notes what was in the list meanwhile.
const READ: &str = "
    return (async () => {
        const log = document.querySelector('#log');
        const seen = window.__seen ??= new Set();
        const told = { first: 0, seen: 0, rows: 0, nodes: 0, gaps: 0, complete: false };
        const end = performance.now() + arguments[0];
        while (performance.now() < end && !told.complete) {
            const rows = [...log.querySelectorAll('[data-message-id]')].map((it) => +it.dataset.seq);
            told.gaps += rows.filter((seq, at) => at > 0 && seq !== rows[at - 1] + 1).length;
            for (const seq of rows) seen.add(seq);
            told.first = rows[0];
            told.rows = Math.max(told.rows, rows.length);
            told.nodes = Math.max(told.nodes, document.getElementsByTagName('*').length);
            told.complete = rows[0] === 1 && !document.querySelector('#show-earlier');
            log.scrollTo({ top: 0, behavior: 'instant' });
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        }
        told.seen = seen.size;
        return told;
    })();";

#[derive(Debug, Deserialize)]
struct Told {
    first: usize,
    seen: usize,
    rows: usize,
    nodes: usize,
    gaps: usize,
    complete: bool,
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

async fn a_hundred_thousand_are_read_up_to_the_first(browsers: &Browsers) {
    let (server, _folder) = server().await;
    let page = browsers.open("Ann", server.url()).await;
    page.enter("Ann").await;
    page.has_shown(&format!("[data-seq='{MESSAGES}']")).await;
    let start = Instant::now();
    loop {
        let told = page.run_with(READ, vec![json!(5_000)]).await;
        let told: Told = serde_json::from_value(told).unwrap();
        assert_eq!(told.gaps, 0, "{told:?}");
        assert!(told.rows <= 160 && told.nodes < 3_000, "{told:?}");
        if told.complete {
            assert_eq!((told.first, told.seen), (1, MESSAGES), "something was left out");
            break;
        }
        assert!(start.elapsed() < READING, "it is at {told:?}");
    }
    eprintln!("{}: {:?} for the way up", page.engine().name(), start.elapsed());
    page.goes_to_the_end().await;
    page.has_shown(&format!("[data-seq='{MESSAGES}']")).await;
    assert_eq!(page.complaints().await, [""; 0]);
}
