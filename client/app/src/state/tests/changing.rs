//! Messages that change after they were posted.

use super::*;
use crate::state::message::Content;

#[track_caller]
fn happen(page: &mut Page, changes: Vec<Change>) {
    assert_eq!(page.apply(happened(changes)), []);
}

fn contents(page: &Page) -> Vec<Content> {
    page.chat().log().live().messages().iter().map(|message| message.content.clone()).collect()
}

/// `(what it says, whether that is marked as edited)`, of each message.
fn says(page: &Page) -> Vec<(Option<String>, bool)> {
    let says = |content: &Content| {
        let text = content.body().map(|body| body.as_str().to_owned());
        (text, content.said().is_some_and(|said| said.edited))
    };
    contents(page).iter().map(says).collect()
}

/// `(how many, mine, names)` of the one reaction of the first message.
fn reaction(page: &Page) -> Option<(u64, bool, Vec<String>)> {
    let content = contents(page).remove(0);
    let reactions = &content.said().unwrap().reactions;
    assert!(reactions.len() <= 1, "{reactions:?}");
    let names = |names: &[events::Nickname]| names.iter().map(ToString::to_string).collect();
    reactions.first().map(|it| (it.count, it.mine, names(&it.names)))
}

#[test]
fn an_edit_changes_the_message_in_its_place() {
    let mut page = joined(0);
    happen(&mut page, vec![posted_as(1, id(1)), posted_as(2, id(2)), edited(3, id(1), "Hullo")]);
    let hello = |text: &str| Some(text.to_owned());
    assert_eq!(says(&page), [(hello("Hullo"), true), (hello("Hello"), false)]);
    assert_eq!(page.seqs(), [1, 2]);
    assert_eq!(page.chat().log().posted(), 2);
}

#[test]
fn of_a_deleted_message_nothing_is_kept() {
    let mut page = joined(0);
    happen(&mut page, vec![posted_as(1, id(1)), edited(2, id(1), "Hello?"), deleted(3, id(1))]);
    assert_eq!(contents(&page), [Content::Deleted]);
    // What is remembered for snapshots may have had it as well.
    assert!(!format!("{:?}", page.state).contains("Hello"));
}

#[test]
fn a_message_that_was_deleted_before_it_was_read_never_shows_a_text() {
    let mut page = joined(0);
    let gone = |seq| {
        let posted = Posted { body: None, ..said(id(1), "Ben", "-") };
        change(seq, ChangeKind::Posted(posted))
    };
    happen(&mut page, vec![gone(1)]);
    assert_eq!(contents(&page), [Content::Deleted]);
    assert_eq!(page.arrived, [], "there is nothing to be told of");
    // What was sent before the deletion and held meanwhile still has the text.
    happen(&mut page, vec![edited(2, id(1), "Secret")]);
    assert_eq!(contents(&page), [Content::Deleted]);
    happen(&mut page, vec![deleted(3, id(1))]);
    assert_eq!(contents(&page), [Content::Deleted]);
}

#[test]
fn an_edit_that_is_read_after_the_deletion_takes_the_text_away() {
    let mut page = joined(0);
    let kind = ChangeKind::Edited { id: id(1), body: None };
    happen(&mut page, vec![posted_as(1, id(1)), change(2, kind)]);
    assert_eq!(contents(&page), [Content::Deleted]);
}

#[test]
fn changes_of_messages_that_are_not_kept_count_and_do_nothing() {
    let mut page = joined(1);
    let changes = vec![
        edited(2, id(9), "Hi"),
        deleted(3, id(9)),
        reacted(4, id(9), "Ann", true),
        change(5, ChangeKind::Unknown),
        posted(6),
    ];
    happen(&mut page, changes);
    assert_eq!(page.seqs(), [1, 6]);
}

#[test]
fn files_are_something_to_say() {
    let mut page = joined(0);
    let posted = Posted { body: None, attachments: vec![file()], ..said(id(1), "Ben", "-") };
    happen(&mut page, vec![change(1, ChangeKind::Posted(posted))]);
    assert_eq!(contents(&page)[0].said().unwrap().files[..], [file()]);
    happen(&mut page, vec![edited(2, id(1), "With a word")]);
    assert_eq!(says(&page), [(Some("With a word".to_owned()), true)]);
    let files = contents(&page)[0].said().unwrap().files.clone();
    assert_eq!(files[..], [file()], "an edit is of the text alone");
}

#[test]
fn reactions_are_counted_and_mine_is_known() {
    let mut page = joined(0);
    let react = |page: &mut Page, seq, name, on| happen(page, vec![reacted(seq, id(1), name, on)]);
    happen(&mut page, vec![posted_as(1, id(1))]);
    react(&mut page, 2, "Ben", true);
    react(&mut page, 3, "Ann", true);
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(reaction(&page), Some((2, true, names(&["Ben", "Ann"]))));
    react(&mut page, 4, "Ann", false);
    assert_eq!(reaction(&page), Some((1, false, names(&["Ben"]))));
    react(&mut page, 5, "Ben", false);
    assert_eq!(reaction(&page), None);
    react(&mut page, 6, "Ben", false);
    assert_eq!(reaction(&page), None, "there is none to be taken away");
}

#[test]
fn no_more_names_are_kept_than_the_server_tells() {
    let mut page = joined(0);
    happen(&mut page, vec![posted_as(1, id(1))]);
    for (seq, letter) in (2..).zip('a'..='p') {
        happen(&mut page, vec![reacted(seq, id(1), &letter.to_string(), true)]);
    }
    let (count, _, names) = reaction(&page).unwrap();
    assert_eq!((count, names.len()), (16, 10));
}

#[test]
fn my_reaction_is_mine_in_a_room_that_was_not_opened() {
    let mut page = Page::default();
    let join = join(&page.connected(vec![info(&room(), 0)]));
    assert_eq!(page.apply(caught_up(join, missed([], 0))), []);
    happen(&mut page, vec![posted_as(1, id(1)), reacted(2, id(1), "Ann", true)]);
    assert!(reaction(&page).unwrap().1);
}

#[test]
fn a_change_that_a_snapshot_has_is_not_applied_to_it_again() {
    let (mut page, join) = joining(1);
    // Read a little later than the head was.
    let newer = Message {
        rev: Seq(3),
        edited: Some(Timestamp(3)),
        posted: said(id(1), "Ben", "Third"),
        ..message(posted_as(1, id(1)))
    };
    let gone = Message { rev: Seq(2), deleted: true, ..message(posted_as(2, id(2))) };
    let messages = vec![newer, gone];
    let reset = CatchUpPage::Reset { why: ResetReason::New, messages, earlier: false };
    let _ = page.apply(caught_up(join, CatchUp { epoch: DAWN, head: Seq(1), page: reset }));
    happen(&mut page, vec![change(2, ChangeKind::Unknown), edited(3, id(1), "Second")]);
    assert_eq!(says(&page)[0], (Some("Third".to_owned()), true));
    assert_eq!(contents(&page)[1], Content::Deleted);
}

#[test]
fn a_name_is_what_somebody_goes_by_now() {
    let mut page = joined(2);
    let ben = Author { name: "Benny".parse().unwrap(), ..author("Ben") };
    let here = vec![ben.clone()];
    let presence = events::Presence { room: room(), here, gone: vec![], left: vec![] };
    assert_eq!(page.apply(Input::Presence(presence)), []);
    assert!(page.chat().log().live().messages().iter().all(|message| message.author == ben));
}
