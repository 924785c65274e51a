//! From MessagePack to a packet.

use bytes::Bytes;
use rmp::{Marker, decode::RmpRead};

use crate::{
    error::DecodeError,
    socket::packet::{Packet, PacketType},
};

/// How deep maps and arrays may be nested, the packet's own map included.
const DEEPEST: usize = 128;
/// Most attachments of a packet.
const ATTACHMENTS: usize = 1_000;

const CUT: DecodeError = DecodeError::Payload("MessagePack that is cut off");
const WRITE: DecodeError = DecodeError::Payload("a value that has no JSON form");

/// Reads the one packet of a frame.
pub(super) fn packet(frame: &Bytes) -> Result<Packet, DecodeError> {
    let mut reader = Reader { frame, rest: frame, json: Vec::new(), attachments: Vec::new() };
    let fields = reader.fields()?;
    if !reader.rest.is_empty() {
        return Err(DecodeError::Payload("bytes behind the MessagePack"));
    }
    let kind = fields.kind.and_then(PacketType::from_digit);
    let kind = kind.ok_or(DecodeError::Payload("no packet type from 0 to 4"))?;
    let namespace = fields.namespace.ok_or(DecodeError::Namespace)?;
    let json = std::str::from_utf8(&reader.json).map_err(|_| WRITE)?;
    Packet::new(kind, &namespace, fields.id, json, reader.attachments)
}

/// What a packet's map has beside `data`.
#[derive(Default)]
struct Fields {
    kind: Option<u8>,
    namespace: Option<String>,
    id: Option<u64>,
}

/// A value, or the beginning of one that has others in it.
enum Head<'a> {
    Nil,
    /// notepack's own: an extension of type 0 with one byte.
    Undefined,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(&'a [u8]),
    Bytes(&'a [u8]),
    Array(u32),
    Map(u32),
}

struct Reader<'a> {
    frame: &'a Bytes,
    rest: &'a [u8],
    /// `data`, as JSON.
    json: Vec<u8>,
    attachments: Vec<Bytes>,
}

impl<'a> Reader<'a> {
    fn fields(&mut self) -> Result<Fields, DecodeError> {
        let Head::Map(count) = self.head()? else {
            return Err(DecodeError::Payload("MessagePack that is no map"));
        };
        let mut fields = Fields::default();
        for _ in 0..count {
            match self.head()? {
                Head::Text(b"type") => {
                    fields.kind = whole(self.head()?).and_then(|kind| u8::try_from(kind).ok());
                }
                Head::Text(b"nsp") => {
                    fields.namespace = match self.head()? {
                        Head::Text(name) => Some(String::from_utf8_lossy(name).into_owned()),
                        _ => return Err(DecodeError::Namespace),
                    };
                }
                Head::Text(b"id") => {
                    fields.id = match self.head()? {
                        Head::Undefined => None,
                        id => Some(whole(id).ok_or(DecodeError::AckId)?),
                    };
                }
                Head::Text(b"data") => {
                    // Of a field that is there twice the second counts, as in JavaScript.
                    self.json.clear();
                    self.attachments.clear();
                    let head = self.head()?;
                    if !matches!(head, Head::Undefined) {
                        self.value(head, 1)?;
                    }
                }
                Head::Text(_) => self.skip()?,
                _ => return Err(DecodeError::Payload("a field without a name")),
            }
        }
        Ok(fields)
    }

    /// A field of no meaning here, as the npm client's `options`.
    fn skip(&mut self) -> Result<(), DecodeError> {
        let (json, attachments) = (self.json.len(), self.attachments.len());
        let head = self.head()?;
        self.value(head, 1)?;
        self.json.truncate(json);
        self.attachments.truncate(attachments);
        Ok(())
    }

    /// Writes a value down as JSON; `depth` containers are open around it.
    fn value(&mut self, head: Head<'a>, depth: usize) -> Result<(), DecodeError> {
        match head {
            Head::Nil | Head::Undefined => self.json.extend_from_slice(b"null"),
            Head::Bool(true) => self.json.extend_from_slice(b"true"),
            Head::Bool(false) => self.json.extend_from_slice(b"false"),
            Head::Unsigned(number) => self.integer(number),
            Head::Signed(number) => self.integer(number),
            // null, if it is not finite.
            Head::Float(number) => {
                serde_json::to_writer(&mut self.json, &number).map_err(|_| WRITE)?;
            }
            Head::Text(text) => self.text(text)?,
            Head::Bytes(data) => self.attachment(data)?,
            Head::Array(count) => self.array(count, deeper(depth)?)?,
            Head::Map(count) => self.map(count, deeper(depth)?)?,
        }
        Ok(())
    }

