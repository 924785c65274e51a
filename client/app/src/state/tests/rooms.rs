use parlour_events::{Cursor, Place, RoomUpdated, TopicChanged};

use super::*;
use crate::state::{
    Phase,
    outbox::{Entry, EntryState, Failure},
};

fn name(name: &str) -> RoomName {
    name.parse().unwrap()
}

fn left(name: &RoomName) -> events::Room {
    events::Room { joined: false, read: Seq(0), ..info(name, 9) }
}

fn updated(room: &RoomName, now: Option<events::Room>) -> Input {
    Input::Updated(RoomUpdated { room: room.clone(), now })
}

fn names(page: &Page) -> Vec<String> {
    page.rooms().iter().map(|room| room.name().to_string()).collect()
}

/// The rooms that are to be joined, and their tickets.
fn joins(effects: &[Effect]) -> Vec<(RoomName, Ticket)> {
    let join = |effect: &Effect| match effect {
        Effect::Join { ticket, room, .. } => Some((room.clone(), *ticket)),
        _ => None,
    };
    effects.iter().filter_map(join).collect()
}

fn joined_names(effects: &[Effect]) -> Vec<String> {
    joins(effects).into_iter().map(|(room, _)| room.to_string()).collect()
}

fn nothing_missed(room: &RoomName, ticket: Ticket, head: u64) -> Input {
    Input::CaughtUp(room.clone(), ticket, Ok(missed([], head)))
}

#[test]
fn rooms_are_listed_page_by_page() {
    let mut page = Page::default();
    let first = ticket(&page.apply(Input::Session(session(me(), DAWN))));
    let rooms = vec![left(&name("oak")), left(&name("tea"))];
    let effects = page.apply(Input::Listed(first, Ok(Rooms { rooms, more: true })));
    let second = ticket(&effects);
    assert_eq!(effects, [Effect::List { ticket: second, after: Some(name("tea")) }]);
    assert!(!page.is_listed());
    let late = page.apply(Input::Listed(first, Ok(all(vec![left(&name("old"))]))));
    assert_eq!(late, [], "answered already");
    let _ = page.apply(Input::Listed(second, Ok(all(vec![left(&name("Ale"))]))));
    assert!(page.is_listed());
    assert_eq!(names(&page), ["Ale", "oak", "tea"]);
    assert!(page.is_caught_up());
}

#[test]
fn a_list_that_was_refused_is_asked_for_again_from_the_beginning() {
    let mut page = Page::default();
    let mut list = ticket(&page.apply(Input::Session(session(me(), DAWN))));
    for seconds in [1, 2, 4] {
        let (again, after) = wake(&page.apply(Input::Listed(list, Err(refusal(Code::Busy)))));
        assert_eq!(after, Duration::from_secs(seconds));
        list = ticket(&page.apply(again));
    }
    let rooms = Rooms { rooms: vec![left(&name("tea"))], more: true };
    let second = ticket(&page.apply(Input::Listed(list, Ok(rooms))));
    let (again, _) = wake(&page.apply(Input::Listed(second, Err(refusal(Code::RoomUnknown)))));
    assert!(matches!(page.apply(again)[..], [Effect::List { after: None, .. }]));
}

#[test]
fn a_wake_of_an_earlier_connection_lists_nothing() {
    let mut page = Page::default();
    let list = ticket(&page.apply(Input::Session(session(me(), DAWN))));
    let (old, _) = wake(&page.apply(Input::Listed(list, Err(Trouble::Lost))));
    let _ = page.apply(Input::Disconnected);
    let _ = page.apply(Input::Session(session(me(), DAWN)));
    assert_eq!(page.apply(old), []);
}

#[test]
fn an_invitation_is_known_and_not_joined() {
    let mut page = joined(0);
    let tea = name("tea");
    assert_eq!(page.apply(updated(&tea, Some(left(&tea)))), []);
    assert!(!page.room(&tea).unwrap().is_joined());
    let effects = page.apply(Input::Join(tea.clone()));
    assert_eq!(joined_names(&effects), ["tea"]);
    let _ = page.apply(nothing_missed(&tea, joins(&effects)[0].1, 9));
    assert!(page.room(&tea).unwrap().is_joined());
    assert_eq!(page.room(&tea).unwrap().phase(), &Phase::Live);
}

#[test]
fn a_room_that_was_made_elsewhere_is_heard() {
    let mut page = joined(0);
    let tea = name("tea");
    assert_eq!(joined_names(&page.apply(updated(&tea, Some(info(&tea, 0))))), ["tea"]);
}

