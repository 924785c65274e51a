use parlour_events::{ReadMarker, RoomUpdated};

use super::*;

/// A room as the server tells of it.
fn counted(head: u64, read: u64, unread: u64, mentions: u64) -> events::Room {
    events::Room { read: Seq(read), unread, mentions, ..info(&room(), head) }
}

fn told(room: events::Room) -> Input {
    Input::Updated(RoomUpdated { room: room.room.clone(), now: Some(room) })
}

fn marker(read: u64, unread: u64, mentions: u64) -> Input {
    Input::Marker(ReadMarker { room: room(), read: Seq(read), unread, mentions })
}

fn said_by(seq: u64, name: &str, mentions: &[&str]) -> Change {
    let mentions = mentions.iter().map(|name| author(name).id).collect();
    let posted = Posted { mentions, ..said(id(1_000 + u128::from(seq)), name, "Hi") };
    change(seq, ChangeKind::Posted(posted))
}

fn count(page: &Page) -> (u64, u64, u64) {
    let unread = page.chat().unread();
    (unread.read.0, unread.messages, unread.mentions)
}

/// A room that nobody opened, listed like this.
fn listed(head: u64, read: u64, unread: u64, mentions: u64) -> Page {
    let mut page = Page::default();
    let join = join(&page.connected(vec![counted(head, read, unread, mentions)]));
    assert_eq!(page.apply(caught_up(join, missed([], head))), []);
    page
}

#[test]
fn the_list_tells_and_what_comes_is_added() {
    let mut page = listed(10, 4, 3, 1);
    assert_eq!(count(&page), (4, 3, 1));
    let _ =
        page.apply(happened(vec![said_by(11, "Ben", &[]), said_by(12, "Ben", &["Ann", "Eve"])]));
    assert_eq!(count(&page), (4, 5, 2));
    let _ = page.apply(happened(vec![said_by(12, "Ben", &["Ann"]), said_by(11, "Ben", &[])]));
    assert_eq!(count(&page), (4, 5, 2), "a repetition adds nothing");
    let personal: Vec<(u64, bool)> = page.arrived.iter().map(|it| (it.1, it.2)).collect();
    assert_eq!(personal, [(11, false), (12, true)]);
}

#[test]
fn what_i_write_is_not_unread() {
    let mut page = listed(10, 10, 0, 0);
    let _ = page.apply(happened(vec![said_by(11, "Ann", &[])]));
    assert_eq!((count(&page), page.arrived.len()), ((10, 0, 0), 0));
}

#[test]
fn in_a_conversation_of_two_everything_is_personal() {
    let mut page = Page::default();
    let direct = events::Room { kind: RoomKind::Direct, ..info(&room(), 0) };
    let join = join(&page.connected(vec![direct]));
    let _ = page.apply(caught_up(join, missed([1], 1)));
    assert_eq!(page.arrived, [(room(), 1, true)]);
}

#[test]
fn what_came_with_the_join_was_in_the_list_already() {
    let mut page = Page::default();
    let _ = page.apply(Input::Open(Some(room())));
    let join = join(&page.connected(vec![counted(10, 9, 1, 0)]));
    let _ = page.apply(happened(vec![said_by(11, "Ben", &[])]));
    let _ = page.apply(caught_up(join, newest(ResetReason::New, 5..=10, 10)));
    assert_eq!(count(&page), (9, 2, 0));
}

#[test]
fn what_was_posted_between_the_list_and_the_join_is_counted() {
    let mut page = Page::default();
    let _ = page.apply(Input::Open(Some(room())));
    let join = join(&page.connected(vec![counted(10, 2, 8, 0)]));
    let _ = page.apply(caught_up(join, newest(ResetReason::New, 5..=12, 12)));
    assert_eq!(count(&page), (2, 10, 0));
}

