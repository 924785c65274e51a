use super::*;
use crate::state::{
    message::Content,
    outbox::Failure,
    rows::{Delivery, GROUP_MILLIS, MessageRow, Row, RowKey, Rows, Rush, Waits, Window, rows},
};

const DAY: u64 = 24 * 60 * 60 * 1_000;

fn day(at: Timestamp) -> i64 {
    (at.0 / DAY) as i64
}

fn said(seq: u64, name: &str, at: u64) -> Change {
    let kind = ChangeKind::Posted(super::said(id(seq.into()), name, "Hi"));
    Change { at: Timestamp(at), ..change(seq, kind) }
}

fn shown_since(page: &Page, new: Option<u64>) -> Rows {
    rows(page.chat(), Window::default(), &me(), new.map(Seq), day)
}

fn shown(page: &Page) -> Rows {
    shown_since(page, None)
}

fn with(changes: Vec<Change>) -> Page {
    let mut page = joined(0);
    let _ = page.apply(happened(changes));
    page
}

fn messages(rows: &Rows) -> Vec<&MessageRow> {
    let mut messages = Vec::new();
    for row in &rows.rows {
        if let Row::Message(message) = row {
            messages.push(&**message);
        }
    }
    messages
}

fn firsts(page: &Page) -> Vec<bool> {
    messages(&shown(page)).iter().map(|row| row.first).collect()
}

fn keys(rows: &Rows) -> Vec<RowKey> {
    rows.rows.iter().map(Row::key).collect()
}

/// The number of the message under the line, if there is one.
fn line_before(rows: &Rows) -> Option<u64> {
    let at = rows.rows.iter().position(|row| *row == Row::New)?;
    match &rows.rows[at + 1] {
        Row::Message(message) => Some(message.seq.unwrap().0),
        other => panic!("{other:?} under the line"),
    }
}

#[test]
fn messages_of_one_person_within_five_minutes_stand_together() {
    let page = with(vec![
        said(1, "Ann", 0),
        said(2, "Ann", GROUP_MILLIS - 1),
        said(3, "Ann", GROUP_MILLIS),
        said(4, "Ben", GROUP_MILLIS),
        said(5, "Ann", GROUP_MILLIS),
    ]);
    assert_eq!(firsts(&page), [true, false, true, true, true]);
}

#[test]
fn an_answer_stands_under_its_own_name() {
    let quote =
        events::Quote { id: id(1), seq: Seq(1), author: author("Ben"), excerpt: "Hi".to_owned() };
    let answer = Posted { reply_to: Some(quote), ..super::said(id(3), "Ann", "Yes") };
    let answer = Change { at: Timestamp(2), ..change(3, ChangeKind::Posted(answer)) };
    let page = with(vec![said(1, "Ben", 0), said(2, "Ann", 1), answer, said(4, "Ann", 3)]);
    assert_eq!(firsts(&page), [true, true, true, false]);
}

#[test]
fn a_day_begins_with_a_line_and_a_name() {
    let page = with(vec![said(1, "Ann", DAY - 1), said(2, "Ann", DAY), said(3, "Ann", DAY - 1)]);
    use RowKey::{Day, Message};
    let expected = [Day(0), Message(id(1)), Day(1), Message(id(2)), Message(id(3))];
    assert_eq!(keys(&shown(&page)), expected);
    assert_eq!(firsts(&page), [true, true, false], "a clock that goes back begins no day");
}

#[test]
fn no_day_begins_twice() {
    let hours: Vec<Change> =
        (1..90).map(|seq| said(seq, "Ann", [0, DAY, 0, 2 * DAY][seq as usize % 4])).collect();
    let page = with(hours);
    let mut days = keys(&shown(&page));
    days.retain(|key| matches!(key, RowKey::Day(_)));
    days.dedup();
    assert!(days.len() <= 3, "{days:?}");
}

#[test]
fn what_is_on_its_way_stands_last_under_my_name() {
    let mut page = with(vec![said(1, "Ben", 0)]);
    let _ = page.say(7, "Mine");
    let rows = shown(&page);
    let last = messages(&rows)[1];
    assert_eq!((last.id, &last.author, last.seq), (id(7), &me(), None));
    assert_eq!((last.mine, &last.delivery), (true, &Delivery::Sending(None)));
}

#[test]
fn a_deleted_message_keeps_its_place_under_its_author() {
    let mut page = with(vec![said(1, "Ann", 0), said(2, "Ann", 1), said(3, "Ann", 2)]);
    let before = shown(&page);
    let _ = page.apply(happened(vec![deleted(4, id(1))]));
    let after = shown(&page);
    assert_eq!(firsts(&page), [true, false, false]);
    assert_eq!(messages(&after)[0].content, Content::Deleted);
    assert_eq!(before.rows[2..], after.rows[2..]);
    assert_eq!(keys(&before), keys(&after));
}

