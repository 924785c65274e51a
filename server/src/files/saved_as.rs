//! Under which name a browser saves a file: `Content-Disposition` (RFC 6266, RFC 8187).
//!
//! The name comes out of the query and could be anything. It has to be a [`FileName`], and every
//! byte but a few letters, digits and signs is written as `%XX`, so nothing in it can end the
//! parameter or the header.

use std::fmt::Write;

use axum::http::HeaderValue;
use parlour_events::FileName;

/// Shown in the page, or only saved; with the name that the query asks for, if it is one.
pub(super) fn disposition(shown: bool, query: Option<&str>) -> HeaderValue {
    let mut value = String::from(if shown { "inline" } else { "attachment" });
    if let Some(name) = query.and_then(name) {
        value.push_str("; filename*=UTF-8''");
        for byte in name.as_str().bytes() {
            // attr-char of RFC 8187, 3.2.1.
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                value.push(byte.into());
            } else {
                let _ = write!(value, "%{byte:02X}");
            }
        }
    }
    HeaderValue::try_from(value).expect("ASCII that can be seen")
}

/// The first `name` of the query. A file without a proper name has none: a link with a bad one
/// still leads to the file.
fn name(query: &str) -> Option<FileName> {
    let name = query.split('&').find_map(|pair| pair.strip_prefix("name="))?;
    String::from_utf8(decoded(name)?).ok()?.try_into().ok()
}

/// As forms write it: `+` is a blank, `%XX` a byte.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let value = digit(bytes.next()?)? * 16 + digit(bytes.next()?)?;
                u8::try_from(value).ok()?
            }
            byte => byte,
        });
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_so_that_it_ends_nothing() {
        for (query, expected) in [
            ("name=cat.png", "inline; filename*=UTF-8''cat.png"),
            ("a=b&name=cat.png&name=dog.png", "inline; filename*=UTF-8''cat.png"),
            ("name=my+cat%20%2B1.png", "inline; filename*=UTF-8''my%20cat%20+1.png"),
            ("name=%C3%84%E2%82%AC.txt", "inline; filename*=UTF-8''%C3%84%E2%82%AC.txt"),
            ("name=a%22%3B%20x%3D%27b*", "inline; filename*=UTF-8''a%22%3B%20x%3D%27b%2A"),
            ("name=%25%32%35", "inline; filename*=UTF-8''%2525"),
        ] {
            assert_eq!(disposition(true, Some(query)), expected, "{query}");
        }
    }

    #[test]
    fn what_is_no_name_is_left_out() {
        for query in [
            "",
            "name",
            "name=",
            "Name=x",
            "name=..",
            "name=a/b",
            "name=a%2Fb",
            "name=a%5Cb",
            "name=a%0D%0ASet-Cookie:%20x",
            "name=a%00b",
            "name=a%E2%80%AEgpj.exe",
            "name=%FF",
            "name=%",
            "name=%4",
            "name=%+4",
            "name=%GG",
            &format!("name={}", "x".repeat(121)),
        ] {
            assert_eq!(disposition(false, Some(query)), "attachment", "{query}");
        }
        assert_eq!(disposition(true, None), "inline");
    }
}