#[test]
fn a_room_that_was_left_elsewhere_is_not_heard() {
    let mut page = joined(3);
    let now = events::Room { unread: 0, ..left(&room()) };
    assert_eq!(page.apply(updated(&room(), Some(now))), []);
    assert!(!page.chat().is_joined());
    assert_eq!(page.chat().phase(), &Phase::Away);
    assert!(page.is_caught_up());
    assert_eq!(page.apply(live([4])), []);
    assert_eq!(page.say(1, "Hi"), [], "there is nobody to take it");
}

#[test]
fn a_room_that_was_left_while_we_were_away_is_not_joined_again() {
    let mut page = joined(3);
    let _ = page.apply(Input::Disconnected);
    assert_eq!(page.connected(vec![left(&room())]), []);
    assert_eq!(page.chat().phase(), &Phase::Away);
    assert!(page.is_caught_up());
}

#[test]
fn a_room_that_was_joined_by_hand_and_left_elsewhere_stays_left() {
    let mut page = joined(0);
    let tea = name("tea");
    let _ = page.apply(updated(&tea, Some(left(&tea))));
    let effects = page.apply(Input::Join(tea.clone()));
    let _ = page.apply(nothing_missed(&tea, joins(&effects)[0].1, 9));
    let _ = page.apply(Input::Disconnected);
    assert_eq!(joined_names(&page.connected(vec![info(&room(), 0), left(&tea)])), ["chat"]);
}

#[test]
fn a_room_that_is_not_listed_any_more_is_gone() {
    let mut page = joined(3);
    let _ = page.apply(Input::Disconnected);
    assert_eq!(page.connected(vec![]), []);
    assert_eq!(page.chat().info(), None);
    assert!(!page.chat().is_joined());
    assert!(page.is_caught_up());
}

#[test]
fn what_waits_in_a_room_that_was_left_is_refused_and_goes_when_it_is_joined_again() {
    let mut page = joined(0);
    let _ = page.apply(Input::Disconnected);
    let _ = page.say(1, "Hi");
    assert_eq!(page.connected(vec![left(&room())]), []);
    let refused = |entry: &Entry| match &entry.state {
        EntryState::Failed(Failure::Refused(refusal)) => refusal.code == Code::NotJoined,
        _ => false,
    };
    assert!(page.chat().outbox().entries().all(refused), "{:?}", page.chat().outbox());
    assert_eq!(page.kept.last().map(|(id, _)| *id), Some(Uuid::from_u128(1)));

    let (_, join) = joins(&page.apply(Input::Join(room()))).remove(0);
    let effects = page.apply(nothing_missed(&room(), join, 9));
    let sent = |effect: &Effect| matches!(effect, Effect::Do { id, .. } if id.as_u128() == 1);
    assert!(effects.iter().any(sent), "{effects:?}");
}

#[test]
fn what_was_on_its_way_when_the_room_was_left_is_refused() {
    let mut page = joined(0);
    let send = ticket(&page.say(1, "Hi"));
    let _ = page.apply(updated(&room(), Some(left(&room()))));
    let _ = page.apply(Input::Answered(room(), send, Err(refusal(Code::NotJoined))));
    let state = page.chat().outbox().entries().next().map(|entry| entry.state.clone());
    assert!(matches!(state, Some(EntryState::Failed(_))), "{state:?}");
}

#[test]
fn the_first_message_of_a_conversation_is_told_of() {
    let mut page = joined(0);
    let ben = name("dm-ben");
    let direct = RoomKind::Direct;
    let now = events::Room { kind: direct, read: Seq(2), unread: 1, ..info(&ben, 3) };
    let (_, join) = joins(&page.apply(updated(&ben, Some(now)))).remove(0);
    let _ = page.apply(Input::CaughtUp(ben.clone(), join, Ok(missed([3], 3))));
    assert_eq!(page.arrived, [(ben.clone(), 3, true)]);
    assert_eq!(page.room(&ben).unwrap().unread().messages, 1);
}

#[test]
fn a_room_left_while_it_waits_for_its_turn_is_not_joined() {
    let (mut page, join) = joining(0);
    let (wake, _) = wake(&page.apply(Input::CaughtUp(room(), join, Err(Trouble::Lost))));
    let _ = page.apply(updated(&room(), Some(left(&room()))));
    assert_eq!(page.apply(wake), []);
}

#[test]
fn an_answer_to_what_was_sent_does_not_bring_back_a_room_that_was_left() {
    let mut page = joined(0);
    let send = ticket(&page.say(1, "Hi"));
    let _ = page.apply(updated(&room(), Some(left(&room()))));
    let refused = Input::Answered(room(), send, Err(refusal(Code::NotJoined)));
    assert_eq!(page.apply(refused), []);
    assert_eq!(page.chat().phase(), &Phase::Away);
}

