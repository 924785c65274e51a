use parlour_events::Cursor;

use super::*;
use crate::state::{Notice, Phase, log::CHANGES_HELD, stretch::MESSAGES_KEPT};

fn notice(page: &Page) -> Option<Notice> {
    page.chat().log().notice()
}

fn failed(ticket: Ticket, trouble: Trouble) -> Input {
    Input::CaughtUp(room(), ticket, Err(trouble))
}

/// What a join is answered with brings people to be asked for too.
fn but_people(effects: Vec<Effect>) -> Vec<Effect> {
    effects.into_iter().filter(|effect| !matches!(effect, Effect::Members { .. })).collect()
}

#[test]
fn live_changes_are_applied_in_order_and_once() {
    let mut page = joined(2);
    assert_eq!(page.apply(live([3])), []);
    assert_eq!(page.apply(live([2, 3, 4, 5])), []);
    assert_eq!(page.seqs(), [1, 2, 3, 4, 5]);
    let told: Vec<u64> = page.arrived.iter().map(|(_, seq, _)| *seq).collect();
    assert_eq!(told, [3, 4, 5], "each is told of once");
}

#[test]
fn live_changes_wait_for_the_answer_to_the_join() {
    let (mut page, join) = joining(4);
    assert_eq!(page.apply(live([4, 5])), []);
    assert_eq!(page.seqs(), [0_u64; 0]);
    let _ = page.apply(caught_up(join, newest(ResetReason::New, 1..=4, 4)));
    assert_eq!(page.seqs(), [1, 2, 3, 4, 5]);
    assert_eq!(notice(&page), None, "the first join breaks nothing");
}

#[test]
fn a_gap_is_asked_for_and_then_closed_with_what_was_held() {
    let mut page = joined(2);
    let effects = page.apply(live([5, 6]));
    let after = Cursor { epoch: DAWN, seq: Seq(2) };
    assert_eq!(effects, [Effect::Sync { ticket: ticket(&effects), room: room(), after }]);
    assert!(!page.is_caught_up());
    assert_eq!(page.apply(live([7])), [], "asked already");
    assert_eq!(page.apply(caught_up(ticket(&effects), missed([3, 4], 4))), []);
    assert_eq!(page.seqs(), [1, 2, 3, 4, 5, 6, 7]);
    assert!(page.is_caught_up());
}

#[test]
fn an_answer_that_is_not_all_is_followed_by_another_question() {
    let mut page = joined(0);
    let first = ticket(&page.apply(head(5)));
    let second = ticket(&page.apply(caught_up(first, missed([1, 2, 3], 5))));
    assert_eq!(page.apply(caught_up(second, missed([4, 5], 5))), []);
    assert_eq!(page.seqs(), [1, 2, 3, 4, 5]);
}

#[test]
fn an_answer_that_brings_nothing_is_not_asked_for_again_at_once() {
    let mut page = joined(1);
    let sync = ticket(&page.apply(head(9)));
    assert_eq!(page.apply(caught_up(sync, missed([], 9))), []);
}

#[test]
fn a_head_that_is_known_asks_for_nothing() {
    let mut page = joined(3);
    assert_eq!(page.apply(head(3)), []);
}

#[test]
fn a_late_answer_of_an_earlier_connection_is_ignored() {
    let mut page = joined(1);
    let old = ticket(&page.apply(live([3])));
    let join = page.reconnected();
    assert_eq!(page.apply(caught_up(old, newest(ResetReason::New, [], 0))), []);
    assert_eq!(page.seqs(), [1]);
    assert_eq!(but_people(page.apply(caught_up(join, missed([2, 3], 3)))), []);
    assert_eq!(page.seqs(), [1, 2, 3]);
}

#[test]
fn a_join_after_a_break_continues_from_the_cursor() {
    let mut page = joined(2);
    let _ = page.apply(Input::Disconnected);
    let effects = page.connected(vec![info(&room(), 2)]);
    let after = Some(Cursor { epoch: DAWN, seq: Seq(2) });
    assert_eq!(effects, [Effect::Join { ticket: ticket(&effects), room: room(), after }]);
}

#[test]
fn a_skip_is_told() {
    let mut page = joined(2);
    let join = page.reconnected();
    let _ = page.apply(caught_up(join, newest(ResetReason::TooFar, 800..=801, 801)));
    assert_eq!(page.seqs(), [800, 801]);
    assert_eq!(notice(&page), Some(Notice::Skipped));
    let _ = page.apply(Input::DismissNotice(room()));
    assert_eq!(notice(&page), None);
}

#[test]
fn another_history_replaces_what_was_known_and_is_told() {
    let mut page = joined(5);
    let change = RoomChanges { room: room(), epoch: DUSK, changes: changes([2]) };
    let sync = ticket(&page.apply(Input::Changes(change)));
    let all = CatchUp { epoch: DUSK, ..newest(ResetReason::Epoch, [1], 1) };
    let _ = page.apply(caught_up(sync, all));
    assert_eq!(page.seqs(), [1, 2], "with the change that was held");
    assert_eq!(notice(&page), Some(Notice::NewHistory));
}

#[test]
fn what_cannot_be_held_is_asked_for() {
    let mut page = joined(0);
    let sync = ticket(&page.apply(live([2])));
    let most = CHANGES_HELD as u64;
    assert_eq!(page.apply(live(3..most + 10)), []);
    let again = ticket(&page.apply(caught_up(sync, missed([1], 1))));
    assert_eq!(page.seqs().len() as u64, most + 1);
    let rest = missed(most + 2..most + 10, most + 9);
    assert_eq!(page.apply(caught_up(again, rest)), []);
    assert!(page.is_caught_up());
}

