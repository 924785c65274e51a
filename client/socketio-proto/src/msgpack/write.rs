//! From a packet to MessagePack.

use std::fmt;

use bytes::Bytes;
use rmp::encode;
use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

use crate::socket::packet::Packet;

/// Writes the one frame of a packet, or says why it cannot be written.
pub(super) fn packet(packet: &Packet) -> Result<Vec<u8>, String> {
    let (json, id) = (packet.payload(), packet.ack_id());
    let fields = 2 + u32::from(!json.is_empty()) + u32::from(id.is_some());
    let mut out = Vec::with_capacity(json.len() + 32);
    let mut write = || -> Result<(), Box<dyn std::error::Error>> {
        encode::write_map_len(&mut out, fields)?;
        encode::write_str(&mut out, "type")?;
        encode::write_uint(&mut out, packet.kind() as u64)?;
        if !json.is_empty() {
            encode::write_str(&mut out, "data")?;
            let mut deserializer = serde_json::Deserializer::from_str(json);
            let data = Value { out: &mut out, attachments: packet.attachments() };
            data.deserialize(&mut deserializer)?;
            deserializer.end()?;
        }
        encode::write_str(&mut out, "nsp")?;
        encode::write_str(&mut out, packet.namespace())?;
        if let Some(id) = id {
            encode::write_str(&mut out, "id")?;
            encode::write_uint(&mut out, id)?;
        }
        Ok(())
    };
    write().map_err(|error| error.to_string())?;
    Ok(out)
}

/// Writes the JSON value that it is shown. serde_json bounds how deep it goes.
struct Value<'a> {
    out: &'a mut Vec<u8>,
    attachments: &'a [Bytes],
}

/// What was written, as far as a placeholder has it.
enum Written {
    True,
    Number(u64),
    Else,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Written;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Written, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Written;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Written, E> {
        encode::write_nil(self.out).map_err(E::custom)?;
        Ok(Written::Else)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Written, E> {
        encode::write_bool(self.out, value).map_err(E::custom)?;
        Ok(if value { Written::True } else { Written::Else })
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Written, E> {
        encode::write_uint(self.out, number).map_err(E::custom)?;
        Ok(Written::Number(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Written, E> {
        encode::write_sint(self.out, number).map_err(E::custom)?;
        Ok(Written::Else)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Written, E> {
        encode::write_f64(self.out, number).map_err(E::custom)?;
        Ok(Written::Else)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Written, E> {
        write_str(self.out, text)?;
        Ok(Written::Else)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Written, A::Error> {
        let start = self.out.len();
        self.out.push(0);
        let mut count = 0_usize;
        while seq
            .next_element_seed(Value { out: self.out, attachments: self.attachments })?
            .is_some()
        {
            count += 1;
        }
        let mut head = Vec::with_capacity(5);
        encode::write_array_len(&mut head, len(count)?).map_err(A::Error::custom)?;
        self.out.splice(start..=start, head);
        Ok(Written::Else)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written, A::Error> {
        let start = self.out.len();
        self.out.push(0);
        let (mut is_placeholder, mut num, mut count) = (false, None, 0_usize);
        while let Some(key) = map.next_key_seed(Key(self.out))? {
            let value =
                map.next_value_seed(Value { out: self.out, attachments: self.attachments })?;
            match (key, value) {
                (KeyIs::Placeholder, value) => is_placeholder = matches!(value, Written::True),
                (KeyIs::Num, Written::Number(number)) => num = Some(number),
                (KeyIs::Num, _) => num = None,
                (KeyIs::Else, _) => {}
            }
            count += 1;
        }
        if is_placeholder && !self.attachments.is_empty() {
            let data = num
                .and_then(|num| self.attachments.get(usize::try_from(num).ok()?))
                .ok_or_else(|| A::Error::custom("a placeholder without an attachment"))?;
            len::<A::Error>(data.len())?;
            self.out.truncate(start);
            encode::write_bin(self.out, data).map_err(A::Error::custom)?;
            return Ok(Written::Else);
        }
        let mut head = Vec::with_capacity(5);
        encode::write_map_len(&mut head, len(count)?).map_err(A::Error::custom)?;
        self.out.splice(start..=start, head);
        Ok(Written::Else)
    }
}

/// Writes a key, and says whether it is one of a placeholder's.
struct Key<'a>(&'a mut Vec<u8>);

enum KeyIs {
    Placeholder,
    Num,
    Else,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = KeyIs;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<KeyIs, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key<'_> {
    type Value = KeyIs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    /// serde_json lends only text without escapes.
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<KeyIs, E> {
        write_str(self.0, text)?;
        Ok(match text {
            "_placeholder" => KeyIs::Placeholder,
            "num" => KeyIs::Num,
            _ => KeyIs::Else,
        })
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<KeyIs, E> {
        write_str(self.0, text)?;
        Ok(KeyIs::Else)
    }
}

fn write_str<E: Error>(out: &mut Vec<u8>, text: &str) -> Result<(), E> {
    len::<E>(text.len())?;
    encode::write_str(out, text).map_err(E::custom)
}

/// MessagePack counts in 32 bits.
fn len<E: Error>(len: usize) -> Result<u32, E> {
    u32::try_from(len).map_err(|_| E::custom("more than 2³² bytes or elements"))
}
