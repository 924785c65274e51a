//! The writer's thread: what it remembers.

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
