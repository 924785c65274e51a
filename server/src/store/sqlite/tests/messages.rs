//! Messages, and what is done to them later: once, in order, whatever comes again.

use parlour_events::{
    Body, ChangeId, ChangeKind, DeleteMessage, EditMessage, Found, History, LeaveRoom, Role,
    RoomHistory, Search, SetRole,
};

use super::*;

fn edit(message: MessageId, text: &str) -> EditMessage {
    EditMessage {
        room: RoomName::default(),
        id: ChangeId(Uuid::now_v7()),
        message,
        body: text.parse::<Body>().unwrap(),
    }
}

fn delete(message: MessageId) -> DeleteMessage {
    DeleteMessage { room: RoomName::default(), id: ChangeId(Uuid::now_v7()), message }
}

async fn found(place: &Place, user: UserId, query: &str) -> Vec<String> {
    let query = query.parse().unwrap();
    let search = Search { query, room: None, after: None, limit: None };
    let Found { hits, .. } = place.store().search(user, search).await.unwrap();
    let body = |hit: parlour_events::Hit| hit.message.posted.body.unwrap().to_string();
    hits.into_iter().map(body).collect()
}

async fn history(place: &Place, user: UserId) -> History {
    let query = RoomHistory { room: RoomName::default(), from: None, limit: None };
    place.store().history(user, query).await.unwrap()
}

#[tokio::test]
async fn what_comes_again_is_answered_as_the_first_time() {
    let mut place = Place::new();
    let (ann, ben) = (place.joined("Ann").await, place.joined("Ben").await);
    let once = message("once");
    let first = place.send(ann, once.clone()).await.unwrap();
    let (edited, reacted) = (edit(once.id, "twice"), reaction(once.id, "👍", true));
    let second = place.ask(Write::Edit, By { user: ann, event: edited.clone() }).await.unwrap();
    let third = place.react(ben, reacted.clone()).await.unwrap();
    assert_eq!((first.seq, second.seq, third.seq), (Seq(1), Seq(2), Seq(3)));

    for _ in 0..2 {
        place.reopen();
        assert_eq!(place.send(ann, once.clone()).await.unwrap(), first);
        let again = place.ask(Write::Edit, By { user: ann, event: edited.clone() }).await;
        assert_eq!(again.unwrap(), second);
        let (again, news) =
            place.ask_for_news(Write::React, By { user: ben, event: reacted.clone() }).await;
        assert_eq!((again.unwrap(), news), (third, vec![]));
    }
    assert_eq!(place.log(ann).await.len(), 3);
    // Neither does another's id become one's own.
    assert_eq!(code(place.send(ben, once).await), Code::IdTaken);
}

#[tokio::test]
async fn whoever_has_left_the_room_gets_the_first_answers_again() {
    let place = Place::new();
    let ann = place.joined("Ann").await;
    let said = message("once");
    let (changed, reacted) = (edit(said.id, "twice"), reaction(said.id, "👍", true));
    let gone = delete(said.id);
    let all = async || {
        [
            place.send(ann, said.clone()).await,
            place.ask(Write::Edit, By { user: ann, event: changed.clone() }).await,
            place.react(ann, reacted.clone()).await,
            place.ask(Write::Delete, By { user: ann, event: gone.clone() }).await,
        ]
    };
    let first = all().await;
    assert!(first.iter().all(Result::is_ok), "{first:?}");
    let leave = LeaveRoom { room: RoomName::default() };
    place.ask(Write::Leave, By { user: ann, event: leave }).await.unwrap();
    assert_eq!(all().await, first);
    // What is asked for the first time is not for those who are not in the room.
    assert_eq!(code(place.react(ann, reaction(said.id, "👍", true)).await), Code::NotJoined);
}

