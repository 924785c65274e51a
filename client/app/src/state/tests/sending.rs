use parlour_events::{Code, Refusal, Sent};

use super::*;
use crate::{
    state::{
        OutboxFull, Trouble,
        outbox::{EntryState, OUTBOX_ENTRIES},
    },
    words,
};

fn compose(state: &mut ChatState, number: u128) -> Vec<Effect> {
    state.compose(&room(), id(number), body("Hi"), Timestamp(0)).unwrap()
}

fn sent_ids(effects: &[Effect]) -> Vec<MessageId> {
    let id = |effect: &Effect| match effect {
        Effect::Send { message, .. } => Some(message.id),
        _ => None,
    };
    effects.iter().filter_map(id).collect()
}

fn accepted(ticket: Ticket, seq: u64) -> Input {
    let sent = Sent { seq: Seq(seq), at: Timestamp(seq) };
    Input::Answered { room: room(), ticket, outcome: Ok(sent) }
}

fn refused(ticket: Ticket, code: Code) -> Input {
    let outcome = Err(Trouble::Refused(Refusal::new(code, "Because.")));
    Input::Answered { room: room(), ticket, outcome }
}

fn entries(state: &ChatState) -> Vec<(MessageId, EntryState)> {
    let outbox = state.room(&room()).unwrap().outbox();
    outbox.entries().map(|entry| (entry.id, entry.state.clone())).collect()
}

#[test]
fn a_message_shows_at_once_and_goes_when_it_arrives() {
    let mut state = joined(0);
    let send = ticket(&compose(&mut state, 1));
    assert_eq!(entries(&state), [(id(1), EntryState::Sending(send))]);
    let change = RoomChanges { room: room(), epoch: DAWN, changes: vec![posted_as(1, id(1))] };
    let _ = state.apply(Input::Changes(change));
    assert_eq!(entries(&state), []);
    assert_eq!(seqs(&state), [1]);
    assert_eq!(state.apply(accepted(send, 1)), [], "the answer may come second");
}

#[test]
fn what_one_person_wrote_is_not_sent_as_another_unless_they_want_that() {
    let mut state = joined(0);
    let _ = compose(&mut state, 1);
    let _ = compose(&mut state, 2);
    let _ = state.apply(Input::Disconnected);
    let _ = state.apply(Input::OtherPerson { sentence: "Why.".to_owned() });
    let effects = state.apply(Input::Connected);
    let caught_up = caught_up(ticket(&effects), missed([], 0));
    assert_eq!(sent_ids(&state.apply(caught_up)), []);
    let parked = EntryState::Failed("Why.".to_owned());
    assert_eq!(entries(&state), [(id(1), parked.clone()), (id(2), parked)]);
    let again = state.apply(Input::TryAgain { room: room(), id: id(2) });
    assert_eq!(sent_ids(&again), [id(2)]);
}

#[test]
fn an_accepted_message_stays_until_the_log_has_it() {
    let mut state = joined(0);
    let send = ticket(&compose(&mut state, 1));
    let _ = state.apply(accepted(send, 1));
    assert!(matches!(entries(&state)[..], [(_, EntryState::Accepted(_))]));
    assert_eq!(state.waiting(), 0);
    let change = RoomChanges { room: room(), epoch: DAWN, changes: vec![posted_as(1, id(1))] };
    let _ = state.apply(Input::Changes(change));
    assert_eq!(entries(&state), []);
}

#[test]
fn one_message_is_on_its_way_at_a_time() {
    let mut state = joined(0);
    let first = ticket(&compose(&mut state, 1));
    assert_eq!(compose(&mut state, 2), []);
    assert_eq!(sent_ids(&state.apply(accepted(first, 1))), [id(2)]);
}