#[test]
fn a_list_that_is_older_than_what_came_does_not_lose_it() {
    let mut page = listed(10, 4, 3, 0);
    let _ = page.apply(live([11, 12, 13]));
    assert_eq!(count(&page), (4, 6, 0));
    let _ = page.apply(told(counted(12, 4, 5, 0)));
    assert_eq!(count(&page), (4, 6, 0));
    let _ = page.apply(told(counted(15, 4, 8, 0)));
    let _ = page.apply(live([14, 15, 16]));
    assert_eq!(count(&page), (4, 9, 0), "and one that is newer is not added to");
}

#[test]
fn what_was_read_elsewhere_is_read() {
    let mut page = listed(10, 4, 3, 1);
    let _ = page.apply(live([11]));
    let _ = page.apply(marker(10, 1, 0));
    assert_eq!(count(&page), (10, 1, 0));
    let _ = page.apply(told(counted(11, 4, 7, 1)));
    assert_eq!(count(&page), (10, 1, 0), "a list that was made before that is too old");
    let _ = page.apply(marker(6, 3, 0));
    assert_eq!(count(&page), (10, 1, 0), "and so is a marker");
    let _ = page.apply(marker(11, 0, 0));
    assert_eq!(count(&page), (11, 0, 0));
    let _ = page.apply(live([12]));
    assert_eq!(count(&page), (11, 1, 0));
}

#[test]
fn a_marker_before_its_changes_does_not_count_them_twice() {
    let mut page = joined(5);
    let sync = ticket(&page.apply(live([8])));
    let _ = page.apply(marker(5, 3, 0));
    let _ = page.apply(caught_up(sync, missed([6, 7], 8)));
    assert_eq!(count(&page), (5, 3, 0));
}

#[test]
fn a_marker_before_changes_that_were_lost_is_asked_about() {
    // Not all that is unread is here.
    let mut page = listed(10, 4, 6, 0);
    // 11 was lost, and nothing tells of it yet.
    let _ = page.apply(marker(5, 6, 0));
    let sync = ticket(&page.apply(head(11)));
    let list = ticket(&page.apply(caught_up(sync, missed([11], 11))));
    assert!(page.is_listed(), "the rooms are known all the same");
    assert_eq!(page.apply(Input::Listed(list, Ok(all(vec![counted(11, 5, 6, 0)])))), []);
    assert_eq!(count(&page), (5, 6, 0));
}

#[test]
fn a_marker_before_the_join_is_asked_about() {
    let mut page = Page::default();
    let join = join(&page.connected(vec![counted(3, 0, 3, 0)]));
    let _ = page.apply(marker(2, 3, 0));
    let list = ticket(&page.apply(caught_up(join, missed([4, 5], 5))));
    assert_eq!(page.apply(Input::Listed(list, Ok(all(vec![counted(5, 2, 3, 0)])))), []);
    assert_eq!(count(&page), (2, 3, 0));
}

#[test]
fn a_marker_that_an_answer_has_overtaken_is_asked_about() {
    let mut page = Page::default();
    let join = join(&page.connected(vec![counted(7, 0, 5, 0)]));
    let _ = page.apply(caught_up(join, missed([8], 8)));
    // It was made at 7.
    let list = ticket(&page.apply(marker(5, 2, 0)));
    assert_eq!(page.apply(Input::Listed(list, Ok(all(vec![counted(8, 5, 3, 0)])))), []);
    assert_eq!(count(&page), (5, 3, 0));
    // What comes unasked comes in order.
    let _ = page.apply(live([9]));
    assert_eq!(page.apply(marker(6, 3, 0)), []);
    assert_eq!(count(&page), (6, 3, 0));
}

#[test]
fn a_marker_ahead_of_the_list_that_tells_of_its_room_is_not_lost() {
    let mut page = Page::default();
    let list = ticket(&page.apply(Input::Session(session(me(), DAWN))));
    let _ = page.apply(marker(10, 0, 0));
    let _ = page.apply(Input::Listed(list, Ok(all(vec![counted(10, 4, 6, 0)]))));
    assert_eq!(count(&page), (10, 0, 0));
}

