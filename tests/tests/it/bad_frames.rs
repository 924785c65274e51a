//! Frames that break the protocol close the connection they came by, with a line in the log.
//! Nobody else notices.

use parlour_tests::{
    bystander::Bystander,
    raw::{Frame, Raw},
    server::Server,
};

/// Nothing but the frame itself may be why a connection ends.
const PATIENT: [&str; 2] = ["--connect-timeout", "10m"];

/// Frames of more than the 64 KiB that are allowed.
fn over_long() -> Vec<Frame> {
    let text = "x".repeat(64 * 1024);
    vec![
        format!(r#"42["message","{text}"]"#).into(),
        format!(r#"40/{text},"#).into(),
        text.into(),
        vec![0_u8; 64 * 1024 + 1].into(),
    ]
}

/// What is wrong on a connection of whatever state.
fn garbage() -> Vec<Frame> {
    let mut frames: Vec<Frame> = [
        // Engine.IO: no packet, no such packet, packets that only a server sends, an upgrade
        // where there is nothing to upgrade.
        "",
        "hello",
        "7",
        "é",
        "\u{0}",
        "0{}",
        "5",
        "6",
        "2probe",
        "b4AAEC",
        // Socket.IO: no packet, no such packet, packets that only a server sends.
        "4",
        "4hello",
        "47",
        "4{}",
        r#"44{"message":"no"}"#,
        // Attachments without number, without end, without sense, more than none.
        r#"45["message"]"#,
        r#"45-["message"]"#,
        r#"45-1-["message"]"#,
        r#"451-["message",{"_placeholder":true,"num":0}]"#,
        r#"4599999999999999999999-["message"]"#,
    ]
    .into_iter()
    .map(Frame::from)
    .collect();
    frames.extend([vec![].into(), vec![4, 0].into(), vec![0xff; 1_000].into()]);
    frames.extend(over_long());
    frames
}

async fn ends_the_connection(server: &mut Server, connected: bool, frame: &Frame) {
    let shown = format!("{frame:?}").chars().take(60).collect::<String>();
    let mut raw = Raw::open(server.url()).await;
    if connected {
        raw.send("40").await;
        raw.until("40{").await;
        server.log.line(0, &["guest connected", &raw.sid]).await;
    }
    let place = server.log.length();
    eprintln!("sending {shown}");
    raw.send(frame.clone()).await;
    let frames = raw.end().await;
    // Nothing but a goodbye, and what the bystander says meanwhile.
    let others =
        |frame: &String| frame == "1" || frame.starts_with(r#"42["chat message","bystander"#);
    assert!(frames.iter().all(others), "{shown}: {frames:?}");
    server.log.line(place, &[&raw.sid]).await;
    assert!(server.is_running(), "{shown}");
}

#[tokio::test]
async fn garbage_before_connecting() {
    let mut server = Server::unlimited_with(&PATIENT).await;
    let bystander = Bystander::arrive(server.url()).await;
    for frame in garbage() {
        ends_the_connection(&mut server, false, &frame).await;
    }
    bystander.noticed_nothing().await;
}

#[tokio::test]
async fn garbage_after_connecting() {
    let mut server = Server::unlimited_with(&PATIENT).await;
    let bystander = Bystander::arrive(server.url()).await;
    for frame in garbage() {
        ends_the_connection(&mut server, true, &frame).await;
    }
    bystander.noticed_nothing().await;
}

#[tokio::test]
async fn events_that_are_none() {
    let mut server = Server::unlimited_with(&PATIENT).await;
    let bystander = Bystander::arrive(server.url()).await;
    for frame in [
        "42",
        "42[",
        "42[]",
        "42{}",
        "42null",
        r#"42["message""#,
        r#"42["message","#,
        "42[1]",
        r#"42[null,"x"]"#,
        r#"42"message""#,
        "42[[]]",
        "43",
        "437",
    ] {
        ends_the_connection(&mut server, true, &frame.into()).await;
    }
    bystander.noticed_nothing().await;
}

#[tokio::test]
async fn arguments_nested_without_end_are_refused() {
    let mut server = Server::unlimited_with(&PATIENT).await;
    let bystander = Bystander::arrive(server.url()).await;
    let mut raw = Raw::open(server.url()).await;
    raw.send("40").await;
    raw.until("40{").await;
    let place = server.log.length();
    raw.send(format!(r#"42["message",{}{}]"#, "[".repeat(20_000), "]".repeat(20_000))).await;
    let answer = raw.until(r#"42["refused""#).await;
    assert!(answer.contains(r#""code":"invalid""#), "{answer}");
    server.log.line(place, &["refused", &raw.sid]).await;
    raw.send(r#"42["message","still here"]"#).await;
    raw.until(r#"42["response","Message received: still here"]"#).await;
    assert!(server.is_running());
    bystander.noticed_nothing().await;
}

#[tokio::test]
async fn events_before_connecting() {
    let mut server = Server::unlimited_with(&PATIENT).await;
    let bystander = Bystander::arrive(server.url()).await;
    for frame in [
        r#"42["chat message","not heard"]"#,
        r#"42/chat,0["room:join",{"room":"chat"}]"#,
        r#"430["x"]"#,
        "41",
        "41/chat,",
    ] {
        ends_the_connection(&mut server, false, &frame.into()).await;
    }
    bystander.noticed_nothing().await;
}

#[tokio::test]
async fn a_connection_that_never_says_what_it_wants_is_ended() {
    let server = Server::unlimited_with(&["--connect-timeout", "200ms"]).await;
    let bystander = Bystander::arrive(server.url()).await;
    let mut raw = Raw::open(server.url()).await;
    let frames = raw.end().await;
    assert!(frames.iter().all(|frame| frame == "1"), "{frames:?}");
    bystander.noticed_nothing().await;
}

#[tokio::test]
async fn a_heartbeat_that_is_not_answered_ends_the_connection() {
    let flags = ["--ping-interval", "100ms", "--ping-timeout", "400ms"];
    let server = Server::unlimited_with(&flags).await;
    let deaf = tokio_tungstenite::connect_async(format!(
        "ws://{}/socket.io/?EIO=4&transport=websocket",
        server.address()
    ));
    let (mut deaf, _) = deaf.await.unwrap();
    futures_util::SinkExt::send(&mut deaf, "40".into()).await.unwrap();
    server.log.line(0, &["guest connected"]).await;
    let line = server.log.line(0, &["guest disconnected"]).await;
    assert!(line.contains("PONG"), "{line}");
}