#[test]
fn a_join_under_way_is_not_undone_by_an_older_list() {
    let mut page = Page::default();
    let list = ticket(&page.apply(Input::Session(session(me(), DAWN))));
    let tea = name("tea");
    let effects = page.apply(Input::Join(tea.clone()));
    let (_, join) = joins(&effects)[0];
    let join_first = |page: &mut Page| {
        let _ = page.apply(Input::CaughtUp(tea.clone(), join, Ok(missed_anew())));
    };
    join_first(&mut page);
    let _ = page.apply(Input::Listed(list, Ok(all(vec![left(&tea)]))));
    assert!(page.room(&tea).unwrap().is_joined());
    assert_eq!(page.room(&tea).unwrap().phase(), &Phase::Live);
}

#[test]
fn a_room_that_was_left_is_not_joined_for_an_older_list() {
    for gone in [Some(left(&room())), None] {
        let mut page = Page::default();
        let list = ticket(&page.apply(Input::Session(session(me(), DAWN))));
        let _ = page.apply(updated(&room(), Some(info(&room(), 3))));
        let _ = page.apply(updated(&room(), gone));
        let rooms = Rooms { rooms: vec![info(&room(), 3)], more: true };
        let asked = page.state.apply(Input::Listed(list, Ok(rooms)));
        assert_eq!(joined_names(&asked), [""; 0]);
        assert!(!page.chat().is_joined());
    }
}

fn missed_anew() -> CatchUp {
    newest(ResetReason::New, [], 9)
}

#[test]
fn a_room_that_is_joined_is_not_joined_by_hand() {
    let mut page = joined(0);
    assert_eq!(page.apply(Input::Join(room())), []);
    let send = ticket(&page.say(1, "Hi"));
    let (wake, _) = wake(&page.apply(Input::Answered(room(), send, Err(refusal(Code::NotJoined)))));
    // It was left elsewhere.
    let _ = page.apply(updated(&room(), Some(left(&room()))));
    assert_eq!(page.apply(wake), []);
}

#[test]
fn people_of_a_room_that_was_not_heard_for_a_while_are_listed_anew() {
    let mut page = joined(0);
    let send = ticket(&page.say(1, "Hi"));
    let (wake, _) = wake(&page.apply(Input::Answered(room(), send, Err(refusal(Code::NotJoined)))));
    let join = join(&page.apply(wake));
    let effects = page.apply(caught_up(join, missed([], 0)));
    assert!(effects.iter().any(|it| matches!(it, Effect::Members { .. })), "{effects:?}");
}

#[test]
fn a_room_that_may_not_be_known_of_any_more_is_gone() {
    let mut page = joined(3);
    assert_eq!(page.apply(updated(&room(), None)), []);
    assert_eq!((page.chat().info(), page.chat().phase()), (None, &Phase::Away));
    assert_eq!(page.chat().unread().messages, 0);
    let _ = page.apply(Input::Disconnected);
    assert_eq!(page.connected(vec![]), []);
    // And is there again for an invitation.
    let _ = page.apply(updated(&room(), Some(left(&room()))));
    assert_eq!(joined_names(&page.apply(Input::Join(room()))), ["chat"]);
}

#[test]
fn who_returns_to_a_room_sees_its_people_anew() {
    let mut page = joined(3);
    let _ = page.apply(updated(&room(), Some(left(&room()))));
    let join = join(&page.apply(Input::Join(room())));
    let effects = page.apply(caught_up(join, missed([4], 4)));
    assert!(effects.iter().any(|it| matches!(it, Effect::Members { .. })), "{effects:?}");
}

#[test]
fn a_join_that_was_refused_is_not_tried_at_the_next_connection() {
    let mut page = joined(0);
    let tea = name("tea");
    let effects = page.apply(Input::Join(tea.clone()));
    let refused = Err(refusal(Code::Limit));
    let _ = page.apply(Input::CaughtUp(tea.clone(), joins(&effects)[0].1, refused));
    assert!(matches!(page.room(&tea).unwrap().phase(), Phase::Refused(_)));
    let _ = page.apply(Input::Disconnected);
    assert_eq!(joined_names(&page.connected(vec![info(&room(), 0), left(&tea)])), ["chat"]);
    assert_eq!(joined_names(&page.apply(Input::Join(tea))), ["tea"], "by hand it is");
}

#[test]
fn at_most_eight_rooms_are_joined_at_a_time_and_the_one_looked_at_first() {
    let names: Vec<RoomName> = (0..20).map(|n| name(&format!("room {n:02}"))).collect();
    let mut page = Page::default();
    let _ = page.apply(Input::Open(Some(names[17].clone())));
    let rooms = names.iter().map(|name| info(name, 5)).collect();
    let mut asked = joins(&page.connected(rooms));
    assert_eq!((asked.len(), &asked[0].0), (8, &names[17]));
    let mut done = Vec::new();
    while !asked.is_empty() {
        assert!(asked.len() <= 8);
        let (room, ticket) = asked.remove(0);
        asked.extend(joins(&page.apply(nothing_missed(&room, ticket, 5))));
        done.push(room);
    }
    done.sort();
    assert_eq!(done, names);
    assert!(page.is_caught_up());
}

