use parlour_events::{Code, Cursor, Refusal, RoomHead};

use super::*;
use crate::state::{
    Notice, Phase, Trouble,
    log::{CHANGES_HELD, MESSAGES_KEPT},
};

fn notice(state: &ChatState) -> Option<Notice> {
    state.room(&room()).unwrap().log().notice()
}

fn failed(ticket: Ticket, trouble: Trouble) -> Input {
    Input::CaughtUp { room: room(), ticket, outcome: Err(trouble) }
}

#[test]
fn live_changes_are_applied_in_order_and_once() {
    let mut state = joined(2);
    assert_eq!(state.apply(live([3])), []);
    assert_eq!(state.apply(live([2, 3, 4, 5])), []);
    assert_eq!(seqs(&state), [1, 2, 3, 4, 5]);
}

#[test]
fn live_changes_wait_for_the_answer_to_the_join() {
    let mut state = ChatState::default();
    let _ = state.open(room());
    let join = ticket(&state.apply(Input::Connected));
    assert_eq!(state.apply(live([4, 5])), []);
    assert_eq!(seqs(&state), [0_u64; 0]);
    assert_eq!(state.apply(caught_up(join, newest(ResetReason::New, 1..=4, 4))), []);
    assert_eq!(seqs(&state), [1, 2, 3, 4, 5]);
    assert_eq!(notice(&state), None, "the first join breaks nothing");
}

#[test]
fn a_gap_is_asked_for_and_then_closed_with_what_was_held() {
    let mut state = joined(2);
    let effects = state.apply(live([5, 6]));
    let after = Cursor { epoch: DAWN, seq: Seq(2) };
    assert_eq!(effects, [Effect::Sync { ticket: ticket(&effects), room: room(), after }]);
    assert!(!state.is_caught_up());
    assert_eq!(state.apply(live([7])), [], "asked already");
    assert_eq!(state.apply(caught_up(ticket(&effects), missed([3, 4], 4))), []);
    assert_eq!(seqs(&state), [1, 2, 3, 4, 5, 6, 7]);
    assert!(state.is_caught_up());
}

#[test]
fn an_answer_that_is_not_all_is_followed_by_another_question() {
    let mut state = joined(0);
    let head = RoomHead { room: room(), epoch: DAWN, head: Seq(5) };
    let first = ticket(&state.apply(Input::Head(head)));
    let second = ticket(&state.apply(caught_up(first, missed([1, 2, 3], 5))));
    assert_eq!(state.apply(caught_up(second, missed([4, 5], 5))), []);
    assert_eq!(seqs(&state), [1, 2, 3, 4, 5]);
}

#[test]
fn an_answer_that_brings_nothing_is_not_asked_for_again_at_once() {
    let mut state = joined(1);
    let head = RoomHead { room: room(), epoch: DAWN, head: Seq(9) };
    let sync = ticket(&state.apply(Input::Head(head)));
    assert_eq!(state.apply(caught_up(sync, missed([], 9))), []);
}

#[test]
fn a_head_that_is_known_asks_for_nothing() {
    let mut state = joined(3);
    let head = RoomHead { room: room(), epoch: DAWN, head: Seq(3) };
    assert_eq!(state.apply(Input::Head(head)), []);
}

#[test]
fn a_late_answer_of_an_earlier_connection_is_ignored() {
    let mut state = joined(1);
    let old = ticket(&state.apply(live([3])));
    let _ = state.apply(Input::Disconnected);
    let join = ticket(&state.apply(Input::Connected));
    assert_eq!(state.apply(caught_up(old, newest(ResetReason::New, [], 0))), []);
    assert_eq!(seqs(&state), [1]);
    assert_eq!(state.apply(caught_up(join, missed([2, 3], 3))), []);
    assert_eq!(seqs(&state), [1, 2, 3]);
}

#[test]
fn a_join_after_a_break_continues_from_the_cursor() {
    let mut state = joined(2);
    let _ = state.apply(Input::Disconnected);
    let effects = state.apply(Input::Connected);
    let after = Some(Cursor { epoch: DAWN, seq: Seq(2) });
    assert_eq!(effects, [Effect::Join { ticket: ticket(&effects), room: room(), after }]);
}

#[test]
fn a_skip_is_told() {
    let mut state = joined(2);
    let _ = state.apply(Input::Disconnected);
    let join = ticket(&state.apply(Input::Connected));
    let _ = state.apply(caught_up(join, newest(ResetReason::TooFar, 800..=801, 801)));
    assert_eq!(seqs(&state), [800, 801]);
    assert_eq!(notice(&state), Some(Notice::Skipped));
    let _ = state.apply(Input::DismissNotice { room: room() });
    assert_eq!(notice(&state), None);
}

#[test]
fn another_history_replaces_what_was_known_and_is_told() {
    let mut state = joined(5);
    let change = RoomChanges { room: room(), epoch: DUSK, changes: changes([2]) };
    let sync = ticket(&state.apply(Input::Changes(change)));
    let all = CatchUp { epoch: DUSK, ..newest(ResetReason::Epoch, [1], 1) };
    assert_eq!(state.apply(caught_up(sync, all)), []);
    assert_eq!(seqs(&state), [1, 2], "with the change that was held");
    assert_eq!(notice(&state), Some(Notice::NewHistory));
}

