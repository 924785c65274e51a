use parlour_events::{History, Place};

use super::*;
use crate::state::{
    Part, Reading, Spot, log::LIVE_KEPT, message::Content, rows::Window, stretch::MESSAGES_KEPT,
};

/// The answer with these messages, of a room with so many, none of which was changed.
fn told(seqs: impl IntoIterator<Item = u64>, head: u64) -> History {
    let messages: Vec<_> = changes(seqs).into_iter().map(message).collect();
    let (first, last) = (messages.first(), messages.last());
    let earlier = first.is_some_and(|first| first.seq > Seq(1));
    let later = last.is_some_and(|last| last.seq < Seq(head));
    History { epoch: DAWN, head: Seq(head), messages, earlier, later }
}

fn answer(ticket: Ticket, history: History) -> Input {
    Input::History(room(), ticket, Ok(history))
}

/// The one question about the history.
#[track_caller]
fn asked(effects: &[Effect]) -> (Ticket, Option<Place>) {
    match effects {
        [Effect::History { ticket, from, .. }] => (*ticket, *from),
        other => panic!("a question expected, not {other:?}"),
    }
}

/// Somebody at the bottom of a room of which these messages are here, and more are not.
fn deep(first: u64, last: u64) -> Page {
    let (mut page, join) = joining(last);
    let people = page.apply(caught_up(join, newest(ResetReason::New, first..=last, last)));
    let _ = page.apply(nobody(ticket(&people)));
    page
}

/// The same, reading somewhere else.
fn elsewhere(seqs: std::ops::RangeInclusive<u64>, live: std::ops::RangeInclusive<u64>) -> Page {
    let mut page = deep(*live.start(), *live.end());
    let (ticket, from) = asked(&page.apply(at(Spot::Message(Seq(*seqs.start())))));
    assert_eq!(from, Some(Place::Around(Seq(*seqs.start()))));
    assert_eq!(page.apply(answer(ticket, told(seqs, *live.end()))), []);
    assert!(!page.chat().log().is_at_present());
    page
}

fn at(spot: Spot) -> Input {
    Input::ReadAt(room(), spot)
}

fn earlier() -> Input {
    Input::ReadOn(room(), true)
}

fn later() -> Input {
    Input::ReadOn(room(), false)
}

fn shown(page: &Page) -> Vec<u64> {
    page.chat().log().shown().messages().iter().map(|message| message.seq.0).collect()
}

fn ends(page: &Page) -> (bool, bool) {
    let shown = page.chat().log().shown();
    (shown.earlier, shown.later)
}

fn seqs(range: std::ops::RangeInclusive<u64>) -> Vec<u64> {
    range.collect()
}

#[test]
fn earlier_messages_stand_before_the_others_up_to_the_first() {
    let mut page = deep(15, 30);
    let (ticket, from) = asked(&page.apply(earlier()));
    assert_eq!(from, Some(Place::Before(Seq(15))));
    assert!(matches!(page.chat().reading(), Reading::Asked(..)));
    assert_eq!(page.apply(answer(ticket, told(8..=14, 30))), []);
    assert_eq!((shown(&page), ends(&page)), (seqs(8..=30), (true, false)));
    assert_eq!(page.chat().reading(), &Reading::No);
    let (ticket, _) = asked(&page.apply(earlier()));
    assert_eq!(page.apply(answer(ticket, told(1..=7, 30))), []);
    assert_eq!((shown(&page), ends(&page)), (seqs(1..=30), (false, false)));
    assert_eq!(page.apply(earlier()), [], "there is nothing before the first");
    assert_eq!(page.apply(later()), [], "nor behind the last");
}

#[test]
fn an_end_without_messages_is_known_when_it_was_read() {
    let mut page = deep(15, 30);
    let (ticket, _) = asked(&page.apply(earlier()));
    // What was before was deleted for good meanwhile.
    let nothing = History { later: true, ..told([], 30) };
    assert_eq!(page.apply(answer(ticket, nothing)), []);
    assert_eq!((shown(&page), ends(&page)), (seqs(15..=30), (false, false)));
}

