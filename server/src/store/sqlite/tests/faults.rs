//! The disk is full, or somebody else holds the database.

use super::*;

/// Lets the database grow by so many pages only, as a full disk would.
async fn fill(place: &Place, pages: i64) {
    let more = move |tx: &tx::Tx<'_>| {
        let used: i64 = tx.db.pragma_query_value(None, "page_count", |row| row.get(0))?;
        tx.db.pragma_update(None, "max_page_count", used + pages)?;
        Ok(())
    };
    place.store().inner.writer.run(more).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_the_whole_batch_and_nothing_is_half_done() {
    let place = Place::new();
    let ann = place.joined("Ann").await;
    fill(&place, 10).await;
    let long = "x".repeat(4_000);
    let mut accepted = 0;
    let refused = loop {
        let post = message(&long);
        match place.send(ann, post.clone()).await {
            Ok(sent) => {
                accepted += 1;
                assert_eq!(sent.seq, Seq(accepted));
            }
            Err(refusal) => {
                assert_eq!(refusal.code, Code::Storage);
                assert!(refusal.retry_after.is_some());
                break post;
            }
        }
        assert!(accepted < 1_000, "the disk is never full");
    };
    let (answers, mut results) = tokio::sync::mpsc::unbounded_channel();
    let batch = (0..5)
        .map(|_| {
            let answers = answers.clone();
            let answer: Answer<Sent> = Box::new(move |result| answers.send(result).unwrap());
            Write::Send(Asked { op: By { user: ann, event: message(&long) }, answer })
        })
        .collect();
    let committed = place.store().commit(batch).await;
    assert_eq!(settle(committed), []);
    for _ in 0..5 {
        assert_eq!(code(results.try_recv().unwrap()), Code::Storage);
    }
    // Reading goes on, and so does writing when there is room again.
    assert_eq!(place.log(ann).await.len() as u64, accepted);
    fill(&place, 1_000_000).await;
    assert_eq!(place.send(ann, refused).await.unwrap().seq, Seq(accepted + 1));
    assert_eq!(offline::check(place.folder.path()).unwrap().problems, Vec::<String>::new());
}

#[tokio::test]
async fn a_locked_database_refuses_and_recovers() {
    let place = Place::new();
    let ann = place.joined("Ann").await;
    let other = Connection::open(place.folder.path().join(FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let post = message("x");
    assert_eq!(code(place.send(ann, post.clone()).await), Code::Storage);
    assert_eq!(place.log(ann).await, []);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(place.send(ann, post).await.unwrap().seq, Seq(1));
}

#[test]
fn one_server_has_a_folder() {
    let place = Place::new();
    let second = Sqlite::open(place.folder.path(), Settings::default());
    assert!(matches!(second, Err(OpenError::InUse)), "{second:?}");
}

#[test]
fn data_of_a_later_version_is_left_alone() {
    let mut place = Place::new();
    place.store = None;
    let path = place.folder.path().join(FILE);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let opened = Sqlite::open(place.folder.path(), Settings::default());
    assert!(matches!(opened, Err(OpenError::Newer { found: 99, .. })), "{opened:?}");
    std::fs::write(&path, "no database at all, but long enough to look at").unwrap();
    let opened = Sqlite::open(place.folder.path(), Settings::default());
    assert!(matches!(opened, Err(OpenError::Database(_))), "{opened:?}");
}
