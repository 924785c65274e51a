//! How changes, messages and ids are read. The first two are written as flat objects; serde's own way back from
//! those keeps every field in a buffer until it has seen all of them, and needs a second copy of
//! everything that reads such a field. In a browser that weighs more than the rest of the contract.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, Unexpected, Visitor},
};
use uuid::Uuid;

use super::{
    Attachment, Author, Change, ChangeKind, Message, MessageId, Posted, Quote, Reaction, Seq,
    Timestamp, UserId,
};
use crate::text::Body;

/// The fields of a [`Change`], in the order of [`Field`]: some readers tell a field by its number.
const FIELDS: &[&str] = &[
    "seq",
    "at",
    "type",
    "id",
    "author",
    "body",
    "reply_to",
    "attachments",
    "mentions",
    "by",
    "emoji",
    "on",
];

#[derive(Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    Seq,
    At,
    Type,
    Id,
    Author,
    Body,
    ReplyTo,
    Attachments,
    Mentions,
    By,
    Emoji,
    On,
    #[serde(other)]
    Other,
}

/// The field `type` of a [`Change`].
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Type {
    Posted,
    Edited,
    Deleted,
    Reacted,
    #[serde(other)]
    Unknown,
}

impl Type {
    /// Whether such a change has this field. What others call by its name may be anything.
    fn has(self, field: Field) -> bool {
        match field {
            Field::Seq | Field::At | Field::Type => true,
            Field::Id => self != Self::Unknown,
            Field::Author | Field::ReplyTo | Field::Attachments | Field::Mentions => {
                self == Self::Posted
            }
            Field::Body => matches!(self, Self::Posted | Self::Edited),
            Field::By => matches!(self, Self::Deleted | Self::Reacted),
            Field::Emoji | Field::On => self == Self::Reacted,
            Field::Other => false,
        }
    }
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Change", FIELDS, ChangeVisitor)
    }
}

struct ChangeVisitor;

impl<'de> Visitor<'de> for ChangeVisitor {
    type Value = Change;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a change")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Change, M::Error> {
        let (mut seq, mut at, mut kind) = (None, None, None::<Type>);
        let (mut id, mut author, mut body, mut reply_to) = (None, None, None, None);
        let (mut attachments, mut mentions) = (None, None);
        let (mut by, mut emoji, mut on) = (None, None, None);

        while let Some(field) = map.next_key()? {
            // A server tells the type first; before it is known a field is what its name says.
            if kind.is_some_and(|kind| !kind.has(field)) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            match field {
                Field::Seq => once(&mut seq, &mut map, "seq")?,
                Field::At => once(&mut at, &mut map, "at")?,
                Field::Type => once(&mut kind, &mut map, "type")?,
                Field::Id => once(&mut id, &mut map, "id")?,
                Field::Author => once(&mut author, &mut map, "author")?,
                Field::Body => once(&mut body, &mut map, "body")?,
                Field::ReplyTo => once(&mut reply_to, &mut map, "reply_to")?,
                Field::Attachments => once(&mut attachments, &mut map, "attachments")?,
                Field::Mentions => once(&mut mentions, &mut map, "mentions")?,
                Field::By => once(&mut by, &mut map, "by")?,
                Field::Emoji => once(&mut emoji, &mut map, "emoji")?,
                Field::On => once(&mut on, &mut map, "on")?,
                Field::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }

        let id = || id.ok_or_else(|| Error::missing_field("id"));
        let kind = match given(kind, "type")? {
            Type::Posted => ChangeKind::Posted(Posted {
                id: id()?,
                author: given(author, "author")?,
                body: body.flatten(),
                reply_to: reply_to.flatten(),
                attachments: attachments.unwrap_or_default(),
                mentions: mentions.unwrap_or_default(),
            }),
            Type::Edited => ChangeKind::Edited { id: id()?, body: body.flatten() },
            Type::Deleted => ChangeKind::Deleted { id: id()?, by: given(by, "by")? },
            Type::Reacted => ChangeKind::Reacted {
                id: id()?,
                by: given(by, "by")?,
                emoji: given(emoji, "emoji")?,
                on: given(on, "on")?,
            },
            Type::Unknown => ChangeKind::Unknown,
        };
        Ok(Change { seq: given(seq, "seq")?, at: given(at, "at")?, kind })
    }
}

/// Reads a field that may stand there once.
fn once<'de, T: Deserialize<'de>, M: MapAccess<'de>>(
    slot: &mut Option<T>,
    map: &mut M,
    name: &'static str,
) -> Result<(), M::Error> {
    if slot.is_some() {
        return Err(Error::duplicate_field(name));
    }
    *slot = Some(map.next_value()?);
    Ok(())
}

/// A field that has to be there.
pub(crate) fn given<T, E: Error>(slot: Option<T>, name: &'static str) -> Result<T, E> {
    slot.ok_or_else(|| E::missing_field(name))
}

