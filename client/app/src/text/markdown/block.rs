//! Paragraphs, code, quotes and lists.

use super::{
    Block, DEEPEST_BLOCK, Item,
    code::{Fence, InCode},
    inline::{Reader, inlines},
};
use crate::text::{
    cut::{byte, rest, run, skip, trimmed},
    steps::step,
};

/// Columns of a tab in front of a line.
const TAB: usize = 4;

/// Digits of an item's number; more are text, as are numbers with zeros in front.
const NUMBER_DIGITS: usize = 9;

/// Makes out the blocks of these lines, which stand in so many others.
pub(super) fn blocks(reader: &mut Reader<'_>, lines: &[&str], depth: usize) -> Vec<Block> {
    let mut found = Vec::new();
    let mut text = String::new();
    let mut at = 0;
    let mut endless = usize::MAX;
    while let Some(line) = lines.get(at) {
        step();
        let begins = Begins::read(line, &lines[at + 1..], depth, &mut endless);
        if let Begins::Code(fence) = &begins
            && !fence.is_first()
        {
            add(reader, &mut text, fence.before);
        }
        if !matches!(begins, Begins::Line) {
            // What stands before is read before.
            paragraph(reader, &mut text, &mut found);
        }
        let block = match begins {
            Begins::Code(fence) => code(reader, &fence, lines, at),
            Begins::Quote => Some(quote(reader, lines, at, depth)),
            Begins::List(first) => Some(list(reader, lines, at, depth, &first)),
            Begins::Blank | Begins::Line => None,
        };
        if let Some((block, next)) = block {
            found.push(block);
            at = next;
            continue;
        }
        at += 1;
        if !trimmed(line).is_empty() {
            add(reader, &mut text, line);
        }
    }
    paragraph(reader, &mut text, &mut found);
    found
}

/// Adds a line to a paragraph.
fn add(reader: &mut Reader<'_>, text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    reader.places.begin_line(text.len(), line);
    text.push_str(line);
}

/// Ends a paragraph.
fn paragraph(reader: &mut Reader<'_>, text: &mut String, found: &mut Vec<Block>) {
    if !text.is_empty() {
        found.push(Block::Paragraph(inlines(reader, text)));
        reader.places.end_paragraph();
        text.clear();
    }
}

/// What begins with a line.
enum Begins<'a> {
    Code(Fence<'a>),
    Quote,
    List(Marker<'a>),
    /// Nothing.
    Blank,
    /// A paragraph, or nothing new.
    Line,
}

impl<'a> Begins<'a> {
    fn read(line: &'a str, behind: &[&str], depth: usize, endless: &mut usize) -> Self {
        let fence = Fence::read(line);
        if trimmed(line).is_empty() {
            return Self::Blank;
        }
        if depth < DEEPEST_BLOCK {
            if quoted(line).is_some_and(|text| has_more_than(text, b"> \t")) {
                return Self::Quote;
            }
            if let Some(marker) = Marker::read(line) {
                return Self::List(marker);
            }
        }
        match fence {
            Some(fence) if fence.is_first() || fence.ends_in(behind, endless) => Self::Code(fence),
            _ => Self::Line,
        }
    }
}

/// A quote, and the line behind it.
fn quote(reader: &mut Reader<'_>, lines: &[&str], at: usize, depth: usize) -> (Block, usize) {
    let mut inner = Vec::new();
    let mut next = at;
    while let Some(line) = lines.get(next).and_then(|line| quoted(line)) {
        inner.push(line);
        next += 1;
    }
    (Block::Quote(blocks(reader, &inner, depth + 1)), next)
}

/// Code up to the line that ends it, or to the end. A fence with nothing at all behind it is text.
fn code(
    reader: &mut Reader<'_>,
    fence: &Fence<'_>,
    lines: &[&str],
    at: usize,
) -> Option<(Block, usize)> {
    let mut text = String::new();
    let mut push = |line: &str| {
        reader.places.code_line(line);
        text.push_str(line);
        text.push('\n');
    };
    if !fence.names_language() && !fence.info.is_empty() {
        push(fence.info);
    }
    let indent = columns(fence.before);
    let mut next = at + 1;
    let mut ended = false;
    while next < lines.len() && !ended {
        step();
        let line = dedented(lines[next], indent);
        match fence.reads(line) {
            InCode::Line => push(line),
            InCode::End(last) => {
                ended = true;
                if let Some(last) = last {
                    push(last);
                }
            }
        }
        next += 1;
    }
    text.pop();
    let empty = trimmed(&text).is_empty();
    let mut language = fence.names_language().then(|| fence.info.to_owned());
    if empty && !fence.info.is_empty() {
        // There is nothing that it could be the language of.
        text = language.take()?;
    } else if empty && !ended {
        return None;
    }
    Some((Block::Code { language, text }, next))
}

/// What a line of a quote says, without the mark.
fn quoted(line: &str) -> Option<&str> {
    let text = trimmed(line);
    let marks = run(text, 0, b'>');
    // As in >> and > >, with a blank or nothing behind the last one.
    let fits = marks > 0 && (text.len() == marks || byte(text, marks) == b' ');
    let blank = usize::from(byte(text, 1) == b' ');
    fits.then(|| rest(text, 1 + blank))
}

/// What begins an item of a list.
struct Marker<'a> {
    /// Columns before it.
    indent: usize,
    /// Columns before what the item says.
    width: usize,
    number: Option<u32>,
    rest: &'a str,
}

