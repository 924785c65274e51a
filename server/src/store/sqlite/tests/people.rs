//! Who is who.

use std::time::Duration;

use parlour_events::{Ban, Kick, Mute, Rename, Role};

use super::*;
use crate::{identity::subject_key, store::news::Whose};

#[tokio::test]
async fn the_token_brings_back_the_person_after_a_restart() {
    let mut place = Place::new();
    let ann = place.guest("Ann").await;
    place.reopen();
    let again = place.enter(Some("Zoe"), ann.token.as_ref()).await.unwrap();
    assert_eq!(again, ann);
    assert_eq!(place.enter(None, ann.token.as_ref()).await.unwrap(), ann);
}

#[tokio::test]
async fn a_nickname_is_held_whatever_it_is_written_with() {
    let place = Place::new();
    place.guest("Ann").await;
    for name in ["Ann", "aNN", "\u{410}nn", "A\u{200d}nn"] {
        assert_eq!(code(place.enter(Some(name), None).await), Code::NicknameTaken, "{name}");
    }
    place.guest("Anna").await;
}

#[tokio::test]
async fn signing_out_ends_the_token_and_frees_the_name() {
    let place = Place::new();
    let ann = place.guest("Ann").await;
    place.join(ann.kept.person.id, "chat").await.unwrap();
    let op = (ann.kept.person.id, ann.kept.session);
    let (_, news) = place.ask_for_news(Write::End, op).await;
    let [News::Ended(whose, ended), News::Left(gone, from)] = &news[..] else { panic!("{news:?}") };
    assert_eq!((whose, ended.code), (&Whose::Session(ann.kept.session), Code::SessionEnded));
    assert_eq!((*gone, from.room.as_str()), (ann.kept.person.id, "chat"));
    assert_eq!(code(place.enter(Some("Ann"), ann.token.as_ref()).await), Code::SessionEnded);
    let other = place.guest("Ann").await;
    assert_ne!(other.kept.person.id, ann.kept.person.id);
    // The one who is gone is no member any more.
    place.join(other.kept.person.id, "chat").await.unwrap();
    let room = place.room(other.kept.person.id, RoomName::default()).await.unwrap();
    assert_eq!(room.members, 1);
}

#[tokio::test]
async fn a_session_runs_out_when_nobody_has_seen_it() {
    let place = Place::with(Settings { session_lifetime: Duration::ZERO, ..Settings::default() });
    let ann = place.guest("Ann").await;
    // The clock has to go on by a millisecond.
    while crate::clock::now()
        <= ann.kept.person.id.0.get_timestamp().map_or(0, |it| {
            let (seconds, nanos) = it.to_unix();
            seconds * 1_000 + u64::from(nanos) / 1_000_000
        }) + 1
    {
        tokio::task::yield_now().await;
    }
    let other = place.guest("Ann").await;
    assert_ne!(other.kept.person.id, ann.kept.person.id);
    assert_eq!(code(place.enter(None, ann.token.as_ref()).await), Code::TokenInvalid);
}

#[tokio::test]
async fn a_token_of_our_form_that_nobody_has_is_taken_on() {
    let place = Place::new();
    let lost = new_token().unwrap();
    let first = place.enter(Some("Ann"), Some(&lost)).await.unwrap();
    assert_eq!(first.token.as_ref(), Some(&lost));
    assert_eq!(place.enter(Some("Ann"), Some(&lost)).await.unwrap(), first);
    let weak = "1234".parse().unwrap();
    assert_ne!(place.enter(Some("Ben"), Some(&weak)).await.unwrap().token, Some(weak));
    assert_eq!(code(place.enter(None, Some(&new_token().unwrap())).await), Code::TokenInvalid);
    assert_eq!(code(place.enter(None, None).await), Code::NicknameInvalid);
}

