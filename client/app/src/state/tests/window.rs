//! Which part of a stretch is shown.

use parlour_events::{History, Place};

use super::*;
use crate::state::{
    rows::{Row, Rows, WINDOW, WINDOW_MOST, Window, rows},
    stretch::MESSAGES_KEPT,
};

fn shown(page: &Page, window: Window) -> Rows {
    rows(page.chat(), window, &me(), None, |_| 0)
}

fn numbers(rows: &Rows) -> Vec<u64> {
    let number = |row: &Row| match row {
        Row::Message(message) => message.seq.map(|seq| seq.0),
        _ => None,
    };
    rows.rows.iter().filter_map(number).collect()
}

fn without_gaps(numbers: &[u64]) {
    assert!(numbers.windows(2).all(|two| two[0] + 1 == two[1]), "{numbers:?}");
}

/// Answers what is asked about the history of a room of so many messages, ten at a time.
fn answer(page: &mut Page, effects: Vec<Effect>, last: u64) {
    for effect in effects {
        let Effect::History { ticket, from, .. } = effect else { panic!("{effect:?}") };
        let range = match from {
            Some(Place::Before(Seq(seq))) => seq.saturating_sub(10).max(1)..=seq - 1,
            Some(Place::After(Seq(seq))) => seq + 1..=last.min(seq + 10),
            other => panic!("{other:?}"),
        };
        let (earlier, later) = (*range.start() > 1, *range.end() < last);
        let messages = changes(range).into_iter().map(message).collect();
        let history = History { epoch: DAWN, head: Seq(last), messages, earlier, later };
        assert_eq!(page.apply(Input::History(room(), ticket, Ok(history))), []);
    }
}

#[test]
fn a_reader_at_the_bottom_is_shown_the_newest_and_rows_go_in_steps() {
    let mut page = joined(0);
    let mut before = Vec::new();
    let mut moves = 0;
    for seq in 1..=3 * MESSAGES_KEPT as u64 {
        let _ = page.apply(live([seq]));
        let now = numbers(&shown(&page, Window::Newest));
        without_gaps(&now);
        assert_eq!(now.last(), Some(&seq));
        assert!(now.len() <= WINDOW_MOST && now.len() >= WINDOW.min(seq as usize), "{now:?}");
        moves += u64::from(now.first() != before.first());
        before = now;
    }
    assert!(moves < MESSAGES_KEPT as u64, "the first row changed {moves} times");
}

#[test]
fn rows_go_in_steps_where_earlier_messages_were_read_too() {
    let (mut page, join) = joining(300);
    let _ = page.apply(caught_up(join, newest(ResetReason::New, 285..=300, 300)));
    for _ in 0..3 {
        let effects = page.apply(Input::ReadOn(room(), true));
        answer(&mut page, effects, 300);
    }
    let mut before = Vec::new();
    let mut moves = 0;
    for seq in 301..=340 {
        let _ = page.apply(live([seq]));
        let now = numbers(&shown(&page, Window::Newest));
        assert!(now.len() < 2 * WINDOW, "{now:?}");
        moves += u64::from(now.first() != before.first());
        before = now;
    }
    assert!(moves <= 11, "the first row changed {moves} times");
}

#[test]
fn moving_both_ways_shows_every_message_without_a_gap() {
    let last = 2 * MESSAGES_KEPT as u64 + 7;
    let (mut page, join) = joining(last);
    let _ = page.apply(caught_up(join, newest(ResetReason::New, last - 20..=last, last)));
    let _ = page.apply(Input::AtBottom(room(), false));
    let mut window = Window::Newest;
    let mut seen = numbers(&shown(&page, window));
    while seen[0] > 1 {
        if window.earlier(page.chat()) {
            let effects = page.apply(Input::ReadOn(room(), true));
            answer(&mut page, effects, last);
        }
        let rows = shown(&page, window);
        let now = numbers(&rows);
        without_gaps(&now);
        assert!(now.len() <= WINDOW_MOST, "{now:?}");
        assert!(now[0] <= seen[0] && *now.last().unwrap() + 1 >= seen[0], "{now:?} {seen:?}");
        assert_eq!(rows.earlier, now[0] > 1);
        assert_eq!(rows.later, *now.last().unwrap() < last);
        seen = now;
    }
    while *seen.last().unwrap() < last {
        if window.later(page.chat()) {
            let effects = page.apply(Input::ReadOn(room(), false));
            answer(&mut page, effects, last);
        }
        let now = numbers(&shown(&page, window));
        without_gaps(&now);
        assert!(now.len() <= WINDOW_MOST, "{now:?}");
        assert!(now[0] <= *seen.last().unwrap() + 1, "{now:?} {seen:?}");
        assert!(now.last() >= seen.last(), "{now:?} {seen:?}");
        seen = now;
    }
    assert!(page.chat().log().is_at_present());
    assert!(!window.later(page.chat()), "there is nothing behind the last");
}

#[test]
fn a_message_is_shown_with_others_around_it() {
    let page = {
        let mut page = joined(0);
        let _ = page.apply(live(1..=70));
        page
    };
    let around = |seq| {
        let window = Window::around(page.chat().log().shown(), Seq(seq));
        numbers(&shown(&page, window))
    };
    let half = WINDOW as u64 / 2;
    assert_eq!(around(50)[0], 50 - half);
    assert!(around(50).last().unwrap() >= &(50 + half));
    assert_eq!(around(2)[0], 1);
    assert_eq!(around(70).last(), Some(&70));
}

#[test]
fn a_window_on_what_is_not_here_any_more_shows_something() {
    let mut page = joined(50);
    let window = Window::From(Seq(45));
    let join = page.reconnected();
    let other = CatchUp { epoch: DUSK, ..newest(ResetReason::Epoch, 1..=10, 10) };
    let _ = page.apply(caught_up(join, other));
    assert_eq!(numbers(&shown(&page, window)), (1..=10).collect::<Vec<_>>());
}

#[test]
fn what_is_on_its_way_stands_behind_the_last_message_only() {
    let mut page = joined(60);
    let _ = page.say(1, "Hi");
    let on_its_way = |window| {
        let rows = shown(&page, window).rows;
        rows.iter().any(|row| matches!(row, Row::Message(message) if message.seq.is_none()))
    };
    assert!(on_its_way(Window::Newest));
    assert!(!on_its_way(Window::From(Seq(1))));
}
