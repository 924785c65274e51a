//! A long history: it is read up to its first message and down again without a gap, and however
//! long it is, only a part of it is drawn.

use std::{collections::BTreeMap, time::Duration};

use futures_util::future::join_all;
use parlour_events::{Event, Reply, SendMessage, Sent};
use parlour_tests::{
    browser::Browsers,
    in_every_browser,
    member::{Member, message},
    page::{Extent, Page},
    server::{Launch, Server},
    waiting::{wait_for, within},
};
use serde_json::json;
use tokio::time::{Instant, sleep};

in_every_browser!(
    all_of_it_can_be_read_and_little_of_it_is_drawn,
    one_can_go_to_a_message,
    what_one_reads_stays_where_it_is,
);

const MESSAGES: u64 = 2_000;
const MOST_ROWS: usize = 160;
const MOST_NODES: usize = 3_000;

/// How long one way through all of it may take.
const READING: Duration = Duration::from_secs(150);

async fn with_history() -> Server {
    let server = Launch::default().unlimited().quiet().start().await;
    let ben = Member::joined(server.url(), "Ben").await;
    // No more than the server keeps for one client.
    let numbers: Vec<u64> = (1..=MESSAGES).collect();
    for some in numbers.chunks(200) {
        let requests = some.iter().map(|number| {
            let message = message(&format!("message {number}"));
            ben.socket.emit_with_ack::<_, Reply<Sent>>(SendMessage::NAME, &message).send()
        });
        for answer in within("the history", join_all(requests)).await {
            let sent: Result<Sent, _> = answer.unwrap().into();
            sent.unwrap();
        }
    }
    server
}

/// What is drawn now, which is a part of the history without a gap, and not too much.
async fn look(page: &Page, seen: &mut BTreeMap<u64, String>) -> (u64, u64, Extent) {
    let (rows, extent) = (page.rows().await, page.extent().await);
    let numbers: Vec<u64> = rows.iter().map(|row| row.seq.parse().unwrap()).collect();
    for (row, number) in rows.iter().zip(&numbers) {
        assert_eq!(row.body, format!("message {number}"));
        seen.insert(*number, row.id.clone());
    }
    let gap = numbers.windows(2).find(|pair| pair[0] + 1 != pair[1]);
    assert_eq!(gap, None, "a gap, or a row that is there twice");
    assert!(rows.len() <= MOST_ROWS, "{} rows", rows.len());
    assert!(extent.nodes < MOST_NODES, "{} nodes", extent.nodes);
    (numbers[0], numbers[numbers.len() - 1], extent)
}

/// Reads in one direction until `end` is there.
async fn read(page: &Page, heights: f64, end: u64) {
    let mut seen = BTreeMap::new();
    let start = Instant::now();
    loop {
        let (first, last, extent) = look(page, &mut seen).await;
        let there = if heights < 0.0 { extent.above } else { extent.below };
        if (first..=last).contains(&end) && there < 2 {
            break;
        }
        assert!(start.elapsed() < READING, "it is at {first} to {last}, on the way to {end}");
        page.scrolls(heights).await;
        sleep(Duration::from_millis(20)).await;
    }
    // Nobody passed anything without seeing it.
    assert_eq!(seen.len() as u64, MESSAGES, "something was left out");
}

async fn all_of_it_can_be_read_and_little_of_it_is_drawn(browsers: &Browsers) {
    let server = with_history().await;
    let page = browsers.open("Ann", server.url()).await;
    page.enter("Ann").await;
    page.shows("Ben", &format!("message {MESSAGES}")).await;
    read(&page, -0.9, 1).await;
    assert_eq!(page.axe().await, []);
    read(&page, 0.9, MESSAGES).await;
    assert_eq!(page.complaints().await, [""; 0]);
}

/// Waits until a message can be seen, whole.
async fn has_in_sight(page: &Page, text: &str) {
    let row = page.shows("Ben", text).await;
    wait_for(&format!("{text} to be in sight"), async || {
        let inside = page.has_in_sight(&row).await;
        if inside { Ok(()) } else { Err(page.extent().await) }
    })
    .await;
}