#[tokio::test]
async fn the_number_of_sessions_is_bounded() {
    let place = Place::with(Settings { sessions: 2, ..Settings::default() });
    let ann = place.guest("Ann").await;
    place.guest("Ben").await;
    assert_eq!(code(place.enter(Some("Eve"), None).await), Code::Full);
    // Whoever was absent for longest gives way to somebody new.
    let long_ago = crate::clock::now() - 3_600_000;
    let db = Connection::open(place.folder.path().join(FILE)).unwrap();
    let sql = "UPDATE sessions SET seen = ?1 WHERE token = ?2";
    db.execute(sql, (signed(long_ago), ann.kept.session.0)).unwrap();
    place.guest("Eve").await;
    assert_eq!(code(place.enter(None, ann.token.as_ref()).await), Code::TokenInvalid);
    place.enter(Some("Ann"), None).await.unwrap_err();
}

#[tokio::test]
async fn another_nickname_is_news_and_has_to_be_free() {
    let place = Place::new();
    let (ann, _) = (place.joined("Ann").await, place.joined("Ben").await);
    let rename = async |name: &str| {
        let event = Rename { nickname: name.parse().unwrap() };
        place.ask_for_news(Write::Rename, By { user: ann, event }).await
    };
    assert_eq!(code(rename("ben").await.0), Code::NicknameTaken);
    assert_eq!(rename("Ann").await, (Ok(parlour_events::Done {}), vec![]));
    let (_, news) = rename("Anna").await;
    assert!(matches!(&news[..], [News::Person(person, _)] if person.name.as_str() == "Anna"));
    place.guest("Ann").await;
}

/// Somebody comes in by another system's word.
async fn vouched(place: &Place, subject: &str, name: &str, role: Role) -> Entered {
    let as_whom = AsWhom::Vouched {
        subject: subject.to_owned(),
        key: subject_key(subject),
        name: name.parse().unwrap(),
        role,
    };
    let op = Enter { as_whom, address: "a".to_owned(), fresh: Uuid::now_v7() };
    place.ask(Write::Enter, op).await.unwrap()
}

#[tokio::test]
async fn another_systems_people_are_taken_as_it_describes_them() {
    let place = Place::new();
    let ann = vouched(&place, "1", "Ann", Role::Member).await;
    let other = vouched(&place, "2", "Ann", Role::Member).await;
    assert_ne!(ann.kept.person.id, other.kept.person.id);
    let later = vouched(&place, "1", "Anna", Role::Moderator).await;
    assert_eq!(later.kept.person.id, ann.kept.person.id);
    assert_eq!((later.kept.person.name.as_str(), later.kept.role), ("Anna", Role::Moderator));
    assert_eq!(later.token, None);
}

async fn with_admin() -> (Place, UserId, Entered) {
    let place = Place::new();
    let ann = place.joined("Ann").await;
    offline::grant(place.folder.path(), &"Ann".parse().unwrap(), Role::Admin).unwrap();
    let eve = place.guest("Eve").await;
    place.join(eve.kept.person.id, "chat").await.unwrap();
    (place, ann, eve)
}

#[tokio::test]
async fn whoever_is_muted_reads_and_does_not_write() {
    let (place, ann, eve) = with_admin().await;
    let eve = eve.kept.person.id;
    let mute = async |by, user, seconds| {
        let event = Mute { user, seconds, reason: Default::default() };
        place.ask(Write::Mute, By { user: by, event }).await
    };
    assert_eq!(code(mute(eve, ann, 60).await), Code::Forbidden);
    assert_eq!(code(mute(ann, ann, 60).await), Code::Forbidden);
    mute(ann, eve, 60).await.unwrap();
    let refusal = place.say(eve, "x").await.unwrap_err();
    assert_eq!(refusal.code, Code::Muted);
    assert!((59_000..=60_000).contains(&refusal.retry_after.unwrap()), "{refusal:?}");
    place.log(eve).await;
    mute(ann, eve, 0).await.unwrap();
    place.say(eve, "x").await.unwrap();
}

