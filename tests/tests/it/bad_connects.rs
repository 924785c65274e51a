//! CONNECTs that cannot be: to nowhere, by nobody, twice.

use parlour_events::{Code, Refusal};
use parlour_tests::{bystander::Bystander, raw::Raw, server::Server, waiting::within};
use serde_json::Value;

/// Sends a CONNECT and reads its refusal's message.
async fn refused(raw: &mut Raw, namespace: &str, auth: &str) -> String {
    raw.send(format!("40{namespace},{auth}")).await;
    let answer = raw.next().await.expect("an answer");
    let json = answer.strip_prefix(&format!("44{namespace},"));
    let json = json.unwrap_or_else(|| panic!("{auth} was answered with {answer}"));
    let error: Value = serde_json::from_str(json).unwrap();
    error["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_unknown_namespace_is_refused_and_the_connection_stays() {
    let server = Server::unlimited().await;
    let bystander = Bystander::arrive(server.url()).await;
    let mut raw = Raw::open(server.url()).await;
    for namespace in
        ["/nowhere", "/chat/", "/Chat", "/admin/x", &format!("/{}", "n".repeat(30_000))]
    {
        let place = server.log.length();
        assert_eq!(refused(&mut raw, namespace, "").await, "Invalid namespace");
        server.log.line(place, &["namespace"]).await;
    }
    raw.send("40").await;
    raw.until("40{").await;
    bystander.noticed_nothing().await;
}

#[tokio::test]
async fn nicknames_that_are_none_are_refused_with_a_code() {
    let server = Server::unlimited().await;
    let bystander = Bystander::arrive(server.url()).await;
    let mut raw = Raw::open(server.url()).await;
    let long = format!(r#"{{"nickname":"{}"}}"#, "n".repeat(33));
    let huge = format!(r#"{{"nickname":"{}"}}"#, "n".repeat(60_000));
    for auth in [
        "",
        "{}",
        "[]",
        "7",
        r#""Ann""#,
        "null",
        r#"{"nickname""#,
        "{",
        "Ann",
        r#"{"nickname":7}"#,
        r#"{"nickname":null}"#,
        r#"{"nickname":["Ann"]}"#,
        r#"{"nickname":""}"#,
        r#"{"nickname":" \t\n "}"#,
        &long,
        &huge,
        // A bell, a line break, an escape sequence, a letter turner, a space of no width.
        r#"{"nickname":"a\u0007b"}"#,
        r#"{"nickname":"a\nb"}"#,
        r#"{"nickname":"\u001b[31mred"}"#,
        r#"{"nickname":"a\u202eb"}"#,
        r#"{"nickname":"a\u200bb"}"#,
    ] {
        let place = server.log.length();
        let message = refused(&mut raw, "/chat", auth).await;
        let refusal = Refusal::from_connect_error(&message);
        assert_eq!(refusal.code, Code::NicknameInvalid, "{auth}: {message}");
        assert!(refusal.message.len() < 300, "{auth}: {message}");
        server.log.line(place, &["refused", &raw.sid, "nickname_invalid"]).await;
    }
    // Tokens that are none are no better.
    for token in ["7", "{}", r#""""#, r#""a b""#, &format!(r#""{}""#, "t".repeat(4_097))] {
        let auth = format!(r#"{{"nickname":"Ann","token":{token}}}"#);
        let refusal = Refusal::from_connect_error(&refused(&mut raw, "/chat", &auth).await);
        assert_eq!(refusal.code, Code::Invalid, "{auth}: {refusal}");
    }
    // The connection is as good as before. Blanks at the ends are cut off.
    raw.send(r#"40/chat,{"nickname":"  Ann "}"#).await;
    raw.until("40/chat,{").await;
    let session = raw.until("42/chat,[").await;
    assert!(session.contains(r#""name":"Ann""#), "{session}");
    // No log line holds what a terminal would obey.
    assert!(!server.log.text().contains(['\u{7}', '\u{1b}']), "{}", server.log.text());
    bystander.noticed_nothing().await;
}

#[tokio::test]
async fn a_second_connect_changes_nothing() {
    let mut server = Server::unlimited().await;
    let bystander = Bystander::arrive(server.url()).await;
    let mut raw = Raw::open(server.url()).await;
    raw.send(r#"40/chat,{"nickname":"Ann"}"#).await;
    let session = raw.until("42/chat,[").await;
    assert!(session.contains(r#""name":"Ann""#), "{session}");
    server.log.line(0, &["member connected", &raw.sid]).await;
    let place = server.log.length();
    raw.send(r#"40/chat,{"nickname":"Ben"}"#).await;
    raw.send(r#"40/chat,{"nickname":""}"#).await;
    server.log.line(place, &["connect", &raw.sid]).await;
    // Either the connection is closed, or it goes on as Ann's.
    raw.send(r#"42/chat,1["room:join",{"room":"chat"}]"#).await;
    // The bystander's messages come all the while: the bound is for the whole wait.
    let answered = within("the answer to the join, or the end", async {
        while let Some(frame) = raw.next().await {
            assert!(!frame.contains(r#""name":"Ben""#), "it has become Ben: {frame}");
            if frame.starts_with("43/chat,1[") {
                return true;
            }
            if frame.starts_with("44/chat,") {
                break;
            }
        }
        false
    })
    .await;
    if answered {
        let id = uuid::Uuid::now_v7();
        raw.send(format!(
            r#"42/chat,2["message:send",{{"room":"chat","id":"{id}","body":"still Ann"}}]"#
        ))
        .await;
        let changes = within("the message", async {
            loop {
                let frame = raw.until("42/chat,").await;
                if frame.contains("still Ann") {
                    return frame;
                }
            }
        })
        .await;
        assert!(
            changes.contains(r#""name":"Ann","kind":"member"},"body":"still Ann""#),
            "{changes}"
        );
    }
    assert!(server.is_running());
    bystander.noticed_nothing().await;
}
