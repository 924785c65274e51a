use super::*;
use crate::state::{
    message::Content,
    rows::{Delivery, GROUP_MILLIS, MessageRow, RowContent, RowKey, Rows, WINDOW, Window, rows},
};

const DAY: u64 = 24 * 60 * 60 * 1_000;

fn day(at: Timestamp) -> i64 {
    (at.0 / DAY) as i64
}

fn said(seq: u64, name: &str, at: u64) -> Change {
    let kind = ChangeKind::Posted(super::said(id(seq.into()), name, "Hi"));
    Change { at: Timestamp(at), ..change(seq, kind) }
}

fn shown(state: &ChatState, window: Window) -> Rows {
    rows(state.room(&room()).unwrap(), window, &author("Ann"), day)
}

fn with(changes: Vec<Change>) -> ChatState {
    let mut state = joined(0);
    let _ = state.apply(Input::Changes(RoomChanges { room: room(), epoch: DAWN, changes }));
    state
}

fn messages(rows: &Rows) -> Vec<&MessageRow> {
    let mut messages = Vec::new();
    for row in &rows.rows {
        if let RowContent::Message(message) = &row.content {
            messages.push(message);
        }
    }
    messages
}

fn firsts(state: &ChatState) -> Vec<bool> {
    messages(&shown(state, Window::default())).iter().map(|row| row.first).collect()
}

#[test]
fn messages_of_one_person_within_five_minutes_stand_together() {
    let state = with(vec![
        said(1, "Ann", 0),
        said(2, "Ann", GROUP_MILLIS - 1),
        said(3, "Ann", GROUP_MILLIS),
        said(4, "Ben", GROUP_MILLIS),
        said(5, "Ann", GROUP_MILLIS),
    ]);
    assert_eq!(firsts(&state), [true, false, true, true, true]);
}

#[test]
fn a_day_begins_with_a_line_and_a_name() {
    let state = with(vec![said(1, "Ann", DAY - 1), said(2, "Ann", DAY), said(3, "Ann", DAY - 1)]);
    let keys: Vec<RowKey> =
        shown(&state, Window::default()).rows.iter().map(|row| row.key).collect();
    use RowKey::{Day, Message};
    assert_eq!(keys, [Day(0), Message(id(1)), Day(1), Message(id(2)), Message(id(3))]);
    assert_eq!(firsts(&state), [true, true, false], "a clock that goes back begins no day");
}

#[test]
fn what_is_on_its_way_stands_last_under_my_name() {
    let mut state = with(vec![said(1, "Ben", 0)]);
    let _ = state.compose(&room(), id(7), body("Mine"), Timestamp(1)).unwrap();
    let rows = shown(&state, Window::default());
    let last = messages(&rows)[1];
    assert_eq!((last.id, &last.author), (id(7), &author("Ann")));
    assert_eq!(last.delivery, Delivery::Sending(None));
}

#[test]
fn a_deleted_message_keeps_its_place_under_its_author() {
    let mut state = with(vec![said(1, "Ann", 0), said(2, "Ann", 1), said(3, "Ann", 2)]);
    let before = shown(&state, Window::default());
    let kind = ChangeKind::Deleted { id: id(1), by: author("Ben") };
    let changes = vec![change(4, kind)];
    let _ = state.apply(Input::Changes(RoomChanges { room: room(), epoch: DAWN, changes }));
    let after = shown(&state, Window::default());
    assert_eq!(firsts(&state), [true, false, false]);
    assert_eq!(messages(&after)[0].content, Content::Deleted);
    assert_eq!(before.rows[2..], after.rows[2..]);
    let keys = |rows: &Rows| rows.rows.iter().map(|row| row.key).collect::<Vec<_>>();
    assert_eq!(keys(&before), keys(&after));
}

#[test]
fn a_room_begins_where_the_server_has_nothing_earlier() {
    let begun = |earlier| {
        let mut state = ChatState::default();
        let _ = state.open(room());
        let join = ticket(&state.apply(Input::Connected));
        // Its first message is not its first change.
        let messages = vec![message(posted(3))];
        let page = CatchUpPage::Reset { why: ResetReason::New, messages, earlier };
        let answer = CatchUp { epoch: DAWN, head: Seq(3), page };
        let _ = state.apply(caught_up(join, answer));
        shown(&state, Window::default()).from_the_start
    };
    assert!(begun(false));
    assert!(!begun(true));
}

#[test]
fn a_name_used_twice_makes_two_rows() {
    let state = with(vec![posted_as(1, id(1)), posted_as(2, id(1))]);
    let rows = shown(&state, Window::default());
    assert_eq!(rows.rows[1].key, RowKey::Message(id(1)));
    assert_eq!(rows.rows[2].key, RowKey::SameName(Seq(2)));
}

#[test]
fn a_long_room_shows_its_end_and_more_when_asked() {
    let mut window = Window::default();
    let state = with(changes(1..=1_250));
    let all = shown(&state, window);
    assert!(all.from_the_start && !all.earlier);

    window.follow(1_250);
    let latest = shown(&state, window);
    assert_eq!(messages(&latest).len(), 550);
    assert!(latest.earlier && !latest.from_the_start);

    window.earlier();
    assert_eq!(messages(&shown(&state, window)).len() as u64, 550 + WINDOW);
    window.stay(1_250);
    assert_eq!(messages(&shown(&state, window)).len() as u64, 550 + WINDOW);
    window.earlier();
    assert!(shown(&state, window).from_the_start);
}
