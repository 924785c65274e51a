//! What was said: page by page, in both directions, from any place.

use futures_util::future::join_all;
use parlour_events::{
    ChangeId, Code, DeleteMessage, EditMessage, History, MessageId, Place, React, RoomHistory,
    RoomName, Seq, Timestamp, limits::PAGE_MESSAGES,
};
use parlour_tests::{
    person::{Person, room, text_in},
    server::Server,
};
use uuid::Uuid;

fn chat() -> RoomName {
    RoomName::default()
}

fn id() -> ChangeId {
    ChangeId(Uuid::now_v7())
}

async fn page(person: &Person, from: Option<Place>, limit: usize) -> History {
    let history = person.may(&RoomHistory { room: chat(), from, limit: Some(limit) }).await;
    assert!(history.messages.len() <= limit.min(PAGE_MESSAGES), "more than asked for: {from:?}");
    assert!(history.messages.is_sorted_by_key(|message| message.seq), "{from:?}");
    history
}

fn numbers(history: &History) -> Vec<u64> {
    history.messages.iter().map(|message| message.seq.0).collect()
}

/// So many messages, with an edit, a reaction and a deletion among their numbers now and then.
/// Gives the numbers of the messages.
async fn posted(ann: &Person, count: usize) -> Vec<u64> {
    let mut all = Vec::new();
    for start in (0..count).step_by(50) {
        let texts: Vec<_> = (start..count.min(start + 50))
            .map(|n| text_in(&chat(), &format!("text {n}")))
            .collect();
        let sent = join_all(texts.iter().map(|text| ann.ask(text))).await;
        let sent: Vec<_> = sent.into_iter().map(|sent| sent.expect("it is allowed")).collect();
        all.extend(sent.iter().map(|sent| sent.seq.0));
        let target = |n: usize| texts[n].id;
        let (room, body) = (chat(), "said differently".parse().unwrap());
        ann.may(&EditMessage { room, id: id(), message: target(0), body }).await;
        let (room, emoji) = (chat(), ":+1:".parse().unwrap());
        ann.may(&React { room, id: id(), message: target(1), emoji, on: true }).await;
        ann.may(&DeleteMessage { room: chat(), id: id(), message: target(2) }).await;
    }
    all.sort_unstable();
    all
}

#[tokio::test]
async fn pages_lead_back_to_the_first_message_and_forward_to_the_last() {
    let server = Server::unlimited().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let all = posted(&ann, 230).await;

    for limit in [7, PAGE_MESSAGES, 1_000] {
        let mut back = Vec::new();
        let mut from = None;
        loop {
            let part = page(&ann, from, limit).await;
            assert_eq!(part.later, from.is_some(), "{from:?}");
            let first = part.messages.first().expect("a page is not empty").seq;
            from = Some(Place::Before(first));
            back.splice(0..0, numbers(&part));
            if !part.earlier {
                break;
            }
        }
        assert_eq!(back, all, "back, {limit} at a time");

        let mut forward = Vec::new();
        loop {
            let at = forward.last().copied().unwrap_or(0);
            let part = page(&ann, Some(Place::After(Seq(at))), limit).await;
            assert_eq!(part.earlier, at > 0);
            forward.extend(numbers(&part));
            if !part.later {
                break;
            }
        }
        assert_eq!(forward, all, "forward, {limit} at a time");
    }
    // Beyond both ends there is nothing.
    let none = page(&ann, Some(Place::Before(Seq(1))), 10).await;
    assert_eq!((numbers(&none), none.earlier, none.later), (vec![], false, true));
    let none = page(&ann, Some(Place::After(Seq(u64::MAX))), 10).await;
    assert_eq!((numbers(&none), none.earlier, none.later), (vec![], true, false));
}

#[tokio::test]
async fn around_a_message_is_what_stands_on_both_sides_of_it() {
    let server = Server::unlimited().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let all = posted(&ann, 60).await;
    for place in [0, 1, 30, 58, 59] {
        for limit in [1, 2, 9, 1_000] {
            let part = page(&ann, Some(Place::Around(Seq(all[place]))), limit).await;
            let found = numbers(&part);
            assert!(found.contains(&all[place]), "{limit} around {}: {found:?}", all[place]);
            let start = all.iter().position(|it| *it == found[0]).unwrap();
            assert_eq!(found, all[start..start + found.len()], "a gap around {}", all[place]);
            assert_eq!(part.earlier, start > 0, "{limit} around {}", all[place]);
            assert_eq!(
                part.later,
                start + found.len() < all.len(),
                "{limit} around {}",
                all[place]
            );
        }
    }
    // A number that no message has is a place as well.
    let between = (1..).find(|number| !all.contains(number)).unwrap();
    let part = page(&ann, Some(Place::Around(Seq(between))), 10).await;
    assert_eq!(part.messages.len(), 10);
}