#[test]
fn one_part_is_asked_for_at_a_time() {
    let mut page = elsewhere(10..=20, 80..=95);
    let (ticket, _) = asked(&page.apply(earlier()));
    assert_eq!(page.apply(earlier()), []);
    assert_eq!(page.apply(later()), []);
    assert_eq!(page.apply(answer(ticket, told(5..=9, 95))), []);
    assert_eq!(asked(&page.apply(later())).1, Some(Place::After(Seq(20))));
}

#[test]
fn who_reads_elsewhere_meets_the_newest_again() {
    let mut page = elsewhere(40..=50, 80..=95);
    assert_eq!((shown(&page), ends(&page)), (seqs(40..=50), (true, true)));
    assert_eq!(page.apply(live([96])), []);
    assert_eq!(page.seqs().last(), Some(&96), "the newest are heard all the same");
    assert_eq!(shown(&page), seqs(40..=50));
    let (ticket, _) = asked(&page.apply(later()));
    assert_eq!(page.apply(answer(ticket, told(51..=70, 96))), []);
    assert_eq!((shown(&page), ends(&page)), (seqs(40..=70), (true, true)), "not yet");
    let (ticket, _) = asked(&page.apply(later()));
    assert_eq!(page.apply(answer(ticket, told(71..=85, 96))), []);
    assert!(page.chat().log().is_at_present());
    assert_eq!((shown(&page), ends(&page)), (seqs(40..=96), (true, false)));
}

#[test]
fn every_place_can_be_read() {
    let places = [
        (Spot::Message(Seq(7)), Place::Around(Seq(7))),
        (Spot::Time(Timestamp(7)), Place::At(Timestamp(7))),
        (Spot::Oldest, Place::After(Seq(0))),
    ];
    for (spot, place) in places {
        let mut page = deep(80, 95);
        let (ticket, from) = asked(&page.apply(at(spot)));
        assert_eq!(from, Some(place));
        assert_eq!(page.apply(at(spot)), [], "asked already");
        assert_eq!(page.apply(answer(ticket, told(1..=10, 95))), []);
        assert_eq!((shown(&page), ends(&page)), (seqs(1..=10), (false, true)));
        assert_eq!(page.apply(at(Spot::Newest)), []);
        assert_eq!((shown(&page), ends(&page)), (seqs(80..=95), (true, false)));
    }
    let mut page = deep(80, 95);
    assert_eq!(page.apply(at(Spot::Message(Seq(83)))), [], "it is here");
    let mut page = joined(9);
    assert_eq!(page.apply(at(Spot::Oldest)), [], "it is here");
}

#[test]
fn a_place_that_reaches_the_newest_is_not_another_stretch() {
    let mut page = deep(80, 95);
    let (ticket, _) = asked(&page.apply(at(Spot::Message(Seq(75)))));
    assert_eq!(page.apply(answer(ticket, told(70..=79, 95))), []);
    assert!(page.chat().log().is_at_present(), "right before is as good");
    assert_eq!(shown(&page), seqs(70..=95));
}

#[test]
fn the_last_place_that_was_asked_for_is_shown() {
    let mut page = deep(80, 95);
    let (first, _) = asked(&page.apply(at(Spot::Message(Seq(20)))));
    let (second, _) = asked(&page.apply(at(Spot::Message(Seq(50)))));
    assert_eq!(page.apply(answer(first, told(15..=25, 95))), []);
    assert!(page.chat().log().is_at_present());
    assert_eq!(page.apply(answer(second, told(45..=55, 95))), []);
    assert_eq!(shown(&page), seqs(45..=55));
    let (late, _) = asked(&page.apply(later()));
    let _ = page.apply(at(Spot::Newest));
    assert_eq!(page.apply(answer(late, told(56..=60, 95))), []);
    assert_eq!(shown(&page), seqs(80..=95));
}