#[test]
fn what_was_written_offline_is_sent_in_order_after_the_join() {
    let mut state = joined(0);
    let _ = state.apply(Input::Disconnected);
    assert_eq!(compose(&mut state, 1), []);
    assert_eq!(compose(&mut state, 2), []);
    assert_eq!(state.waiting(), 2);
    let join = ticket(&state.apply(Input::Connected));
    let effects = state.apply(caught_up(join, missed([], 0)));
    assert_eq!(sent_ids(&effects), [id(1)]);
    assert_eq!(sent_ids(&state.apply(accepted(ticket(&effects), 1))), [id(2)]);
}

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_id() {
    let mut state = joined(0);
    let first = ticket(&compose(&mut state, 1));
    let _ = state.apply(Input::Disconnected);
    let join = ticket(&state.apply(Input::Connected));
    let effects = state.apply(caught_up(join, missed([], 0)));
    assert_eq!(sent_ids(&effects), [id(1)]);
    let late = Input::Answered { room: room(), ticket: first, outcome: Err(Trouble::Lost) };
    assert_eq!(state.apply(late), [], "the first attempt says nothing any more");
}

#[test]
fn a_message_that_came_with_the_join_is_not_sent_again() {
    let mut state = joined(0);
    let _ = compose(&mut state, 1);
    let _ = state.apply(Input::Disconnected);
    let join = ticket(&state.apply(Input::Connected));
    let page = CatchUpPage::Changes { changes: vec![posted_as(1, id(1))] };
    let missed = CatchUp { epoch: DAWN, head: Seq(1), page };
    assert_eq!(state.apply(caught_up(join, missed)), []);
    assert_eq!(entries(&state), []);
}

#[test]
fn a_message_older_than_what_the_log_shows_is_done_when_accepted() {
    let mut state = joined(0);
    let _ = compose(&mut state, 1);
    let _ = state.apply(Input::Disconnected);
    let join = ticket(&state.apply(Input::Connected));
    let effects = state.apply(caught_up(join, newest(ResetReason::TooFar, [900], 900)));
    let _ = state.apply(accepted(ticket(&effects), 3));
    assert_eq!(entries(&state), []);
}

#[test]
fn a_message_among_those_of_a_fresh_beginning_is_not_sent_again() {
    let mut state = joined(0);
    let _ = compose(&mut state, 1);
    let _ = compose(&mut state, 2);
    let _ = state.apply(Input::Disconnected);
    let join = ticket(&state.apply(Input::Connected));
    let there = Message { deleted: true, ..message(posted_as(7, id(1))) };
    let page =
        CatchUpPage::Reset { why: ResetReason::TooFar, messages: vec![there], earlier: true };
    let effects = state.apply(caught_up(join, CatchUp { epoch: DAWN, head: Seq(9), page }));
    assert_eq!(sent_ids(&effects), [id(2)], "the first one is there, though it was deleted since");
    assert_eq!(entries(&state).len(), 1);
}

#[test]
fn a_message_accepted_before_a_fresh_beginning_and_older_than_it_is_done() {
    let mut state = joined(0);
    let send = ticket(&compose(&mut state, 1));
    let _ = state.apply(accepted(send, 3));
    let _ = state.apply(Input::Disconnected);
    let join = ticket(&state.apply(Input::Connected));
    assert_eq!(state.apply(caught_up(join, newest(ResetReason::TooFar, [900], 900))), []);
    assert_eq!(entries(&state), []);
}

#[test]
fn a_message_accepted_by_a_lost_history_is_sent_again() {
    let mut state = joined(0);
    let send = ticket(&compose(&mut state, 1));
    let _ = state.apply(accepted(send, 1));
    let _ = state.apply(Input::Disconnected);
    let join = ticket(&state.apply(Input::Connected));
    let other = CatchUp { epoch: DUSK, ..newest(ResetReason::Epoch, [], 0) };
    assert_eq!(sent_ids(&state.apply(caught_up(join, other))), [id(1)]);
}

