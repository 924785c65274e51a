use parlour_events::Sent;

use super::*;
use crate::state::{
    OutboxFull,
    outbox::{Entry, EntryState, Failure, OUTBOX_ENTRIES},
};

fn accepted(ticket: Ticket, seq: u64) -> Input {
    Input::Answered(room(), ticket, Ok(Sent { seq: Seq(seq), at: Timestamp(seq) }))
}

fn refused(ticket: Ticket, code: Code) -> Input {
    Input::Answered(room(), ticket, Err(refusal(code)))
}

/// What is to be sent.
fn sent(effects: &[Effect]) -> Vec<u128> {
    let id = |effect: &Effect| match effect {
        Effect::Do { id, .. } => Some(id.as_u128()),
        _ => None,
    };
    effects.iter().filter_map(id).collect()
}

fn sending(effects: &[Effect]) -> Ticket {
    let ticket = |effect: &Effect| match effect {
        Effect::Do { ticket, .. } => Some(*ticket),
        _ => None,
    };
    effects.iter().find_map(ticket).unwrap()
}

fn entries(page: &Page) -> Vec<(u128, EntryState)> {
    page.chat().outbox().entries().map(|it| (it.id.as_u128(), it.state.clone())).collect()
}

/// What an earlier visit of this person could not send.
fn left(number: u128, written: u64, by: Option<&str>) -> (RoomName, Entry) {
    let text = Some(Arc::new(body("Left")));
    let act = Act::Post(Post { body: text, reply_to: None, files: Arc::default() });
    let by = by.map(|name| author(name).id);
    let (id, written) = (Uuid::from_u128(number), Timestamp(written));
    (room(), Entry { id, act, written, by, state: EntryState::Queued })
}

fn ids(numbers: impl IntoIterator<Item = u128>) -> Vec<Uuid> {
    numbers.into_iter().map(Uuid::from_u128).collect()
}

#[test]
fn a_message_shows_at_once_and_goes_when_it_arrives() {
    let mut page = joined(0);
    let send = ticket(&page.say(1, "Hi"));
    assert_eq!(entries(&page), [(1, EntryState::Sending(send))]);
    assert_eq!(page.apply(happened(vec![posted_as(1, id(1))])), []);
    assert_eq!(entries(&page), []);
    assert_eq!(page.seqs(), [1]);
    assert_eq!(page.apply(accepted(send, 1)), [], "the answer may come second");
    let kept = [(Uuid::from_u128(1), EntryState::Queued)];
    assert_eq!((&page.kept[..], page.forgotten), (&kept[..], ids([1])));
}

#[test]
fn what_is_done_to_a_message_goes_when_it_is_in_the_log() {
    let emoji: events::Emoji = ":tada:".parse().unwrap();
    let acts = [
        Act::Edit(id(1), Arc::new(body("Hullo"))),
        Act::Delete(id(1)),
        Act::React(id(1), emoji, true),
    ];
    for act in acts {
        let mut page = joined(0);
        let _ = page.apply(happened(vec![posted_as(1, id(1))]));
        let send = ticket(&page.act(7, act));
        assert_eq!(page.apply(accepted(send, 2)), []);
        assert!(matches!(entries(&page)[..], [(7, EntryState::Accepted(_))]));
        assert!(page.forgotten.is_empty());
        let _ = page.apply(happened(vec![deleted(2, id(1))]));
        assert_eq!(entries(&page), []);
        assert_eq!(page.forgotten, ids([7]));
    }
}

#[test]
fn what_was_so_already_is_done_when_it_is_answered() {
    let mut page = joined(3);
    let send = ticket(&page.act(7, Act::React(id(1), ":tada:".parse().unwrap(), true)));
    assert_eq!(page.apply(accepted(send, 3)), []);
    assert_eq!((entries(&page), page.forgotten), (vec![], ids([7])));
}

#[test]
fn what_one_person_wrote_is_not_sent_as_another_unless_they_want_that() {
    let mut page = joined(0);
    let _ = page.say(1, "Hi");
    let _ = page.say(2, "Hi");
    let _ = page.apply(Input::Disconnected);
    let list = ticket(&page.apply(Input::Session(session(author("Zoe"), DAWN))));
    let join = join(&page.apply(Input::Listed(list, Ok(all(vec![info(&room(), 0)])))));
    let effects = page.apply(caught_up(join, newest(ResetReason::New, [], 0)));
    assert_eq!(sent(&effects), [0_u128; 0]);
    let waits = EntryState::Failed(Failure::OtherPerson);
    assert_eq!(entries(&page), [(1, waits.clone()), (2, waits)]);
    assert_eq!(page.waiting(), 0);
    let again = page.apply(Input::TryAgain(room(), Uuid::from_u128(2)));
    assert_eq!(sent(&again), [2]);
    let entry = page.chat().outbox().get(Uuid::from_u128(2)).unwrap();
    assert_eq!(entry.by, Some(author("Zoe").id));
}