#[test]
fn an_answer_that_continues_nothing_any_more_is_dropped() {
    let mut page = deep(15, 30);
    let (ticket, _) = asked(&page.apply(earlier()));
    let sync = super::ticket(&page.apply(head(40)));
    let _ = page.apply(caught_up(sync, newest(ResetReason::TooOld, 30..=40, 40)));
    assert_eq!(page.apply(answer(ticket, told(5..=14, 40))), []);
    assert_eq!(shown(&page), seqs(30..=40));
    assert_eq!(page.chat().reading(), &Reading::No);
}

#[test]
fn an_answer_of_another_history_is_dropped() {
    let mut page = deep(15, 30);
    let (ticket, _) = asked(&page.apply(at(Spot::Oldest)));
    let foreign = History { epoch: DUSK, ..told(1..=10, 30) };
    let _ = page.apply(answer(ticket, foreign));
    assert_eq!(shown(&page), seqs(15..=30));
}

#[test]
fn what_was_changed_meanwhile_is_changed_in_the_answer() {
    let mut page = deep(80, 95);
    let (ticket, _) = asked(&page.apply(at(Spot::Message(Seq(20)))));
    let [edit, delete, react] = [1_020, 1_021, 1_022].map(id);
    let changes =
        vec![edited(96, edit, "Hullo"), deleted(97, delete), reacted(98, react, "Ann", true)];
    assert_eq!(page.apply(happened(changes)), []);
    assert_eq!(page.apply(answer(ticket, told(20..=22, 95))), []);
    let content = |at: usize| page.chat().log().shown().messages()[at].content.clone();
    assert_eq!(content(0).body().unwrap().as_str(), "Hullo");
    assert_eq!(content(1), Content::Deleted);
    assert!(content(2).said().unwrap().is_mine(&":tada:".parse().unwrap()));
}

#[test]
fn both_stretches_are_changed() {
    let mut page = elsewhere(10..=20, 80..=95);
    let _ = page.apply(happened(vec![deleted(96, id(1_015)), deleted(97, id(1_090))]));
    assert_eq!(page.chat().log().find(id(1_015)).unwrap().content, Content::Deleted);
    assert_eq!(page.chat().log().find(id(1_090)).unwrap().content, Content::Deleted);
    let ben = Author { name: "Benny".parse().unwrap(), ..author("Ben") };
    let presence =
        events::Presence { room: room(), here: vec![ben.clone()], gone: vec![], left: vec![] };
    let _ = page.apply(Input::Presence(presence));
    for id in [id(1_016), id(1_091)] {
        assert_eq!(page.chat().log().find(id).unwrap().author, ben);
    }
}

#[test]
fn an_answer_too_old_to_be_mended_is_asked_for_again() {
    let mut page = deep(80, 95);
    let (ticket, from) = asked(&page.apply(at(Spot::Message(Seq(20)))));
    let many = (96..130).map(|seq| edited(seq, id(1_090), "Again")).collect();
    assert_eq!(page.apply(happened(many)), []);
    let again = asked(&page.apply(answer(ticket, told(15..=25, 95))));
    assert_eq!(again.1, from);
    assert!(page.chat().log().is_at_present());
    assert_eq!(page.apply(answer(again.0, told(15..=25, 129))), []);
    assert_eq!(shown(&page), seqs(15..=25));
}