async fn one_can_go_to_a_message(browsers: &Browsers) {
    let server = with_history().await;
    let page = browsers.open("Ann", &format!("{}/r/chat/m/700", server.url())).await;
    page.enter("Ann").await;
    has_in_sight(&page, "message 700").await;
    look(&page, &mut BTreeMap::new()).await;
    assert_eq!(page.axe().await, []);
    page.goes_to_the_end().await;
    has_in_sight(&page, "message 2000").await;
    page.goes_to_the_oldest().await;
    has_in_sight(&page, "message 1").await;
    wait_for("the list to begin with it", async || {
        let (first, _, extent) = look(&page, &mut BTreeMap::new()).await;
        if (first, extent.above) == (1, 0) { Ok(()) } else { Err((first, extent)) }
    })
    .await;
    // What is said now waits below.
    let late = Member::joined(server.url(), "Late").await;
    late.say("After all").await;
    page.goes_to_the_end().await;
    page.shows("Late", "After all").await;
    assert_eq!(page.complaints().await, [""; 0]);
}

/// Goes to the upper end of what is drawn; gives the numbers of the first message that is drawn and
/// of one in sight, and how far below the upper edge that is.
const UP: &str = "
    const log = document.querySelector('#log');
    const rows = [...log.querySelectorAll('[data-message-id]')];
    log.scrollTo({ top: 0, behavior: 'instant' });
    const edge = log.getBoundingClientRect().top;
    const top = (row) => row.getBoundingClientRect().top - edge;
    return [+rows[0].dataset.seq, +rows[1].dataset.seq, top(rows[1])];";

/// The number of the first message that is drawn, and how far below the upper edge another one is.
const STANDS: &str = "
    const log = document.querySelector('#log');
    const row = log.querySelector(`[data-seq='${arguments[0]}']`);
    const first = log.querySelector('[data-message-id]');
    const edge = log.getBoundingClientRect().top;
    return [+first.dataset.seq, row ? row.getBoundingClientRect().top - edge : null];";

async fn what_one_reads_stays_where_it_is(browsers: &Browsers) {
    // They take turns: the name above what somebody says goes when it turns out that they have said
    // what is before it as well.
    let server = Launch::default().unlimited().quiet().start().await;
    let people = [Member::joined(server.url(), "Ben"), Member::joined(server.url(), "Cleo")];
    let people = join_all(people).await;
    for number in 0..400 {
        people[number % 2].say(&format!("message {}", number + 1)).await;
    }
    let page = browsers.open("Ann", server.url()).await;
    page.enter("Ann").await;
    is_at_the_end_with(&page, "Cleo", "message 400").await;
    // Where earlier messages come above it. Up to the very first there are more than two such steps.
    let (mut read, mut place) = (0, 0.0);
    for _ in 0..3 {
        let (before, seq, top): (u64, u64, f64) =
            serde_json::from_value(page.run(UP).await).unwrap();
        let stands = wait_for("earlier messages", async || {
            let now = page.run_with(STANDS, vec![json!(seq)]).await;
            let (first, stands): (u64, Option<f64>) = serde_json::from_value(now).unwrap();
            if first < before { Ok(stands) } else { Err((first, stands)) }
        })
        .await
        .expect("what is read is drawn");
        assert!((stands - top).abs() <= 2.0, "{seq} stood at {top}, and stands at {stands}");
        (read, place) = (seq, stands);
    }

    // Where something is said meanwhile.
    let late = Member::joined(server.url(), "Late").await;
    for (number, told) in [(1, "1 new message"), (2, "2 new messages")] {
        late.say(&format!("late {number}")).await;
        page.reads_in("#to-bottom", told).await;
    }
    let (_, stands): (u64, Option<f64>) =
        serde_json::from_value(page.run_with(STANDS, vec![json!(read)]).await).unwrap();
    let stands = stands.expect("what is read is drawn");
    assert!((stands - place).abs() <= 2.0, "{read} stood at {place}, and stands at {stands}");

    // Whoever is at the end stays there.
    page.goes_to_the_end().await;
    is_at_the_end_with(&page, "Late", "late 2").await;
    for number in 3..=5 {
        let text = format!("late {number}");
        late.say(&text).await;
        is_at_the_end_with(&page, "Late", &text).await;
    }
    assert_eq!(page.run(IS_HIDDEN).await, true, "there is nothing below");
    assert_eq!(page.complaints().await, [""; 0]);
}

/// Whether there is no button to the end.
const IS_HIDDEN: &str = "return document.querySelector('#to-bottom').hidden;";

async fn is_at_the_end_with(page: &Page, author: &str, text: &str) {
    let row = page.shows(author, text).await;
    wait_for(&format!("{text} to be in sight"), async || {
        let extent = page.extent().await;
        let there = page.has_in_sight(&row).await && extent.below < 2;
        if there { Ok(()) } else { Err(extent) }
    })
    .await;
}
