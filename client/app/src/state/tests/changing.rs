//! Messages that change after they were posted.

use parlour_events::{ChangeKind, RoomChanges};

use super::*;
use crate::state::message::Content;

fn happen(state: &mut ChatState, changes: Vec<Change>) {
    let live = RoomChanges { room: room(), epoch: DAWN, changes };
    assert_eq!(state.apply(Input::Changes(live)), []);
}

fn edited(seq: u64, id: MessageId, text: &str) -> Change {
    change(seq, ChangeKind::Edited { id, body: Some(body(text)) })
}

fn deleted(seq: u64, id: MessageId) -> Change {
    change(seq, ChangeKind::Deleted { id, by: author("Ann") })
}

fn contents(state: &ChatState) -> Vec<Content> {
    let log = state.room(&room()).unwrap().log();
    log.messages().iter().map(|message| message.content.clone()).collect()
}

/// `(what it says, whether that is marked as edited)`, of each message.
fn says(state: &ChatState) -> Vec<(Option<String>, bool)> {
    let says = |content: &Content| {
        (content.body().map(|body| body.as_str().to_owned()), content.is_edited())
    };
    contents(state).iter().map(says).collect()
}

#[test]
fn an_edit_changes_the_message_in_its_place() {
    let mut state = joined(0);
    happen(&mut state, vec![posted_as(1, id(1)), posted_as(2, id(2)), edited(3, id(1), "Hullo")]);
    let hello = |text: &str| Some(text.to_owned());
    assert_eq!(says(&state), [(hello("Hullo"), true), (hello("Hello"), false)]);
    assert_eq!(seqs(&state), [1, 2]);
    assert_eq!(state.room(&room()).unwrap().log().posted(), 2);
}

#[test]
fn of_a_deleted_message_nothing_is_kept() {
    let mut state = joined(0);
    happen(&mut state, vec![posted_as(1, id(1)), deleted(2, id(1))]);
    assert_eq!(contents(&state), [Content::Deleted]);
    assert!(!format!("{state:?}").contains("Hello"));
}

#[test]
fn a_message_that_was_deleted_before_it_was_read_never_shows_a_text() {
    let mut state = joined(0);
    let gone = |seq| {
        let posted = Posted { body: None, ..said(id(1), "Ben", "-") };
        change(seq, ChangeKind::Posted(posted))
    };
    happen(&mut state, vec![gone(1)]);
    assert_eq!(contents(&state), [Content::Deleted]);
    // What was sent before the deletion and held meanwhile still has the text.
    happen(&mut state, vec![edited(2, id(1), "Secret")]);
    assert_eq!(contents(&state), [Content::Deleted]);
    happen(&mut state, vec![deleted(3, id(1))]);
    assert_eq!(contents(&state), [Content::Deleted]);
}

#[test]
fn an_edit_that_is_read_after_the_deletion_takes_the_text_away() {
    let mut state = joined(0);
    let kind = ChangeKind::Edited { id: id(1), body: None };
    happen(&mut state, vec![posted_as(1, id(1)), change(2, kind)]);
    assert_eq!(contents(&state), [Content::Deleted]);
}

#[test]
fn changes_of_messages_that_are_not_kept_count_and_do_nothing() {
    let mut state = joined(1);
    let reaction = ChangeKind::Reacted {
        id: id(9),
        by: author("Ann"),
        emoji: ":tada:".parse().unwrap(),
        on: true,
    };
    let changes = vec![
        edited(2, id(9), "Hi"),
        deleted(3, id(9)),
        change(4, reaction),
        change(5, ChangeKind::Unknown),
        posted(6),
    ];
    happen(&mut state, changes);
    assert_eq!(seqs(&state), [1, 6]);
}

#[test]
fn files_are_something_to_say() {
    let mut state = joined(0);
    let posted = Posted { body: None, attachments: vec![file()], ..said(id(1), "Ben", "-") };
    happen(&mut state, vec![change(1, ChangeKind::Posted(posted))]);
    assert_eq!(contents(&state)[0].files(), [file()]);
    happen(&mut state, vec![edited(2, id(1), "With a word")]);
    assert_eq!(says(&state), [(Some("With a word".to_owned()), true)]);
    assert_eq!(contents(&state)[0].files(), [file()], "an edit is of the text alone");
}

#[test]
fn a_change_that_a_snapshot_has_is_not_applied_to_it_again() {
    let mut state = ChatState::default();
    let _ = state.open(room());
    let join = ticket(&state.apply(Input::Connected));
    // Read a little later than the head was.
    let newer = Message {
        rev: Seq(3),
        edited: Some(Timestamp(3)),
        posted: said(id(1), "Ben", "Third"),
        ..message(posted_as(1, id(1)))
    };
    let gone = Message { rev: Seq(2), deleted: true, ..message(posted_as(2, id(2))) };
    let messages = vec![newer, gone];
    let page = CatchUpPage::Reset { why: ResetReason::New, messages, earlier: false };
    let _ = state.apply(caught_up(join, CatchUp { epoch: DAWN, head: Seq(1), page }));
    happen(&mut state, vec![change(2, ChangeKind::Unknown), edited(3, id(1), "Second")]);
    assert_eq!(says(&state)[0], (Some("Third".to_owned()), true));
    assert_eq!(contents(&state)[1], Content::Deleted);
}