#[test]
fn an_accepted_message_stays_until_the_log_has_it() {
    let mut page = joined(0);
    let send = ticket(&page.say(1, "Hi"));
    let _ = page.apply(accepted(send, 1));
    assert!(matches!(entries(&page)[..], [(_, EntryState::Accepted(_))]));
    assert_eq!(page.waiting(), 0);
    let _ = page.apply(happened(vec![posted_as(1, id(1))]));
    assert_eq!(entries(&page), []);
    assert_eq!(page.forgotten, ids([1]), "once");
}

#[test]
fn one_entry_is_on_its_way_at_a_time() {
    let mut page = joined(0);
    let first = ticket(&page.say(1, "Hi"));
    assert_eq!(page.say(2, "Hi"), []);
    assert_eq!(sent(&page.apply(accepted(first, 1))), [2]);
}

#[test]
fn a_clock_that_goes_back_changes_no_order() {
    let mut page = joined(0);
    let first = ticket(&page.say(9, "At nine"));
    assert_eq!(page.say(3, "At three"), [], "one at a time all the same");
    assert_eq!(entries(&page).iter().map(|(id, _)| *id).collect::<Vec<_>>(), [9, 3]);
    let written: Vec<u64> = page.chat().outbox().entries().map(|entry| entry.written.0).collect();
    assert!(written.is_sorted_by(|one, next| one < next), "nor after a reload: {written:?}");
    assert_eq!(sent(&page.apply(accepted(first, 1))), [3]);
}

#[test]
fn what_was_refused_for_good_is_kept_so_until_the_person_wants_it_again() {
    let mut page = joined(0);
    let first = ticket(&page.say(1, "Hi"));
    let no = Refusal::new(Code::Forbidden, "no");
    let refused = Input::Answered(room(), first, Err(Trouble::Refused(no.clone())));
    assert_eq!(page.apply(refused), []);
    let kept = |page: &Page| page.kept.last().unwrap().1.clone();
    assert_eq!(kept(&page), EntryState::Failed(Failure::Refused(no)));
    assert_eq!(sent(&page.apply(Input::TryAgain(room(), Uuid::from_u128(1)))), [1]);
    assert_eq!(kept(&page), EntryState::Queued);
}

#[test]
fn what_was_written_offline_is_sent_in_order_after_the_join() {
    let mut page = joined(0);
    let _ = page.apply(Input::Disconnected);
    assert_eq!(page.say(1, "Hi"), []);
    assert_eq!(page.say(2, "Hi"), []);
    assert_eq!(page.waiting(), 2);
    let join = page.reconnected();
    let effects = page.apply(caught_up(join, missed([], 0)));
    assert_eq!(sent(&effects), [1]);
    assert_eq!(sent(&page.apply(accepted(sending(&effects), 1))), [2]);
}

#[test]
fn what_an_earlier_visit_left_comes_first_and_once() {
    let mut page = Page::default();
    let _ = page.apply(Input::Open(Some(room())));
    let left = |number| left(number, number as u64, Some("Ann"));
    let _ = page.apply(Input::Restored(vec![left(2), left(1)]));
    let _ = page.say(5, "New");
    let _ = page.apply(Input::Restored(vec![left(2), left(3)]));
    let numbers: Vec<u128> = entries(&page).iter().map(|(id, _)| *id).collect();
    assert_eq!(numbers, [1, 2, 3, 5]);
    assert_eq!(
        page.kept.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        ids([5]),
        "the others are kept already"
    );
    let join = join(&page.connected(vec![info(&room(), 0)]));
    let mut effects = page.apply(caught_up(join, newest(ResetReason::New, [], 0)));
    for (seq, number) in [(1, 1), (2, 2), (3, 3), (4, 5)] {
        assert_eq!(sent(&effects), [number]);
        effects = page.apply(accepted(sending(&effects), seq));
    }
    assert_eq!(effects, []);
}

#[test]
fn what_is_restored_late_does_not_overtake_what_is_on_its_way() {
    let mut page = joined(0);
    let first = ticket(&page.say(5, "New"));
    assert_eq!(page.apply(Input::Restored(vec![left(1, 1, Some("Ann"))])), []);
    assert_eq!(sent(&page.apply(accepted(first, 1))), [1]);
}

