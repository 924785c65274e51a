//! Bytes, both ways over a WebSocket.

use bytes::Bytes;

use crate::{
    scripted::{Server, connected, connected_with, options},
    util::{News, within},
};

#[tokio::test]
async fn bytes_arrive_as_bytes_wherever_they_stand() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let mut news = News::<(String, Bytes)>::new();
    socket.on("file", news.sender());
    connection.send(r#"451-/chat,["file","a.png",{"_placeholder":true,"num":0}]"#).await;
    connection.send_binary(b"\x89PNG").await;
    let expected = ("a.png".to_owned(), Bytes::from_static(b"\x89PNG"));
    assert_eq!(news.next("the file").await, expected);
}

#[tokio::test]
async fn bytes_are_sent_as_binary_frames_behind_their_event() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let file = Bytes::from_static(b"\x00\x01");
    socket.emit("files", &(&file, "and", &file)).unwrap();
    assert_eq!(
        connection.next().await,
        r#"452-/chat,["files",{"_placeholder":true,"num":0},"and",{"_placeholder":true,"num":1}]"#
    );
    assert_eq!(connection.next_binary().await, file);
    assert_eq!(connection.next_binary().await, file);
}

#[tokio::test]
async fn an_acknowledgement_may_be_bytes() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let asked = socket.emit_with_ack::<_, Bytes>("get", &"a.png").send();
    assert_eq!(connection.next().await, r#"42/chat,0["get","a.png"]"#);
    connection.send(r#"461-/chat,0[{"_placeholder":true,"num":0}]"#).await;
    connection.send_binary(b"\x89PNG").await;
    assert_eq!(within("the file", asked).await.unwrap(), Bytes::from_static(b"\x89PNG"));
}

#[tokio::test]
async fn bytes_travel_as_base64_where_frames_must_be_text() {
    let server = Server::start().await;
    let options = options(&server).force_base64(true);
    let (_client, socket, mut connection) = connected_with(&server, options).await;
    socket.emit("file", &Bytes::from_static(b"\x01\x02\x03")).unwrap();
    assert_eq!(connection.next().await, r#"451-/chat,["file",{"_placeholder":true,"num":0}]"#);
    assert_eq!(connection.next().await, "bAQID");
}
