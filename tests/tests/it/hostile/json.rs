//! Values that no event asks for.

use parlour_events::chat;
use parlour_tests::chaos::random::Random;
use serde_json::{Map, Value, json};

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// Requests as they should be, for a room that is there.
fn requests() -> Vec<(&'static str, Value)> {
    let cursor = json!({ "epoch": ID, "seq": 3 });
    let message = json!({ "room": "chat", "id": ID, "message": ID });
    let and = |more: Value| {
        let mut all = message.clone();
        all.as_object_mut()
            .expect("it is one")
            .extend(more.as_object().expect("it is one").clone());
        all
    };
    vec![
        ("room:list", json!({ "after": "chat" })),
        ("room:create", json!({ "room": "chat", "private": true, "topic": "x" })),
        ("room:join", json!({ "room": "chat", "after": cursor })),
        ("room:sync", json!({ "room": "chat", "after": cursor, "limit": 5 })),
        ("room:history", json!({ "room": "chat", "before": 9, "limit": 5 })),
        ("room:read", json!({ "room": "chat", "seq": 7 })),
        ("room:topic", json!({ "room": "chat", "topic": "x" })),
        ("room:members", json!({ "room": "chat", "after": ID })),
        ("room:invite", json!({ "room": "chat", "user": ID })),
        ("room:remove", json!({ "room": "chat", "user": ID })),
        ("dm:open", json!({ "user": ID })),
        (
            "message:send",
            json!({
                "room": "chat", "id": ID, "body": "x", "reply_to": ID,
                "attachments": [{ "file": "ab".repeat(32), "name": "x.png" }],
            }),
        ),
        ("message:edit", and(json!({ "body": "x" }))),
        ("message:delete", message.clone()),
        ("message:react", and(json!({ "emoji": ":+1:", "on": true }))),
        ("message:search", json!({ "query": "needle", "room": "chat", "after": 5, "limit": 5 })),
        ("session:rename", json!({ "nickname": "Bystander" })),
        ("mod:mute", json!({ "user": ID, "seconds": 5, "reason": "x" })),
        ("mod:kick", json!({ "user": ID, "reason": "x" })),
        ("mod:ban", json!({ "user": ID, "addresses": true, "seconds": 5, "reason": "x" })),
        ("mod:unban", json!({ "ban": 5 })),
        ("mod:bans", json!({ "before": 5 })),
        ("mod:role", json!({ "user": ID, "role": "admin" })),
        ("mod:audit", json!({ "before": 5 })),
        ("typing", json!({ "room": "chat" })),
    ]
}

/// A text of whatever characters.
fn text(random: &mut Random) -> String {
    const SIGNS: [&str; 14] = [
        "a",
        "Ж",
        "\u{1f642}",
        "\u{0}",
        "\u{7}",
        "\n",
        "\"",
        "\\",
        "\u{202e}",
        "\u{200d}",
        "\u{feff}",
        "'; --",
        "<script>",
        "%00",
    ];
    let length = match random.below(40) {
        0 => 3_000,
        1 => 300,
        _ => random.below(12),
    };
    (0..length).map(|_| *random.pick(&SIGNS)).collect()
}

/// A value of whatever type.
pub(super) fn value(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 8 } else { 10 }) {
        0 => Value::Null,
        1 => json!(random.below(2) == 0),
        2 => json!(random.draw()),
        3 => json!(-(random.below(1 << 30) as i64)),
        4 => json!(*random.pick(&[0.5, -0.0, 1e308, 5e-324, 1e19])),
        5 => json!(ID),
        6 => json!({ "_placeholder": true, "num": random.below(3) }),
        7 => json!(text(random)),
        8 => (0..random.below(5)).map(|_| value(random, depth - 1)).collect(),
        _ => (0..random.below(5))
            .map(|_| (text(random), value(random, depth - 1)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

/// The name of a request, and a payload that is almost one for it.
pub(super) fn almost(random: &mut Random) -> (&'static str, Value) {
    let all = requests();
    let (event, mut payload) = random.pick(&all).clone();
    if random.below(4) == 0 {
        return (event, value(random, 3));
    }
    let fields = payload.as_object_mut().expect("each is an object");
    let names: Vec<String> = fields.keys().cloned().collect();
    let name = random.pick(&names).clone();
    match random.below(4) {
        0 => drop(fields.remove(&name)),
        1 => drop(fields.insert(text(random), value(random, 2))),
        _ => drop(fields.insert(name, value(random, 3))),
    }
    (event, payload)
}

/// JSON nested so deep that reading it by calling oneself would end badly.
pub(super) fn deep(random: &mut Random) -> String {
    let depth = 1 + random.below(9_000);
    match random.below(2) {
        0 => format!("{}{}", "[".repeat(depth), "]".repeat(depth)),
        _ => format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth)),
    }
}

/// The name of an event, there or not. Never that which ends a session.
pub(super) fn event(random: &mut Random) -> String {
    match random.below(6) {
        0 => "message".to_owned(),
        1 => "chat message".to_owned(),
        2 => chat::NAMESPACE.to_owned(),
        3 => "connect".to_owned(),
        4 => "disconnect".to_owned(),
        // The server's library takes a name that JSON has to escape for no name at all.
        _ => {
            let plain = |c: &char| !c.is_control() && !matches!(c, '"' | '\\');
            format!("no such event {}", text(random).chars().filter(plain).collect::<String>())
        }
    }
}
