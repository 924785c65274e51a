//! Emoji by their names.
//!
//! The page does not carry them: they are a file that is loaded when somebody first looks for one,
//! `assets/emoji.txt`, and this reads it. A line is an emoji, its name and its shortcodes, parted
//! by tabs (`😀`, `grinning face`, `grinning`); shortcodes are parted by commas, and may be none.
//! `#` begins the name of a group, on a line without tabs (`#️⃣` is an emoji). The order is
//! Unicode's, which is the one of a picker. The file is made by a test; see there.

use std::ops::Range;

use super::{
    caret,
    complete::{self, Fit, Typed},
    cut::{self, byte},
    fold::fold,
    markdown,
};

/// Characters of a shortcode that have to be there before any is suggested.
const TYPED_AT_LEAST: usize = 2;

/// Longest shortcode.
const CODE_BYTES: usize = 40;

/// An emoji.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Emoji<'a> {
    /// The emoji.
    pub emoji: &'a str,
    /// What it shows.
    pub name: &'a str,
    /// Its shortcodes without colons, parted by commas.
    codes: &'a str,
}

impl<'a> Emoji<'a> {
    /// Its shortcodes without colons, the usual one first.
    pub fn codes(self) -> impl Iterator<Item = &'a str> {
        self.codes.split(',').filter(|code| !code.is_empty())
    }
}

/// Emoji that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<'a> {
    /// What the group is called, in English.
    pub name: &'a str,
    /// Its emoji: their numbers.
    pub members: Range<usize>,
}

/// All emoji: the file, and where each line of it begins. An emoji is told by its number.
#[derive(Debug, Clone, Default)]
pub struct Emojis {
    text: String,
    lines: Vec<u32>,
    /// The places of the names of groups, and the numbers of their first members.
    groups: Vec<(Range<usize>, usize)>,
    /// Numbers plus one by a hash of each of their shortcodes, each as near behind its place as
    /// there was one free. A power of two, at least twice as many as shortcodes.
    slots: Vec<u16>,
}

impl Emojis {
    /// Reads the file. Lines that make no sense are left out.
    pub fn read(text: String) -> Self {
        let mut emojis = Self::default();
        let mut codes = 0;
        let mut at = 0;
        // Numbers fit into 16 bits, and places into 32.
        let text = if u32::try_from(text.len()).is_ok() { text } else { String::new() };
        while at < text.len() {
            let end = at + cut::find(cut::rest(&text, at), b"\n");
            let line = cut::part(&text, at, end);
            if let Some(emoji) = fields(line) {
                if emojis.lines.len() < usize::from(u16::MAX) {
                    codes += 1 + emoji.codes.bytes().filter(|b| *b == b',').count();
                    emojis.lines.push(at as u32);
                }
            } else if byte(line, 0) == b'#' {
                emojis.groups.push((at + 1..end, emojis.lines.len()));
            }
            at = end + 1;
        }
        emojis.text = text;
        let mut slots = vec![0; (codes * 2 + 1).next_power_of_two()];
        let last = slots.len() - 1;
        for number in 0..emojis.lines.len() {
            let Some(emoji) = emojis.get(number) else { continue };
            for code in emoji.codes() {
                let mut slot = hash(code);
                while slots[slot & last] != 0 {
                    slot += 1;
                }
                slots[slot & last] = number as u16 + 1;
            }
        }
        emojis.slots = slots;
        emojis
    }

