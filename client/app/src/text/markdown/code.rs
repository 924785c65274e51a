//! Where code begins and ends.

use crate::text::{
    cut::{find, part, rest, run, trimmed},
    steps::step,
};

/// Backticks in a row that may begin or end code; a longer run is text.
const MOST_TICKS: usize = 31;

/// Characters of a language's name.
const LANGUAGE_CHARS: usize = 20;

/// The line that begins a code block.
pub(super) struct Fence<'a> {
    /// What stands before the backticks.
    pub(super) before: &'a str,
    ticks: usize,
    /// What stands behind them.
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
        let at = find(line, b"`");
        let ticks = run(line, at, b'`');
        let info = rest(line, at + ticks).trim();
        // With backticks behind it, it is code within a line.
        let fits = ticks >= 3 && find(info, b"`") == info.len();
        fits.then(|| Self { before: part(line, 0, at), ticks, info })
    }

    /// Whether nothing stands before it.
    pub(super) fn is_first(&self) -> bool {
        trimmed(self.before).is_empty()
    }

    /// Whether it is one although something stands before it: if it looks like one, and ends behind
    /// some code. These are the lines behind it. So many backticks and more are known to have no end
    /// in them.
    pub(super) fn ends_in(&self, lines: &[&str], endless: &mut usize) -> bool {
        if self.ticks >= *endless
            || !(self.info.is_empty() || self.names_language())
            || self.before.ends_with('\\')
        {
            return false;
        }
        for (number, line) in lines.iter().enumerate() {
            step();
            if let InCode::End(last) = self.reads(line) {
                return number > 0 || last.is_some();
            }
        }
        *endless = self.ticks;
        false
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
    /// The code that begins with the backticks here: how many they are, and where as many end it. If
    /// nothing does, or blanks alone stand between, that is where they end themselves.
    pub(super) fn code(&mut self, text: &str, at: usize) -> (usize, usize) {
        let ticks = run(text, at, b'`');
        let begin = at + ticks;
        if ticks > MOST_TICKS || self.missing >> ticks & 1 == 1 {
            return (ticks, begin);
        }
        let mut end = begin;
        while end < text.len() {
            step();
            let there = run(text, end, b'`');
            if there == ticks {
                // Nothing would be seen of blanks.
                let blank = trimmed(part(text, begin, end)).is_empty();
                return (ticks, if blank { begin } else { end });
            }
            end += there.max(1);
        }
        self.missing |= 1 << ticks;
        (ticks, begin)
    }
}