#[test]
fn an_answer_ahead_of_the_log_is_not_applied_twice() {
    let mut page = deep(15, 30);
    let (ticket, _) = asked(&page.apply(earlier()));
    let mut ahead = told(5..=14, 32);
    ahead.messages[0].rev = Seq(31);
    ahead.messages[0].reactions.push(events::Reaction {
        emoji: ":tada:".parse().unwrap(),
        count: 1,
        mine: true,
        names: vec![me().name],
    });
    let sync = super::ticket(&page.apply(answer(ticket, ahead)));
    let page_of = vec![reacted(31, id(1_005), "Ann", true), posted(32)];
    let changes = CatchUpPage::Changes { changes: page_of };
    let _ = page.apply(caught_up(sync, CatchUp { epoch: DAWN, head: Seq(32), page: changes }));
    let Content::Said(said) = &page.chat().log().find(id(1_005)).unwrap().content else { panic!() };
    assert_eq!(said.reactions[0].count, 1);
    assert_eq!(page.seqs(), [seqs(5..=30), vec![32]].concat());
}

#[test]
fn an_answer_ahead_of_the_log_leaves_no_gap() {
    let cases = [(told(41..=50, 50), 16), (told(25..=50, 50), 16), (told(33..=36, 50), 16)];
    for (ahead, first) in cases {
        let mut page = deep(first, 30);
        let (ticket, _) = asked(&page.apply(at(Spot::Time(Timestamp(3)))));
        let effects = page.apply(answer(ticket, ahead));
        assert_eq!((page.seqs(), page.arrived.len()), (seqs(first..=30), 0));
        let sync = super::ticket(&effects);
        let _ = page.apply(caught_up(sync, missed(31..=50, 50)));
        assert_eq!(shown(&page), seqs(first..=50));
        let told: Vec<u64> = page.arrived.iter().map(|(_, seq, _)| *seq).collect();
        assert_eq!(told, seqs(31..=50), "and each is told of once");
    }
}

#[test]
fn a_day_is_gone_to_once_it_is_here_and_to_the_nearest_message_of_it() {
    let to = |page: &Page, day| Window::to(page.chat(), Spot::Time(Timestamp(day)));
    let mut page = deep(15, 30);
    assert_eq!(to(&page, 10), None, "what is older is not here");
    let (ticket, _) = asked(&page.apply(at(Spot::Time(Timestamp(10)))));
    assert_eq!(to(&page, 10), None, "not yet");
    let _ = page.apply(answer(ticket, told(8..=14, 30)));
    assert_eq!(to(&page, 10).unwrap().1, Some(Seq(10)));
    assert_eq!(page.apply(at(Spot::Time(Timestamp(20)))), [], "that is here");
    assert_eq!(to(&page, 20).unwrap().1, Some(Seq(20)));
    assert_eq!(page.apply(at(Spot::Time(Timestamp(99)))), []);
    assert_eq!(to(&page, 99).unwrap().1, Some(Seq(30)), "nothing is behind the last one");
}

#[test]
fn a_part_that_could_not_be_read_can_be_asked_for_again() {
    let mut page = deep(15, 30);
    let (ticket, _) = asked(&page.apply(earlier()));
    let lost = Input::History(room(), ticket, Err(Trouble::Lost));
    assert_eq!(page.apply(lost), []);
    let failed = Reading::Failed(Part::Earlier(Seq(15)), Some(Place::Before(Seq(15))));
    assert_eq!(page.chat().reading(), &failed);
    let (ticket, _) = asked(&page.apply(earlier()));
    assert_eq!(page.apply(Input::Disconnected), []);
    assert_eq!(page.chat().reading(), &failed);
    let late = answer(ticket, told(8..=14, 30));
    assert_eq!((page.apply(late), shown(&page)), (vec![], seqs(15..=30)));
}

#[test]
fn what_was_asked_before_the_room_was_joined_is_read_then() {
    let (mut page, join) = joining(95);
    assert_eq!(page.apply(at(Spot::Message(Seq(20)))), []);
    let effects = page.apply(caught_up(join, newest(ResetReason::New, 80..=95, 95)));
    let asks =
        |it: &&Effect| matches!(it, Effect::History { from: Some(Place::Around(Seq(20))), .. });
    assert_eq!(effects.iter().filter(asks).count(), 1, "{effects:?}");
}