#[test]
fn a_room_begins_where_the_server_has_nothing_earlier() {
    let earlier = |earlier| {
        let (mut page, join) = joining(3);
        // Its first message is not its first change.
        let messages = vec![message(posted(3))];
        let reset = CatchUpPage::Reset { why: ResetReason::New, messages, earlier };
        let _ = page.apply(caught_up(join, CatchUp { epoch: DAWN, head: Seq(3), page: reset }));
        shown(&page).earlier
    };
    assert!(!earlier(false));
    assert!(earlier(true));
}

#[test]
fn a_name_used_twice_makes_one_row() {
    let page = with(vec![posted_as(1, id(1)), posted_as(2, id(2)), posted_as(3, id(1))]);
    let rows = shown(&page);
    assert_eq!(messages(&rows).iter().map(|row| row.id).collect::<Vec<_>>(), [id(1), id(2)]);
}

#[test]
fn the_line_stands_before_the_first_message_of_somebody_else_that_is_new() {
    let page = with(vec![
        said(1, "Ben", 0),
        said(2, "Ben", 1),
        said(3, "Ann", 2),
        said(4, "Ben", 3),
        said(5, "Ben", 4),
    ]);
    assert_eq!(line_before(&shown_since(&page, Some(1))), Some(2));
    assert_eq!(line_before(&shown_since(&page, Some(2))), Some(4), "mine is not new to me");
    assert_eq!(line_before(&shown_since(&page, Some(0))), Some(1), "the room begins there");
    assert_eq!(line_before(&shown_since(&page, Some(5))), None);
    assert_eq!(line_before(&shown_since(&page, None)), None);
    let rows = shown_since(&page, Some(1));
    assert!(messages(&rows)[1].first, "under the line begins a group");
}

#[test]
fn the_line_stands_at_the_top_only_where_what_is_new_begins() {
    let at_top = |first: u64, read| {
        let (mut page, join) = joining(20);
        let _ = page.apply(caught_up(join, newest(ResetReason::New, first..=20, 20)));
        line_before(&shown_since(&page, Some(read)))
    };
    assert_eq!(at_top(10, 9), Some(10), "nothing is between");
    assert_eq!(at_top(10, 8), None, "it begins further up");
    assert_eq!(at_top(10, 12), Some(13));
}

#[test]
fn the_line_stays_when_it_comes_to_stand_at_the_top() {
    let page = with((1..=60).map(|seq| said(seq, "Ben", seq)).collect());
    let top = |window: Window| {
        let rows = rows(page.chat(), window, &me(), Some(Seq(30)), day);
        (messages(&rows)[0].seq.unwrap().0, line_before(&rows))
    };
    assert_eq!(top(Window::From(Seq(30))), (30, Some(31)));
    assert_eq!(top(Window::From(Seq(31))), (31, Some(31)));
    assert_eq!(top(Window::From(Seq(32))), (32, None));
}

#[test]
fn what_i_change_shows_at_once_and_as_on_its_way() {
    let mut page = with(vec![said(1, "Ann", 0), said(2, "Ann", 1), said(3, "Ben", 2)]);
    let emoji: events::Emoji = ":tada:".parse().unwrap();
    let _ = page.act(11, Act::Edit(id(1), Arc::new(body("Hullo"))));
    let _ = page.act(12, Act::Delete(id(2)));
    let _ = page.act(13, Act::React(id(3), emoji.clone(), true));
    let after = shown(&page);
    let rows = messages(&after);
    assert_eq!(rows[0].content.body().unwrap().as_str(), "Hullo");
    assert_eq!(rows[1].content, Content::Deleted);
    assert!(rows[2].content.said().unwrap().is_mine(&emoji));
    assert!(rows.iter().all(|row| row.delivery == Delivery::Sending(None)));
    let log = page.chat().log();
    assert_eq!(log.find(id(1)).unwrap().content.body().unwrap().as_str(), "Hi");

    // What is there already is not counted twice.
    let _ = page.act(14, Act::React(id(3), emoji.clone(), true));
    assert_eq!(messages(&shown(&page))[2].content.said().unwrap().reactions[0].count, 1);
    let _ = page.act(15, Act::React(id(3), emoji, false));
    assert_eq!(messages(&shown(&page))[2].content.said().unwrap().reactions, []);
}

#[test]
fn a_change_that_failed_shows_what_is_in_the_log() {
    let mut page = with(vec![said(1, "Ann", 0)]);
    let edit = ticket(&page.act(11, Act::Edit(id(1), Arc::new(body("Hullo")))));
    let refused = Input::Answered(room(), edit, Err(refusal(Code::Forbidden)));
    let _ = page.apply(refused);
    let rows = shown(&page);
    let row = messages(&rows)[0];
    assert_eq!(row.content.body().unwrap().as_str(), "Hi");
    let why = Failure::Refused(Refusal::new(Code::Forbidden, "Because."));
    assert_eq!(row.delivery, Delivery::Failed(Uuid::from_u128(11), why));
}

