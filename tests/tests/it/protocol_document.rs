//! docs/protocol.md tells all of the contract, and its examples are what they say they are.

use std::{any::type_name, collections::BTreeSet, fs};

use parlour_events::{self as events, Code, Event, Refusal, Reply, limits};
use parlour_tests::settings;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// What stands in front of an example: `<!-- json: TYPE -->`.
const MARK: &str = "<!-- json: ";

fn document() -> String {
    fs::read_to_string(settings::workspace().join("docs/protocol.md")).unwrap()
}

/// Reads an example as the type that it claims to be, and writes it again.
type Reader = fn(&str) -> Value;

/// An example that has a field which is not of its type comes out without it.
fn reread<T: Serialize + DeserializeOwned>(text: &str) -> Value {
    let value: T = serde_json::from_str(text)
        .unwrap_or_else(|error| panic!("this is no {}: {error}\n{text}", type_name::<T>()));
    serde_json::to_value(value).unwrap()
}

/// Every event, by the name of its type: its name on the wire, its payload, its answer.
macro_rules! events {
    ($($event:ident),* $(,)?) => {
        [$((
            stringify!($event),
            events::$event::NAME,
            reread::<events::$event> as Reader,
            reread::<<events::$event as Event>::Ack> as Reader,
        )),*]
    };
}

fn all_events() -> impl Iterator<Item = (&'static str, &'static str, Reader, Reader)> {
    events![
        ListRooms,
        CreateRoom,
        JoinRoom,
        LeaveRoom,
        SetTopic,
        Invite,
        RemoveMember,
        ListMembers,
        OpenDirect,
        MarkRead,
        SyncRoom,
        RoomHistory,
        SendMessage,
        EditMessage,
        DeleteMessage,
        React,
        Search,
        Rename,
        EndSession,
        Mute,
        Kick,
        Ban,
        Unban,
        ListBans,
        SetRole,
        ListAudit,
        Typing,
        SomebodyTyping,
        Presence,
        RoomChanges,
        RoomHead,
        RoomUpdated,
        TopicChanged,
        ReadMarker,
        Session,
        SessionEnded,
        Muted,
    ]
    .into_iter()
}

/// The other types that examples are of.
fn other(name: &str) -> Option<Reader> {
    Some(match name {
        "Credentials" => reread::<events::Credentials>,
        "Reply<Uploaded>" => reread::<Reply<events::Uploaded>>,
        "Reply<Done>" => reread::<Reply<events::Done>>,
        "Refusal" => reread::<Refusal>,
        "Change" => reread::<events::Change>,
        "Message" => reread::<events::Message>,
        "Room" => reread::<events::Room>,
        _ => return None,
    })
}

/// The type of an example: an event, what it is answered with (`JoinRoom answer`), or another.
fn reader(name: &str) -> Option<Reader> {
    let (event, answer) = match name.strip_suffix(" answer") {
        Some(event) => (event, true),
        None => (name, false),
    };
    let found = all_events().find(|(name, ..)| *name == event);
    match found {
        Some((.., answer_reader)) if answer => Some(answer_reader),
        Some((_, _, payload_reader, _)) => Some(payload_reader),
        None => other(name),
    }
}

/// The names that the contract gives its events, out of its source.
fn names_in_source() -> BTreeSet<String> {
    let folder = settings::workspace().join("events/src/chat");
    let mut names = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let source = fs::read_to_string(file.unwrap().path()).unwrap();
        for line in source.lines() {
            // `Type = "name" -> Answer;` or `Type = "name";`
            let name = line.trim().split_once(" = \"").and_then(|(_, rest)| rest.split_once('"'));
            if let Some((name, rest)) = name
                && !line.starts_with("pub")
                && (rest == ";" || rest.starts_with(" -> "))
            {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

#[test]
fn the_protocol_document_names_every_event() {
    let listed: BTreeSet<_> = all_events().map(|(_, name, ..)| name.to_owned()).collect();
    assert_eq!(listed, names_in_source(), "this test lists every event");
    let document = document();
    for name in listed.iter().map(String::as_str).chain([
        events::classic::CHAT_MESSAGE,
        events::classic::MESSAGE,
        events::classic::RESPONSE,
        events::classic::REFUSED,
    ]) {
        assert!(document.contains(&format!("| `{name}` |")), "no table has the event {name}");
    }
}

#[test]
fn the_protocol_document_explains_every_code() {
    let document = document();
    let section = document.split("\n## ").find(|section| section.starts_with("Refusals")).unwrap();
    for (_, code) in Code::ALL {
        assert!(section.contains(&format!("\n| `{code}` |")), "no row for {code}");
    }
}

#[test]
fn the_protocol_document_has_the_limits_that_hold() {
    let document = document();
    for (what, limit) in [
        ("nickname, characters", limits::NICKNAME_CHARS),
        ("room name, characters", limits::ROOM_NAME_CHARS),
        ("topic, characters", limits::TOPIC_CHARS),
        ("message, characters", limits::BODY_CHARS),
        ("reaction, bytes", limits::EMOJI_BYTES),
        ("file name, characters", limits::FILE_NAME_CHARS),
        ("reason of a moderator, characters", limits::REASON_CHARS),
        ("search text, characters", limits::QUERY_CHARS),
        ("token, bytes", limits::TOKEN_BYTES),
        ("changes in an answer to `room:join` or `room:sync`", limits::CATCH_UP_CHANGES),
        ("messages in an answer to `room:history` or `message:search`", limits::PAGE_MESSAGES),
        ("entries in an answer that lists", limits::PAGE_ENTRIES),
        ("files on a message", limits::ATTACHMENTS),
        ("quoted text, characters", limits::QUOTE_CHARS),
    ] {
        let row = format!("| {what} | {limit} |");
        assert!(document.contains(&row), "no row {row}");
    }
    assert_eq!((limits::UNREAD_COUNTED, limits::TYPING_MS), (1_000, 6_000));
    assert!(document.contains("up to 1,000") && document.contains("6 seconds"));
}

#[test]
fn the_examples_of_the_protocol_document_are_what_they_say() {
    let document = document();
    let mut examples = 0;
    for (at, fence) in document.match_indices("```json\n") {
        let (example, _) = document[at + fence.len()..].split_once("\n```").unwrap();
        let mark = document[..at].trim_end().lines().next_back().unwrap();
        let name = mark.strip_prefix(MARK).and_then(|name| name.strip_suffix(" -->"));
        let name = name.unwrap_or_else(|| panic!("no {MARK}TYPE --> before\n{example}"));
        let read = reader(name).unwrap_or_else(|| panic!("no type {name}"));
        let value: Value = serde_json::from_str(example).unwrap();
        assert_eq!(read(example), value, "{name} with more, or other, fields than it has");
        examples += 1;
    }
    assert!(examples > 20, "only {examples} examples were found");
}

#[test]
fn the_example_client_is_named_in_the_protocol_document() {
    assert!(document().contains("(examples/chat.mjs)"));
}