#[tokio::test]
async fn writes_of_one_batch_are_numbered_in_its_order_and_a_refused_one_leaves_no_gap() {
    let place = Place::new();
    let (ann, stranger) = (place.joined("Ann").await, place.guest("Zoe").await.kept.person.id);
    let (answers, mut seqs) = tokio::sync::mpsc::unbounded_channel();
    let batch = (0..100)
        .map(|number| {
            let answers = answers.clone();
            let answer: Answer<Sent> = Box::new(move |result| {
                answers.send((number, result.map(|sent| sent.seq.0))).unwrap();
            });
            // Every third comes from somebody who has not joined.
            let user = if number % 3 == 0 { stranger } else { ann };
            Write::Send(Asked { op: By { user, event: message("x") }, answer })
        })
        .collect();
    let committed = place.store().commit(batch).await;
    assert!(seqs.try_recv().is_err(), "nobody is answered before the commit is over");
    assert_eq!(settle(committed).len(), 66);
    let mut next = 1;
    for number in 0..100 {
        let (answered, result) = seqs.try_recv().unwrap();
        assert_eq!(answered, number);
        match result {
            Ok(seq) => {
                assert_eq!(seq, next);
                next += 1;
            }
            Err(refusal) => assert_eq!((number % 3, refusal.code), (0, Code::NotJoined)),
        }
    }
    assert_eq!(next, 67);
}

#[tokio::test]
async fn a_deleted_message_leaves_no_word_behind() {
    let place = Place::new();
    let (ann, ben) = (place.joined("Ann").await, place.joined("Ben").await);
    let secret = message("the secret word");
    place.send(ann, secret.clone()).await.unwrap();
    let answer = SendMessage { reply_to: Some(secret.id), ..message("what?") };
    place.send(ben, answer).await.unwrap();
    assert_eq!(found(&place, ben, "secret").await, ["the secret word"]);
    assert_eq!(
        history(&place, ben).await.messages[1].posted.reply_to.as_ref().unwrap().excerpt,
        "the secret word"
    );

    let by = |user, event| place.ask(Write::Delete, By { user, event });
    assert_eq!(code(by(ben, delete(secret.id)).await), Code::Forbidden);
    let gone = delete(secret.id);
    let sent = by(ann, gone.clone()).await.unwrap();
    assert_eq!(by(ann, gone).await.unwrap(), sent);
    assert_eq!(code(by(ann, delete(secret.id)).await), Code::MessageUnknown);
    assert_eq!(code(place.react(ben, reaction(secret.id, "👍", true)).await), Code::MessageUnknown);

    assert_eq!(found(&place, ben, "secret").await, Vec::<String>::new());
    let told = serde_json::to_string(&place.log(ben).await).unwrap();
    let shown = serde_json::to_string(&history(&place, ben).await).unwrap();
    assert!(!told.contains("secret") && !shown.contains("secret"), "{told} {shown}");
}

#[tokio::test]
async fn a_moderator_deletes_and_it_is_written_down() {
    let place = Place::new();
    let (ann, eve) = (place.joined("Ann").await, place.joined("Eve").await);
    offline::grant(place.folder.path(), &"Ann".parse().unwrap(), Role::Admin).unwrap();
    let spam = message("spam");
    place.send(eve, spam.clone()).await.unwrap();
    place.ask(Write::Delete, By { user: ann, event: delete(spam.id) }).await.unwrap();
    let audit = place.store().audit(ann, ListAudit::default()).await.unwrap();
    let actions: Vec<_> = audit.entries.iter().map(|it| it.action.as_str()).collect();
    assert_eq!(actions, ["message:delete", "mod:role"]);
    assert_eq!(audit.entries[0].to.as_ref().unwrap().id, eve);
    let take = SetRole { user: ann, role: Role::Member };
    place.ask(Write::Role, By { user: ann, event: take }).await.unwrap();
    assert_eq!(code(place.store().audit(ann, ListAudit::default()).await), Code::Forbidden);
}

#[tokio::test]
async fn an_edit_is_for_the_writer_and_found_by_its_new_words() {
    let place = Place::new();
    let (ann, ben) = (place.joined("Ann").await, place.joined("Ben").await);
    let tea = message("green tea");
    place.send(ann, tea.clone()).await.unwrap();
    while place.store().index().await.unwrap() {}
    let by = |user, text: &str| place.ask(Write::Edit, By { user, event: edit(tea.id, text) });
    assert_eq!(code(by(ben, "mine").await), Code::Forbidden);
    by(ann, "black coffee").await.unwrap();
    assert_eq!(found(&place, ben, "tea").await, Vec::<String>::new());
    assert_eq!(found(&place, ben, "coff").await, ["black coffee"]);
    // Whoever reads the log later reads the text of now, with the change that posted it.
    let log = place.log(ben).await;
    let ChangeKind::Posted(posted) = &log[0].kind else { panic!("{log:?}") };
    assert_eq!(posted.body.as_ref().unwrap().as_str(), "black coffee");
    let shown = history(&place, ben).await;
    assert!(shown.messages[0].edited.is_some() && shown.messages[0].rev == Seq(2));
}

