use parlour_events::{Member, Members, Presence, SomebodyTyping};

use super::*;
use crate::state::people::PEOPLE_KEPT;

/// Those of these names, who are not here if it is written small.
fn people(names: &[&str], more: bool) -> Members {
    let member = |name: &&str| {
        let here = name.starts_with(char::is_uppercase);
        let mut capital = name[..1].to_uppercase();
        capital.push_str(&name[1..]);
        Member { person: author(&capital), role: Role::Member, here }
    };
    Members { members: names.iter().map(member).collect(), more }
}

fn listed(ticket: Ticket, members: Members) -> Input {
    Input::Members(room(), ticket, Ok(members))
}

fn presence(here: &[&str], gone: &[&str]) -> Input {
    let here = here.iter().map(|name| author(name)).collect();
    let gone = gone.iter().map(|name| author(name).id).collect();
    Input::Presence(Presence { room: room(), here, gone, left: Vec::new() })
}

/// They are no members any more; some of them were here.
fn leave(names: &[&str], gone: &[&str]) -> Input {
    let ids = |names: &[&str]| names.iter().map(|name| author(name).id).collect();
    Input::Presence(Presence { room: room(), here: vec![], gone: ids(gone), left: ids(names) })
}

fn types(name: &str, now: f64) -> Input {
    Input::Typing(SomebodyTyping { room: room(), person: author(name) }, now)
}

fn shown(page: &Page) -> Vec<String> {
    let name = |member: &Member| {
        let name = member.person.name.to_string();
        if member.here { name } else { name.to_lowercase() }
    };
    page.chat().people().members().iter().map(name).collect()
}

fn typing(page: &Page, now: f64) -> Vec<String> {
    page.chat().people().typing(now).map(|person| person.name.to_string()).collect()
}

/// Somebody in the room, and the question for its people.
fn asked() -> (Page, Ticket) {
    let (mut page, join) = joining(0);
    let effects = page.apply(caught_up(join, newest(ResetReason::New, [], 0)));
    (page, ticket(&effects))
}

#[test]
fn people_are_listed_page_by_page() {
    let (mut page, first) = asked();
    let effects = page.apply(listed(first, people(&["Zoe", "ann"], true)));
    let after = Some(author("Ann").id);
    let second = ticket(&effects);
    assert_eq!(effects, [Effect::Members { ticket: second, room: room(), after }]);
    assert!(!page.chat().people().is_listed());
    assert_eq!(page.apply(listed(second, people(&["Ben"], false))), []);
    assert!(page.chat().people().is_listed());
    assert_eq!(shown(&page), ["Ben", "Zoe", "ann"]);
    assert_eq!(page.apply(listed(first, people(&["Eve"], false))), [], "answered already");
    assert_eq!(shown(&page).len(), 3);
}

