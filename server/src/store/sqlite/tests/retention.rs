//! What is forgotten, and what is not.

use parlour_events::{Attach, FileId, ResetReason, Search, Timestamp};

use super::*;
use crate::files::Stored;

#[tokio::test]
async fn old_messages_are_forgotten_and_numbers_go_on() {
    let place = Place::new();
    let ann = place.joined("Ann").await;
    let old = message("the old days");
    let first = place.send(ann, old.clone()).await.unwrap();
    place.react(ann, reaction(old.id, "👍", true)).await.unwrap();
    let before = first.at.0 + 1;
    while crate::clock::now() <= before {
        tokio::task::yield_now().await;
    }
    place.say(ann, "today").await.unwrap();
    place.store().prune(crate::clock::now().min(before + 1)).await.unwrap();

    let answer = place.catch_up(ann, Some(Seq(0)), true).await;
    let CatchUpPage::Reset { why, messages, earlier } = answer.page else { panic!("no reset") };
    assert_eq!(
        (why, messages.len(), earlier, answer.head),
        (ResetReason::TooOld, 1, false, Seq(3))
    );
    // The first one is still known for what it was.
    assert_eq!(place.send(ann, old.clone()).await.unwrap(), first);
    let gone = reaction(old.id, "🎈", true);
    assert_eq!(code(place.react(ann, gone).await), Code::MessageUnknown);
    let search = Search { query: "old".parse().unwrap(), room: None, after: None, limit: None };
    assert_eq!(place.store().search(ann, search).await.unwrap().hits, []);
    assert_eq!(place.say(ann, "next").await.unwrap().seq, Seq(4));
    assert_eq!(offline::check(place.folder.path()).unwrap().problems, Vec::<String>::new());
}

#[tokio::test]
async fn everything_may_be_forgotten() {
    let place = Place::new();
    let ann = place.joined("Ann").await;
    for _ in 0..3 {
        place.say(ann, "x").await.unwrap();
    }
    place.store().prune(u64::MAX / 2).await.unwrap();
    let answer = place.catch_up(ann, Some(Seq(3)), false).await;
    assert_eq!(answer.page, CatchUpPage::Changes { changes: vec![] });
    assert_eq!(place.say(ann, "x").await.unwrap().seq, Seq(4));
    assert_eq!(offline::check(place.folder.path()).unwrap().problems, Vec::<String>::new());
}

#[tokio::test]
async fn a_file_goes_when_no_message_has_it() {
    let place = Place::with(Settings { upload_space: 10, ..Settings::default() });
    let ann = place.joined("Ann").await;
    let file = |digit: &str, size| Stored {
        file: digit.repeat(64).parse::<FileId>().unwrap(),
        mime: "image/png".to_owned(),
        size,
        pixels: Some((1, 2)),
    };
    let record = async |event| place.ask(Write::File, By { user: ann, event }).await;
    record(file("a", 6)).await.unwrap();
    record(file("a", 6)).await.unwrap();
    assert_eq!(code(record(file("b", 6)).await), Code::Limit);
    let (a, name) = (file("a", 6).file, "cat.png".parse().unwrap());
    let attach = Attach { file: a.clone(), name };
    let post = SendMessage { body: None, attachments: vec![attach], ..message("x") };
    place.send(ann, post.clone()).await.unwrap();
    let forget = async |at| place.ask(Write::ForgetFiles, Timestamp(at)).await.unwrap();
    assert_eq!(forget(u64::MAX / 2).await, []);
    let delete = parlour_events::DeleteMessage {
        room: RoomName::default(),
        id: parlour_events::ChangeId(Uuid::now_v7()),
        message: post.id,
    };
    place.ask(Write::Delete, By { user: ann, event: delete }).await.unwrap();
    assert_eq!(forget(1).await, [a]);
}
