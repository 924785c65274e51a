//! The few things the protocol itself reads from JSON: without types, and without serde_json,
//! which would weigh more in a browser than everything else about them.

use slim_json::{Malformed, Reader};

/// A field's name, and the JSON of its value once it is found.
pub(crate) type Field<'a> = (&'static str, Option<&'a str>);

/// Fills in the fields of a JSON object; others are left out. Says whether it was one.
pub(crate) fn read_object<'a>(json: &'a str, fields: &mut [Field<'a>]) -> bool {
    let mut read = || {
        let mut reader = Reader::new(json);
        reader.open(b'{')?;
        while let Some(key) = reader.key()? {
            let value = reader.skip()?;
            if let Some(field) = fields.iter_mut().find(|field| field.0 == key) {
                field.1 = Some(value);
            }
        }
        reader.close(b'}')?;
        reader.end()
    };
    read().is_ok()
}

/// Whether this is JSON, and begins with this bracket.
pub(crate) fn is_json(json: &str, bracket: u8) -> bool {
    let mut reader = Reader::new(json);
    reader.peek() == Some(bracket) && reader.skip().and_then(|_| reader.end()).is_ok()
}

/// One element of a JSON array, which has been found to be one: as it is written.
pub(crate) fn element(array: &str, number: usize) -> Option<&str> {
    let read = || {
        let mut reader = Reader::new(array);
        reader.open(b'[')?;
        for _ in 0..number {
            if !reader.another(b']')? {
                return Err(Malformed);
            }
            reader.skip()?;
        }
        if reader.another(b']')? { reader.skip() } else { Err(Malformed) }
    };
    read().ok()
}

/// A JSON string. One with half a surrogate pair is none.
pub(crate) fn read_string(json: Option<&str>) -> Option<String> {
    let json = json?;
    if without_half_pairs(json.as_bytes()).is_some() {
        return None;
    }
    let mut reader = Reader::new(json);
    let string = reader.string().ok()?;
    reader.end().ok()?;
    Some(string.into_owned())
}

/// A JSON number that is whole and not negative.
pub(crate) fn read_number(json: Option<&str>) -> Option<u64> {
    json?.parse().ok()
}

/// The length of a JSON string's inside, up to its closing quotation mark.
pub(crate) fn string_len(inside: &str) -> usize {
    let mut escaped = false;
    let end = inside.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.unwrap_or(inside.len())
}

/// The JSON with the replacement character in place of each half of a surrogate pair, `None` if
/// there is none. JavaScript sends such halves where a program cut a string within an emoji, and
/// takes them; Rust's strings cannot hold them. Nothing moves: it is as long as what it replaces.
pub(crate) fn without_half_pairs(json: &[u8]) -> Option<Vec<u8>> {
    let mut mended = None;
    let mut at = 0;
    while let Some(skip) = json.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'\\')) {
        at += skip;
        let len = match (escaped_unit(json, at), escaped_unit(json, at + UNIT)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => 2 * UNIT,
            (Some(0xd800..0xe000), _) => {
                let place = mended.get_or_insert_with(|| json.to_vec()).get_mut(at..at + UNIT);
                if let Some(place) = place {
                    place.copy_from_slice(b"\\ufffd");
                }
                UNIT
            }
            (Some(_), _) => UNIT,
            // Another escape: the character behind it is no backslash of its own.
            (None, _) => 2,
        };
        at += len;
    }
    mended
}

/// The length of `\uXXXX`.
const UNIT: usize = 6;

/// The UTF-16 code unit that is escaped at this place.
fn escaped_unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + UNIT)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn fields_are_picked_by_name() {
        let mut fields = [("a", None), ("b", None), ("c", None)];
        assert!(read_object(r#"{"b": [1, {"a":2}], "x":0, "a":"\u00e4"}"#, &mut fields));
        assert_eq!(
            fields,
            [("a", Some(r#""\u00e4""#)), ("b", Some(r#"[1, {"a":2}]"#)), ("c", None)]
        );
        assert_eq!(read_string(fields[0].1).as_deref(), Some("ä"));
        for other in ["", "[]", "1", "{", "{}x", r#"{"a":}"#] {
            assert!(!read_object(other, &mut [("a", None)]), "{other}");
        }
    }

    #[test]
    fn a_string_ends_at_a_mark_that_is_not_escaped() {
        assert_eq!(string_len(r#"ab",1"#), 2);
        assert_eq!(string_len(r#"a\"b\\",1"#), 6);
        assert_eq!(string_len("ab"), 2);
    }
}
