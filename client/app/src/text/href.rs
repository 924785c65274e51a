//! Addresses that a message may lead to.

use super::cut::{after, byte, find, part, rest, skip};

/// Longest address that becomes a link, in bytes.
const LONGEST: usize = 2_048;

/// Where links may lead, as written in what is checked.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// An address that was checked: it leads to a website or opens a mail to somebody, and does nothing
/// else. Only [`Href::check`] makes one.
///
/// Scheme and host are in small letters. There is no user name before the host, which could be
/// taken for it (`https://bank.example@evil.example`), and nothing that cannot be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Href(String);

impl Href {
    /// The address that is written here, if it is one that a link may have. `www.` begins one of
    /// a website.
    pub fn check(text: &str) -> Option<Self> {
        if text.len() > LONGEST || !text.chars().all(may_stand) {
            return None;
        }
        let mut href = String::with_capacity(text.len() + 8);
        let (scheme, behind) = match scheme(text) {
            Some(scheme) => (scheme, rest(text, scheme.len())),
            None if is_www(text) => (SCHEMES[0], text),
            None => return None,
        };
        href.push_str(scheme);
        if scheme == SCHEMES[2] {
            let at = find(behind, b"@");
            let (person, host) = (part(behind, 0, at), rest(behind, at + 1));
            // Without `?`, which could fill in the mail and whom else it goes to, and without `%`.
            let may_be = |b: u8| b.is_ascii_alphanumeric() || b"._+-=~'".contains(&b);
            if person.is_empty() || !person.bytes().all(may_be) || !is_host(host) {
                return None;
            }
            href.push_str(person);
            href.push('@');
            push_small(&mut href, host);
        } else {
            let end = find(behind, b"/?#");
            let (host, path) = (part(behind, 0, end), rest(behind, end));
            if !is_host(without_port(host)?) {
                return None;
            }
            push_small(&mut href, host);
            href.push_str(path);
        }
        Some(Self(href))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The scheme that a text begins with, if it is one of ours: as long as what is written, in small
/// letters.
pub(super) fn scheme(text: &str) -> Option<&'static str> {
    SCHEMES.into_iter().find(|scheme| begins(text, scheme))
}

/// Whether it begins as websites are named without a scheme.
pub(super) fn is_www(text: &str) -> bool {
    begins(text, "www.") && after(text, 4).is_some_and(char::is_alphanumeric)
}

fn begins(text: &str, with: &str) -> bool {
    text.as_bytes().get(..with.len()).is_some_and(|text| text.eq_ignore_ascii_case(with.as_bytes()))
}

fn push_small(to: &mut String, host: &str) {
    for c in host.chars() {
        to.push(c.to_ascii_lowercase());
    }
}

/// The host without its port; none if that is none.
fn without_port(host: &str) -> Option<&str> {
    let end = match byte(host, 0) {
        b'[' => find(host, b"]") + 1,
        _ => find(host, b":"),
    };
    let is_port = match host.len().wrapping_sub(end) {
        0 => true,
        // With its colon.
        2..=6 => byte(host, end) == b':' && consists_of(rest(host, end + 1), b"0123456789"),
        _ => false,
    };
    is_port.then(|| part(host, 0, end))
}

/// Whether it has only these bytes.
fn consists_of(text: &str, these: &[u8]) -> bool {
    skip(text, these) == text.len()
}

/// A name, in any script, or a number of an IP.
fn is_host(host: &str) -> bool {
    if byte(host, 0) == b'[' {
        let inner = part(host, 1, host.len() - 1);
        return find(inner, b":") < inner.len() && consists_of(inner, b"0123456789abcdefABCDEF:.");
    }
    let mut before = '.';
    for c in host.chars() {
        let fits = match c {
            '.' => before != '.',
            '-' | '_' => before != '.' || c == '_',
            _ => c.is_alphanumeric(),
        };
        if !fits {
            return false;
        }
        before = c;
    }
    !host.is_empty() && before != '-'
}

/// Whether an address may have it. Browsers skip blanks and controls, take `\` for `/`, and hide
/// what cannot be seen: what is shown would not be what is opened.
pub(super) fn may_stand(c: char) -> bool {
    is_visible(c) && !matches!(c, '"' | '<' | '>' | '\\' | '`')
}

/// Whether it can be seen and leaves what is around it in place.
pub(super) fn is_visible(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180e}'
                | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests;