#[tokio::test]
async fn a_kick_ends_the_sessions_and_a_ban_keeps_people_out() {
    let (place, ann, eve) = with_admin().await;
    let user = eve.kept.person.id;
    let kick = Kick { user, reason: "enough".parse().unwrap() };
    let (_, news) = place.ask_for_news(Write::Kick, By { user: ann, event: kick }).await;
    let [News::Ended(Whose::User(who), ended), News::Left(gone, from)] = &news[..] else {
        panic!("{news:?}")
    };
    assert_eq!((*who, ended.code), (user, Code::Kicked));
    // She is a member nowhere, and those who were in a room with her are told.
    assert_eq!((*gone, from.room.as_str()), (user, "chat"));
    assert!(ended.message.ends_with(": enough"), "{ended:?}");
    assert_eq!(code(place.enter(None, eve.token.as_ref()).await), Code::SessionEnded);
    let eve = place.guest("Eve").await;

    let user = eve.kept.person.id;
    let ban = Ban { user, addresses: false, seconds: None, reason: Default::default() };
    place.ask(Write::Ban, By { user: ann, event: ban.clone() }).await.unwrap();
    assert_eq!(code(place.enter(None, eve.token.as_ref()).await), Code::Banned);
    // Under another name she is somebody else, unless her address is banned too; but not where
    // the moderator has the same one.
    let eve = place.guest("Eve again").await;
    let ban = Ban { user: eve.kept.person.id, addresses: true, ..ban };
    let (_, news) = place.ask_for_news(Write::Ban, By { user: ann, event: ban }).await;
    assert_eq!(news.len(), 1, "{news:?}");
    place.guest("Zoe").await;
    let bans = place.store().bans(ann, ListBans::default()).await.unwrap().bans;
    assert_eq!(bans.len(), 2);
}

#[tokio::test]
async fn a_banned_address_lets_nobody_in_until_the_ban_is_lifted() {
    let (place, ann, _) = with_admin().await;
    let enter = async |name: &str| {
        let fresh = new_token().unwrap();
        let as_whom = AsWhom::Guest {
            nickname: Some(name.parse().unwrap()),
            token: None,
            fresh: (session_key(&fresh), fresh),
        };
        let op = Enter { as_whom, address: "198.51.100.7".to_owned(), fresh: Uuid::now_v7() };
        place.ask(Write::Enter, op).await
    };
    let troll = enter("Troll").await.unwrap().kept.person.id;
    let ban = Ban { user: troll, addresses: true, seconds: None, reason: "spam".parse().unwrap() };
    let (_, news) = place.ask_for_news(Write::Ban, By { user: ann, event: ban }).await;
    let address = Whose::Address("198.51.100.7".to_owned());
    assert!(news.iter().any(|it| matches!(it, News::Ended(whose, _) if *whose == address)));
    let refusal = enter("Other").await.unwrap_err();
    assert_eq!(refusal.code, Code::Banned);
    assert!(refusal.message.ends_with(": spam"), "{refusal}");
    for ban in place.store().bans(ann, ListBans::default()).await.unwrap().bans {
        let event = parlour_events::Unban { ban: ban.ban };
        place.ask(Write::Unban, By { user: ann, event }).await.unwrap();
    }
    enter("Other").await.unwrap();
}

/// Makes a session look as if it had last been seen so long ago.
fn age(place: &Place, session: crate::store::SessionKey, millis: u64) {
    let db = Connection::open(place.folder.path().join(FILE)).unwrap();
    let sql = "UPDATE sessions SET seen = seen - ?1 WHERE token = ?2";
    db.execute(sql, (signed(millis), session.0)).unwrap();
}

#[tokio::test]
async fn a_token_that_got_lost_on_its_way_holds_its_name_for_a_minute() {
    let place = Place::new();
    let lost = place.guest("Ann").await;
    assert_eq!(code(place.enter(Some("Ann"), None).await), Code::NicknameTaken);
    age(&place, lost.kept.session, 61_000);
    let ann = place.guest("Ann").await;
    // With the name the token is worth nothing, should it arrive after all.
    assert_eq!(code(place.enter(None, lost.token.as_ref()).await), Code::TokenInvalid);
    // One that was used holds it for as long as sessions live.
    let seen =
        crate::store::write::Seen { session: ann.kept.session, address: "192.0.2.1".to_owned() };
    place.ask(Write::Seen, vec![seen]).await.unwrap();
    age(&place, ann.kept.session, 61_000);
    assert_eq!(code(place.enter(Some("Ann"), None).await), Code::NicknameTaken);
}

