//! Where a packet's JSON refers to its attachments: `{"_placeholder":true,"num":n}`.

use std::ops::Range;

use bytes::Bytes;

use crate::{error::DecodeError, json::string_len};

/// How deep arrays and objects may be nested around a placeholder; serde_json reads no deeper.
const DEEPEST: usize = 128;

/// One reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placeholder {
    at: Range<usize>,
    num: usize,
}

/// An array or object that is not closed yet.
struct Open {
    start: usize,
    is_placeholder: bool,
    num: Option<usize>,
}

impl Placeholder {
    /// Finds the references in `json`, which is valid JSON. Each has to name one of `count`
    /// attachments, and no attachment is named twice: nobody writes such a packet, and a short
    /// text could be blown up to any size with it.
    pub(crate) fn find(json: &str, count: usize) -> Result<Vec<Self>, DecodeError> {
        let mut found: Vec<Self> = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        let mut at = 0;
        while let Some(rest) = json.get(at..)
            && let Some(skip) = rest.find(['{', '}', '[', ']', '"'])
        {
            at += skip;
            match json.as_bytes().get(at) {
                Some(b'{' | b'[') => {
                    if open.len() == DEEPEST {
                        return Err(DecodeError::Payload("it is nested too deeply"));
                    }
                    open.push(Open { start: at, is_placeholder: false, num: None });
                }
                Some(b'"') => {
                    let string = json.get(at + 1..).unwrap_or_default();
                    let len = string_len(string);
                    let key = string.get(..len).unwrap_or_default();
                    let after = string.get(len + 1..).unwrap_or_default().trim_ascii_start();
                    if let (Some(value), Some(object)) = (after.strip_prefix(':'), open.last_mut())
                    {
                        let value = value.trim_ascii_start();
                        match key {
                            "_placeholder" => object.is_placeholder = value.starts_with("true"),
                            "num" => object.num = read_num(value),
                            _ => {}
                        }
                    }
                    at += len + 1;
                }
                _ => {
                    if let Some(closed) = open.pop()
                        && closed.is_placeholder
                    {
                        let num = closed.num.filter(|num| *num < count);
                        let num = num.ok_or(DecodeError::Placeholder)?;
                        // The reference parser does not look for others inside of one: they are
                        // replaced with it.
                        found.retain(|inner| inner.at.start < closed.start);
                        if found.iter().any(|other| other.num == num) {
                            return Err(DecodeError::Placeholder);
                        }
                        found.push(Self { at: closed.start..at + 1, num });
                    }
                }
            }
            at += 1;
        }
        Ok(found)
    }

    /// `json` with strings in the place of the references. Their bytes are those of the
    /// attachments, whether or not they are UTF-8: serde_json hands them to those who ask for
    /// bytes, and refuses them to those who ask for text that they are not. Those who skip a
    /// string want its control characters escaped, which nearly doubles the work.
    pub(crate) fn fill(
        json: &str,
        places: &[Self],
        attachments: &[Bytes],
        skippable: bool,
    ) -> Vec<u8> {
        let extra: usize = attachments.iter().map(|data| data.len() + data.len() / 8).sum();
        let mut filled = Vec::with_capacity(json.len() + extra);
        let mut from = 0;
        for Self { at, num } in places {
            filled.extend_from_slice(json.get(from..at.start).unwrap_or_default().as_bytes());
            filled.push(b'"');
            let data = attachments.get(*num).map(|data| &data[..]).unwrap_or_default();
            escape(data, skippable, &mut filled);
            filled.push(b'"');
            from = at.end;
        }
        filled.extend_from_slice(json.get(from..).unwrap_or_default().as_bytes());
        filled
    }
}

/// A whole number that is not negative.
fn read_num(value: &str) -> Option<usize> {
    let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    match value.as_bytes().get(end) {
        Some(b'.' | b'e' | b'E') => None,
        _ => value.get(..end)?.parse().ok(),
    }
}

fn escape(data: &[u8], controls: bool, into: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\') || (controls && *byte < 0x20);
    let mut rest = data;
    while let Some(at) = rest.iter().position(is_special) {
        let (plain, special) = rest.split_at(at);
        into.extend_from_slice(plain);
        match special.first() {
            Some(byte @ 0..0x20) => {
                let low = HEX[usize::from(byte & 15)];
                into.extend_from_slice(&[b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), low]);
            }
            Some(byte) => into.extend_from_slice(&[b'\\', *byte]),
            None => {}
        }
        rest = special.get(1..).unwrap_or_default();
    }
    into.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn nums(json: &str, count: usize) -> Result<Vec<usize>, DecodeError> {
        Placeholder::find(json, count).map(|found| found.iter().map(|it| it.num).collect())
    }

    #[test]
    fn references_are_found_wherever_they_are() {
        let json =
            r#"["a",{"_placeholder":true,"num":0},[{"k":{ "num" : 1 , "_placeholder" : true }}]]"#;
        assert_eq!(nums(json, 2), Ok(vec![0, 1]));
    }

    #[test]
    fn what_is_inside_of_a_reference_is_replaced_with_it() {
        let json = r#"["a",{"_placeholder":true,"x":[{"_placeholder":true,"num":1}],"num":0},7]"#;
        assert_eq!(nums(json, 2), Ok(vec![0]));
        let found = Placeholder::find(json, 2).unwrap();
        let filled = Placeholder::fill(json, &found, &[Bytes::from("b"), Bytes::from("c")], true);
        assert_eq!(filled, br#"["a","b",7]"#);
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for json in [
            r#"["{\"_placeholder\":true,\"num\":0}"]"#,
            r#"[{"_placeholder":false,"num":9}]"#,
            r#"[{"num":9}]"#,
            r#"["_placeholder","num"]"#,
        ] {
            assert_eq!(nums(json, 1), Ok(vec![]), "{json}");
        }
    }

    #[test]
    fn one_within_another_goes_with_it() {
        let json = r#"[{"_placeholder":true,"x":{"_placeholder":true,"num":1},"num":0}]"#;
        assert_eq!(nums(json, 2), Ok(vec![0]));
    }

    #[test]
    fn a_reference_names_an_attachment_of_its_own() {
        for json in [
            r#"[{"_placeholder":true,"num":1}]"#,
            r#"[{"_placeholder":true,"num":-1}]"#,
            r#"[{"_placeholder":true,"num":0.5}]"#,
            r#"[{"_placeholder":true,"num":"0"}]"#,
            r#"[{"_placeholder":true}]"#,
            r#"[{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]"#,
        ] {
            assert_eq!(nums(json, 1), Err(DecodeError::Placeholder), "{json}");
        }
    }

    #[test]
    fn every_byte_comes_through() {
        let all: Vec<u8> = (0..=255).collect();
        let json = r#"["a",{"_placeholder":true,"num":0},7]"#;
        let found = Placeholder::find(json, 1).unwrap();
        let fill = |skip| Placeholder::fill(json, &found, &[Bytes::from(all.clone())], skip);
        for filled in [fill(false), fill(true)] {
            let (_, data, last): (String, Bytes, u8) = serde_json::from_slice(&filled).unwrap();
            assert_eq!((&data[..], last), (&all[..], 7));
        }
        let filled = fill(true);
        // Left unread, and read as what it is not.
        let (_, _, last): (String, serde::de::IgnoredAny, u8) =
            serde_json::from_slice(&filled).unwrap();
        assert_eq!(last, 7);
        assert!(serde_json::from_slice::<(String, String, u8)>(&filled).is_err());
    }
}