#[test]
fn only_so_many_people_are_remembered() {
    let names: Vec<String> = (0..PEOPLE_KEPT as u8 + 5).map(|n| format!("A{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut page, first) = asked();
    assert_eq!(page.apply(listed(first, people(&names, true))), [], "enough");
    assert_eq!(shown(&page).len(), PEOPLE_KEPT);
    let _ = page.apply(presence(&["Zoe"], &[]));
    assert_eq!(shown(&page).len(), PEOPLE_KEPT);
}

#[test]
fn who_came_before_the_list_is_here() {
    let (mut page, first) = asked();
    assert_eq!(page.apply(presence(&["Ben", "Eve"], &[])), []);
    assert_eq!(page.apply(presence(&[], &["Eve"])), []);
    // The list was made before that.
    let second = ticket(&page.apply(listed(first, people(&["ben", "Eve"], true))));
    assert_eq!(shown(&page), ["Ben", "eve"]);
    assert_eq!(page.apply(presence(&[], &["Zoe"])), []);
    let _ = page.apply(listed(second, people(&["Zoe"], false)));
    assert_eq!(shown(&page), ["Ben", "eve", "zoe"]);
}

#[test]
fn of_much_that_came_before_the_list_the_newest_counts() {
    let (mut page, first) = asked();
    assert_eq!(page.apply(presence(&[], &["Ben"])), []);
    for _ in 0..10 {
        let _ = page.apply(presence(&["Eve"], &[]));
    }
    let _ = page.apply(presence(&["Ben"], &[]));
    let _ = page.apply(listed(first, people(&["Ben", "Eve"], false)));
    assert_eq!(shown(&page), ["Ben", "Eve"]);
}

#[test]
fn people_come_go_and_change_their_names() {
    let (mut page, first) = asked();
    let _ = page.apply(listed(first, people(&["Ben", "eve"], false)));
    let _ = page.apply(presence(&["Eve"], &["Ben"]));
    assert_eq!(shown(&page), ["Eve", "ben"]);
    let benny = Author { name: "Benny".parse().unwrap(), ..author("Ben") };
    let renamed = Presence { room: room(), here: vec![benny], gone: vec![], left: vec![] };
    let _ = page.apply(Input::Presence(renamed));
    assert_eq!(shown(&page), ["Benny", "Eve"]);
    let role = page.chat().people().get(author("Ben").id).unwrap().role;
    assert_eq!(role, Role::Member);
}

#[test]
fn whoever_is_no_member_any_more_goes_from_the_list_and_whoever_is_away_stays() {
    let (mut page, first) = asked();
    let members = |page: &Page| page.chat().info().unwrap().members;
    let before = members(&page);
    let second = ticket(&page.apply(listed(first, people(&["Ben", "Eve", "zoe"], true))));
    let _ = page.apply(types("Eve", 0.0));
    let _ = page.apply(presence(&[], &["Ben"]));
    let _ = page.apply(leave(&["Eve", "Zoe"], &["Eve"]));
    assert_eq!(shown(&page), ["ben"]);
    assert_eq!(typing(&page, 1.0), [""; 0]);
    assert_eq!(members(&page), before.saturating_sub(2));
    // The rest of the list was made before that.
    let _ = page.apply(listed(second, people(&["Ann", "zoe"], false)));
    assert_eq!(shown(&page), ["Ann", "ben"]);
    // And whoever joins again is one again.
    let _ = page.apply(presence(&["Eve"], &[]));
    assert_eq!(shown(&page), ["Ann", "Eve", "ben"]);
}

#[test]
fn a_role_is_kept_when_somebody_comes_back() {
    let (mut page, first) = asked();
    let mut members = people(&["Ben"], false);
    members.members[0].role = Role::Moderator;
    let _ = page.apply(listed(first, members));
    let _ = page.apply(presence(&[], &["Ben"]));
    let _ = page.apply(presence(&["Ben"], &[]));
    assert_eq!(page.chat().people().get(author("Ben").id).unwrap().role, Role::Moderator);
}

#[test]
fn typing_ends_with_its_time() {
    let mut page = joined(0);
    let _ = page.apply(types("Ben", 0.0));
    let _ = page.apply(types("Eve", 1_000.0));
    assert_eq!(typing(&page, 5_999.0), ["Ben", "Eve"]);
    assert_eq!(typing(&page, 6_000.0), ["Eve"]);
    let _ = page.apply(types("Eve", 5_000.0));
    assert_eq!(typing(&page, 10_999.0), ["Eve"], "who types on says so again");
}

#[test]
fn typing_ends_with_the_message_or_the_person() {
    let mut page = joined(0);
    let _ = page.apply(types("Ben", 0.0));
    let _ = page.apply(types("Eve", 0.0));
    let _ = page.apply(live([1]));
    assert_eq!(typing(&page, 1.0), ["Eve"]);
    let _ = page.apply(presence(&[], &["Eve"]));
    assert_eq!(typing(&page, 1.0), [""; 0]);
}

#[test]
fn after_a_break_people_are_listed_anew() {
    let (mut page, first) = asked();
    let _ = page.apply(listed(first, people(&["Ben", "Eve"], false)));
    let _ = page.apply(types("Ben", 0.0));
    let join = page.reconnected();
    assert_eq!(typing(&page, 1.0), [""; 0]);
    assert_eq!(shown(&page), ["Ben", "Eve"], "until more is known");
    let again = ticket(&page.apply(caught_up(join, missed([], 0))));
    let _ = page.apply(listed(again, people(&["Eve"], false)));
    assert_eq!(shown(&page), ["Eve"]);
}

#[test]
fn a_list_that_was_not_answered_is_asked_for_again() {
    let (mut page, first) = asked();
    let (again, _) = wake(&page.apply(Input::Members(room(), first, Err(Trouble::Lost))));
    let second = ticket(&page.apply(again));
    let effects = page.apply(listed(second, people(&["Ben"], true)));
    let third = ticket(&effects);
    // Where it was to go on is nobody any more.
    let (again, _) =
        wake(&page.apply(Input::Members(room(), third, Err(refusal(Code::UserUnknown)))));
    let effects = page.apply(again);
    let fourth = ticket(&effects);
    assert_eq!(effects, [Effect::Members { ticket: fourth, room: room(), after: None }]);
}

#[test]
fn people_are_asked_for_where_somebody_looks() {
    let mut page = Page::default();
    let join = join(&page.connected(vec![info(&room(), 0)]));
    assert_eq!(page.apply(caught_up(join, missed([], 0))), []);
    let effects = page.apply(Input::Open(Some(room())));
    assert!(matches!(effects[..], [Effect::Members { .. }]), "{effects:?}");
    let _ = page.apply(listed(ticket(&effects), people(&["Ben"], false)));
    let _ = page.apply(Input::Open(None));
    assert_eq!(page.apply(Input::Open(Some(room()))), [], "they are known, and kept up to date");
}

#[test]
fn who_came_before_a_join_that_is_asked_for_again_may_be_gone() {
    let (mut page, join) = joining(0);
    let (wake, _) = wake(&page.apply(Input::CaughtUp(room(), join, Err(Trouble::Lost))));
    // The server has us in the room all the same, for a while.
    let _ = page.apply(presence(&["Ben"], &[]));
    let again = super::join(&page.apply(wake));
    let effects = page.apply(caught_up(again, newest(ResetReason::New, [], 0)));
    let _ = page.apply(listed(ticket(&effects), people(&["ben"], false)));
    assert_eq!(shown(&page), ["ben"]);
}
