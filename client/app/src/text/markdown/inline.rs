//! What stands in a paragraph.

use super::{
    Inline,
    address::{angled, bare, destination},
    code::Ticks,
    emphasis::{Marks, Piece, resolve},
    is_visible,
    places::Places,
};
use crate::text::{
    cut::{after, before, byte, in_word, part, rest, run},
    href::Href,
    mention::{self, Mentions},
    steps::step,
};

/// What all paragraphs of a message have in common.
pub(super) struct Reader<'a> {
    pub(super) people: &'a dyn Mentions,
    /// How many `@` are still looked at.
    pub(super) mentions_left: usize,
    /// Where code stands in the message.
    pub(super) places: Places,
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
        match byte(self.text, self.at) {
            b'\\' => self.escape(),
            b'`' => self.code(),
            mark @ (b'*' | b'_' | b'~') => self.marks(mark),
            b'[' => {
                self.push(Piece::Bracket);
                self.brackets.push((self.pieces.len() - 1, self.at));
                self.at += 1;
            }
            b']' => self.close(),
            b'<' => match angled(rest(self.text, self.at + 1)) {
                Some((len, href)) => {
                    self.at += 1;
                    self.address(len, href);
                    self.at += 1;
                }
                None => self.take(1),
            },
            b'@' => self.mention(),
            b'\n' => {
                self.push(Piece::Node(Inline::Break));
                self.at += 1;
            }
            b'h' | b'H' | b'm' | b'M' | b'w' | b'W' if !in_word(self.text, self.at) => {
                match bare(rest(self.text, self.at)) {
                    Some((len, Some(href))) => self.address(len, href),
                    Some((len, None)) => self.take(len),
                    None => self.take(1),
                }
            }
            _ => self.take(after(self.text, self.at).map_or(1, char::len_utf8)),
        }
    }

    /// The next so many bytes are text.
    fn take(&mut self, len: usize) {
        let end = self.at + len;
        self.pending.push_str(part(self.text, self.at, end));
        self.at = end;
    }

    /// What was text up to here becomes a piece.
    fn flush(&mut self) {
        if !self.pending.is_empty() {
            let text = std::mem::take(&mut self.pending);
            self.pieces.push(Piece::Node(Inline::Text(text)));
        }
    }

    #[inline(never)]
    fn push(&mut self, piece: Piece) {
        self.flush();
        self.pieces.push(piece);
    }

    fn escape(&mut self) {
        match byte(self.text, self.at + 1) {
            // The arm of ¯\_(ツ)_/¯.
            b'_' if before(self.text, self.at) == Some('¯') => self.take(2),
            next if next.is_ascii_punctuation() => {
                self.at += 1;
                self.take(1);
            }
            _ => self.take(1),
        }
    }

    fn code(&mut self) {
        let (run, code) = self.ticks.code(self.text, self.at);
        let text = part(self.text, self.at + run, code);
        if text.is_empty() {
            return self.take(run);
        }
        self.reader.places.code(self.at + run, code);
        self.at = code + run;
        let mut text = text.replace('\n', " ");
        // Blanks that only part the code from its backticks.
        if text.starts_with(' ') && text.ends_with(' ') {
            text.pop();
            text.remove(0);
        }
        self.push(Piece::Node(Inline::Code(text)));
    }

    fn marks(&mut self, mark: u8) {
        let run = run(self.text, self.at, mark);
        let (before, after) = (before(self.text, self.at), after(self.text, self.at + run));
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
        self.push(Piece::Marks(Marks { mark, count: run as u8, opens, closes }));
        self.at += run;
    }

    /// A `]`, which may end the text of a link.
    fn close(&mut self) {
        self.flush();
        let Some((open, from)) = self.brackets.pop() else { return self.take(1) };
        if byte(self.text, self.at + 1) != b'(' {
            return self.take(1);
        }
        let Some((len, href)) = destination(rest(self.text, self.at + 2)) else {
            return self.take(1);
        };
        if self.linked > open {
            // There is a link in it already. It may show its own address, and no other one.
            let same = match self.pieces.last() {
                Some(Piece::Node(Inline::Link { href: inner, .. })) => *inner == href,
                _ => false,
            };
            if !same || self.pieces.len() != open + 2 {
                return self.take(1);
            }
            self.pieces.swap_remove(open);
            self.linked = self.pieces.len();
        } else {
            if !part(self.text, from + 1, self.at).chars().any(is_visible) {
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
        let text = part(self.text, self.at, self.at + len).to_owned();
        self.at += len;
        self.link(href, vec![Inline::Text(text)]);
    }

    fn link(&mut self, href: Href, text: Vec<Inline>) {
        self.push(Piece::Node(Inline::Link { href, text }));
        self.linked = self.pieces.len();
    }

    fn mention(&mut self) {
        let reader = &mut *self.reader;
        if reader.mentions_left == 0 || !mention::may_begin(self.text, self.at) {
            return self.take(1);
        }
        reader.mentions_left -= 1;
        let behind = self.at + 1;
        let Some((len, person)) = mention::longest(rest(self.text, behind), reader.people) else {
            return self.take(1);
        };
        let name = part(self.text, behind, behind + len).to_owned();
        self.push(Piece::Node(Inline::Mention { name, person }));
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
