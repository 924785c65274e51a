//! A flood, somebody who types in it, and the room that it leaves.

use std::{sync::Arc, time::Duration};

use parlour_tests::{browser::Browsers, page::Page, server::Server, waiting::wait_for_bound};
use serde_json::json;
use tokio::{task::JoinSet, time::interval};

use crate::{
    feed::{Fed, Pace, Sender, now},
    figures::{Aim, Figures, median, percentile},
    profile, server,
    watch::{MESSAGES, browser, long_tasks, look, memory, nodes, press, seen, typed},
};

/// Messages a second.
const RATE: u64 = 10_000;
const TIME: Duration = Duration::from_secs(10);
const SENDERS: usize = 20;
/// From one key to the next, and how many there are.
const KEY: Duration = Duration::from_millis(100);
const KEYS: usize = 100;
/// Until the page has everything, at the worst.
const BOUND: Duration = Duration::from_mins(3);
/// How often the way to the first message is measured.
const JUMPS: usize = 5;
/// Places of the history that are looked up again.
const PLACES: u64 = 10;

const MEGABYTE: f64 = 1e6;

/// The numbers of the rows that are drawn, whether a break is told of, and the last number.
const DRAWN: &str = "
    const seqs = [...document.querySelectorAll('[data-seq]')].map((row) => Number(row.dataset.seq));
    return [seqs, document.querySelector('.notice') !== null];";

const PRESS: &str = "document.querySelector(arguments[0]).click();";

pub(crate) async fn flood(browsers: &Browsers, figures: &mut Figures) {
    let (server, _folder) = server().await;
    let (_browser, page) = browser(browsers, "reader").await;
    page.goto(server.url()).await;
    page.enter("reader").await;
    let mut senders = Vec::new();
    for number in 0..SENDERS {
        senders.push(Sender::enter(server.url(), &format!("sender {number}")).await);
    }
    page.click("#composer").await;
    long_tasks(&page).await;
    typed(&page).await;
    profile::begin(&page).await;
    let (fed, due) = tokio::join!(feed(senders), press_keys(&page));
    profile::end(&page).await;
    look(&page, json!({ "of": MESSAGES, "seq": fed.last.to_string() })).await;
    let there = seen(&page, BOUND).await;
    tell_flood(&page, &server, fed, there, figures).await;
    tell_keys(&page, &due, figures).await;
    tell_room(&page, &server, fed, figures).await;
}

async fn feed(senders: Vec<Sender>) -> Fed {
    let pace = Arc::new(Pace::steady(0, RATE, TIME));
    let mut sending = JoinSet::new();
    for mut sender in senders {
        let pace = pace.clone();
        sending.spawn(async move { sender.send(&pace).await });
    }
    let mut fed: Option<Fed> = None;
    while let Some(sent) = sending.join_next().await {
        let sent = sent.expect("it sends to the end");
        fed = fed.into_iter().chain(sent).reduce(Fed::and);
    }
    fed.expect("something was sent")
}

/// Presses keys; gives when each was due, in milliseconds since 1970. While the page does not take
/// one, the next ones cannot be pressed: they are late, and their time counts from when they were due.
async fn press_keys(page: &Page) -> Vec<f64> {
    let mut keys = interval(KEY);
    let mut due = Vec::new();
    for letter in ('a'..='z').cycle().take(KEYS) {
        let late = keys.tick().await.elapsed();
        due.push(now() - late.as_secs_f64() * 1_000.0);
        press(page, letter).await;
    }
    due
}

async fn tell_keys(page: &Page, due: &[f64], figures: &mut Figures) {
    let typed = typed(page).await;
    if typed.len() != due.len() {
        figures.lost(format!("{} of {} keys were typed", typed.len(), due.len()));
    }
    let mut times: Vec<f64> = typed.iter().zip(due).map(|(typed, due)| typed - due).collect();
    times.sort_by(f64::total_cmp);
    figures.tell(
        "from when a key is due to its frame, p50",
        percentile(&times, 50),
        "ms",
        Aim::None,
    );
    figures.tell(
        "from when a key is due to its frame, p95",
        percentile(&times, 95),
        "ms",
        Aim::Most(100.0),
    );
}