#[tokio::test]
async fn moderators_keep_to_those_over_whom_they_have_a_say() {
    let (place, ann, eve) = with_admin().await;
    let eve = eve.kept.person.id;
    let moderate = parlour_events::SetRole { user: eve, role: Role::Moderator };
    place.ask(Write::Role, By { user: ann, event: moderate }).await.unwrap();
    // Ann is an administrator, and comes from the same address as everybody here.
    let zoe = place.guest("Zoe").await.kept.person.id;
    let ban = Ban { user: zoe, addresses: true, seconds: None, reason: Default::default() };
    let (_, news) = place.ask_for_news(Write::Ban, By { user: eve, event: ban }).await;
    assert_eq!(news.len(), 1, "{news:?}");
    place.guest("Zoe's neighbour").await;

    let troll = place.guest("Troll").await.kept.person.id;
    let ban = Ban { user: troll, addresses: false, seconds: None, reason: Default::default() };
    place.ask(Write::Ban, By { user: ann, event: ban }).await.unwrap();
    let bans = place.store().bans(eve, ListBans::default()).await.unwrap().bans;
    let lift =
        |ban| place.ask(Write::Unban, By { user: eve, event: parlour_events::Unban { ban } });
    // The newest first: that of the administrator.
    assert_eq!(code(lift(bans[0].ban).await), Code::Forbidden);
    lift(bans[1].ban).await.unwrap();
}

#[tokio::test]
async fn a_muted_person_makes_no_noise_in_other_ways_either() {
    let (place, ann, eve) = with_admin().await;
    let eve = eve.kept.person.id;
    let mute = Mute { user: eve, seconds: 60, reason: "noise".parse().unwrap() };
    let (_, news) = place.ask_for_news(Write::Mute, By { user: ann, event: mute }).await;
    assert!(
        matches!(&news[..], [News::Muted(user, muted)] if *user == eve && muted.until.is_some())
    );
    let rename = Rename { nickname: "Loud".parse().unwrap() };
    let renamed = place.ask(Write::Rename, By { user: eve, event: rename }).await;
    assert_eq!(code(renamed), Code::Muted);
    let room = parlour_events::CreateRoom {
        room: "loud".parse().unwrap(),
        private: false,
        topic: Default::default(),
    };
    assert_eq!(
        code(place.ask(Write::CreateRoom, By { user: eve, event: room }).await),
        Code::Muted
    );
}

#[tokio::test]
async fn classic_guests_are_muted_banned_and_kept_out_like_others() {
    let (place, ann, _) = with_admin().await;
    let guest = UserId(Uuid::now_v7());
    let post = crate::store::write::Classic {
        user: guest,
        name: "Guest 0001".parse().unwrap(),
        address: "198.51.100.9".to_owned(),
        id: Uuid::now_v7(),
        body: "hello".parse().unwrap(),
    };
    let again = || crate::store::write::Classic { id: Uuid::now_v7(), ..post.clone() };
    place.ask(Write::Classic, post.clone()).await.unwrap();
    let mute = Mute { user: guest, seconds: 60, reason: Default::default() };
    place.ask(Write::Mute, By { user: ann, event: mute }).await.unwrap();
    assert_eq!(code(place.ask(Write::Classic, again()).await), Code::Muted);
    let ban = Ban { user: guest, addresses: true, seconds: None, reason: Default::default() };
    place.ask(Write::Ban, By { user: ann, event: ban }).await.unwrap();
    let other = crate::store::write::Classic { user: UserId(Uuid::now_v7()), ..again() };
    assert_eq!(code(place.ask(Write::Classic, other).await), Code::Banned);
    let open = place.store().is_open_to("198.51.100.9".to_owned()).await;
    assert_eq!(code(open), Code::Banned);
}

#[tokio::test]
async fn names_that_look_alike_in_capital_letters_are_one() {
    let place = Place::new();
    place.guest("PaypaI").await;
    assert_eq!(code(place.enter(Some("Paypal"), None).await), Code::NicknameTaken);
    place.guest("Ali").await;
    place.guest("All").await;
    // So are the names that another system vouches for, from the first connect on.
    vouched(&place, "1", "Ian", Role::Member).await;
    assert_eq!(code(place.enter(Some("lan"), None).await), Code::NicknameTaken);
}