#[test]
fn that_something_failed_is_news_once() {
    let mut page = with(vec![said(1, "Ann", 0)]);
    let before = messages(&shown(&page))[0].clone();
    assert_eq!(before.newly_failed(None), None);
    let edit = ticket(&page.act(11, Act::Edit(id(1), Arc::new(body("Hullo")))));
    let _ = page.apply(Input::Answered(room(), edit, Err(refusal(Code::Forbidden))));
    let failed = messages(&shown(&page))[0].clone();
    assert!(failed.newly_failed(Some(&before)).is_some());
    assert_eq!(failed.newly_failed(Some(&failed)), None);
}

#[test]
fn what_waits_tells_why() {
    let mut page = with(vec![]);
    let send = ticket(&page.say(1, "Hi"));
    let _ = page.apply(Input::Answered(room(), send, Err(Trouble::Lost)));
    let delivery = |page: &Page| messages(&shown(page))[0].delivery.clone();
    assert_eq!(delivery(&page), Delivery::Sending(Some(Waits::NoAnswer)));
    let join = page.reconnected();
    let effects = page.apply(caught_up(join, missed([], 0)));
    let send = effects.iter().find_map(|it| match it {
        Effect::Do { ticket, .. } => Some(*ticket),
        _ => None,
    });
    let _ = page.apply(Input::Answered(room(), send.unwrap(), Err(refusal(Code::Busy))));
    let busy = Waits::Refused(Refusal::new(Code::Busy, "Because."));
    assert_eq!(delivery(&page), Delivery::Sending(Some(busy)));
}

#[test]
fn a_message_that_is_changed_before_it_is_in_the_log_shows_the_change() {
    let mut page = with(vec![]);
    let send = ticket(&page.say(1, "Hi"));
    let _ = page.act(2, Act::Edit(id(1), Arc::new(body("Hullo"))));
    let rows = shown(&page);
    let row = messages(&rows)[0];
    assert_eq!(row.content.body().unwrap().as_str(), "Hullo");
    assert_eq!(row.delivery, Delivery::Sending(None));
    // Of a message that failed, the failure is what counts.
    let _ = page.apply(Input::Answered(room(), send, Err(refusal(Code::TooLong))));
    let rows = shown(&page);
    assert!(matches!(messages(&rows)[0].delivery, Delivery::Failed(id, _) if id.as_u128() == 1));
}

#[test]
fn who_is_named_knows() {
    let mentions = vec![me().id];
    let posted = Posted { mentions, ..super::said(id(1), "Ben", "Hi @Ann") };
    let page = with(vec![change(1, ChangeKind::Posted(posted)), said(2, "Ben", 2)]);
    let rows = shown(&page);
    assert_eq!(messages(&rows).iter().map(|row| row.personal).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn while_messages_come_faster_than_they_are_drawn_only_a_screen_of_them_is() {
    let mut rush = Rush::default();
    let mut window = |posted| (rush.window(Some(posted), 6), rush.is_on());
    // What is there when the room is opened, and what comes at a time that people write.
    assert_eq!(window(40), (Window::Newest, false));
    assert_eq!(window(45), (Window::Newest, false));
    // All that is in sight is new.
    assert_eq!(window(51), (Window::Last(6), true));
    assert_eq!(window(5_000), (Window::Last(6), true));
    // It is calm again: those before are drawn as well, and none goes for what comes behind.
    assert_eq!(window(5_001), (Window::Last(10), true));
    assert_eq!(window(5_001), (Window::Last(13), true));
    assert_eq!(window(5_001), (Window::Newest, false));
}

#[test]
fn what_a_room_has_is_drawn_at_once_when_it_is_read() {
    let mut rush = Rush::default();
    assert_eq!(rush.window(None, 6), Window::Newest);
    assert_eq!(rush.window(Some(16), 6), Window::Newest);
}

#[test]
fn what_floods_an_empty_room_is_drawn_a_screen_at_a_time() {
    let mut rush = Rush::default();
    assert_eq!(rush.window(Some(0), 6), Window::Newest);
    assert_eq!(rush.window(Some(16), 6), Window::Last(6));
}

#[test]
fn the_last_of_a_room_stand_at_its_end() {
    let page = with((1..=9).map(|seq| said(seq, "Ben", seq)).collect());
    let rows = rows(page.chat(), Window::Last(4), &me(), None, day);
    let seqs: Vec<u64> = messages(&rows).iter().map(|row| row.seq.unwrap().0).collect();
    assert_eq!((seqs, rows.earlier, rows.later), (vec![6, 7, 8, 9], true, false));
}
