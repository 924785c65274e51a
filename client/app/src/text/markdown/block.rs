//! Paragraphs, code, quotes and lists.

use super::{
    Block, DEEPEST_BLOCK, Item,
    code::{Fence, InCode},
    inline::{Reader, inlines},
};
use crate::text::steps::step;

/// Columns of a tab in front of a line.
const TAB: usize = 4;

/// Digits of an item's number; more are text, as are numbers with zeros in front.
const NUMBER_DIGITS: usize = 9;

/// Makes out the blocks of these lines, which stand in so many others.
pub(super) fn blocks(reader: &mut Reader<'_>, lines: &[&str], depth: usize) -> Vec<Block> {
    let mut found = Vec::new();
    let mut text = String::new();
    let mut at = 0;
    while at < lines.len() {
        step();
        let line = lines[at];
        if let Some((block, next)) = block(reader, lines, at, depth) {
            paragraph(reader, &mut text, &mut found);
            found.push(block);
            at = next;
        } else if line.trim_start().is_empty() {
            paragraph(reader, &mut text, &mut found);
            at += 1;
        } else {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
            at += 1;
        }
    }
    paragraph(reader, &mut text, &mut found);
    found
}

/// Ends a paragraph.
fn paragraph(reader: &mut Reader<'_>, text: &mut String, found: &mut Vec<Block>) {
    if !text.is_empty() {
        found.push(Block::Paragraph(inlines(reader, text)));
        text.clear();
    }
}

/// The block that begins with this line, if it is no paragraph, and the line behind it.
fn block(
    reader: &mut Reader<'_>,
    lines: &[&str],
    at: usize,
    depth: usize,
) -> Option<(Block, usize)> {
    if let Some(fence) = Fence::read(lines[at]) {
        return code(&fence, lines, at);
    }
    if depth == DEEPEST_BLOCK {
        return None;
    }
    if quoted(lines[at]).is_some_and(|text| has_more_than(text, "> \t")) {
        let inner: Vec<&str> = lines[at..].iter().map_while(|line| quoted(line)).collect();
        return Some((Block::Quote(blocks(reader, &inner, depth + 1)), at + inner.len()));
    }
    Marker::read(lines[at]).map(|first| list(reader, lines, at, depth, &first))
}

/// Code up to the line that ends it, or to the end. A fence with nothing behind it is text.
fn code(fence: &Fence<'_>, lines: &[&str], at: usize) -> Option<(Block, usize)> {
    let mut text = String::new();
    let mut push = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    if !fence.names_language() && !fence.info.is_empty() {
        push(fence.info);
    }
    let mut next = at + 1;
    let mut ended = false;
    while next < lines.len() && !ended {
        step();
        let line = dedented(lines[next], fence.indent);
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
    let empty = text.trim_start().is_empty();
    let mut language = fence.names_language().then(|| fence.info.to_owned());
    if empty {
        // There is nothing else that it could be the language of.
        text = language.take()?;
    }
    Some((Block::Code { language, text }, next))
}

/// What a line of a quote says, without the mark.
fn quoted(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix('>')?;
    // As in >> and > >, with a blank or nothing behind the last one.
    let inner = rest.trim_start_matches('>');
    (inner.is_empty() || inner.starts_with(' ')).then(|| rest.strip_prefix(' ').unwrap_or(rest))
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
        let text = line.trim_start();
        let bytes = text.as_bytes();
        let (len, number) = match bytes.first()? {
            b'-' | b'*' | b'+' => (1, None),
            first => {
                let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
                let fits = matches!(digits, 1..=NUMBER_DIGITS) && (*first != b'0' || digits == 1);
                if !fits || !matches!(bytes.get(digits)?, b'.' | b')') {
                    return None;
                }
                let value = |number, digit| number * 10 + u32::from(digit - b'0');
                (digits + 1, Some(bytes[..digits].iter().copied().fold(0, value)))
            }
        };
        let rest = text[len..].strip_prefix([' ', '\t'])?;
        let indent = columns(line);
        // A line of nothing but marks is one that parts what is above from what is below.
        let says_something = has_more_than(rest, "-*+ \t");
        says_something.then_some(Self { indent, width: indent + len + 1, number, rest })
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
        let mut inner = vec![marker.rest.trim_start()];
        loop {
            // Blank lines belong to the item if what is behind them does.
            next = at;
            while lines.get(next).is_some_and(|line| line.trim_start().is_empty()) {
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

fn has_more_than(text: &str, these: &str) -> bool {
    text.bytes().any(|byte| !these.as_bytes().contains(&byte))
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
    let mut rest = line;
    while left > 0 {
        let width = match rest.as_bytes().first() {
            Some(b' ') => 1,
            Some(b'\t') => TAB,
            _ => break,
        };
        rest = &rest[1..];
        left = left.saturating_sub(width);
    }
    rest
}
