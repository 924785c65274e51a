//! Rooms, and who is in them.

use parlour_events::{
    CreateRoom, Invite, LeaveRoom, ListRooms, MarkRead, OpenDirect, RemoveMember, RoomKind,
    SetTopic,
};

use super::*;

fn private(room: &str) -> CreateRoom {
    CreateRoom { room: room.parse().unwrap(), private: true, topic: Default::default() }
}

async fn create(place: &Place, user: UserId, event: CreateRoom) -> Result<Room, Refusal> {
    place.ask(Write::CreateRoom, By { user, event }).await
}

async fn names(place: &Place, user: UserId) -> Vec<String> {
    let rooms = place.store().rooms(user, ListRooms::default()).await.unwrap();
    rooms.rooms.into_iter().map(|room| room.room.to_string()).collect()
}

async fn direct(place: &Place, user: UserId, with: UserId) -> Result<Room, Refusal> {
    let op = (By { user, event: OpenDirect { user: with } }, Uuid::now_v7());
    place.ask(Write::Direct, op).await
}

#[tokio::test]
async fn a_room_is_made_once_and_its_name_is_taken_whatever_the_case() {
    let place = Place::with(Settings { rooms: 3, ..Settings::default() });
    let (ann, ben) = (place.joined("Ann").await, place.joined("Ben").await);
    let tea = private("Tea");
    let room = create(&place, ann, tea.clone()).await.unwrap();
    assert!(room.joined && room.owned && room.kind == RoomKind::Private);
    assert_eq!(create(&place, ann, tea).await.unwrap(), room);
    assert_eq!(code(create(&place, ben, private("tEA")).await), Code::RoomTaken);
    assert_eq!(code(create(&place, ben, private("dm:x")).await), Code::Invalid);
    create(&place, ben, private("coffee")).await.unwrap();
    assert_eq!(code(create(&place, ben, private("milk")).await), Code::Limit);
}

#[tokio::test]
async fn nobody_learns_of_a_private_room_without_an_invitation() {
    let place = Place::new();
    let (ann, eve) = (place.joined("Ann").await, place.joined("Eve").await);
    create(&place, ann, private("tea")).await.unwrap();
    assert_eq!(names(&place, eve).await, ["chat"]);
    let tea: RoomName = "tea".parse().unwrap();
    assert_eq!(code(place.join(eve, "tea").await), Code::RoomUnknown);
    assert_eq!(code(place.room(eve, tea.clone()).await), Code::RoomUnknown);
    let to_tea = SendMessage { room: tea.clone(), ..message("x") };
    assert_eq!(code(place.send(eve, to_tea.clone()).await), Code::RoomUnknown);
    let leave = LeaveRoom { room: tea.clone() };
    let left = place.ask(Write::Leave, By { user: eve, event: leave.clone() }).await;
    assert_eq!(code(left), Code::RoomUnknown);

    let invite = Invite { room: tea.clone(), user: eve };
    let (done, news) = place.ask_for_news(Write::Invite, By { user: ann, event: invite }).await;
    assert!(done.is_ok() && matches!(&news[..], [News::Room(user, _)] if *user == eve));
    assert_eq!(names(&place, eve).await, ["chat", "tea"]);
    place.join(eve, "tea").await.unwrap();
    place.send(eve, to_tea).await.unwrap();
    // An invitation is good for one entry.
    place.ask(Write::Leave, By { user: eve, event: leave }).await.unwrap();
    assert_eq!(code(place.join(eve, "tea").await), Code::RoomUnknown);
}

#[tokio::test]
async fn two_people_have_one_conversation_and_it_comes_back_with_a_message() {
    let place = Place::new();
    let (ann, ben) = (place.joined("Ann").await, place.joined("Ben").await);
    let eve = place.joined("Eve").await;
    let room = direct(&place, ann, ben).await.unwrap();
    assert_eq!(direct(&place, ben, ann).await.unwrap().room, room.room);
    assert_eq!(room.with.unwrap().id, ben);
    assert_eq!(code(direct(&place, ann, ann).await), Code::Invalid);
    assert_eq!(code(place.join(eve, room.room.as_str()).await), Code::RoomUnknown);

    let leave = LeaveRoom { room: room.room.clone() };
    place.ask(Write::Leave, By { user: ben, event: leave }).await.unwrap();
    assert_eq!(names(&place, ben).await, ["chat"]);
    let event = SendMessage { room: room.room.clone(), ..message("still there?") };
    let (sent, news) = place.ask_for_news(Write::Send, By { user: ann, event }).await;
    assert!(sent.is_ok());
    assert!(news.iter().any(|it| matches!(it, News::Room(user, _) if *user == ben)), "{news:?}");
    let seen = place.room(ben, room.room).await.unwrap();
    assert_eq!((seen.joined, seen.unread), (true, 1));
}