#[test]
fn after_a_break_the_list_tells_and_nothing_is_added_to_it() {
    let mut page = listed(10, 4, 3, 0);
    let _ = page.apply(live([11]));
    let _ = page.apply(Input::Disconnected);
    let join = join(&page.connected(vec![counted(14, 4, 7, 0)]));
    let _ = page.apply(caught_up(join, missed([12, 13, 14, 15], 15)));
    assert_eq!(count(&page), (4, 8, 0));
}

#[test]
fn after_a_break_the_list_may_tell_of_what_was_read() {
    let mut page = listed(10, 4, 3, 0);
    let _ = page.apply(Input::Disconnected);
    let join = join(&page.connected(vec![counted(14, 14, 0, 0)]));
    let _ = page.apply(caught_up(join, missed(11..=15, 15)));
    assert_eq!(count(&page), (14, 1, 0));
}

#[test]
fn what_was_missed_by_far_is_asked_about() {
    let mut page = listed(10, 10, 0, 0);
    let _ = page.apply(Input::Disconnected);
    let join = join(&page.connected(vec![counted(20, 10, 10, 0)]));
    let answer = newest(ResetReason::TooFar, 990..=999, 999);
    let list = ticket(&page.apply(caught_up(join, answer)));
    let listed = Input::Listed(list, Ok(all(vec![counted(999, 10, 900, 4)])));
    assert_eq!(page.apply(listed), []);
    assert_eq!(count(&page), (10, 900, 4));
}

#[test]
fn another_history_is_counted_anew() {
    let mut page = listed(50, 40, 10, 2);
    let _ = page.apply(Input::Disconnected);
    let list = ticket(&page.apply(Input::Session(session(me(), DUSK))));
    let restored = counted(20, 15, 5, 1);
    let join = join(&page.apply(Input::Listed(list, Ok(all(vec![restored.clone()])))));
    let answer = CatchUp { epoch: DUSK, ..newest(ResetReason::Epoch, 18..=20, 20) };
    for effect in page.apply(caught_up(join, answer)) {
        if let Effect::List { ticket, .. } = effect {
            let _ = page.apply(Input::Listed(ticket, Ok(all(vec![restored.clone()]))));
        }
    }
    assert_eq!(count(&page), (15, 5, 1));
}

#[test]
fn a_marker_of_another_history_is_not_of_the_length_that_is_here() {
    let mut page = listed(50, 40, 10, 2);
    let _ = page.apply(Input::Disconnected);
    let list = ticket(&page.apply(Input::Session(session(me(), DUSK))));
    let join = join(&page.apply(Input::Listed(list, Ok(all(vec![counted(4, 0, 4, 0)])))));
    let _ = page.apply(marker(2, 2, 0));
    let answer = CatchUp { epoch: DUSK, ..newest(ResetReason::Epoch, 1..=5, 5) };
    let _ = page.apply(caught_up(join, answer));
    assert_eq!(count(&page), (2, 3, 0));
}

#[test]
fn what_the_server_counted_as_deleted_is_not_taken_away_again() {
    let mut page = listed(10, 4, 6, 0);
    let _ = page.apply(live([11]));
    let _ = page.apply(Input::Disconnected);
    // 11 was deleted, and that was change 12.
    let join = join(&page.connected(vec![counted(12, 4, 6, 0)]));
    let gone = CatchUpPage::Changes { changes: vec![deleted(12, id(1_011))] };
    let _ = page.apply(caught_up(join, CatchUp { epoch: DAWN, head: Seq(12), page: gone }));
    assert_eq!(count(&page), (4, 6, 0));
}

#[test]
fn what_is_deleted_is_not_unread_any_more() {
    let mut page = listed(10, 10, 0, 0);
    let _ = page.apply(happened(vec![said_by(11, "Ben", &["Ann"]), said_by(12, "Ben", &[])]));
    let _ = page.apply(happened(vec![deleted(13, id(1_011))]));
    assert_eq!(count(&page), (10, 1, 0));
    let _ = page.apply(marker(12, 0, 0));
    let _ = page.apply(happened(vec![deleted(14, id(1_012))]));
    assert_eq!(count(&page), (12, 0, 0));
}

