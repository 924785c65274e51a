//! SIGTERM and SIGINT stop the server gracefully, with clients connected.

use parlour_tests::{
    member::{Heard, Member},
    peer::{CLIENT_2, CLIENT_4, Peer},
    ports,
    raw::Raw,
    server::{Server, StopSignal},
};
use serde_json::json;

async fn stops_gracefully(signal: StopSignal) {
    let mut server = Server::start_at(&format!("127.0.0.1:{}", ports::free()), &[]).await;
    let mut ann = Member::joined(server.url(), "Ann").await;
    let polling = json!({ "transports": ["polling"], "reconnection": false });
    let mut poller = Peer::npm_client(CLIENT_4, server.url(), &polling, &[]);
    let once = json!({ "reconnection": false });
    let mut old = Peer::npm_client(CLIENT_2, server.url(), &once, &[]);
    // Somebody who never says what it wants.
    let mut silent = Raw::open(server.url()).await;
    poller.expect("connect", &json!({})).await;
    old.expect("upgrade", &json!({})).await;
    ann.say("the last word").await;
    ann.hears("the last word").await;

    let status = server.stop(signal).await;
    assert_eq!(status.code(), Some(0), "{status}");
    server.log.line(0, &["stopping"]).await;

    // Everybody is told in a way that makes them come back.
    let heard = ann.news.next("the end").await;
    assert!(matches!(&heard, Heard::Disconnected(reason) if reason.reconnects()), "{heard:?}");
    assert!(ann.socket.active());
    for client in [&mut poller, &mut old] {
        let told = client.expect("disconnect", &json!({})).await;
        let reason = told["reason"].as_str().unwrap_or_default().to_owned();
        assert!(["transport close", "transport error"].contains(&&*reason), "{reason}");
    }
    silent.end().await;

    server.start_again().await;
    let back = |heard: &Heard| matches!(heard, Heard::Session(_));
    ann.news.expect("the way back", back).await;
}

#[tokio::test]
async fn on_sigterm() {
    stops_gracefully(StopSignal::TERM).await;
}

#[tokio::test]
async fn on_sigint() {
    stops_gracefully(StopSignal::INT).await;
}

#[tokio::test]
async fn a_stop_does_not_wait_for_who_does_not_listen() {
    let mut server = Server::start().await;
    // An HTTP connection that is kept open, one that never ends its request, and a client that
    // reads nothing.
    let idle = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    let mut half = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut half, b"GET / HTTP/1.1\r\nHost: x\r\n").await.unwrap();
    let deaf = Raw::open(server.url()).await;
    let status = server.stop(StopSignal::TERM).await;
    assert_eq!(status.code(), Some(0), "{status}");
    drop((idle, half, deaf));
}
