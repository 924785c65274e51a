//! Letters without case and accents, as the server's search compares them.
//!
//! The server's index is SQLite's, with the tokenizer `unicode61 remove_diacritics 2`: `Café` is
//! found by `cafe`, and `Łódź` by `łodz`, as a stroke through a letter is no accent. This does the
//! same, from a table of the Latin letters that have one; a full decomposition would be a hundred
//! times as large. Left out: capitals that SQLite knows no small letter of, and Greek symbols.

/// Small letters with accents: the first of a run (in which capitals may stand between, which are
/// made small before they are looked up), how long the run is, and the letter without its accent.
#[rustfmt::skip]
const ACCENTED: [(u16, u8, u8); 91] = [
    (224, 6, b'a'), (231, 1, b'c'), (232, 4, b'e'), (236, 4, b'i'), (241, 1, b'n'), (242, 5, b'o'), (249, 4, b'u'), (253, 1, b'y'), (255, 1, b'y'), (257, 5, b'a'), (263, 7, b'c'), (271, 1, b'd'), (275, 9, b'e'), (285, 7, b'g'), (293, 1, b'h'), (297, 7, b'i'), (309, 1, b'j'), (311, 1, b'k'), (314, 5, b'l'), (324, 5, b'n'), (333, 5, b'o'), (341, 5, b'r'), (347, 7, b's'), (355, 3, b't'), (361, 11, b'u'), (373, 1, b'w'), (375, 1, b'y'), (378, 5, b'z'), (383, 1, b's'), (417, 1, b'o'), (432, 1, b'u'), (462, 1, b'a'), (464, 1, b'i'), (466, 1, b'o'), (468, 9, b'u'), (479, 1, b'a'), (487, 1, b'g'), (489, 1, b'k'), (491, 3, b'o'), (496, 1, b'j'), (501, 1, b'g'), (505, 1, b'n'), (507, 1, b'a'), (513, 3, b'a'), (517, 3, b'e'), (521, 3, b'i'), (525, 3, b'o'), (529, 3, b'r'), (533, 3, b'u'), (537, 1, b's'), (539, 1, b't'), (543, 1, b'h'), (551, 1, b'a'), (553, 1, b'e'), (555, 7, b'o'), (563, 1, b'y'), (7681, 1, b'a'), (7683, 5, b'b'), (7689, 1, b'c'), (7691, 9, b'd'), (7701, 9, b'e'), (7711, 1, b'f'), (7713, 1, b'g'), (7715, 9, b'h'), (7725, 3, b'i'), (7729, 5, b'k'), (7735, 7, b'l'), (7743, 5, b'm'), (7749, 7, b'n'), (7757, 7, b'o'), (7765, 3, b'p'), (7769, 7, b'r'), (7777, 9, b's'), (7787, 7, b't'), (7795, 9, b'u'), (7805, 3, b'v'), (7809, 9, b'w'), (7819, 3, b'x'), (7823, 1, b'y'), (7825, 5, b'z'), (7830, 1, b'h'), (7831, 1, b't'), (7832, 1, b'w'), (7833, 1, b'y'), (7835, 1, b's'), (7841, 23, b'a'), (7865, 15, b'e'), (7881, 3, b'i'), (7885, 23, b'o'), (7909, 13, b'u'), (7923, 7, b'y'),
];

/// A bit for each accent from U+0300 on that stands behind its letter and is left out.
const MARKS: u64 = 0x361f808029fdf;

/// The letter without case and accent; nothing in place of an accent that stands on its own.
pub fn letter(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c.to_ascii_lowercase());
    }
    if is_mark(c) {
        return None;
    }
    let small = c.to_lowercase().next().unwrap_or(c);
    if small == 'ς' {
        return Some('σ');
    }
    let code = small as u32;
    for (first, len, base) in ACCENTED {
        if code.wrapping_sub(u32::from(first)) < u32::from(len) {
            return Some(char::from(base));
        }
    }
    Some(small)
}

/// Whether it is an accent that belongs to the letter before it.
pub fn is_mark(c: char) -> bool {
    let place = (c as u32).wrapping_sub(0x300);
    place < 64 && MARKS >> place & 1 == 1
}

/// The text without case and accents.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if let Some(c) = letter(c) {
            folded.push(c);
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_go() {
        // What SQLite's tokenizer makes of the same words.
        for (text, folded) in [
            ("Café", "cafe"),
            ("Cafe\u{301}", "cafe"),
            ("ÀÉÎÕÜ ŸÇÑ", "aeiou ycn"),
            ("Łódź", "łodz"),
            ("Smørrebrød Æsir", "smørrebrød æsir"),
            ("Straße STRASSE ẞ", "straße strasse ß"),
            ("İstanbul ISPARTA ılık", "istanbul isparta ılık"),
            ("Tiếng Việt ƠƯ", "tieng viet ou"),
            ("ΟΔΟΣ οδός", "οδοσ οδόσ"),
            ("ЁЖ Й", "ёж й"),
            ("ǅ Ǆ ǆ", "ǆ ǆ ǆ"),
            ("日本 😀 ٣", "日本 😀 ٣"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn the_table_is_sorted_and_has_small_letters_at_both_ends() {
        let mut before = 0;
        for (first, len, base) in ACCENTED {
            assert!(first > before && base.is_ascii_lowercase(), "{first}");
            before = first + u16::from(len) - 1;
            for end in [first, before] {
                let c = char::from_u32(end.into()).unwrap();
                assert!(c.to_lowercase().eq([c]), "{c}");
            }
        }
    }
}