#[test]
fn a_refused_message_tells_why_and_does_not_hold_up_the_next() {
    let mut state = joined(0);
    let first = ticket(&compose(&mut state, 1));
    let _ = compose(&mut state, 2);
    let effects = state.apply(refused(first, Code::Invalid));
    assert_eq!(sent_ids(&effects), [id(2)]);
    assert_eq!(entries(&state)[0].1, EntryState::Failed("Because.".to_owned()));
    let _ = state.apply(accepted(ticket(&effects), 1));
    let again = state.apply(Input::TryAgain { room: room(), id: id(1) });
    assert_eq!(sent_ids(&again), [id(1)]);
    let _ = state.apply(Input::Discard { room: room(), id: id(1) });
    assert_eq!(entries(&state).len(), 2, "what is on its way cannot be given up");
    let _ = state.apply(refused(ticket(&again), Code::Invalid));
    let _ = state.apply(Input::Discard { room: room(), id: id(1) });
    assert_eq!(entries(&state).len(), 1);
}

#[test]
fn a_server_that_cannot_now_is_tried_again_by_itself_and_in_order() {
    for code in [Code::Busy, Code::RateLimited, Code::Full, Code::Storage] {
        let mut state = joined(0);
        let first = ticket(&compose(&mut state, 1));
        let _ = compose(&mut state, 2);
        let (wake, _) = wake(&state.apply(refused(first, code)));
        assert_eq!(state.waiting(), 2);
        assert_eq!(sent_ids(&state.apply(wake)), [id(1)], "{code}");
    }
}

#[test]
fn a_message_waits_for_as_long_as_the_server_says() {
    let mut state = joined(0);
    let send = ticket(&compose(&mut state, 1));
    let refusal = Refusal::new(Code::RateLimited, "Slowly.").retry_after(Duration::from_secs(7));
    let outcome = Err(Trouble::Refused(refusal));
    let effects = state.apply(Input::Answered { room: room(), ticket: send, outcome });
    let (its_wake, after) = wake(&effects);
    assert_eq!(after, Duration::from_secs(7));

    // A question fails meanwhile: its wake is a sooner one, and not the message's.
    let sync = ticket(&state.apply(live([5])));
    let lost = Input::CaughtUp { room: room(), ticket: sync, outcome: Err(Trouble::Lost) };
    let (other_wake, _) = wake(&state.apply(lost));
    assert!(matches!(state.apply(other_wake)[..], [Effect::Sync { .. }]));
    assert_eq!(sent_ids(&state.apply(its_wake)), [id(1)]);
}

#[test]
fn a_refusal_that_stays_is_the_persons_to_decide() {
    for code in [Code::Muted, Code::MessageUnknown, Code::FileUnknown, Code::TooLong, Code::IdTaken]
    {
        let mut state = joined(0);
        let send = ticket(&compose(&mut state, 1));
        assert_eq!(state.apply(refused(send, code)), [], "{code}");
        let told = words::reason(&Refusal::new(code, "Because."));
        assert_eq!(entries(&state)[0].1, EntryState::Failed(told), "{code}");
        let again = state.apply(Input::TryAgain { room: room(), id: id(1) });
        assert_eq!(sent_ids(&again), [id(1)]);
    }
}

#[test]
fn a_server_that_forgot_the_room_is_joined_again() {
    let mut state = joined(0);
    let first = ticket(&compose(&mut state, 1));
    let (wake, _) = wake(&state.apply(refused(first, Code::NotJoined)));
    let join = ticket(&state.apply(wake));
    assert_eq!(sent_ids(&state.apply(caught_up(join, missed([], 0)))), [id(1)]);
}

#[test]
fn a_full_outbox_gives_the_text_back() {
    let mut state = joined(0);
    let _ = state.apply(Input::Disconnected);
    for number in 0..OUTBOX_ENTRIES as u128 {
        let _ = compose(&mut state, number);
    }
    let more = state.compose(&room(), id(999), body("Hi"), Timestamp(0));
    assert_eq!(more, Err(OutboxFull(body("Hi"))));
}