    fn array(&mut self, count: u32, depth: usize) -> Result<(), DecodeError> {
        self.json.push(b'[');
        for index in 0..count {
            if index > 0 {
                self.json.push(b',');
            }
            let head = self.head()?;
            self.value(head, depth)?;
        }
        self.json.push(b']');
        Ok(())
    }

    fn map(&mut self, count: u32, depth: usize) -> Result<(), DecodeError> {
        self.json.push(b'{');
        let first = self.json.len();
        for _ in 0..count {
            let before = self.json.len();
            if before > first {
                self.json.push(b',');
            }
            self.key()?;
            self.json.push(b':');
            match self.head()? {
                Head::Undefined => self.json.truncate(before),
                head => self.value(head, depth)?,
            }
        }
        self.json.push(b'}');
        Ok(())
    }

    fn key(&mut self) -> Result<(), DecodeError> {
        match self.head()? {
            // A program's own, which must not be taken for one of ours.
            Head::Text(b"_placeholder") => self.json.extend_from_slice(br#""\u005fplaceholder""#),
            Head::Text(text) => self.text(text)?,
            Head::Unsigned(number) => self.integer_key(number),
            Head::Signed(number) => self.integer_key(number),
            _ => return Err(DecodeError::Payload("a key that is neither text nor an integer")),
        }
        Ok(())
    }

    fn integer_key(&mut self, number: impl itoa::Integer) {
        self.json.push(b'"');
        self.integer(number);
        self.json.push(b'"');
    }

    fn integer(&mut self, number: impl itoa::Integer) {
        self.json.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }

    fn text(&mut self, text: &[u8]) -> Result<(), DecodeError> {
        let text = String::from_utf8_lossy(text);
        serde_json::to_writer(&mut self.json, &text).map_err(|_| WRITE)
    }

    fn attachment(&mut self, data: &[u8]) -> Result<(), DecodeError> {
        let num = self.attachments.len();
        if num == ATTACHMENTS {
            return Err(DecodeError::Attachments);
        }
        self.json.extend_from_slice(br#"{"_placeholder":true,"num":"#);
        self.integer(num);
        self.json.push(b'}');
        self.attachments.push(self.frame.slice_ref(data));
        Ok(())
    }

    fn head(&mut self) -> Result<Head<'a>, DecodeError> {
        Ok(match Marker::from_u8(self.byte()?) {
            Marker::Null => Head::Nil,
            Marker::False => Head::Bool(false),
            Marker::True => Head::Bool(true),
            Marker::FixPos(number) => Head::Unsigned(number.into()),
            Marker::FixNeg(number) => Head::Signed(number.into()),
            Marker::U8 => Head::Unsigned(self.byte()?.into()),
            Marker::U16 => Head::Unsigned(self.u16()?.into()),
            Marker::U32 => Head::Unsigned(self.u32()?.into()),
            Marker::U64 => Head::Unsigned(self.rest.read_data_u64().map_err(|_| CUT)?),
            Marker::I8 => Head::Signed(self.rest.read_data_i8().map_err(|_| CUT)?.into()),
            Marker::I16 => Head::Signed(self.rest.read_data_i16().map_err(|_| CUT)?.into()),
            Marker::I32 => Head::Signed(self.rest.read_data_i32().map_err(|_| CUT)?.into()),
            Marker::I64 => Head::Signed(self.rest.read_data_i64().map_err(|_| CUT)?),
            Marker::F32 => Head::Float(self.rest.read_data_f32().map_err(|_| CUT)?.into()),
            Marker::F64 => Head::Float(self.rest.read_data_f64().map_err(|_| CUT)?),
            Marker::FixStr(len) => Head::Text(self.take(len.into())?),
            Marker::Str8 => Head::Text(self.block8()?),
            Marker::Str16 => Head::Text(self.block16()?),
            Marker::Str32 => Head::Text(self.block32()?),
            Marker::Bin8 => Head::Bytes(self.block8()?),
            Marker::Bin16 => Head::Bytes(self.block16()?),
            Marker::Bin32 => Head::Bytes(self.block32()?),
            Marker::FixArray(count) => Head::Array(count.into()),
            Marker::Array16 => Head::Array(self.u16()?.into()),
            Marker::Array32 => Head::Array(self.u32()?),
            Marker::FixMap(count) => Head::Map(count.into()),
            Marker::Map16 => Head::Map(self.u16()?.into()),
            Marker::Map32 => Head::Map(self.u32()?),
            Marker::FixExt1 => self.fixed_extension(1)?,
            Marker::FixExt2 => self.fixed_extension(2)?,
            Marker::FixExt4 => self.fixed_extension(4)?,
            Marker::FixExt8 => self.fixed_extension(8)?,
            Marker::FixExt16 => self.fixed_extension(16)?,
            Marker::Ext8 => {
                let len = self.byte()?;
                self.extension(len.into())?
            }
            Marker::Ext16 => {
                let len = self.u16()?;
                self.extension(len.into())?
            }
            Marker::Ext32 => {
                let len = self.u32()?;
                self.extension(len)?
            }
            Marker::Reserved => return Err(DecodeError::Payload("0xc1, which is no MessagePack")),
        })
    }

    /// The extensions of one to sixteen bytes that have markers of their own.
    fn fixed_extension(&mut self, len: u32) -> Result<Head<'a>, DecodeError> {
        let (kind, mut data) = self.extension_parts(len)?;
        match (kind, len) {
            (0, 1) => Ok(Head::Undefined),
            (0, 8) => data.read_data_i64().map(Head::Signed).map_err(|_| CUT),
            // "timestamp 32" and "timestamp 64" of the MessagePack document.
            (-1, 4) => data.read_data_u32().map(|secs| date(secs.into(), 0)).map_err(|_| CUT),
            (-1, 8) => {
                let both = data.read_data_u64().map_err(|_| CUT)?;
                let (nanos, secs) = (both >> 34, both & ((1 << 34) - 1));
                Ok(date(secs.into(), nanos))
            }
            _ => Err(UNKNOWN_EXTENSION),
        }
    }

