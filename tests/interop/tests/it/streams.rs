//! Events as a stream.

use futures_util::StreamExt;
use socketio_client::StreamError;

use crate::{
    util::{News, within},
    way::Way,
};

on_each! {
    [node NODE, node_polling NODE_POLLING, node_msgpack NODE_MSGPACK, oxide OXIDE]
    {
        a_stream_has_all_events_in_order,
        a_slow_reader_learns_what_it_has_missed,
        a_stream_goes_on_over_a_cut,
    }
}

async fn a_stream_has_all_events_in_order(way: Way) {
    const MANY: u32 = 1_000;
    let guest = way.guest().await;
    let numbers = guest.socket.events::<u32>("number").capacity(MANY as usize);
    guest.socket.emit("count", &MANY).unwrap();
    let read = numbers.take(MANY as usize).map(Result::unwrap).collect::<Vec<_>>();
    assert_eq!(within("the numbers", read).await, (0..MANY).collect::<Vec<_>>());
}

async fn a_slow_reader_learns_what_it_has_missed(way: Way) {
    let guest = way.guest().await;
    let mut numbers = guest.socket.events::<u32>("number").capacity(10);
    let mut heard = News::<u32>::new();
    guest.socket.on("number", heard.sender());
    guest.socket.emit("count", &100).unwrap();
    while heard.next("the last number").await < 99 {}
    let first = within("the first item", numbers.next()).await.unwrap();
    assert!(matches!(first, Err(StreamError::Lagged { missed: 90 })), "{first:?}");
    for n in 90..100 {
        assert_eq!(within("a number", numbers.next()).await.unwrap().unwrap(), n);
    }
}

async fn a_stream_goes_on_over_a_cut(way: Way) {
    let mut guest = way.guest().await;
    let mut numbers = guest.socket.events::<u32>("number");
    for _ in 0..2 {
        guest.socket.emit("count", &3).unwrap();
        for n in 0..3 {
            assert_eq!(within("a number", numbers.next()).await.unwrap().unwrap(), n);
        }
        guest.lose().await;
        guest.comes_back().await;
    }
    drop((guest.client, guest.socket));
    assert!(within("the end", numbers.next()).await.is_none());
}
