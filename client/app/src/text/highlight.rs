//! The places of a text that a search found.
//!
//! The server finds messages that have all words of the query, the last one as the beginning of a
//! word, without case and accents. This finds those words again in what it brought.

use std::ops::Range;

use super::{
    cut::part,
    fold::{fold, is_mark, letter},
};

/// Most words of a query that are looked for, as on the server.
const WORDS: usize = 16;

/// The bytes that the words of the query take up, in order; of a word that only begins with the
/// last one of them, its beginning.
pub fn find(text: &str, query: &str) -> Vec<Range<usize>> {
    let query = fold(query);
    let mut words: Vec<&str> = Vec::new();
    each_word(&query, &mut |range| {
        if words.len() < WORDS {
            words.push(part(&query, range.start, range.end));
        }
    });
    let mut found = Vec::new();
    each_word(text, &mut |range| {
        let word = part(text, range.start, range.end);
        // The longest of them counts: the last one may be the beginning of another one.
        let mut longest = 0;
        for (number, wanted) in words.iter().enumerate() {
            let is_last = number + 1 == words.len();
            longest = longest.max(matched(word, wanted, is_last));
        }
        if longest > 0 {
            found.push(range.start..range.start + longest);
        }
    });
    found
}

/// How many bytes of the word the wanted one takes up.
fn matched(word: &str, wanted: &str, may_go_on: bool) -> usize {
    let mut left = wanted.chars();
    let mut done = false;
    for (at, c) in word.char_indices() {
        let Some(c) = letter(c) else { continue };
        if done {
            return if may_go_on { at } else { 0 };
        }
        if left.next() != Some(c) {
            return 0;
        }
        done = left.as_str().is_empty();
    }
    if done { word.len() } else { 0 }
}

/// Tells the words of a text.
fn each_word(text: &str, tell: &mut dyn FnMut(Range<usize>)) {
    let mut begin = None;
    for (at, c) in text.char_indices() {
        let inside = c.is_alphanumeric() || begin.is_some() && is_mark(c);
        match (begin, inside) {
            (None, true) => begin = Some(at),
            (Some(from), false) => {
                tell(from..at);
                begin = None;
            }
            _ => {}
        }
    }
    if let Some(from) = begin {
        tell(from..text.len());
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(text: &str, query: &str) -> String {
        let mut marked = text.to_owned();
        for range in find(text, query).into_iter().rev() {
            marked.insert(range.end, ']');
            marked.insert(range.start, '[');
        }
        marked
    }

    #[test]
    fn words_are_found_as_the_server_finds_them() {
        for (text, query, found) in [
            ("A plan, and a PLANET", "plan", "A [plan], and a [PLAN]ET"),
            // Only the last word may go on.
            ("A plan, and a planet", "plan a", "[A] [plan], [a]nd [a] planet"),
            ("Le Café est là", "cafe la", "Le [Café] est [là]"),
            ("Le Cafe\u{301} ouvert", "café", "Le [Cafe\u{301}] ouvert"),
            ("cafe\u{301}s", "CAFÉ", "[cafe\u{301}]s"),
            ("Łódź und Weiß", "łodz weiß", "[Łódź] und [Weiß]"),
            ("snake_case", "case", "snake_[case]"),
            ("\"quoted\" -minus", "-minus", "\"quoted\" -[minus]"),
            ("😀 smile 😀", "smi", "😀 [smi]le 😀"),
            ("日本語の文", "日本", "[日本]語の文"),
            ("nothing", "", "nothing"),
            ("nothing", " ?! ", "nothing"),
            ("", "word", ""),
            ("explain", "plain", "explain"),
        ] {
            assert_eq!(marked(text, query), found, "{query}");
        }
    }

    #[test]
    fn only_so_many_words_are_looked_for() {
        let many = "a b c d e f g h i j k l m n o p q";
        assert_eq!(find("o p q", many), [0..1, 2..3]);
    }

    proptest! {
        #[test]
        fn places_are_whole_characters_in_order(text in any::<String>(), query in any::<String>()) {
            let mut end = 0;
            for range in find(&text, &query) {
                prop_assert!(range.start >= end && range.end > range.start);
                prop_assert!(text.get(range.clone()).is_some());
                end = range.end;
            }
        }

        #[test]
        fn a_word_is_found_in_whatever_case(word in "[a-zà-öø-ÿ]{1,9}", before in "[ ,.!😀]{0,3}") {
            let text = before.clone() + &word.to_uppercase();
            // ß has no capital of its own.
            prop_assume!(!word.contains('ß'));
            let found = find(&text, &word);
            prop_assert_eq!(found.first(), Some(&(before.len()..text.len())));
        }
    }
}
