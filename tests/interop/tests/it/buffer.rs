//! What is emitted while away, where it is too much or too late.

use std::time::Duration;

use socketio_client::{DropReason, Dropped, EmitError, Limits, Overflow};

use crate::{
    util::News,
    way::{Guest, Way, ask},
};

at_once! {
    all
    [NODE, NODE_POLLING, OXIDE]
    {
        what_waits_for_too_long_is_told_and_never_sent,
        newer_events_take_the_place_of_older_ones,
        a_full_buffer_refuses_more,
        what_is_cleared_is_never_sent,
    }
}

/// No more than three wait.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.buffered_packets = 3;
    limits
}

/// Loses the connection, and emits these.
async fn away(guest: &mut Guest, numbers: std::ops::Range<u32>) -> Vec<Result<(), EmitError>> {
    guest.go_away().await;
    numbers.map(|n| guest.socket.emit("note", &(guest.proxy.id(), n))).collect()
}

async fn seen_when_back(guest: &mut Guest) -> Vec<u32> {
    guest.proxy.resume().await;
    guest.comes_back().await;
    ask(&guest.socket, "seen", guest.proxy.id()).await
}

fn drops(guest: &Guest) -> News<Dropped> {
    let news = News::new();
    let tell = news.sender();
    guest.socket.on_dropped(move |dropped| tell(dropped.clone()));
    news
}

async fn what_waits_for_too_long_is_told_and_never_sent(way: Way) {
    let ttl = Duration::from_millis(100);
    let mut guest = way.guest_with(|options| options.buffer_ttl(ttl)).await;
    let mut drops = drops(&guest);
    away(&mut guest, 0..2).await.into_iter().for_each(Result::unwrap);
    for _ in 0..2 {
        let dropped = drops.next("the drop").await;
        assert_eq!((&*dropped.event, dropped.reason), ("note", DropReason::Expired));
    }
    assert_eq!(seen_when_back(&mut guest).await, [] as [u32; 0]);
}

async fn newer_events_take_the_place_of_older_ones(way: Way) {
    let change = |options: socketio_client::ClientOptions| {
        options.limits(limits()).overflow(Overflow::DropOldest)
    };
    let mut guest = way.guest_with(change).await;
    let mut drops = drops(&guest);
    away(&mut guest, 0..5).await.into_iter().for_each(Result::unwrap);
    for _ in 0..2 {
        assert_eq!(drops.next("the drop").await.reason, DropReason::Displaced);
    }
    assert_eq!(seen_when_back(&mut guest).await, [2, 3, 4]);
}

async fn a_full_buffer_refuses_more(way: Way) {
    let mut guest = way.guest_with(|options| options.limits(limits())).await;
    let emitted = away(&mut guest, 0..5).await;
    for (n, emitted) in emitted.into_iter().enumerate() {
        let refused = matches!(emitted, Err(EmitError::BufferFull { packets: 3, .. }));
        assert_eq!(refused, n >= 3, "{emitted:?}");
    }
    assert_eq!(seen_when_back(&mut guest).await, [0, 1, 2]);
}

async fn what_is_cleared_is_never_sent(way: Way) {
    let mut guest = way.guest().await;
    let mut drops = drops(&guest);
    away(&mut guest, 0..3).await.into_iter().for_each(Result::unwrap);
    assert_eq!((guest.socket.buffered(), guest.socket.clear_buffer()), (3, 3));
    for _ in 0..3 {
        assert_eq!(drops.next("the drop").await.reason, DropReason::Cleared);
    }
    guest.socket.emit("note", &(guest.proxy.id(), 9)).unwrap();
    assert_eq!(seen_when_back(&mut guest).await, [9]);
}
