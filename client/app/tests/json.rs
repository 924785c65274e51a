//! What the page reads of the contract is what the server's JSON library reads, whether a text is
//! as it should be, or nearly so, or of another kind altogether.
#![cfg(not(target_arch = "wasm32"))]

use std::fmt::Debug;

use parlour_app::json::{decode, encode};
use parlour_events::*;
use proptest::{prelude::*, sample::Index};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// One JSON text of each kind, and of each form that it can have; `@` is an id, `~` a person.
const TEXTS: &[&str] = &[
    r#"{"seq":7,"at":1700000000000}"#,
    r#"{"epoch":@,"seq":18446744073709551615}"#,
    r#"{"code":"rate_limited","message":"Slower, please.","retry_after":1500}"#,
    r#"{"code":"of_tomorrow","message":""}"#,
    r#"{"ok":{}}"#,
    r#"{"ok":{"seq":7,"at":1}}"#,
    r#"{"error":{"code":"busy","message":"Try later."}}"#,
    r#"{"room":"chat","epoch":@,"changes":[
        {"seq":1,"at":2,"type":"posted","id":@,"author":~,"body":"Hi\n\ttab \u00e4","reply_to":
            {"id":@,"seq":1,"author":~,"excerpt":""},"attachments":[{"file":#,"name":"cat.png",
            "mime":"image/png","size":3,"pixels":[640,480]}],"mentions":[@,@]},
        {"seq":2,"at":2,"type":"edited","id":@,"body":"Ho"},
        {"at":2,"type":"deleted","id":@,"by":~,"seq":3},
        {"type":"reacted","seq":4,"at":2,"id":@,"by":~,"emoji":"👍","on":true},
        {"seq":5,"at":2,"type":"pinned","id":7,"by":null,"on":"today"}]}"#,
    r#"{"room":"chat","epoch":@,"head":9}"#,
    r#"{"epoch":@,"head":2,"type":"changes","changes":[{"seq":2,"at":1,"type":"edited","id":@}]}"#,
    r#"{"ok":{"epoch":@,"head":4,"type":"reset","why":"too_far","messages":[{"seq":1,"rev":4,
        "at":5,"id":@,"author":~,"edited":6,"deleted":true,"reactions":[{"emoji":":tada:",
        "count":2,"mine":true,"names":["Ann","Ben"]}]}],"earlier":false}}"#,
    r#"{"epoch":@,"head":4,"messages":[{"seq":1,"rev":1,"at":5,"id":@,"author":~,"body":"x"}],
        "earlier":true,"later":false}"#,
    r#"{"hits":[{"room":"chat","message":{"seq":1,"rev":1,"at":5,"id":@,"author":~}}],"next":3}"#,
    r#"{"room":"chat","kind":"direct","topic":"Tea","with":~,"members":2,"head":9,"joined":true,
        "owned":true,"read":3,"unread":4,"mentions":1}"#,
    r#"{"rooms":[{"room":"chat","kind":"public","members":0,"head":0,"joined":false,"read":0,
        "unread":0,"mentions":0}],"more":false}"#,
    r#"{"room":"chat","now":null}"#,
    r#"{"room":"chat","topic":"","by":~}"#,
    r#"{"room":"chat","read":3,"unread":4,"mentions":1}"#,
    r#"{"members":[{"person":~,"role":"moderator","here":true}],"more":true}"#,
    r#"{"person":~,"role":"admin","token":"secret","epoch":@,"limits":{"message_chars":4000,
        "upload_bytes":10485760,"messages_per_minute":60}}"#,
    r#"{"until":1700000000000,"reason":"Enough."}"#,
    r#"{"room":"chat","person":~}"#,
    r#"{"room":"chat","here":[~],"gone":[@]}"#,
    r#"{"bans":[{"ban":1,"person":~,"address":"192.0.2.0/24","until":2,"reason":""}],"more":false}"#,
    r#"{"entries":[{"entry":1,"at":2,"by":~,"action":"mod:ban","to":~,"detail":"for good"}],
        "more":false}"#,
    r#"{"file":#,"mime":"text/plain","size":3,"pixels":null}"#,
];