#[test]
fn what_an_earlier_visit_sent_after_all_is_done() {
    let mut page = joined(0);
    let _ = page.apply(happened(vec![posted_as(1, id(1))]));
    for by in [None, Some("Ann"), Some("Zoe")] {
        assert_eq!(page.apply(Input::Restored(vec![left(1, 1, by)])), [], "{by:?}");
        assert_eq!(entries(&page), []);
        assert_eq!(std::mem::take(&mut page.forgotten), ids([1]));
    }
}

#[test]
fn what_nobody_is_known_to_have_written_is_sent_by_whoever_comes() {
    let mut page = Page::default();
    let _ = page.apply(Input::Open(Some(room())));
    let _ = page.apply(Input::Restored(vec![left(1, 1, None), left(2, 2, Some("Zoe"))]));
    let join = join(&page.connected(vec![info(&room(), 0)]));
    let effects = page.apply(caught_up(join, newest(ResetReason::New, [], 0)));
    assert_eq!(sent(&effects), [1]);
    assert_eq!(entries(&page)[1].1, EntryState::Failed(Failure::OtherPerson));
}

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_id() {
    let mut page = joined(0);
    let first = ticket(&page.say(1, "Hi"));
    let join = page.reconnected();
    let effects = page.apply(caught_up(join, missed([], 0)));
    assert_eq!(sent(&effects), [1]);
    let late = Input::Answered(room(), first, Err(Trouble::Lost));
    assert_eq!(page.apply(late), [], "the first attempt says nothing any more");
}

#[test]
fn a_message_that_came_with_the_join_is_not_sent_again() {
    let mut page = joined(0);
    let _ = page.say(1, "Hi");
    let join = page.reconnected();
    let changes = CatchUpPage::Changes { changes: vec![posted_as(1, id(1))] };
    let missed = CatchUp { epoch: DAWN, head: Seq(1), page: changes };
    assert_eq!(sent(&page.apply(caught_up(join, missed))), [0_u128; 0]);
    assert_eq!(entries(&page), []);
}

#[test]
fn a_message_older_than_what_the_log_shows_is_done_when_accepted() {
    let mut page = joined(0);
    let _ = page.say(1, "Hi");
    let join = page.reconnected();
    let effects = page.apply(caught_up(join, newest(ResetReason::TooFar, [900], 900)));
    let _ = page.apply(accepted(sending(&effects), 3));
    assert_eq!(entries(&page), []);
}

#[test]
fn a_message_among_those_of_a_fresh_beginning_is_not_sent_again() {
    let mut page = joined(0);
    let _ = page.say(1, "Hi");
    let _ = page.say(2, "Hi");
    let join = page.reconnected();
    let there = Message { deleted: true, ..message(posted_as(7, id(1))) };
    let reset =
        CatchUpPage::Reset { why: ResetReason::TooFar, messages: vec![there], earlier: true };
    let answer = CatchUp { epoch: DAWN, head: Seq(9), page: reset };
    let effects = page.apply(caught_up(join, answer));
    assert_eq!(sent(&effects), [2], "the first one is there, though it was deleted since");
    assert_eq!(entries(&page).len(), 1);
}

#[test]
fn a_message_accepted_before_a_fresh_beginning_and_older_than_it_is_done() {
    let mut page = joined(0);
    let send = ticket(&page.say(1, "Hi"));
    let _ = page.apply(accepted(send, 3));
    let join = page.reconnected();
    let effects = page.apply(caught_up(join, newest(ResetReason::TooFar, [900], 900)));
    assert_eq!((sent(&effects), entries(&page)), (vec![], vec![]));
}

#[test]
fn what_a_lost_history_had_accepted_is_sent_again() {
    let mut page = joined(0);
    let send = ticket(&page.say(1, "Hi"));
    let _ = page.apply(accepted(send, 1));
    let join = page.reconnected();
    let other = CatchUp { epoch: DUSK, ..newest(ResetReason::Epoch, [], 0) };
    assert_eq!(sent(&page.apply(caught_up(join, other))), [1]);
    assert!(page.forgotten.is_empty());
}

#[test]
fn a_refused_message_tells_why_and_does_not_hold_up_the_next() {
    let mut page = joined(0);
    let first = ticket(&page.say(1, "Hi"));
    let _ = page.say(2, "Hi");
    let effects = page.apply(refused(first, Code::Invalid));
    assert_eq!(sent(&effects), [2]);
    let why = Failure::Refused(Refusal::new(Code::Invalid, "Because."));
    assert_eq!(entries(&page)[0].1, EntryState::Failed(why));
    let _ = page.apply(accepted(ticket(&effects), 1));
    let again = page.apply(Input::TryAgain(room(), Uuid::from_u128(1)));
    assert_eq!(sent(&again), [1]);
    let _ = page.apply(Input::Discard(room(), Uuid::from_u128(1)));
    assert_eq!(entries(&page).len(), 2, "what is on its way cannot be given up");
    let _ = page.apply(refused(ticket(&again), Code::Invalid));
    let _ = page.apply(Input::Discard(room(), Uuid::from_u128(1)));
    assert_eq!(entries(&page).len(), 1);
    assert_eq!(page.forgotten, ids([1]));
}

