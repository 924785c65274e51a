//! Parts of a text.
//!
//! Each use of `text[a..b]` brings its own checks and its own place to panic at, several times what
//! a call weighs. Here they are once, and do not panic: where there is nothing, nothing is given.

/// The text between two bytes.
#[inline(never)]
pub(crate) fn part(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// The text from this byte on.
pub(super) fn rest(text: &str, from: usize) -> &str {
    part(text, from, text.len())
}

/// This byte, or 0 behind the end.
#[inline(never)]
pub(super) fn byte(text: &str, at: usize) -> u8 {
    text.as_bytes().get(at).copied().unwrap_or(0)
}

/// The character that begins at this byte.
#[inline(never)]
pub(super) fn after(text: &str, at: usize) -> Option<char> {
    rest(text, at).chars().next()
}

/// The character that ends at this byte.
#[inline(never)]
pub(super) fn before(text: &str, at: usize) -> Option<char> {
    part(text, 0, at).chars().next_back()
}

/// Whether a word ends at this byte.
#[inline(never)]
pub(super) fn in_word(text: &str, at: usize) -> bool {
    before(text, at).is_some_and(char::is_alphanumeric)
}

/// The text without the blanks in front.
#[inline(never)]
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_start()
}

/// The first of any of these bytes, or where the text ends.
#[inline(never)]
pub(crate) fn find(text: &str, these: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() && !these.contains(&byte(text, at)) {
        at += 1;
    }
    at
}

/// The first byte that is none of these, or where the text ends.
#[inline(never)]
pub(super) fn skip(text: &str, these: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() && these.contains(&byte(text, at)) {
        at += 1;
    }
    at
}

/// How many bytes from this one on are all the same as this one.
#[inline(never)]
pub(super) fn run(text: &str, from: usize, of: u8) -> usize {
    let mut end = from;
    while end < text.len() && byte(text, end) == of {
        end += 1;
    }
    end - from
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_given_where_there_is_nothing() {
        assert_eq!(part("aé😀", 1, 3), "é");
        assert_eq!([part("é", 1, 2), part("é", 0, 9), part("é", 2, 0)], [""; 3]);
        assert_eq!([rest("aé", 1), rest("aé", 2), rest("a", 9)], ["é", "", ""]);
        assert_eq!([byte("ab", 1), byte("ab", 2)], [b'b', 0]);
        assert_eq!([after("aé", 1), after("aé", 3), after("é", 1)], [Some('é'), None, None]);
        assert_eq!([before("aé", 3), before("aé", 0), before("é", 1)], [Some('é'), None, None]);
        assert_eq!([run("a``b", 1, b'`'), run("``", 0, b'`'), run("", 3, b'`')], [2, 2, 0]);
        assert_eq!([find("aé#?", b"?#"), find("ab", b"?"), find("", b"a")], [3, 2, 0]);
        assert_eq!([skip("ab?c", b"ab"), skip("a", b"a"), skip("é", b"a")], [2, 1, 0]);
        assert!(in_word("é-", 2) && !in_word("é-", 3) && !in_word("é", 0));
    }
}