fn text(number: usize) -> String {
    let person = r#"{"id":@,"name":"Ann","kind":"member"}"#;
    let file = format!("\"{}\"", "0f".repeat(32));
    TEXTS[number % TEXTS.len()]
        .replace('~', person)
        .replace('@', "\"01890a5d-ac96-774b-bcce-b302099a8057\"")
        .replace('#', &file)
}

fn same<T: DeserializeOwned + Debug + PartialEq>(json: &str) -> bool {
    let read = decode::<T>(json).ok();
    assert_eq!(read, serde_json::from_str::<T>(json).ok(), "{json}");
    read.is_some()
}

/// How many types of the contract this is a text of.
fn all(json: &str) -> usize {
    macro_rules! all {
        ($($type:ty),* $(,)?) => {
            [$(same::<$type>(json), same::<Reply<$type>>(json)),*].iter().filter(|is| **is).count()
        };
    }
    all![
        Audit,
        Author,
        BanEntry,
        Bans,
        CatchUp,
        Change,
        Cursor,
        Done,
        Found,
        History,
        Member,
        Members,
        Message,
        Muted,
        Presence,
        ReadMarker,
        Refusal,
        Room,
        RoomChanges,
        RoomHead,
        RoomUpdated,
        Rooms,
        Sent,
        Session,
        SessionEnded,
        SomebodyTyping,
        TopicChanged,
        Uploaded,
    ]
}

/// A value changed somewhere: a field left out, or another value in its place.
fn bent(value: &mut Value, place: &mut usize, what: u8) {
    if *place == 0 {
        *value = match what % 8 {
            0 => Value::Null,
            1 => 7.into(),
            2 => "7".into(),
            3 => true.into(),
            4 => serde_json::json!({}),
            5 => serde_json::json!([["x"]]),
            6 => (-1).into(),
            _ => (-1.5).into(),
        };
        return;
    }
    *place -= 1;
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| bent(item, place, what)),
        Value::Object(fields) if *place < fields.len() && what >= 8 => {
            let name = fields.keys().nth(*place).cloned();
            fields.remove(&name.unwrap_or_default());
        }
        Value::Object(fields) => fields.values_mut().for_each(|field| bent(field, place, what)),
        _ => {}
    }
}

fn scratched(text: &str, changes: &[(Index, u8, char)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (place, what, char) in changes {
        let at = place.index(chars.len());
        match what {
            0 => drop(chars.remove(at)),
            1 => chars.insert(at, *char),
            _ => chars[at] = *char,
        }
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn nearly_right_values(number in any::<usize>(), place in 0_usize..40, what in any::<u8>()) {
        let (mut value, mut place) = (serde_json::from_str(&text(number)).unwrap(), place);
        bent(&mut value, &mut place, what);
        all(&value.to_string());
    }

    #[test]
    fn scratched_texts(
        number in any::<usize>(),
        changes in prop::collection::vec(
            (any::<Index>(), 0_u8..3, prop::sample::select("{}[]\",:x1-. \n\u{1}é".chars().collect::<Vec<_>>())),
            1..3,
        ),
    ) {
        all(&scratched(&text(number), &changes));
    }
}

#[test]
fn every_text_is_one_of_the_contract() {
    for number in 0..TEXTS.len() {
        assert_ne!(all(&text(number)), 0, "{}", text(number));
    }
}

#[test]
fn what_is_written_is_what_the_server_reads() {
    fn written<T: Serialize + DeserializeOwned + Debug + PartialEq>(value: &T) {
        let json = encode(value);
        assert_eq!(json.get(), serde_json::to_string(value).unwrap());
        assert_eq!(&serde_json::from_str::<T>(json.get()).unwrap(), value);
    }

    let room = RoomName::default();
    let cursor: Cursor = decode(&text(1)).unwrap();
    written(&JoinRoom { room: room.clone(), after: None });
    written(&SyncRoom { room: room.clone(), after: cursor, limit: Some(200) });
    written(&RoomHistory { room, from: Some(Place::Before(Seq(7))), limit: None });
    written(&EndSession {});
}