#[test]
fn a_room_is_not_left_empty_for_a_place_that_was_asked_for() {
    let mut page = Page::default();
    let join = join(&page.connected(vec![info(&room(), 95)]));
    let _ = page.apply(caught_up(join, missed([], 95)));
    let _ = page.apply(Input::Open(Some(room())));
    let (ticket, _) = asked(&page.apply(at(Spot::Oldest)));
    let _ = page.apply(answer(ticket, told(1..=10, 95)));
    assert_eq!(shown(&page), seqs(1..=10));
    assert!(page.chat().is_loaded());
    let (ticket, from) = asked(&page.apply(at(Spot::Newest)));
    assert_eq!(from, None);
    let _ = page.apply(answer(ticket, told(85..=95, 95)));
    assert_eq!(shown(&page), seqs(85..=95));
}

#[test]
fn few_messages_are_made_more_until_there_is_nothing_to_gain() {
    let (mut page, join) = joining(95);
    let effects = page.apply(caught_up(join, newest(ResetReason::New, 94..=95, 95)));
    let (ticket, _) = asked(&effects[..1]);
    // Long messages: few come in one answer.
    let (ticket, from) = asked(&page.apply(answer(ticket, told(92..=93, 95))));
    assert_eq!(from, Some(Place::Before(Seq(92))));
    let nothing = History { earlier: true, later: true, ..told([], 95) };
    assert_eq!(page.apply(answer(ticket, nothing)), [], "not in a circle");
}

#[test]
fn the_history_is_read_in_bounds_and_without_a_gap() {
    let mut page = deep(581, 600);
    let _ = page.apply(Input::AtBottom(room(), false));
    let bounded = |page: &Page| {
        let log = page.chat().log();
        let here = log.shown().messages().len();
        assert!(here <= MESSAGES_KEPT + LIVE_KEPT, "{here}");
        let all = shown(page);
        assert_eq!(all, seqs(all[0]..=all[0] + all.len() as u64 - 1));
        assert_eq!(page.seqs().last(), Some(&600), "the newest are there all the time");
    };
    while ends(&page).0 {
        let first = shown(&page)[0];
        let (ticket, _) = asked(&page.apply(earlier()));
        assert_eq!(page.apply(answer(ticket, told(first - 10..first, 600))), []);
        assert_eq!(shown(&page)[0], first - 10, "it is not taken away again");
        bounded(&page);
    }
    while ends(&page).1 {
        let last = *shown(&page).last().unwrap();
        let (ticket, _) = asked(&page.apply(later()));
        assert_eq!(page.apply(answer(ticket, told(last + 1..=last + 10, 600))), []);
        assert!(shown(&page).last().unwrap() > &last);
        bounded(&page);
    }
    assert!(page.chat().log().is_at_present());
    assert_eq!(shown(&page).last(), Some(&600));
}

#[test]
fn who_does_not_see_the_newest_goes_on_reading_while_many_come() {
    let mut page = deep(15, 30);
    let _ = page.apply(Input::AtBottom(room(), false));
    for seq in 31..=400 {
        assert_eq!(page.apply(live([seq])), []);
    }
    let last = 14 + MESSAGES_KEPT as u64;
    assert_eq!(shown(&page), seqs(15..=last));
    assert!(page.seqs().len() <= LIVE_KEPT);
    assert_eq!(asked(&page.apply(later())).1, Some(Place::After(Seq(last))));
    let _ = page.apply(at(Spot::Newest));
    assert_eq!((shown(&page).last(), ends(&page)), (Some(&400), (true, false)));
}

#[test]
fn a_room_that_is_closed_is_at_its_newest() {
    let mut page = elsewhere(10..=20, 80..=95);
    let (ticket, _) = asked(&page.apply(later()));
    assert_eq!(page.apply(Input::Open(None)), []);
    assert_eq!(page.apply(answer(ticket, told(21..=30, 95))), []);
    assert_eq!(shown(&page), seqs(80..=95));
    assert_eq!(page.chat().reading(), &Reading::No);
}