#[test]
fn old_messages_are_dropped_beyond_a_bound() {
    let mut page = joined(0);
    let last = MESSAGES_KEPT as u64 + 10;
    let _ = page.apply(live(1..=last));
    let log = page.chat().log();
    assert!(log.live().messages().len() <= MESSAGES_KEPT);
    assert_eq!((log.live().last(), log.live().earlier), (Some(Seq(last)), true));
    assert_eq!(log.posted(), last);
}

#[test]
fn messages_in_place_of_changes_are_as_they_are_at_the_head() {
    let mut page = joined(2);
    let join = page.reconnected();
    assert_eq!(page.apply(live([41])), [], "held, and older than the answer");
    assert_eq!(page.apply(live([51])), []);
    let _ = page.apply(caught_up(join, newest(ResetReason::TooOld, [30, 40], 50)));
    assert_eq!(page.seqs(), [30, 40, 51]);
    assert_eq!(page.chat().log().cursor(), Some(Cursor { epoch: DAWN, seq: Seq(51) }));
    assert_eq!(notice(&page), Some(Notice::Skipped));
}

#[test]
fn beginning_anew_is_told_only_to_whoever_saw_something() {
    use ResetReason::{Epoch, New, TooFar, TooOld};
    let told = |last: u64, why| {
        let mut page = joined(last);
        let join = page.reconnected();
        let _ = page.apply(caught_up(join, newest(why, [9], 9)));
        notice(&page)
    };
    for why in [New, Epoch, TooOld, TooFar] {
        assert_eq!(told(0, why), None, "{why:?}");
    }
    assert_eq!(told(3, New), None);
    assert_eq!(told(3, Epoch), Some(Notice::NewHistory));
    assert_eq!(told(3, TooOld), Some(Notice::Skipped));
    assert_eq!(told(3, TooFar), Some(Notice::Skipped));
}

#[test]
fn a_break_in_a_room_that_nobody_saw_is_none() {
    let mut page = Page::default();
    let join = join(&page.connected(vec![info(&room(), 500)]));
    let _ = page.apply(caught_up(join, newest(ResetReason::TooFar, [3_000], 3_000)));
    assert_eq!(notice(&page), None);
}

#[test]
fn changes_that_continue_another_history_are_not_applied() {
    let mut page = joined(2);
    let join = page.reconnected();
    let foreign = CatchUp { epoch: DUSK, ..missed([3], 3) };
    let _ = page.apply(caught_up(join, foreign));
    assert_eq!(page.seqs(), [1, 2]);
}

#[test]
fn a_question_without_answer_is_asked_again_after_a_while() {
    let (mut page, join) = joining(0);
    let (input, _) = wake(&page.apply(failed(join, Trouble::Lost)));
    assert!(matches!(page.apply(input)[..], [Effect::Join { .. }]));
}

#[test]
fn the_pause_grows_unless_the_server_names_one() {
    let (mut page, mut join) = joining(0);
    let mut pause = |millis: Option<u64>| {
        let refusal = Refusal { retry_after: millis, ..Refusal::new(Code::Storage, "Full.") };
        let (input, after) = wake(&page.apply(failed(join, Trouble::Refused(refusal))));
        join = ticket(&page.apply(input));
        after.as_millis()
    };
    assert_eq!([pause(None), pause(None), pause(None)], [1_000, 2_000, 4_000]);
    assert_eq!(pause(Some(1_500)), 1_500);
    assert_eq!(pause(Some(0)), 250, "no hurry all the same");
    assert_eq!(pause(Some(u64::MAX)), 60 * 60 * 1_000, "no timer waits for longer");
    assert_eq!(pause(None), 30_000);
}

#[test]
fn a_wake_of_an_earlier_connection_asks_for_nothing() {
    let (mut page, join) = joining(0);
    let (old, _) = wake(&page.apply(failed(join, Trouble::Lost)));
    let join = page.reconnected();
    let (new, _) = wake(&page.apply(failed(join, Trouble::Lost)));
    assert_eq!(page.apply(old), []);
    assert!(matches!(page.apply(new)[..], [Effect::Join { .. }]));
}

#[test]
fn a_room_that_is_not_there_is_not_asked_for_again() {
    let (mut page, join) = joining(0);
    assert_eq!(page.apply(failed(join, refusal(Code::RoomUnknown))), []);
    assert!(matches!(page.chat().phase(), Phase::Refused(_)));
    assert!(page.is_caught_up());
}

#[test]
fn a_sync_that_the_server_has_no_room_for_joins_again() {
    let mut page = joined(1);
    let sync = ticket(&page.apply(head(2)));
    let (wake, _) = wake(&page.apply(failed(sync, refusal(Code::NotJoined))));
    let join = join(&page.apply(wake));
    let _ = page.apply(caught_up(join, missed([2], 2)));
    assert_eq!(page.seqs(), [1, 2]);
}

#[test]
fn a_room_that_is_gone_when_it_is_asked_takes_nothing_more() {
    let mut page = joined(1);
    let sync = ticket(&page.apply(head(2)));
    assert_eq!(page.apply(failed(sync, refusal(Code::RoomUnknown))), []);
    assert_eq!(page.say(1, "Hi"), []);
}

#[test]
fn what_comes_for_a_room_that_is_not_known_is_dropped() {
    let mut page = Page::default();
    assert_eq!(page.apply(live([1])), []);
    assert!(page.room(&room()).is_none());
}