#[tokio::test]
async fn reactions_count_once_and_are_bounded() {
    let place = Place::with(Settings { reactions: 2, ..Settings::default() });
    let (ann, ben) = (place.joined("Ann").await, place.joined("Ben").await);
    let post = message("x");
    place.send(ann, post.clone()).await.unwrap();
    place.react(ann, reaction(post.id, "👍", true)).await.unwrap();
    // It is there already: nothing changes, and nobody is told.
    let again = reaction(post.id, "👍", true);
    let (sent, news) = place.ask_for_news(Write::React, By { user: ann, event: again }).await;
    assert_eq!((sent.unwrap().seq, news), (Seq(2), vec![]));
    place.react(ben, reaction(post.id, "👍", true)).await.unwrap();
    place.react(ben, reaction(post.id, ":tada:", true)).await.unwrap();
    assert_eq!(code(place.react(ben, reaction(post.id, "🎈", true)).await), Code::Limit);
    place.react(ann, reaction(post.id, "👍", false)).await.unwrap();
    let shown = history(&place, ben).await.messages.remove(0);
    let mut counted: Vec<_> =
        shown.reactions.iter().map(|it| (it.emoji.as_str(), it.count, it.mine)).collect();
    // Two of the same millisecond stand in any order.
    counted.sort();
    assert_eq!(counted, [(":tada:", 1, true), ("👍", 1, true)]);
    assert_eq!(place.log(ann).await.len(), 5);
}

#[tokio::test]
async fn a_message_has_a_text_or_files_and_not_too_much_of_either() {
    let place = Place::with(Settings { message_chars: 5, ..Settings::default() });
    let ann = place.joined("Ann").await;
    let nothing = SendMessage { body: None, ..message("x") };
    assert_eq!(code(place.send(ann, nothing).await), Code::Invalid);
    assert_eq!(code(place.say(ann, "123456").await), Code::TooLong);
    place.say(ann, "12345").await.unwrap();
    let no_file = parlour_events::Attach {
        file: "0".repeat(64).parse().unwrap(),
        name: "cat.png".parse().unwrap(),
    };
    let attached = SendMessage { attachments: vec![no_file.clone()], ..message("x") };
    assert_eq!(code(place.send(ann, attached).await), Code::FileUnknown);
    let many = SendMessage { attachments: vec![no_file; 11], ..message("x") };
    assert_eq!(code(place.send(ann, many).await), Code::Limit);
    assert_eq!(place.log(ann).await.len(), 1);
}

#[tokio::test]
async fn people_are_mentioned_by_the_longest_name() {
    let place = Place::new();
    let ann = place.joined("Ann").await;
    let lee = place.joined("Ann Lee").await;
    place.guest("Zoe").await;
    place.say(ann, "@ann lee and @Ann and @zoe and @nobody").await.unwrap();
    let log = place.log(ann).await;
    let ChangeKind::Posted(posted) = &log[0].kind else { panic!("{log:?}") };
    // Not oneself, and nobody who has not joined.
    assert_eq!(posted.mentions, [lee]);
}

#[tokio::test]
async fn an_id_names_one_request() {
    let place = Place::new();
    let ann = place.joined("Ann").await;
    let (one, other) = (message("one"), message("other"));
    place.send(ann, one.clone()).await.unwrap();
    place.send(ann, other.clone()).await.unwrap();
    let first = edit(one.id, "1");
    place.ask(Write::Edit, By { user: ann, event: first.clone() }).await.unwrap();
    let elsewhere = EditMessage { message: other.id, ..first.clone() };
    let answer = place.ask(Write::Edit, By { user: ann, event: elsewhere }).await;
    assert_eq!(code(answer), Code::IdTaken);
    let another = DeleteMessage { id: first.id, ..delete(one.id) };
    let answer = place.ask(Write::Delete, By { user: ann, event: another }).await;
    assert_eq!(code(answer), Code::IdTaken);
    assert_eq!(place.log(ann).await.len(), 3);
}
