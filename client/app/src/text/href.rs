//! Addresses that a message may lead to.

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
        let (scheme, rest) = match scheme(text) {
            Some(scheme) => (scheme, &text[scheme.len()..]),
            None if is_www(text) => (SCHEMES[0], text),
            None => return None,
        };
        href.push_str(scheme);
        let bytes = rest.as_bytes();
        if scheme == SCHEMES[2] {
            let at = bytes.iter().position(|b| *b == b'@')?;
            let (person, host) = (&rest[..at], &rest[at + 1..]);
            // Without `?`, which could fill in the mail and whom else it goes to, and without `%`.
            let may_be = |b: &u8| b.is_ascii_alphanumeric() || b"._+-=~'".contains(b);
            if person.is_empty() || !person.as_bytes().iter().all(may_be) || !is_host(host) {
                return None;
            }
            href.push_str(person);
            href.push('@');
            push_small(&mut href, host);
        } else {
            let end = bytes.iter().position(|b| b"/?#".contains(b)).unwrap_or(bytes.len());
            let (host, path) = rest.split_at(end);
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
    begins(text, "www.") && text[4..].starts_with(char::is_alphanumeric)
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
    let end = if host.starts_with('[') {
        host.as_bytes().iter().position(|b| *b == b']')? + 1
    } else {
        host.as_bytes().iter().position(|b| *b == b':').unwrap_or(host.len())
    };
    let (host, port) = host.split_at(end);
    let is_port = match port.as_bytes() {
        [] => true,
        [b':', digits @ ..] => {
            (1..=5).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    };
    is_port.then_some(host)
}

/// A name, in any script, or a number of an IP.
fn is_host(host: &str) -> bool {
    if let [b'[', inner @ .., b']'] = host.as_bytes() {
        let may_be = |b: &u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
        return inner.contains(&b':') && inner.iter().all(may_be);
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