#[tokio::test]
async fn unread_messages_and_mentions_are_counted_from_the_marker() {
    let place = Place::new();
    let (ann, ben) = (place.joined("Ann").await, place.joined("Ben").await);
    for text in ["one", "two @Ann", "three"] {
        place.say(ben, text).await.unwrap();
    }
    place.say(ann, "mine").await.unwrap();
    let chat = RoomName::default();
    let seen = place.room(ann, chat.clone()).await.unwrap();
    assert_eq!((seen.unread, seen.mentions, seen.read), (3, 1, Seq(0)));
    let mark = async |seq| {
        let event = MarkRead { room: chat.clone(), seq: Seq(seq) };
        place.ask_for_news(Write::Read, By { user: ann, event }).await
    };
    let (marker, news) = mark(2).await;
    let marker = marker.unwrap();
    assert_eq!((marker.read, marker.unread, marker.mentions), (Seq(2), 1, 0));
    assert_eq!(news, [News::Read(ann, marker)]);
    // Back is no way to go, and neither is beyond the end.
    let (marker, news) = mark(1).await;
    assert_eq!((marker.unwrap().read, news), (Seq(2), vec![]));
    assert_eq!(mark(99).await.0.unwrap().read, Seq(4));
}

#[tokio::test]
async fn topics_and_removals_are_for_the_owner() {
    let place = Place::new();
    let (ann, ben) = (place.joined("Ann").await, place.joined("Ben").await);
    let public = CreateRoom { private: false, ..private("tea") };
    create(&place, ann, public).await.unwrap();
    place.join(ben, "tea").await.unwrap();
    let tea: RoomName = "tea".parse().unwrap();
    let topic = SetTopic { room: tea.clone(), topic: "hot".parse().unwrap() };
    let by = |user| place.ask(Write::Topic, By { user, event: topic.clone() });
    assert_eq!(code(by(ben).await), Code::Forbidden);
    assert_eq!(by(ann).await.unwrap().topic.as_str(), "hot");
    let remove = |by, user| {
        let event = RemoveMember { room: tea.clone(), user };
        place.ask(Write::Remove, By { user: by, event })
    };
    assert_eq!(code(remove(ben, ann).await), Code::Forbidden);
    remove(ann, ben).await.unwrap();
    assert_eq!(
        code(place.send(ben, SendMessage { room: tea.clone(), ..message("x") }).await),
        Code::NotJoined
    );
}

#[tokio::test]
async fn one_person_is_in_so_many_rooms() {
    let place = Place::with(Settings { rooms_per_person: 2, ..Settings::default() });
    let ann = place.joined("Ann").await;
    create(&place, ann, private("one")).await.unwrap();
    assert_eq!(code(create(&place, ann, private("two")).await), Code::Limit);
    // Nothing of it stays: the name is free.
    let ben = place.guest("Ben").await.kept.person.id;
    create(&place, ben, private("two")).await.unwrap();
}

#[tokio::test]
async fn the_list_has_ones_own_rooms_first_and_goes_on() {
    let place = Place::with(Settings { rooms_per_person: 0, ..Settings::default() });
    let (ann, ben) = (place.joined("Ann").await, place.guest("Ben").await.kept.person.id);
    for number in 0..210 {
        let room = CreateRoom { private: false, ..private(&format!("room {number:03}")) };
        create(&place, ben, room).await.unwrap();
    }
    place.join(ann, "room 150").await.unwrap();
    let first = place.store().rooms(ann, ListRooms::default()).await.unwrap();
    assert!(first.more && first.rooms.len() == 200);
    let own: Vec<_> = first.rooms.iter().take(3).map(|room| room.room.as_str()).collect();
    assert_eq!(own, ["chat", "room 150", "room 000"]);
    let after = Some(first.rooms[199].room.clone());
    let second = place.store().rooms(ann, ListRooms { after }).await.unwrap();
    assert!(!second.more);
    assert_eq!(first.rooms.len() + second.rooms.len(), 211);
}

#[tokio::test]
async fn an_invitation_can_be_declined() {
    let place = Place::new();
    let (ann, ben) = (place.joined("Ann").await, place.joined("Ben").await);
    create(&place, ann, private("tea")).await.unwrap();
    let invite = Invite { room: "tea".parse().unwrap(), user: ben };
    place.ask(Write::Invite, By { user: ann, event: invite }).await.unwrap();
    let leave = LeaveRoom { room: "tea".parse().unwrap() };
    place.ask(Write::Leave, By { user: ben, event: leave }).await.unwrap();
    assert_eq!(names(&place, ben).await, ["chat"]);
    assert_eq!(code(place.join(ben, "tea").await), Code::RoomUnknown);
}