#[tokio::test]
async fn a_moment_is_a_place() {
    let server = Server::unlimited().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    posted(&ann, 60).await;
    let all = page(&ann, None, 100).await.messages;
    for target in [&all[0], &all[30], &all[59]] {
        let part = page(&ann, Some(Place::At(target.at)), 11).await;
        // Others may be of the same moment; the first of them is the place.
        let first = all.iter().find(|it| it.at >= target.at).unwrap();
        assert!(numbers(&part).contains(&first.seq.0), "{part:?}");
    }
    let first = page(&ann, Some(Place::At(Timestamp(0))), 11).await;
    assert_eq!((first.messages[0].seq, first.earlier), (all[0].seq, false));
    let last = page(&ann, Some(Place::At(Timestamp(u64::MAX))), 11).await;
    assert_eq!((last.messages.last().unwrap().seq, last.later), (all[59].seq, false));
}

#[tokio::test]
async fn a_page_of_long_messages_is_shorter_and_leads_on_all_the_same() {
    let server = Server::unlimited().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    // Four bytes each, and six where JSON has to escape them.
    for number in 0..40 {
        let text = if number % 2 == 0 { "\u{1f642}" } else { "\"" }.repeat(4_000);
        ann.say(&chat(), &text).await;
    }
    let mut back = Vec::new();
    let mut from = None;
    loop {
        let part = page(&ann, from, 100).await;
        assert!(!part.messages.is_empty());
        from = Some(Place::Before(part.messages[0].seq));
        back.splice(0..0, numbers(&part));
        if !part.earlier {
            break;
        }
    }
    assert_eq!(back, (1..=40).collect::<Vec<_>>());
}

#[tokio::test]
async fn messages_are_told_as_they_are_now() {
    let server = Server::start().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    let (edited, _) = ann.say(&chat(), "before").await;
    let (deleted, _) = ann.say(&chat(), "a slip").await;
    let (reacted, _) = ben.say(&chat(), "What do you think?").await;
    let body = "after".parse().unwrap();
    ann.may(&EditMessage { room: chat(), id: id(), message: edited, body }).await;
    ann.may(&DeleteMessage { room: chat(), id: id(), message: deleted }).await;
    let emoji = || ":+1:".parse().unwrap();
    for person in [&ann, &ben] {
        person
            .may(&React { room: chat(), id: id(), message: reacted, emoji: emoji(), on: true })
            .await;
    }
    let react = React { room: chat(), id: id(), message: reacted, emoji: emoji(), on: false };
    let last = ben.may(&react).await.seq;
    let mut reply = text_in(&chat(), "to a slip");
    reply.reply_to = Some(edited);
    ben.may(&reply).await;

    let history = page(&ann, None, 100).await;
    let find = |id: MessageId| history.messages.iter().find(|it| it.posted.id == id).unwrap();
    let text = |id| find(id).posted.body.as_ref().map(|body| body.as_str());
    assert_eq!((text(edited), find(edited).edited.is_some()), (Some("after"), true));
    assert_eq!((text(deleted), find(deleted).deleted), (None, true));
    let reaction = &find(reacted).reactions[0];
    assert_eq!((reaction.count, reaction.mine, find(reacted).rev), (1, true, last));
    assert_eq!(find(reply.id).posted.reply_to.as_ref().unwrap().excerpt, "after");
    // What is not there cannot be answered, changed or liked.
    let mut reply = text_in(&chat(), "to nothing");
    reply.reply_to = Some(deleted);
    assert_eq!(ben.may_not(&reply).await.code, Code::MessageUnknown);
    // Nor what is in another room.
    let tea =
        parlour_events::CreateRoom { room: room("tea"), private: false, topic: Default::default() };
    ben.may(&tea).await;
    let (elsewhere, _) = ben.say(&room("tea"), "elsewhere").await;
    let react = React { room: chat(), id: id(), message: elsewhere, emoji: emoji(), on: true };
    assert_eq!(ben.may_not(&react).await.code, Code::MessageUnknown);
}
