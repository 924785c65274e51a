//! Frames that no client sends: nonsense that a connection has to survive, and what may end it.

use parlour_tests::chaos::random::Random;
use serde_json::json;

use super::{
    json::{almost, deep, event, value},
    wire::{BINARY, TEXT, frame, head},
};

/// A packet that is as the protocol wants it and that nobody can make sense of. Whoever sends it
/// is refused, or not answered, and stays connected.
pub(super) fn nonsense(random: &mut Random) -> String {
    let ack = match random.below(3) {
        0 => String::new(),
        1 => random.below(1_000).to_string(),
        _ => (random.draw() >> 1).to_string(),
    };
    match random.below(12) {
        // To the classic namespace: a string is what it wants, and what it does not get.
        0..=2 => {
            let mut args = vec![json!(event(random))];
            let strings = |it: &serde_json::Value| it.is_string();
            args.extend((0..random.below(4)).map(|_| value(random, 3)).filter(|it| !strings(it)));
            format!("42{ack}{}", json!(args))
        }
        3..=8 => {
            let (event, payload) = almost(random);
            match random.below(12) {
                0 => format!("42/chat,{ack}{}", json!([event])),
                1 => format!("42/chat,{ack}{}", json!([event, payload, payload, null])),
                _ => format!("42/chat,{ack}{}", json!([event, payload])),
            }
        }
        9 => format!("42/chat,{ack}{}", json!([event(random), value(random, 3)])),
        10 => match random.below(30) {
            0 => format!(r#"42{ack}["message",{}]"#, deep(random)),
            1 => format!(r#"42/chat,{ack}["message:send",{}]"#, deep(random)),
            _ => format!("40/nowhere {},{}", random.below(1_000), value(random, 2)),
        },
        // A second time, as whoever.
        _ => format!(
            "40/chat,{}",
            json!({ "nickname": value(random, 1), "token": value(random, 1) })
        ),
    }
}

/// Bytes that may end the connection.
pub(super) struct Harm {
    pub(super) bytes: Vec<u8>,
    /// Nothing will be answered that comes behind them: they are the beginning of something, or
    /// they leave the namespace.
    pub(super) last: bool,
}

/// What may end a connection, whatever its state.
pub(super) fn harm(random: &mut Random) -> Harm {
    let unfinished = random.below(24) == 0;
    let bytes = match random.below(16) {
        _ if unfinished => cut_off(random),
        0..=3 => frame(TEXT, &changed(random)),
        4..=5 => frame(TEXT, attachments(random).as_bytes()),
        6 => frame(BINARY, &noise(random, 64)),
        7 => frame(TEXT, &noise(random, 64)),
        8..=9 => frame(TEXT, engine(random).as_bytes()),
        10..=11 => frame(TEXT, socket(random).as_bytes()),
        12 => frame(TEXT, numbers(random).as_bytes()),
        13 => unlike_a_websocket(random),
        14 => fragments(random),
        // More than is allowed is expensive to send: now and then.
        _ if random.below(12) == 0 => {
            frame(*random.pick(&[TEXT, BINARY]), &vec![b'4'; (64 << 10) + 1])
        }
        _ => frame(TEXT, &changed(random)),
    };
    let payload = match bytes.get(1).map(|length| length & 0x7f) {
        Some(126) => bytes.get(8..),
        _ => bytes.get(6..),
    };
    let leaves = payload.is_some_and(|payload| payload.starts_with(b"41"));
    Harm { bytes, last: unfinished || leaves }
}

fn noise(random: &mut Random, most: usize) -> Vec<u8> {
    (0..random.below(most)).map(|_| random.draw() as u8).collect()
}

/// A packet that was good once: cut off, with other bytes in it, or with some twice.
fn changed(random: &mut Random) -> Vec<u8> {
    let mut packet = nonsense(random).into_bytes();
    packet.truncate(2_000);
    for _ in 0..=random.below(3) {
        let Some(last) = packet.len().checked_sub(1) else { break };
        let at = random.below(last + 1);
        match random.below(5) {
            0 => packet.truncate(at),
            1 => packet[at] = random.draw() as u8,
            2 => packet[at] ^= 1 << random.below(8),
            3 => drop(packet.remove(at)),
            _ => {
                let twice = packet[at..].to_vec();
                packet.extend(twice);
            }
        }
    }
    packet
}

/// Packets of Engine.IO that a client does not send now, or that there are not.
fn engine(random: &mut Random) -> String {
    let packet = *random.pick(&[
        "", "0", "0{}", "1", "2", "2probe", "3", "3probe", "5", "6", "7", "é", "b", "bAAAA", "b!",
        "\u{1e}", "4\u{1e}4",
    ]);
    match random.below(3) {
        0 => format!("{packet}{}", value(random, 2)),
        _ => packet.to_owned(),
    }
}

/// Packets of Socket.IO in a wrong order, or that there are not.
fn socket(random: &mut Random) -> String {
    let kind = random.below(10);
    let namespace = *random.pick(&[
        "",
        "/,",
        "/chat,",
        "/nowhere,",
        "/chat",
        "/,,",
        "//,",
        "/\u{0},",
        "/chat?x=y,",
    ]);
    let ack = *random.pick(&["", "0", "7", "-1", "18446744073709551616", "00", "1e3"]);
    let data = match random.below(4) {
        0 => String::new(),
        1 => json!([event(random), value(random, 2)]).to_string(),
        2 => json!([value(random, 1)]).to_string(),
        _ => value(random, 2).to_string(),
    };
    format!("4{kind}{namespace}{ack}{data}")
}

/// Attachments that do not come, are not counted right, or stand nowhere.
fn attachments(random: &mut Random) -> String {
    let kind = random.pick(&[5, 6]);
    let count = *random.pick(&[
        "",
        "0-",
        "1-",
        "2-",
        "-",
        "-1-",
        "1",
        "99999-",
        "4294967296-",
        "99999999999999999999999-",
        "1-1-",
        "é-",
    ]);
    let namespace = *random.pick(&["", "/chat,"]);
    let number = *random.pick(&[
        "0",
        "1",
        "-1",
        "99999",
        "18446744073709551615",
        "1e9",
        "\"0\"",
        "null",
        "{}",
    ]);
    let holder = *random.pick(&["true", "false", "1", "\"yes\""]);
    format!(r#"4{kind}{count}{namespace}["message",{{"_placeholder":{holder},"num":{number}}}]"#)
}

/// JSON that is none, or that no number holds.
fn numbers(random: &mut Random) -> String {
    let odd = *random.pick(&[
        "1e999",
        "-1e999",
        "1e-999",
        "01",
        "1.",
        ".1",
        "+1",
        "NaN",
        "Infinity",
        "0x10",
        "1e+",
        "--1",
        "99999999999999999999999999999999999999",
        r#""\ud800""#,
        r#""\udc00\ud800""#,
        r#""\x""#,
        r#""\u12""#,
        "\"\u{1}\"",
        "tru",
        "nul",
        "[1,]",
        r#"{"a":1,}"#,
        r#"{"a"}"#,
        "{1:2}",
        "[",
        "{",
        "\"",
        "//",
        "/**/",
    ]);
    let event = random.pick(&["message", "chat message"]);
    match random.below(4) {
        0 => format!(r#"42["{event}",{odd}]"#),
        1 => format!(r#"42/chat,7["room:join",{{"room":{odd}}}]"#),
        2 => r#"42["a name \"in quotes\"",1]"#.to_owned(),
        _ => format!("42{odd}"),
    }
}

/// Frames that the protocol of WebSockets does not have.
fn unlike_a_websocket(random: &mut Random) -> Vec<u8> {
    let payload = noise(random, 20);
    match random.below(8) {
        // Operations and bits that are not given yet.
        0 => frame(3 + random.below(5) as u8, &payload),
        1 => frame(0xb + random.below(5) as u8, &payload),
        2 => {
            let mut frame = frame(TEXT, b"3");
            frame[0] |= 0x10 << random.below(3);
            frame
        }
        // Not masked, as only a server may send.
        3 => vec![0x80 | TEXT, 1, b'3'],
        // A heartbeat that is too long, or in parts.
        4 => frame(0x9, &[0; 126]),
        5 => vec![0x9, 0x80, 0, 0, 0, 0],
        // Goodbyes with half a reason, or none that there is.
        6 => frame(0x8, &[3]),
        _ => frame(0x8, &(random.draw() as u16).to_be_bytes()),
    }
}

/// A packet in parts: none before, another in between, or cut within a character.
fn fragments(random: &mut Random) -> Vec<u8> {
    let part = |first: u8, payload: &[u8]| {
        let mut part = frame(0, payload);
        part[0] = first;
        part
    };
    let text = "42[\"no such event\",\"é\"]".as_bytes();
    let at = text.len() - 3;
    match random.below(4) {
        0 => part(0x80, text),
        1 => [part(TEXT, &text[..at]), frame(TEXT, b"3")].concat(),
        2 => [part(TEXT, &text[..at]), frame(0x9, b""), part(0x80, &text[at..])].concat(),
        _ => [part(TEXT, b"42[\"\xc3"), part(0, b"\""), part(0x80, b"]")].concat(),
    }
}

/// The beginning of a frame of which no more will come.
fn cut_off(random: &mut Random) -> Vec<u8> {
    match random.below(3) {
        0 => head(0x80 | BINARY, *random.pick(&[1 << 15, (64 << 10) + 1, 1 << 32, u64::MAX])),
        1 => {
            let mut whole = frame(TEXT, &changed(random));
            let length = whole.len();
            whole.truncate(1 + random.below(length));
            whole
        }
        _ => {
            let mut start = frame(0, b"42[\"message\",\"");
            start[0] = TEXT;
            start
        }
    }
}