#[test]
fn a_room_that_nobody_opened_is_heard_from_its_head_on() {
    let mut page = Page::default();
    let effects = page.connected(vec![info(&room(), 40)]);
    let after = Some(Cursor { epoch: DAWN, seq: Seq(40) });
    let join = ticket(&effects);
    assert_eq!(effects, [Effect::Join { ticket: join, room: room(), after }]);
    assert_eq!(page.apply(caught_up(join, missed([41], 41))), []);
    assert_eq!(page.seqs(), [41]);
    assert!(page.chat().log().live().earlier);
}

#[test]
fn opening_a_room_reads_its_newest_messages() {
    let mut page = Page::default();
    let join = join(&page.connected(vec![info(&room(), 40)]));
    let _ = page.apply(caught_up(join, missed([], 40)));
    assert!(!page.chat().is_loaded());
    let effects = page.apply(Input::Open(Some(room())));
    let read = |effect: &Effect| match effect {
        Effect::History { ticket, from, .. } => Some((*ticket, *from)),
        _ => None,
    };
    let (ticket, from) = effects.iter().find_map(read).unwrap();
    assert_eq!(from, None);
    let messages = changes(30..=40).into_iter().map(message).collect();
    let history =
        events::History { epoch: DAWN, head: Seq(40), messages, earlier: true, later: false };
    let _ = page.apply(Input::History(room(), ticket, Ok(history)));
    assert!(page.chat().is_loaded());
    assert_eq!(page.seqs(), (30..=40).collect::<Vec<_>>());
}

#[test]
fn opening_a_room_with_a_few_messages_reads_those_before_them() {
    let mut page = Page::default();
    let join = join(&page.connected(vec![info(&room(), 40)]));
    let _ = page.apply(caught_up(join, missed([41], 41)));
    let effects = page.apply(Input::Open(Some(room())));
    let before =
        |it: &Effect| matches!(it, Effect::History { from: Some(Place::Before(Seq(41))), .. });
    assert!(effects.iter().any(before), "{effects:?}");
}

#[test]
fn a_topic_is_what_the_room_is_about_now() {
    let mut page = joined(0);
    let topic: events::Topic = "Leaves".parse().unwrap();
    let changed = TopicChanged { room: room(), topic: topic.clone(), by: author("Ben") };
    assert_eq!(page.apply(Input::Topic(changed)), []);
    assert_eq!(page.chat().info().unwrap().topic, topic);
}

#[test]
fn another_person_begins_with_nothing_of_the_one_before() {
    let mut page = joined(3);
    let _ = page.apply(live([4]));
    let _ = page.apply(Input::Disconnected);
    let list = ticket(&page.apply(Input::Session(session(author("Zoe"), DAWN))));
    assert_eq!(page.apply(Input::Listed(list, Ok(all(vec![])))), []);
    assert_eq!((page.seqs(), page.chat().info()), (vec![], None));
    assert_eq!(page.chat().unread().messages, 0);
}

#[test]
fn a_new_name_asks_for_nothing() {
    let mut page = joined(0);
    let anna = Author { name: "Anna".parse().unwrap(), ..me() };
    let _ = page.apply(happened(vec![change(1, ChangeKind::Posted(said(id(1), "Ann", "Hi")))]));
    assert_eq!(page.apply(Input::Session(session(anna.clone(), DAWN))), []);
    assert_eq!(page.me(), Some(&anna));
    assert_eq!(page.chat().log().live().messages()[0].author, anna);
}

#[test]
fn a_conversation_is_called_by_the_name_that_the_other_one_goes_by_now() {
    let with = |name: &str| {
        let name: RoomName = name.parse().unwrap();
        let with = Some(author(&name.as_str()[3..]));
        events::Room { kind: RoomKind::Direct, with, ..info(&name, 0) }
    };
    let mut page = Page::default();
    let _ = page.connected(vec![info(&room(), 0), with("dm:Ben"), with("dm:Eve")]);
    let benny = Author { name: "Benny".parse().unwrap(), ..author("Ben") };
    // Told in a room that both are in.
    let here = vec![benny.clone(), author("Zoe")];
    let news = events::Presence { room: room(), here, gone: vec![], left: vec![] };
    assert_eq!(page.apply(Input::Presence(news)), []);
    let others: Vec<_> =
        page.rooms().iter().map(|room| room.info().unwrap().with.clone()).collect();
    assert_eq!(others, [None, Some(benny), Some(author("Eve"))]);
}
