//! Where code begins and ends.

use std::ops::Range;

use crate::text::steps::step;

/// Backticks in a row that may begin or end code; a longer run is text.
const MOST_TICKS: usize = 31;

/// Characters of a language's name.
const LANGUAGE_CHARS: usize = 20;

/// The line that begins a code block.
pub(super) struct Fence<'a> {
    /// Blanks before it.
    pub(super) indent: usize,
    ticks: usize,
    /// What stands behind the backticks.
    pub(super) info: &'a str,
}

/// What a line is to the code block that it stands in.
pub(super) enum InCode<'a> {
    /// It is code.
    Line,
    /// It ends the block; before that it may have a last line of code.
    End(Option<&'a str>),
}

impl<'a> Fence<'a> {
    /// The fence that this line is.
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let trimmed = line.trim_start();
        let ticks = run(trimmed.as_bytes());
        let info = trimmed[ticks..].trim();
        // With backticks behind it, it is code within a line.
        (ticks >= 3 && !info.as_bytes().contains(&b'`')).then(|| Self {
            indent: line.len() - trimmed.len(),
            ticks,
            info,
        })
    }

    /// What another line is to it.
    pub(super) fn reads<'b>(&self, line: &'b str) -> InCode<'b> {
        let line = line.trim_end();
        let code = line.trim_end_matches('`');
        if line.len() - code.len() < self.ticks || code.as_bytes().contains(&b'`') {
            return InCode::Line;
        }
        InCode::End((!code.trim_start().is_empty()).then_some(code))
    }

    /// Whether what stands behind the backticks names a language. Otherwise it is code.
    pub(super) fn names_language(&self) -> bool {
        let may_be = |b: &u8| b.is_ascii_alphanumeric() || b"+-#._,".contains(b);
        (1..=LANGUAGE_CHARS).contains(&self.info.len()) && self.info.as_bytes().iter().all(may_be)
    }
}

/// Finds the ends of code within paragraphs, from the front of one to its back.
#[derive(Default)]
pub(super) struct Ticks {
    /// A bit for each length of which no further run was found, so that it is not looked for again.
    missing: u32,
}

impl Ticks {
    /// The code that begins with the backticks here: how many they are, and the bytes between them
    /// and those that end it.
    pub(super) fn code(&mut self, text: &[u8], at: usize) -> (usize, Option<Range<usize>>) {
        let ticks = run(&text[at..]);
        if ticks > MOST_TICKS || self.missing >> ticks & 1 == 1 {
            return (ticks, None);
        }
        let from = at + ticks;
        let mut end = from;
        while end < text.len() {
            step();
            let there = run(&text[end..]);
            if there == ticks {
                return (ticks, Some(from..end));
            }
            end += there.max(1);
        }
        self.missing |= 1 << ticks;
        (ticks, None)
    }
}

/// How many backticks a text begins with.
fn run(text: &[u8]) -> usize {
    text.iter().take_while(|b| **b == b'`').count()
}

/// The bytes of a message that are code, with their backticks, in order: there nothing is replaced
/// while it is written. Where the blocks of a message are hard to tell, this has rather too much.
pub fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // Where the paragraph begins, and the block of code: its fence, its place, whether in a quote.
    let mut paragraph = 0;
    let mut block: Option<(Fence<'_>, usize, bool)> = None;
    let mut at = 0;
    for line in text.split('\n') {
        let end = (at + line.len() + 1).min(text.len());
        let inner = line.trim_start_matches([' ', '\t', '>', '-', '+', '*', '.', ')']);
        let quoted = line.trim_start().starts_with('>');
        if let Some((fence, from, in_quote)) = &block {
            let over = *in_quote && !quoted;
            if over || matches!(fence.reads(inner), InCode::End(_)) {
                paragraph = if over { at } else { end };
                found.push(*from..paragraph);
                block = None;
            }
            if !over {
                at = end;
                continue;
            }
        }
        // Behind the number of an item.
        let digits = inner.trim_start_matches(|c: char| c.is_ascii_digit());
        let inner = digits.strip_prefix(['.', ')']).map_or(inner, str::trim_start);
        let fence = Fence::read(inner);
        if fence.is_some() || inner.is_empty() {
            spans(text, paragraph..at, &mut found);
            paragraph = end;
        }
        block = fence.map(|fence| (fence, at, quoted));
        at = end;
    }
    match block {
        Some((_, from, _)) => found.push(from..text.len()),
        None => spans(text, paragraph..text.len(), &mut found),
    }
    found
}

/// Adds the code within a paragraph.
fn spans(text: &str, paragraph: Range<usize>, found: &mut Vec<Range<usize>>) {
    let text = &text.as_bytes()[..paragraph.end];
    let mut ticks = Ticks::default();
    let mut at = paragraph.start;
    while at < text.len() {
        match text[at] {
            b'`' => {
                let (run, code) = ticks.code(text, at);
                match code {
                    Some(code) => {
                        found.push(at..code.end + run);
                        at = code.end + run;
                    }
                    None => at += run,
                }
            }
            // An escaped backtick begins no code.
            b'\\' if text.get(at + 1) == Some(&b'`') => at += 2,
            _ => at += 1,
        }
    }
}