impl<'a> Marker<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let text = trimmed(line);
        let (mut len, mut number) = (0, None);
        while let digit @ b'0'..=b'9' = byte(text, len) {
            // With nine digits it fits; and 007 is no number of an item.
            if len == NUMBER_DIGITS || number == Some(0) {
                return None;
            }
            number = Some(number.unwrap_or(0) * 10 + u32::from(digit - b'0'));
            len += 1;
        }
        let fits = match byte(text, len) {
            b'-' | b'*' | b'+' => number.is_none(),
            b'.' | b')' => number.is_some(),
            _ => false,
        };
        if !fits || !matches!(byte(text, len + 1), b' ' | b'\t') {
            return None;
        }
        let rest = rest(text, len + 2);
        let indent = columns(line);
        // A line of nothing but marks is one that parts what is above from what is below.
        let says_something = has_more_than(rest, b"-*+ \t");
        says_something.then_some(Self { indent, width: indent + len + 2, number, rest })
    }

    /// Whether the two may be of one list.
    fn is_like(&self, other: &Self) -> bool {
        self.number.is_some() == other.number.is_some()
    }
}

/// A list, and the line behind it. What belongs to an item is indented by two columns at least.
fn list(
    reader: &mut Reader<'_>,
    lines: &[&str],
    mut at: usize,
    depth: usize,
    first: &Marker<'_>,
) -> (Block, usize) {
    let mut items = Vec::new();
    let mut next = at;
    while let Some(marker) = lines.get(next).and_then(|line| Marker::read(line)) {
        if !marker.is_like(first) {
            break;
        }
        at = next + 1;
        let mut inner = vec![trimmed(marker.rest)];
        loop {
            // Blank lines belong to the item if what is behind them does.
            next = at;
            while lines.get(next).is_some_and(|line| trimmed(line).is_empty()) {
                step();
                next += 1;
            }
            let Some(line) = lines.get(next) else { break };
            if columns(line) < marker.indent + 2 {
                break;
            }
            inner.resize(inner.len() + next - at, "");
            inner.push(dedented(line, marker.width));
            at = next + 1;
        }
        items.push(Item { number: marker.number, blocks: blocks(reader, &inner, depth + 1) });
    }
    (Block::List(items), at)
}

fn has_more_than(text: &str, these: &[u8]) -> bool {
    skip(text, these) < text.len()
}

/// Columns of blanks that a line begins with.
fn columns(line: &str) -> usize {
    let mut columns = 0;
    for byte in line.bytes() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += TAB,
            _ => break,
        }
    }
    columns
}

/// A line without up to so many columns of blanks in front.
fn dedented(line: &str, columns: usize) -> &str {
    let mut left = columns;
    let mut at = 0;
    while left > 0 {
        let width = match byte(line, at) {
            b' ' => 1,
            b'\t' => TAB,
            _ => break,
        };
        at += 1;
        left = left.saturating_sub(width);
    }
    rest(line, at)
}
