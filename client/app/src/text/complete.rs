//! What completing names and emoji have in common.

use std::ops::Range;

use super::{caret, cut::rest};

/// Most suggestions.
pub const SUGGESTIONS: usize = 8;

/// What is being typed in front of the caret and may be completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The bytes of the text that a suggestion replaces, with the `@` or `:`.
    pub range: Range<usize>,
    /// What was typed behind the `@` or `:`.
    pub query: String,
}

impl Typed {
    /// The text with this suggestion, a blank behind it, and the caret behind that, in UTF-16
    /// units. The text is the one that this was made from; with another one the suggestion goes to
    /// the end.
    pub fn insert(&self, text: &str, suggestion: &str) -> (String, usize) {
        let (before, after) = match (text.get(..self.range.start), text.get(self.range.end..)) {
            (Some(before), Some(after)) => (before, after),
            _ => (text, ""),
        };
        let mut new = String::with_capacity(text.len() + suggestion.len() + 1);
        new.push_str(before);
        new.push_str(suggestion);
        new.push(' ');
        let caret = caret::utf16_at(&new, new.len());
        // The blank that is there already is the one that the caret goes behind.
        new.push_str(after.strip_prefix(' ').unwrap_or(after));
        (new, caret)
    }
}

/// A text with something put in the place of what is selected in it, which is given in UTF-16 units,
/// and the caret behind that.
pub fn put_in(text: &str, from: usize, to: usize, inserted: &str) -> (String, usize) {
    let (from, to) = (caret::byte_at(text, from), caret::byte_at(text, to.max(from)));
    let mut new = String::with_capacity(text.len() + inserted.len());
    new.push_str(text.get(..from).unwrap_or(text));
    new.push_str(inserted);
    let caret = caret::utf16_at(&new, new.len());
    new.push_str(rest(text, to));
    (new, caret)
}

/// How well something fits a query: at its beginning, at the beginning of a word, or anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It is the query.
    Same,
    /// It begins with it.
    Start,
    /// A word in it does.
    Word,
    /// It is in there.
    Inside,
    /// It is not.
    No,
}

/// How well it fits; both without case and accents. Searching naively is enough for names, and a
/// fraction of the code of the standard library's search.
pub(super) fn fit(text: &str, query: &str) -> Fit {
    if text.starts_with(query) {
        return if text.len() == query.len() { Fit::Same } else { Fit::Start };
    }
    let mut found = Fit::No;
    let mut in_word = false;
    for (at, c) in text.char_indices() {
        if rest(text, at).starts_with(query) {
            if !in_word {
                return Fit::Word;
            }
            found = Fit::Inside;
        }
        in_word = c.is_alphanumeric();
    }
    found
}

/// The numbers of the best `limit` of `count` things: the best fitting first, those that fit alike
/// in their order.
pub(super) fn best(count: usize, limit: usize, rank: &dyn Fn(usize) -> Fit) -> Vec<usize> {
    let ranks: Vec<Fit> = (0..count).map(rank).collect();
    let mut found = Vec::new();
    for wanted in [Fit::Same, Fit::Start, Fit::Word, Fit::Inside] {
        for (number, rank) in ranks.iter().enumerate() {
            if found.len() == limit {
                return found;
            }
            if *rank == wanted {
                found.push(number);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggestion_takes_the_place_of_what_was_typed() {
        for (text, range, put, new, caret) in [
            ("@an", 0..3, "@Ann", "@Ann ", 5),
            ("hi @an you", 3..6, "@Ann Lee", "hi @Ann Lee you", 12),
            ("😀 @an, you", 5..8, "@Ann", "😀 @Ann , you", 8),
            (":ta", 0..3, "🎉", "🎉 ", 3),
            ("@an\nnext", 0..3, "@Ann", "@Ann \nnext", 5),
            // Of another text.
            ("é", 1..2, "@Ann", "é@Ann ", 6),
            ("é", 0..9, "@Ann", "é@Ann ", 6),
        ] {
            let typed = Typed { range, query: String::new() };
            assert_eq!(typed.insert(text, put), (new.to_owned(), caret), "{text}");
        }
    }

    #[test]
    fn something_goes_in_where_the_caret_is() {
        for (text, from, to, new, caret) in [
            ("", 0, 0, "🎉", 2),
            ("ab", 1, 1, "a🎉b", 3),
            ("a😀b", 3, 3, "a😀🎉b", 5),
            ("abc", 1, 2, "a🎉c", 3),
            ("ab", 9, 9, "ab🎉", 4),
            ("ab", 2, 1, "ab🎉", 4),
        ] {
            assert_eq!(put_in(text, from, to, "🎉"), (new.to_owned(), caret), "{text}");
        }
    }

    #[test]
    fn the_best_come_first() {
        let names = ["joanna", "ann", "lee ann", "bob", "anna"];
        let find = |limit| best(names.len(), limit, &|number| fit(names[number], "ann"));
        assert_eq!(find(8), [1, 4, 2, 0]);
        assert_eq!(find(2), [1, 4]);
        assert_eq!(find(0), [0; 0]);
        assert_eq!(best(2, 8, &|number| fit(names[number], "")), [0, 1]);
    }
}
