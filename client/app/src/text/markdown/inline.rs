//! What stands in a paragraph.

use super::{
    Inline,
    address::{angled, bare, destination},
    code::Ticks,
    emphasis::{Marks, Piece, resolve},
    is_visible,
};
use crate::text::{
    href::Href,
    mention::{self, Mentions},
    steps::step,
};

/// What all paragraphs of a message have in common.
pub(super) struct Reader<'a> {
    pub(super) people: &'a dyn Mentions,
    /// How many `@` are still looked at.
    pub(super) mentions_left: usize,
}

/// A paragraph that is being read.
struct Paragraph<'a, 'b> {
    reader: &'b mut Reader<'a>,
    text: &'b str,
    /// The next byte.
    at: usize,
    /// Text that is no piece yet.
    pending: String,
    pieces: Vec<Piece>,
    /// The `[` that may begin a link: places among the pieces and in the text.
    brackets: Vec<(usize, usize)>,
    /// How many pieces there were with the last link. A `[` before that can begin none, as no link
    /// stands within another one.
    linked: usize,
    ticks: Ticks,
}

/// Makes out a paragraph.
pub(super) fn inlines(reader: &mut Reader<'_>, text: &str) -> Vec<Inline> {
    let mut paragraph = Paragraph {
        reader,
        text,
        at: 0,
        pending: String::new(),
        pieces: Vec::new(),
        brackets: Vec::new(),
        linked: 0,
        ticks: Ticks::default(),
    };
    while paragraph.at < text.len() {
        paragraph.next();
    }
    paragraph.flush();
    resolve(paragraph.pieces)
}

impl Paragraph<'_, '_> {
    /// Reads what stands at the next byte.
    fn next(&mut self) {
        step();
        match self.text.as_bytes()[self.at] {
            b'\\' => self.escape(),
            b'`' => self.code(),
            mark @ (b'*' | b'_' | b'~') => self.marks(mark),
            b'[' => {
                self.flush();
                self.brackets.push((self.pieces.len(), self.at));
                self.pieces.push(Piece::Bracket);
                self.at += 1;
            }
            b']' => self.close(),
            b'<' => match angled(&self.text[self.at + 1..]) {
                Some((len, href)) => {
                    self.at += 1;
                    self.address(len, href);
                    self.at += 1;
                }
                None => self.take(1),
            },
            b'@' => self.mention(),
            b'\n' => {
                self.push(Inline::Break);
                self.at += 1;
            }
            b'h' | b'H' | b'm' | b'M' | b'w' | b'W' if !self.in_word() => {
                match bare(&self.text[self.at..]) {
                    Some((len, Some(href))) => self.address(len, href),
                    Some((len, None)) => self.take(len),
                    None => self.take(1),
                }
            }
            _ => self.take(self.after(self.at).map_or(1, char::len_utf8)),
        }
    }

    /// The next so many bytes are text.
    fn take(&mut self, len: usize) {
        let end = self.at + len;
        self.pending.push_str(&self.text[self.at..end]);
        self.at = end;
    }

    /// What was text up to here becomes a piece.
    fn flush(&mut self) {
        if !self.pending.is_empty() {
            let text = std::mem::take(&mut self.pending);
            self.pieces.push(Piece::Node(Inline::Text(text)));
        }
    }

    fn push(&mut self, node: Inline) {
        self.flush();
        self.pieces.push(Piece::Node(node));
    }

    fn before(&self, at: usize) -> Option<char> {
        self.text[..at].chars().next_back()
    }

    fn after(&self, at: usize) -> Option<char> {
        self.text[at..].chars().next()
    }

    /// Whether the next byte goes on with a word.
    fn in_word(&self) -> bool {
        self.before(self.at).is_some_and(char::is_alphanumeric)
    }

    fn escape(&mut self) {
        match self.text.as_bytes().get(self.at + 1) {
            // The arm of ¯\_(ツ)_/¯.
            Some(b'_') if self.before(self.at) == Some('¯') => self.take(2),
            Some(next) if next.is_ascii_punctuation() => {
                self.at += 1;
                self.take(1);
            }
            _ => self.take(1),
        }
    }