/// Reads a UUID, in any of the forms that the crate of this name reads. Its own `Deserialize` tells
/// where exactly a text goes wrong, which is more code than everything else about UUIDs.
pub(super) fn uuid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
    deserializer.deserialize_str(UuidVisitor)
}

struct UuidVisitor;

impl Visitor<'_> for UuidVisitor {
    type Value = Uuid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a UUID")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Uuid, E> {
        Uuid::try_parse(text).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// A [`Message`] as it is read.
#[derive(Deserialize)]
pub(super) struct FlatMessage {
    seq: Seq,
    rev: Seq,
    at: Timestamp,
    id: MessageId,
    author: Author,
    #[serde(default)]
    body: Option<Body>,
    #[serde(default)]
    reply_to: Option<Quote>,
    #[serde(default)]
    attachments: Vec<Attachment>,
    #[serde(default)]
    mentions: Vec<UserId>,
    #[serde(default)]
    edited: Option<Timestamp>,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    reactions: Vec<Reaction>,
}

impl From<FlatMessage> for Message {
    fn from(flat: FlatMessage) -> Self {
        let FlatMessage { id, author, body, reply_to, attachments, mentions, .. } = flat;
        Self {
            seq: flat.seq,
            rev: flat.rev,
            at: flat.at,
            posted: Posted { id, author, body, reply_to, attachments, mentions },
            edited: flat.edited,
            deleted: flat.deleted,
            reactions: flat.reactions,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_str, json};

    use super::*;

    const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    fn ann() -> Value {
        json!({ "id": ID, "name": "Ann", "kind": "member" })
    }

    /// A change of this type in every order that its fields can be turned to.
    fn turned(kind: &str, fields: Value) -> Vec<Result<Change, String>> {
        let mut all = vec![("seq", json!(1)), ("at", json!(2)), ("type", json!(kind))];
        let fields = fields.as_object().unwrap().clone();
        all.extend(fields.iter().map(|(name, value)| (name.as_str(), value.clone())));
        let turn = |_| {
            all.rotate_left(1);
            let fields = all.iter().map(|(name, value)| format!("\"{name}\":{value}"));
            let text = format!("{{{}}}", fields.collect::<Vec<_>>().join(","));
            from_str(&text).map_err(|error| format!("{text}: {error}"))
        };
        (0..3 + fields.len()).map(turn).collect()
    }

    #[test]
    fn the_order_of_the_fields_does_not_matter() {
        for (kind, fields) in [
            ("posted", json!({ "id": ID, "author": ann(), "body": "Hi", "mentions": [ID] })),
            ("edited", json!({ "id": ID, "body": null })),
            ("deleted", json!({ "id": ID, "by": ann(), "more": [{}] })),
            ("reacted", json!({ "id": ID, "by": ann(), "emoji": "👍", "on": true })),
            ("pinned", json!({ "id": ID, "note": "Hi" })),
        ] {
            let changes = turned(kind, fields);
            let first = changes[0].as_ref().unwrap();
            assert_eq!((first.seq, first.at), (Seq(1), Timestamp(2)));
            assert!(changes.iter().all(|change| change.as_ref() == Ok(first)), "{changes:?}");
        }
    }

    #[test]
    fn a_field_that_is_missing_is_not_made_up() {
        for (kind, fields) in [
            ("posted", json!({ "id": ID })),
            ("posted", json!({ "author": ann() })),
            ("edited", json!({ "body": "Hi" })),
            ("deleted", json!({ "id": ID })),
            ("reacted", json!({ "id": ID, "by": ann(), "emoji": "👍" })),
        ] {
            for change in turned(kind, fields) {
                let error = change.unwrap_err();
                assert!(error.contains("missing field"), "{error}");
            }
        }
        for text in [r#"{"seq":1,"type":"pinned"}"#, r#"{"seq":1,"at":2}"#, "{}", "[1,2]"] {
            assert!(from_str::<Change>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_field_that_stands_there_twice_is_refused() {
        for name in ["seq", "at", "type", "id", "body"] {
            let text = format!(r#"{{"seq":1,"at":2,"type":"edited","id":"{ID}","body":null}}"#);
            let again = from_str::<Value>(&text).unwrap()[name].to_string();
            let twice = text.replace('}', &format!(",\"{name}\":{again}}}"));
            let error = from_str::<Change>(&twice).unwrap_err();
            assert!(error.to_string().contains("duplicate field"), "{error}");
        }
    }

    #[test]
    fn what_another_kind_calls_by_a_known_name_may_be_anything() {
        let change = |rest: &str| from_str::<Change>(&format!(r#"{{"seq":1,"at":2,{rest}}}"#));
        let pinned = change(r#""type":"pinned","id":7,"by":null,"on":"today","body":{}"#);
        assert_eq!(pinned.unwrap().kind, ChangeKind::Unknown);
        let edited = change(&format!(r#""type":"edited","id":"{ID}","on":"today","by":[]"#));
        assert!(matches!(edited.unwrap().kind, ChangeKind::Edited { body: None, .. }));
    }
}