#[test]
fn a_server_that_cannot_now_is_tried_again_by_itself_and_in_order() {
    for code in [Code::Busy, Code::RateLimited, Code::Full, Code::Storage] {
        let mut page = joined(0);
        let first = ticket(&page.say(1, "Hi"));
        let _ = page.say(2, "Hi");
        let (wake, _) = wake(&page.apply(refused(first, code)));
        assert_eq!(page.waiting(), 2);
        assert_eq!(page.say(3, "Hi"), [], "nothing overtakes what waits");
        assert_eq!(sent(&page.apply(wake)), [1], "{code}");
    }
}

#[test]
fn a_message_waits_for_as_long_as_the_server_says() {
    let mut page = joined(0);
    let send = ticket(&page.say(1, "Hi"));
    let slowly = Refusal::new(Code::RateLimited, "Slowly.").retry_after(Duration::from_secs(7));
    let effects = page.apply(Input::Answered(room(), send, Err(Trouble::Refused(slowly))));
    let (its_wake, after) = wake(&effects);
    assert_eq!(after, Duration::from_secs(7));

    // A question fails meanwhile: its wake is a sooner one, and not the message's.
    let sync = ticket(&page.apply(live([5])));
    let (other_wake, _) = wake(&page.apply(Input::CaughtUp(room(), sync, Err(Trouble::Lost))));
    assert!(matches!(page.apply(other_wake)[..], [Effect::Sync { .. }]));
    assert_eq!(sent(&page.apply(its_wake)), [1]);
}

#[test]
fn whoever_is_muted_for_a_while_waits() {
    let mut page = joined(0);
    let send = ticket(&page.say(1, "Hi"));
    let muted = Refusal::new(Code::Muted, "Later.").retry_after(Duration::from_secs(60));
    let outcome = Err(Trouble::Refused(muted.clone()));
    let (wake, after) = wake(&page.apply(Input::Answered(room(), send, outcome)));
    assert_eq!(after, Duration::from_secs(60));
    let delayed = &entries(&page)[0].1;
    assert!(matches!(delayed, EntryState::Delayed { why: Some(why), .. } if *why == muted));
    assert_eq!(sent(&page.apply(wake)), [1]);
}

#[test]
fn what_waits_for_the_end_of_a_mute_goes_when_it_is_lifted() {
    let mut page = joined(0);
    let send = ticket(&page.say(1, "Hi"));
    let muted = Refusal::new(Code::Muted, "Later.").retry_after(Duration::from_secs(600));
    let _ = page.apply(Input::Answered(room(), send, Err(Trouble::Refused(muted))));
    assert_eq!(sent(&page.apply(Input::MayWrite)), [1]);
}

#[test]
fn a_refusal_that_stays_is_the_persons_to_decide() {
    use Code::{FileUnknown, IdTaken, MessageUnknown, Muted, RoomUnknown, TooLong, Unknown};
    for code in [Muted, MessageUnknown, FileUnknown, TooLong, IdTaken, RoomUnknown, Unknown] {
        let mut page = joined(0);
        let send = ticket(&page.say(1, "Hi"));
        assert_eq!(page.apply(refused(send, code)), [], "{code}");
        let why = Failure::Refused(Refusal::new(code, "Because."));
        assert_eq!(entries(&page)[0].1, EntryState::Failed(why));
        let again = page.apply(Input::TryAgain(room(), Uuid::from_u128(1)));
        assert_eq!(sent(&again), [1]);
    }
}

#[test]
fn a_server_that_forgot_the_room_is_joined_again() {
    let mut page = joined(0);
    let first = ticket(&page.say(1, "Hi"));
    let (wake, _) = wake(&page.apply(refused(first, Code::NotJoined)));
    let join = ticket(&page.apply(wake));
    assert_eq!(sent(&page.apply(caught_up(join, missed([], 0)))), [1]);
}

#[test]
fn a_full_outbox_takes_nothing_more() {
    let mut page = joined(0);
    let _ = page.apply(Input::Disconnected);
    for number in 0..OUTBOX_ENTRIES as u128 {
        let _ = page.say(number, "Hi");
    }
    let act = Act::Delete(id(1));
    let more = page.state.compose(&room(), Uuid::from_u128(999), act, Timestamp(0));
    assert_eq!(more, Err(OutboxFull));
    assert_eq!(page.kept.len(), OUTBOX_ENTRIES);
}