    fn extension(&mut self, len: u32) -> Result<Head<'a>, DecodeError> {
        let (kind, mut data) = self.extension_parts(len)?;
        match (kind, len) {
            // notepack's form of an ArrayBuffer in Node.
            (0, _) => Ok(Head::Bytes(data)),
            // "timestamp 96".
            (-1, 12) => {
                let nanos = data.read_data_u32().map_err(|_| CUT)?;
                let secs = data.read_data_i64().map_err(|_| CUT)?;
                Ok(date(secs.into(), nanos.into()))
            }
            _ => Err(UNKNOWN_EXTENSION),
        }
    }

    fn extension_parts(&mut self, len: u32) -> Result<(i8, &'a [u8]), DecodeError> {
        let kind = self.rest.read_data_i8().map_err(|_| CUT)?;
        Ok((kind, self.take(len)?))
    }

    fn take(&mut self, len: u32) -> Result<&'a [u8], DecodeError> {
        let len = usize::try_from(len).map_err(|_| CUT)?;
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(CUT)?;
        self.rest = rest;
        Ok(taken)
    }

    fn block8(&mut self) -> Result<&'a [u8], DecodeError> {
        let len = self.byte()?;
        self.take(len.into())
    }

    fn block16(&mut self) -> Result<&'a [u8], DecodeError> {
        let len = self.u16()?;
        self.take(len.into())
    }

    fn block32(&mut self) -> Result<&'a [u8], DecodeError> {
        let len = self.u32()?;
        self.take(len)
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        self.rest.read_data_u8().map_err(|_| CUT)
    }

    fn u16(&mut self) -> Result<u16, DecodeError> {
        self.rest.read_data_u16().map_err(|_| CUT)
    }

    fn u32(&mut self) -> Result<u32, DecodeError> {
        self.rest.read_data_u32().map_err(|_| CUT)
    }
}

const UNKNOWN_EXTENSION: DecodeError = DecodeError::Payload("an unknown MessagePack extension");

fn deeper(depth: usize) -> Result<usize, DecodeError> {
    if depth == DEEPEST {
        return Err(DecodeError::Payload("it is nested too deeply"));
    }
    Ok(depth + 1)
}

/// A number without sign and fraction, in whichever form: JavaScript knows only one.
fn whole(head: Head<'_>) -> Option<u64> {
    /// Up to here every integer has a float of its own.
    const SAFE: f64 = 9_007_199_254_740_992.0;
    match head {
        Head::Unsigned(number) => Some(number),
        Head::Signed(number) => u64::try_from(number).ok(),
        Head::Float(number) => {
            let fits = (0.0..=SAFE).contains(&number) && number.fract() == 0.0;
            fits.then_some(number as u64)
        }
        _ => None,
    }
}

/// A point in time as milliseconds since 1970, rounded down.
fn date(secs: i128, nanos: u64) -> Head<'static> {
    let millis = secs * 1_000 + i128::from(nanos / 1_000_000);
    i64::try_from(millis).map_or(Head::Float(millis as f64), Head::Signed)
}