async fn tell_flood(page: &Page, server: &Server, fed: Fed, there: f64, figures: &mut Figures) {
    let long = long_tasks(page).await;
    let count = fed.last + 1 - fed.first;
    figures.heading("10,000 messages a second for 10 s, offered to one page");
    figures.tell(
        "offered by those who send",
        count as f64 / fed.seconds(),
        "/s",
        Aim::Least(9_900.0),
    );
    figures.tell("all on screen after the last was answered", there - fed.to, "ms", Aim::None);
    figures.tell("tasks over 50 ms", long.len() as f64, "", Aim::Most(0.0));
    let longest = long.into_iter().fold(0.0, f64::max);
    figures.tell("  the longest of them", longest, "ms", Aim::None);
    let dropped = server.log.text().matches("full queues").count();
    figures.tell("times the server had to leave frames out", dropped as f64, "", Aim::Most(0.0));
    let drawn = page.run(DRAWN).await;
    let seqs: Vec<u64> = serde_json::from_value(drawn[0].clone()).expect("numbers");
    if count != RATE * TIME.as_secs() {
        figures.lost(format!("{count} numbers for {} messages", RATE * TIME.as_secs()));
    }
    if seqs.last() != Some(&fed.last) {
        figures.lost(format!("the page ends with {:?}, not with {}", seqs.last(), fed.last));
    }
    if seqs.windows(2).any(|pair| pair[1] != pair[0] + 1) {
        figures.lost(format!("gaps in what is drawn: {seqs:?}"));
    }
    if drawn[1] == true {
        figures.lost("the page says that it had to skip messages");
    }
}

async fn tell_room(page: &Page, server: &Server, fed: Fed, figures: &mut Figures) {
    figures.heading("A room with 100,000 messages");
    let held = memory(page).await;
    let all = (held.js + held.wasm) / MEGABYTE;
    figures.tell("heap behind the flood", all, "MB", Aim::Most(80.0));
    figures.tell("  of that JavaScript", held.js / MEGABYTE, "MB", Aim::None);
    figures.tell("  of that WebAssembly", held.wasm / MEGABYTE, "MB", Aim::None);
    figures.tell("DOM nodes", nodes(page).await, "", Aim::Most(3_000.0));
    let mut jumps = Vec::new();
    for _ in 0..JUMPS {
        page.chooses_for_room("menu-date").await;
        let first = json!({ "of": MESSAGES, "first": true, "seq": fed.first.to_string() });
        let from = look(page, first).await;
        page.run_with(PRESS, vec![json!("#to-oldest")]).await;
        jumps.push(seen(page, BOUND).await - from);
        let last = json!({ "of": MESSAGES, "seq": fed.last.to_string() });
        look(page, last).await;
        page.goes_to_the_end().await;
        seen(page, BOUND).await;
    }
    figures.tell("to the first message (median of 5)", median(jumps), "ms", Aim::Most(300.0));
    let after = memory(page).await;
    let all = (after.js + after.wasm) / MEGABYTE;
    figures.tell("heap after that", all, "MB", Aim::Most(80.0));
    figures.tell("DOM nodes after that", nodes(page).await, "", Aim::Most(3_000.0));
    look_up(page, server, fed, figures).await;
}

/// What the page does not keep, it can read again.
async fn look_up(page: &Page, server: &Server, fed: Fed, figures: &mut Figures) {
    let room = parlour_events::RoomName::default();
    for place in 0..PLACES {
        let seq = fed.first + (fed.last - fed.first) * place / PLACES;
        page.goto(&format!("{}/r/{room}/m/{seq}", server.url())).await;
        let found = wait_for_bound("a message of the flood", BOUND, async || {
            let drawn = page.run(DRAWN).await;
            let seqs: Vec<u64> = serde_json::from_value(drawn[0].clone()).expect("numbers");
            if seqs.contains(&seq) { Ok(seqs) } else { Err(seqs) }
        })
        .await;
        if found.windows(2).any(|pair| pair[1] != pair[0] + 1) {
            figures.lost(format!("gaps around {seq}: {found:?}"));
        }
    }
}
