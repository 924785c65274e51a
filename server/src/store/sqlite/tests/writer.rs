//! The writer's thread: what it remembers, and what becomes of a batch in which something fails.

use parlour_events::{Done, LeaveRoom};

use super::*;

#[tokio::test]
async fn what_the_writer_remembers_is_what_is_there() {
    let place = Place::new();
    let ann = place.joined("Ann").await;
    let writer = &place.store().inner.writer;
    let mute =
        |tx: &tx::Tx<'_>, until: i64| tx.execute("UPDATE users SET muted_until = ?1", [until]);
    // Read, and then changed.
    let done = writer.run(move |tx| {
        assert_eq!(tx.user(ann)?.muted_until, 0);
        mute(tx, i64::MAX)?;
        Ok(())
    });
    done.await.unwrap();
    assert_eq!(code(place.say(ann, "x").await), Code::Muted);
    // Changed, read, and then undone; by somebody who remembers nothing.
    writer.run(|_| Ok(())).await.unwrap();
    let undone = writer.run(move |tx| {
        mute(tx, 0)?;
        assert_eq!(tx.user(ann)?.muted_until, 0);
        Err::<(), _>(storage().into())
    });
    undone.await.unwrap_err();
    assert_eq!(code(place.say(ann, "x").await), Code::Muted);
}

#[tokio::test]
async fn the_news_of_a_write_come_between_its_answer_and_the_next_ones() {
    let place = Place::new();
    let (ann, chat) = (place.joined("Ann").await, RoomName::default());
    let (answers, mut answered) = tokio::sync::mpsc::unbounded_channel();
    let answer = |name: &'static str| -> Answer<Done> {
        let answers = answers.clone();
        Box::new(move |result| answers.send(result.map_or("refused", |_| name)).unwrap())
    };
    let leave = |answer| {
        let event = LeaveRoom { room: chat.clone() };
        Write::Leave(Asked { op: By { user: ann, event }, answer })
    };
    let join = |answer| {
        let event = JoinRoom { room: chat.clone(), after: None };
        Write::Join(Asked { op: By { user: ann, event }, answer })
    };
    let batch = vec![leave(answer("left")), join(answer("joined")), leave(answer("left again"))];
    let mut steps = Vec::new();
    for step in place.store().commit(batch).await.steps {
        steps.push(match step {
            Step::Answer(answer) => {
                answer();
                answered.try_recv().unwrap()
            }
            Step::News(News::Left(..)) => "news: left",
            Step::News(other) => panic!("{other:?}"),
        });
    }
    assert_eq!(steps, ["left", "news: left", "joined", "left again", "news: left"]);
}

/// Does this to the database, behind the store's back.
fn meddle(place: &Place, sql: &str) {
    Connection::open(place.folder.path().join(FILE)).unwrap().execute_batch(sql).unwrap();
}

/// One batch of messages; what each was answered.
async fn say_at_once(place: &Place, messages: &[(UserId, &str)]) -> Vec<Result<u64, Code>> {
    let (answers, mut results) = tokio::sync::mpsc::unbounded_channel();
    let send = |(user, text): &(UserId, &str)| {
        let answers = answers.clone();
        let answer: Answer<Sent> = Box::new(move |result| answers.send(result).unwrap());
        Write::Send(Asked { op: By { user: *user, event: message(text) }, answer })
    };
    settle(place.store().commit(messages.iter().map(send).collect()).await);
    messages
        .iter()
        .map(|_| match results.try_recv().unwrap() {
            Ok(sent) => Ok(sent.seq.0),
            Err(refusal) => Err(refusal.code),
        })
        .collect()
}

#[tokio::test]
async fn a_post_that_the_database_refuses_takes_no_number() {
    let place = Place::new();
    let ann = place.joined("Ann").await;
    meddle(
        &place,
        "CREATE TRIGGER bad BEFORE INSERT ON messages WHEN NEW.body = 'bad' \
         BEGIN SELECT RAISE(ABORT, 'bad'); END",
    );
    let answers = say_at_once(&place, &[(ann, "one"), (ann, "bad"), (ann, "two")]).await;
    assert_eq!(answers, [Err(Code::Storage); 3]);
    assert_eq!(say_at_once(&place, &[(ann, "one"), (ann, "two")]).await, [Ok(1), Ok(2)]);
    meddle(&place, "DROP TRIGGER bad");
    assert_eq!(offline::check(place.folder.path()).unwrap().problems, Vec::<String>::new());
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_the_matter_of_whoever_needs_it() {
    let place = Place::new();
    let (ann, ben) = (place.joined("Ann").await, place.joined("Ben").await);
    meddle(&place, "UPDATE users SET name = '' WHERE name = 'Ben'");
    let answers = say_at_once(&place, &[(ann, "one"), (ben, "bad"), (ann, "two")]).await;
    assert_eq!(answers, [Ok(1), Err(Code::Internal), Ok(2)]);
}
