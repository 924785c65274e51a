//! Whom an `@` names, and completing such a name.
//!
//! The server decides who is mentioned, when a message is posted; this finds the same people in the
//! text, to show them. Its rules, taken over here: an `@` behind a letter or digit names nobody
//! (`ann@example.org`); the longest name that stands behind it counts, up to the end of the line
//! and to where no word goes on; only so many `@` of a message are looked at.
//!
//! One thing is weaker: the server also takes names for the same that only look it, as with a
//! Cyrillic `А`. The table for that is larger than the page. Such a name stays text here.

use std::ops::Range;

use parlour_events::limits::NICKNAME_CHARS;

use super::{
    caret,
    complete::{self, Typed},
    cut,
    fold::fold,
    steps::step,
};

/// Most `@` of one message that are looked at, as on the server.
pub const MENTIONS_READ: usize = 20;

/// The people that a text may name.
pub trait Mentions {
    /// The number of the person with this [`key`].
    fn person(&self, key: &str) -> Option<usize>;
}

/// Nobody.
impl Mentions for () {
    fn person(&self, _: &str) -> Option<usize> {
        None
    }
}

/// What names are compared by: without case, joiners and variation selectors.
pub fn key(name: &str) -> String {
    let mut key = name.to_lowercase();
    key.retain(|c| !matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}'));
    key
}

/// People by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Keys in order, with the numbers of their people.
    keys: Vec<(String, usize)>,
}

impl Names {
    /// Adds a person under a number of the caller's, such as the place in a list. Of two with the
    /// same name the first one counts.
    pub fn add(&mut self, name: &str, person: usize) {
        let key = key(name);
        if let Err(place) = self.place(&key) {
            self.keys.insert(place, (key, person));
        }
    }

    /// Whether the same names are in both, under whatever numbers.
    pub fn same(&self, other: &Self) -> bool {
        let keys = |names: &Self| names.keys.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
        keys(self) == keys(other)
    }

    fn place(&self, key: &str) -> Result<usize, usize> {
        self.keys.binary_search_by(|(there, _)| there.as_str().cmp(key))
    }
}

impl Mentions for Names {
    fn person(&self, key: &str) -> Option<usize> {
        Some(self.keys[self.place(key).ok()?].1)
    }
}

/// A place of a text that names somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Its bytes, with the `@`.
    pub range: Range<usize>,
    /// The person's number.
    pub person: usize,
}

/// Whom a text names, in its order.
pub fn find(text: &str, people: &dyn Mentions) -> Vec<Mention> {
    let mut found = Vec::new();
    let (mut looked, mut read) = (0, 0);
    for (at, byte) in text.bytes().enumerate() {
        if byte != b'@' || at < read || !may_begin(text, at) || looked == MENTIONS_READ {
            continue;
        }
        looked += 1;
        if let Some((len, person)) = longest(cut::rest(text, at + 1), people) {
            read = at + 1 + len;
            found.push(Mention { range: at..read, person });
        }
    }
    found
}

/// Whether an `@` here can name somebody.
pub(super) fn may_begin(text: &str, at: usize) -> bool {
    !cut::in_word(text, at)
}

/// The longest name that the text behind an `@` begins with: its bytes, and whose it is.
pub(super) fn longest(text: &str, people: &dyn Mentions) -> Option<(usize, usize)> {
    let mut found = None;
    let mut end = 0;
    for _ in 0..NICKNAME_CHARS {
        step();
        let Some(c) = cut::after(text, end).filter(|c| *c != '\n') else { break };
        end += c.len_utf8();
        // Not within a word, and not behind a blank.
        let next = cut::after(text, end);
        let goes_on = c.is_alphanumeric() && next.is_some_and(char::is_alphanumeric);
        if !goes_on
            && !c.is_whitespace()
            && let Some(person) = people.person(&key(cut::part(text, 0, end)))
        {
            found = Some((end, person));
        }
    }
    found
}

/// The name that is being typed: from the last `@` before the caret (in UTF-16 units), if it may
/// begin a name. What stands behind it may have blanks in it, as names may.
pub fn typed(text: &str, caret: usize) -> Option<Typed> {
    let end = caret::byte_at(text, caret);
    let before = cut::part(text, 0, end);
    let mut chars = 0;
    for (start, c) in before.char_indices().rev() {
        if c == '@' {
            let query = cut::rest(before, start + 1);
            let is_one = may_begin(text, start) && !query.starts_with(char::is_whitespace);
            return is_one.then(|| Typed { range: start..end, query: query.to_owned() });
        }
        chars += 1;
        if c == '\n' || chars > NICKNAME_CHARS {
            break;
        }
    }
    None
}

/// Who may be meant: at most [`complete::SUGGESTIONS`] places in the list. Whose name begins so
/// comes first, then whose name has a word that does, then whoever has it anywhere in the name.
/// Case and accents do not count.
pub fn suggest(query: &str, names: &[&str]) -> Vec<usize> {
    let query = fold(query);
    complete::best(names.len(), complete::SUGGESTIONS, &|number| {
        complete::fit(&fold(names[number]), &query)
    })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
