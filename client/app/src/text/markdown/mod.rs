//! The markup of messages: a text becomes a small tree, which is drawn as elements and text nodes.
//!
//! It is what chats have of Markdown: emphasis, strike, code, links, quotes, lists. A line break is
//! one. Headings, tables, images and HTML are text. Unlike elsewhere,
//!
//! - a code block may begin behind text, with code behind its ` ``` `, and end behind its last line;
//! - a quote needs a blank behind its `>`, so that `>:(` is a face;
//! - items of a list keep the numbers that they were given;
//! - a link needs a text that can be seen, and may not show another address than its own;
//! - `2*3*4` has no emphasis, and `¯\_(ツ)_/¯` keeps its arm.
//!
//! Whatever is written can be read: what is no markup stays as it is.

mod address;
mod block;
mod code;
mod emphasis;
mod inline;
mod places;

use std::ops::Range;

use super::{
    href::{Href, is_visible},
    mention::{MENTIONS_READ, Mentions},
};

/// Blocks are nested at most this deep; what would be deeper is a paragraph.
pub const DEEPEST_BLOCK: usize = 4;

/// Emphasis is nested at most this deep, the same again inside of a link.
pub const DEEPEST_EMPHASIS: u8 = 5;

/// A part of a message that stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Lines of text.
    Paragraph(Vec<Inline>),
    /// Lines of code, without a line break behind the last one.
    Code {
        /// The language that was named, as it was written.
        language: Option<String>,
        /// The code.
        text: String,
    },
    /// What somebody else said.
    Quote(Vec<Block>),
    /// A list: all of its items have a number, or none has.
    List(Vec<Item>),
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The number that it was given.
    pub number: Option<u32>,
    /// What stands in it; most often one paragraph.
    pub blocks: Vec<Block>,
}

/// A part of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Text, as it is to be shown.
    Text(String),
    /// `*text*` or `_text_`
    Emphasis(Vec<Inline>),
    /// `**text**` or `__text__`
    Strong(Vec<Inline>),
    /// `~~text~~`
    Strike(Vec<Inline>),
    /// Code in one line.
    Code(String),
    /// `[text](address)`, or an address.
    Link {
        /// Where it leads.
        href: Href,
        /// What is shown, without further links.
        text: Vec<Inline>,
    },
    /// `@name`
    Mention {
        /// The name as it was written, without the `@`.
        name: String,
        /// The number of the person, from [`Mentions`].
        person: usize,
    },
    /// A line ends.
    Break,
}

/// Makes out the markup of a message. `people` says who is named; `&()` knows nobody.
pub fn parse(text: &str, people: &dyn Mentions) -> Vec<Block> {
    read(text, people).0
}

/// The bytes of a message that are code, in order: there nothing is replaced while it is written.
pub fn code_ranges(text: &str) -> Vec<Range<usize>> {
    read(text, &()).1
}

fn read(text: &str, people: &dyn Mentions) -> (Vec<Block>, Vec<Range<usize>>) {
    let lines: Vec<&str> = text.split('\n').collect();
    let places = places::Places::of(text);
    let mut reader = inline::Reader { people, mentions_left: MENTIONS_READ, places };
    let blocks = block::blocks(&mut reader, &lines, 0);
    (blocks, reader.places.found)
}

/// A message as one line without markup, for notifications, announcements and excerpts.
pub fn plain(text: &str) -> String {
    let mut line = Line { text: String::with_capacity(text.len()), gap: false };
    line.blocks(&parse(text, &()));
    line.text
}

/// A line that is being written: every gap becomes one blank.
struct Line {
    text: String,
    gap: bool,
}

impl Line {
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.gap = true;
                continue;
            }
            if std::mem::take(&mut self.gap) && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push(c);
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.gap = true;
            match block {
                Block::Paragraph(inlines) => self.inlines(inlines),
                Block::Code { text, .. } => self.push(text),
                Block::Quote(blocks) => self.blocks(blocks),
                Block::List(items) => {
                    for item in items {
                        self.gap = true;
                        match item.number {
                            Some(number) => {
                                self.number(number);
                                self.push(".");
                            }
                            None => self.push("•"),
                        }
                        self.blocks(&item.blocks);
                    }
                }
            }
        }
    }

    fn inlines(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            match inline {
                Inline::Text(text) | Inline::Code(text) => self.push(text),
                Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => {
                    self.inlines(inner);
                }
                Inline::Link { text, .. } => self.inlines(text),
                Inline::Mention { name, .. } => {
                    self.push("@");
                    self.push(name);
                }
                Inline::Break => self.gap = true,
            }
        }
    }

    /// Without the machinery of `format!`.
    fn number(&mut self, number: u32) {
        if number >= 10 {
            self.number(number / 10);
        }
        let digit = [b'0' + (number % 10) as u8];
        self.push(std::str::from_utf8(&digit).unwrap_or_default());
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