#[test]
fn what_is_deleted_is_taken_away_where_the_server_counted_most() {
    let mut page = listed(10, 4, 6, 1);
    let _ = page.apply(happened(vec![said_by(11, "Ben", &["Ann"]), said_by(12, "Ann", &[])]));
    assert_eq!(count(&page), (4, 7, 2));
    let _ = page.apply(happened(vec![deleted(13, id(1_011)), deleted(14, id(1_012))]));
    assert_eq!(count(&page), (4, 6, 1));
}

#[test]
fn what_was_deleted_before_it_came_is_not_told_of() {
    let mut page = listed(10, 10, 0, 0);
    let gone = Posted { body: None, ..said(id(1), "Ben", "-") };
    let _ = page.apply(happened(vec![change(11, ChangeKind::Posted(gone))]));
    assert_eq!((count(&page), page.arrived.len()), ((10, 0, 0), 0));
}

#[test]
fn a_deletion_of_what_is_not_here_is_of_one_that_was_counted_or_not() {
    let mut page = listed(10, 4, 3, 0);
    let _ = page.apply(happened(vec![deleted(11, id(7))]));
    assert_eq!(count(&page), (4, 3, 0), "until the server counts again");
}

#[test]
fn who_joins_a_room_has_read_what_is_in_it() {
    let mut page = Page::default();
    let invited = events::Room { joined: false, read: Seq(0), ..info(&room(), 10) };
    let _ = page.connected(vec![invited]);
    let join = join(&page.apply(Input::Join(room())));
    let effects = page.apply(caught_up(join, missed([11, 12], 12)));
    assert_eq!((count(&page).1, page.arrived.len()), (0, 0));
    // How the room is for a member is asked: there may have been one in between.
    let list = ticket(&effects);
    assert_eq!(page.apply(Input::Listed(list, Ok(all(vec![counted(12, 11, 1, 0)])))), []);
    assert_eq!(count(&page), (11, 1, 0));
}

#[test]
fn who_joined_since_takes_no_count_of_an_older_list() {
    let mut page = Page::default();
    let list = ticket(&page.apply(Input::Session(session(me(), DAWN))));
    let join = join(&page.apply(Input::Join(room())));
    let _ = page.apply(caught_up(join, newest(ResetReason::New, [1], 1)));
    let older = Input::Listed(list, Ok(all(vec![counted(1, 0, 1, 0)])));
    let again = ticket(&page.apply(older));
    assert_eq!(count(&page), (1, 0, 0));
    assert_eq!(page.apply(Input::Listed(again, Ok(all(vec![counted(1, 1, 0, 0)])))), []);
    assert_eq!(count(&page), (1, 0, 0));
}

#[test]
fn a_room_that_was_left_has_nothing_unread() {
    let mut page = listed(10, 4, 3, 1);
    let left = events::Room { joined: false, ..counted(10, 0, 0, 0) };
    let _ = page.apply(told(left));
    assert_eq!(count(&page).1, 0);
    let _ = page.apply(told(counted(14, 12, 2, 0)));
    assert_eq!(count(&page), (12, 2, 0));
}

#[test]
fn more_than_the_server_counts_is_not_counted() {
    let mut page = listed(2_000, 4, 1_000, 999);
    let changes = (2_001..2_006).map(|seq| said_by(seq, "Ben", &["Ann"])).collect();
    let _ = page.apply(happened(changes));
    assert_eq!(count(&page), (4, 1_000, 1_000));
}

#[test]
fn what_is_read_at_the_top_of_many_is_counted_from_there() {
    let mut page = joined(20);
    let _ = page.apply(live(21..=40));
    let _ = page.apply(marker(30, 999, 999));
    assert_eq!(count(&page), (30, 10, 0), "all of them are here to be counted");
}