    fn code(&mut self) {
        let (run, code) = self.ticks.code(self.text.as_bytes(), self.at);
        // Nothing would be seen of blanks.
        let Some(code) = code.filter(|code| !self.text[code.clone()].trim_start().is_empty())
        else {
            return self.take(run);
        };
        self.at = code.end + run;
        let mut text = self.text[code].replace('\n', " ");
        // Blanks that only part the code from its backticks.
        if text.starts_with(' ') && text.ends_with(' ') {
            text.pop();
            text.remove(0);
        }
        self.push(Inline::Code(text));
    }

    fn marks(&mut self, mark: u8) {
        let rest = &self.text.as_bytes()[self.at..];
        let run = rest.iter().take_while(|b| **b == mark).count();
        let (before, after) = (self.before(self.at), self.after(self.at + run));
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let fits = if mark == b'~' { run == 2 } else { run <= 3 };
        if !fits || (mark == b'*' && is_digit(before) && is_digit(after)) {
            return self.take(run);
        }
        let (before, after) = (Side::of(before), Side::of(after));
        let mut opens = after.may_follow(before);
        let mut closes = before.may_follow(after);
        if mark == b'_' {
            (opens, closes) = (
                opens && (!closes || before == Side::Mark),
                closes && (!opens || after == Side::Mark),
            );
        }
        self.flush();
        self.pieces.push(Piece::Marks(Marks { mark, count: run as u8, opens, closes }));
        self.at += run;
    }

    /// A `]`, which may end the text of a link.
    fn close(&mut self) {
        self.flush();
        let Some((open, from)) = self.brackets.pop() else { return self.take(1) };
        let behind = self.text[self.at + 1..].strip_prefix('(');
        let Some((len, href)) = behind.and_then(destination) else { return self.take(1) };
        if self.linked > open {
            // There is a link in it already. It may show its own address, and no other one.
            let same = match &self.pieces[open + 1..] {
                [Piece::Node(Inline::Link { href: inner, .. })] => *inner == href,
                _ => false,
            };
            if !same {
                return self.take(1);
            }
            self.pieces.remove(open);
            self.linked = self.pieces.len();
        } else {
            if !self.text[from + 1..self.at].chars().any(is_visible) {
                return self.take(1);
            }
            let text = resolve(self.pieces.split_off(open + 1));
            self.pieces.pop();
            self.link(href, text);
        }
        self.at += "](".len() + len + ")".len();
    }

    /// The next so many bytes are an address.
    fn address(&mut self, len: usize, href: Href) {
        let text = self.text[self.at..self.at + len].to_owned();
        self.at += len;
        self.link(href, vec![Inline::Text(text)]);
    }

    fn link(&mut self, href: Href, text: Vec<Inline>) {
        self.push(Inline::Link { href, text });
        self.linked = self.pieces.len();
    }

    fn mention(&mut self) {
        let reader = &mut *self.reader;
        if reader.mentions_left == 0 || !mention::may_begin(self.text, self.at) {
            return self.take(1);
        }
        reader.mentions_left -= 1;
        let behind = self.at + 1;
        let Some((len, person)) = mention::longest(&self.text[behind..], reader.people) else {
            return self.take(1);
        };
        let name = self.text[behind..behind + len].to_owned();
        self.push(Inline::Mention { name, person });
        self.at = behind + len;
    }
}

/// What stands beside a run of marks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// A blank, or nothing.
    Blank,
    /// Part of a word.
    Word,
    /// Punctuation.
    Mark,
    /// A character of a script without blanks between words, its punctuation, an emoji. CommonMark
    /// counts these as the two before and so leaves much of what is written in them without
    /// emphasis.
    Wide,
}

impl Side {
    fn of(c: Option<char>) -> Self {
        match c {
            None => Self::Blank,
            Some(c) if c.is_whitespace() => Self::Blank,
            Some('\u{2e80}'..) => Self::Wide,
            Some(c) if c.is_alphanumeric() => Self::Word,
            Some(_) => Self::Mark,
        }
    }

    /// Whether marks between the two may have this one in what they emphasise and the other one
    /// out of it.
    fn may_follow(self, outside: Self) -> bool {
        self != Self::Blank && (self != Self::Mark || outside != Self::Word)
    }
}