#[test]
fn what_cannot_be_held_is_asked_for() {
    let mut state = joined(0);
    let sync = ticket(&state.apply(live([2])));
    let most = CHANGES_HELD as u64;
    assert_eq!(state.apply(live(3..most + 100)), []);
    let again = ticket(&state.apply(caught_up(sync, missed([1], 1))));
    assert_eq!(seqs(&state).len() as u64, most + 1);
    let rest = missed(most + 2..most + 100, most + 99);
    assert_eq!(state.apply(caught_up(again, rest)), []);
    assert!(state.is_caught_up());
}

#[test]
fn old_messages_are_dropped_beyond_a_bound() {
    let mut state = joined(0);
    let last = MESSAGES_KEPT as u64 + 10;
    let _ = state.apply(live(1..=last));
    let log = state.room(&room()).unwrap().log();
    assert_eq!(log.messages().len(), MESSAGES_KEPT);
    assert_eq!((log.messages()[0].seq, log.posted()), (Seq(11), last));
}

#[test]
fn messages_in_place_of_changes_are_as_they_are_at_the_head() {
    let mut state = joined(2);
    let _ = state.apply(Input::Disconnected);
    let join = ticket(&state.apply(Input::Connected));
    assert_eq!(state.apply(live([41])), [], "held, and older than the answer");
    assert_eq!(state.apply(live([51])), []);
    let answer = newest(ResetReason::TooOld, [30, 40], 50);
    assert_eq!(state.apply(caught_up(join, answer)), []);
    assert_eq!(seqs(&state), [30, 40, 51]);
    let cursor = state.room(&room()).unwrap().log().cursor();
    assert_eq!(cursor, Some(Cursor { epoch: DAWN, seq: Seq(51) }));
    assert_eq!(notice(&state), Some(Notice::Skipped));
}

#[test]
fn beginning_anew_is_told_only_to_whoever_saw_something() {
    use ResetReason::{Epoch, New, TooFar, TooOld};
    let told = |last: u64, why| {
        let mut state = joined(last);
        let _ = state.apply(Input::Disconnected);
        let join = ticket(&state.apply(Input::Connected));
        let _ = state.apply(caught_up(join, newest(why, [9], 9)));
        notice(&state)
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
fn changes_that_continue_another_history_are_not_applied() {
    let mut state = joined(2);
    let _ = state.apply(Input::Disconnected);
    let join = ticket(&state.apply(Input::Connected));
    let foreign = CatchUp { epoch: DUSK, ..missed([3], 3) };
    assert_eq!(state.apply(caught_up(join, foreign)), []);
    assert_eq!(seqs(&state), [1, 2]);
}

#[test]
fn a_question_without_answer_is_asked_again_after_a_while() {
    let mut state = ChatState::default();
    let _ = state.open(room());
    let join = ticket(&state.apply(Input::Connected));
    let (input, _) = wake(&state.apply(failed(join, Trouble::Lost)));
    assert!(matches!(state.apply(input)[..], [Effect::Join { .. }]));
}

#[test]
fn the_pause_grows_unless_the_server_names_one() {
    let mut state = ChatState::default();
    let _ = state.open(room());
    let mut join = ticket(&state.apply(Input::Connected));
    let mut pause = |millis: Option<u64>| {
        let refusal = Refusal { retry_after: millis, ..Refusal::new(Code::Storage, "Full.") };
        let (input, after) = wake(&state.apply(failed(join, Trouble::Refused(refusal))));
        join = ticket(&state.apply(input));
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
    let mut state = ChatState::default();
    let _ = state.open(room());
    let join = ticket(&state.apply(Input::Connected));
    let (old, _) = wake(&state.apply(failed(join, Trouble::Lost)));
    let _ = state.apply(Input::Disconnected);
    let join = ticket(&state.apply(Input::Connected));
    let (new, _) = wake(&state.apply(failed(join, Trouble::Lost)));
    assert_eq!(state.apply(old), []);
    assert!(matches!(state.apply(new)[..], [Effect::Join { .. }]));
}

#[test]
fn a_room_that_is_not_there_is_not_asked_for_again() {
    let mut state = ChatState::default();
    let _ = state.open(room());
    let join = ticket(&state.apply(Input::Connected));
    let refusal = Refusal::new(Code::RoomUnknown, "There is no such room.");
    assert_eq!(state.apply(failed(join, Trouble::Refused(refusal.clone()))), []);
    assert_eq!(state.room(&room()).unwrap().phase(), &Phase::Refused(refusal));
}

#[test]
fn what_comes_for_a_room_that_was_not_opened_is_dropped() {
    let mut state = ChatState::default();
    assert_eq!(state.apply(live([1])), []);
    assert!(state.room(&room()).is_none());
}
