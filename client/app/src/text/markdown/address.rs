//! Where addresses in a text end.

use crate::text::{
    cut::{before, byte, part},
    href::{Href, is_www, may_stand, scheme},
    steps::step,
};

/// Parentheses within parentheses that an address may have.
const DEEPEST: usize = 8;

/// The address that a text begins with: how long it is, and where it leads, unless that is nowhere.
///
/// It goes on to a blank, or to something that no address has, and ends before the punctuation of
/// the sentence around it.
pub(super) fn bare(text: &str) -> Option<(usize, Option<Href>)> {
    if !is_address(text) {
        return None;
    }
    let mut end = text.len();
    let mut brackets = 0_usize;
    // Closing parentheses without an opening one.
    let mut extra = 0_isize;
    for (at, c) in text.char_indices() {
        step();
        match c {
            '[' => brackets += 1,
            ']' if brackets > 0 => brackets -= 1,
            '(' => extra -= 1,
            ')' => extra += 1,
            _ if c != ']' && may_stand(c) && !is_wide_mark(c) => {}
            _ => {
                end = at;
                break;
            }
        }
    }
    while let Some(c) = before(text, end) {
        step();
        match c {
            ')' if extra > 0 => extra -= 1,
            '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | '…' => {}
            _ => break,
        }
        end -= c.len_utf8();
    }
    Some((end, Href::check(part(text, 0, end))))
}

/// The address behind a `<`, up to its `>`: how long it is, and where it leads.
pub(super) fn angled(text: &str) -> Option<(usize, Href)> {
    scheme(text)?;
    let mut end = 0;
    while !matches!(byte(text, end), b'<' | b'>' | b' ' | b'\n' | 0) {
        step();
        end += 1;
    }
    if byte(text, end) != b'>' {
        return None;
    }
    Some((end, Href::check(part(text, 0, end))?))
}

/// The address behind `](`, up to its `)`: how long it is, and where it leads.
pub(super) fn destination(text: &str) -> Option<(usize, Href)> {
    if !is_address(text) {
        return None;
    }
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate() {
        step();
        match byte {
            b'(' if depth == DEEPEST => break,
            b'(' => depth += 1,
            b')' if depth == 0 => return Some((at, Href::check(part(text, 0, at))?)),
            b')' => depth -= 1,
            b' ' | b'\n' => break,
            _ => {}
        }
    }
    None
}

fn is_address(text: &str) -> bool {
    scheme(text).is_some() || is_www(text)
}

/// Punctuation that ends an address where words are not parted by blanks, and quotation marks.
fn is_wide_mark(c: char) -> bool {
    matches!(
        c,
        '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}'
            | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' | '“'..='„' | '«' | '»'
    )
}