    /// The emoji of this number.
    pub fn get(&self, number: usize) -> Option<Emoji<'_>> {
        let rest = cut::rest(&self.text, *self.lines.get(number)? as usize);
        fields(cut::part(rest, 0, cut::find(rest, b"\n")))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.lines.len()
    }

    /// The groups, in the order of a picker.
    pub fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        self.groups.iter().enumerate().map(|(at, (name, first))| {
            let end = self.groups.get(at + 1).map_or(self.lines.len(), |next| next.1);
            Group { name: cut::part(&self.text, name.start, name.end), members: *first..end }
        })
    }

    /// The emoji of a shortcode, with or without its colons.
    pub fn by_shortcode(&self, code: &str) -> Option<&str> {
        let code = code.strip_prefix(':').and_then(|code| code.strip_suffix(':')).unwrap_or(code);
        let last = self.slots.len().checked_sub(1)?;
        let mut slot = hash(code);
        loop {
            let number = self.slots[slot & last].checked_sub(1)?;
            let emoji = self.get(number.into())?;
            if emoji.codes().any(|there| there == code) {
                return Some(emoji.emoji);
            }
            slot += 1;
        }
    }

    /// The numbers of the best `limit` for a query: first that of this shortcode, then those with a
    /// shortcode or a name that begins so, with a word that does, with the query anywhere. Case and
    /// accents do not count.
    pub fn search(&self, query: &str, limit: usize) -> Vec<usize> {
        let query = fold(query.trim().trim_matches(':'));
        let (code, name) = (swapped(&query, ' ', '_'), swapped(&query, '_', ' '));
        if query.is_empty() {
            return Vec::new();
        }
        complete::best(self.count(), limit, &|number| {
            let Some(emoji) = self.get(number) else { return Fit::No };
            let mut best = match complete::fit(&fold(emoji.name), &name) {
                // The name of one is the shortcode of another one.
                Fit::Same => Fit::Start,
                fit => fit,
            };
            for there in emoji.codes() {
                best = best.min(complete::fit(there, &code));
            }
            best
        })
    }

    /// The shortcode that is being typed in front of the caret (in UTF-16 units), such as `:tad`.
    pub fn typed(text: &str, caret: usize) -> Option<Typed> {
        let end = caret::byte_at(text, caret);
        let mut begin = end;
        while begin > 0 && is_code(byte(text, begin - 1)) {
            begin -= 1;
        }
        let colon = begin.checked_sub(1)?;
        let fits = (TYPED_AT_LEAST..=CODE_BYTES).contains(&(end - begin))
            && byte(text, colon) == b':'
            && may_begin(text, colon);
        let query = cut::part(text, begin, end);
        fits.then(|| Typed { range: colon..end, query: query.to_owned() })
    }

    /// The text with an emoji in place of each shortcode that there is one for, except in code.
    pub fn replace_shortcodes(&self, text: &str) -> String {
        let mut new = String::with_capacity(text.len());
        // What is taken over already, and what is looked at.
        let (mut from, mut at) = (0, 0);
        for code in markdown::code_ranges(text) {
            self.replace_up_to(code.start, text, &mut from, &mut at, &mut new);
            at = code.end;
        }
        self.replace_up_to(text.len(), text, &mut from, &mut at, &mut new);
        new.push_str(cut::rest(text, from));
        new
    }

    #[inline(never)]
    fn replace_up_to(
        &self,
        last: usize,
        text: &str,
        from: &mut usize,
        at: &mut usize,
        new: &mut String,
    ) {
        while *at < last {
            let colon = *at;
            *at += 1;
            if byte(text, colon) != b':' {
                continue;
            }
            while *at <= colon + CODE_BYTES && is_code(byte(text, *at)) {
                *at += 1;
            }
            // The colon at its end may begin another one, unless it is taken.
            if byte(text, *at) == b':' && (*from == colon || may_begin(text, colon)) {
                let code = cut::part(text, colon, *at + 1);
                if let Some(emoji) = self.by_shortcode(code) {
                    new.push_str(cut::part(text, *from, colon));
                    new.push_str(emoji);
                    *at += 1;
                    *from = *at;
                }
            }
        }
    }
}

/// What a line says of an emoji.
fn fields(line: &str) -> Option<Emoji<'_>> {
    let first = cut::find(line, b"\t");
    let behind = cut::rest(line, first + 1);
    let second = cut::find(behind, b"\t");
    (first > 0 && second < behind.len()).then(|| Emoji {
        emoji: cut::part(line, 0, first),
        name: cut::part(behind, 0, second),
        codes: cut::rest(behind, second + 1),
    })
}

/// Where the table of shortcodes has this one: FNV-1a.
fn hash(code: &str) -> usize {
    let mut hash = 0x811c_9dc5_u32;
    for byte in code.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    // The upper bits are the better mixed ones, and the lower ones are used.
    (hash ^ hash >> 16) as usize
}

/// Whether a shortcode may have it. Capitals are none, but somebody may type them.
fn is_code(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+')
}

/// Whether a shortcode may begin behind this: not in `10:30:20`, not in an address, not escaped.
fn may_begin(text: &str, at: usize) -> bool {
    !cut::in_word(text, at) && !matches!(cut::before(text, at), Some(':' | '/' | '\\'))
}

fn swapped(text: &str, from: char, to: char) -> String {
    text.chars().map(|c| if c == from { to } else { c }).collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
