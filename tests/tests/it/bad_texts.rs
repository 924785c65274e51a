//! Messages that are too long, empty, or hold what no message may: refused; those at the limit are
//! not.

use parlour_events::limits::BODY_CHARS;
use parlour_tests::{bystander::Bystander, member::Member, server::Server};
use serde_json::json;
use uuid::Uuid;

#[tokio::test]
async fn only_texts_within_the_limits_are_posted() {
    let server = Server::unlimited().await;
    let bystander = Bystander::arrive(server.url()).await;
    let mut ann = Member::joined(server.url(), "Ann").await;
    for body in [
        String::new(),
        " \n\t ".to_owned(),
        "x".repeat(BODY_CHARS + 1),
        "🦊".repeat(BODY_CHARS + 1),
        "a bell \u{7}".to_owned(),
        "\u{1b}[2J".to_owned(),
        "nul \0".to_owned(),
        "\u{9f}".to_owned(),
    ] {
        let shown = body.chars().take(20).collect::<String>();
        let place = server.log.length();
        let message = json!({ "room": "chat", "id": Uuid::now_v7(), "body": body });
        let answer = ann.ask_raw("message:send", &message).await.expect("an answer");
        assert_eq!(answer["error"]["code"], "invalid", "{shown:?}: {answer}");
        server.log.line(place, &["refused", "invalid"]).await;
    }
    // As long as can be, in characters of four bytes and in ones that JSON writes as two.
    for body in
        ["🦊".repeat(BODY_CHARS), "\"".repeat(BODY_CHARS), "\t".repeat(BODY_CHARS - 1) + "."]
    {
        ann.say(&body).await;
        assert_eq!(ann.hears(&body).await, "Ann");
    }
    bystander.noticed_nothing().await;
}
