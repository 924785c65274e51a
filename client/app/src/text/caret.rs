//! Places in a text, as browsers and as Rust count them.
//!
//! A browser counts UTF-16 units: `😀` is two of them, and four bytes here. A place between the
//! two halves of such a character, or behind the end, becomes the nearest possible one before it.

/// The byte at which the character at this UTF-16 offset begins.
pub fn byte_at(text: &str, utf16: usize) -> usize {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > utf16 {
            return at;
        }
    }
    text.len()
}

/// The UTF-16 offset of the character at this byte.
pub fn utf16_at(text: &str, byte: usize) -> usize {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if at + c.len_utf8() > byte {
            break;
        }
        units += c.len_utf16();
    }
    units
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn offsets_of_a_browser_become_bytes() {
        for (text, utf16, byte) in [
            ("", 0, 0),
            ("", 5, 0),
            ("abc", 2, 2),
            ("abc", 9, 3),
            ("é|", 1, 2),
            ("😀|", 0, 0),
            // Between the halves of the surrogate pair.
            ("😀|", 1, 0),
            ("😀|", 2, 4),
            ("a😀b", 3, 5),
        ] {
            assert_eq!(byte_at(text, utf16), byte, "{text:?} {utf16}");
        }
    }

    #[test]
    fn bytes_inside_a_character_become_its_beginning() {
        assert_eq!([0, 1, 3, 4, 5, 99].map(|byte| utf16_at("😀b", byte)), [0, 0, 0, 2, 3, 3]);
    }

    proptest! {
        #[test]
        fn there_and_back(text in any::<String>(), utf16 in 0..99_usize) {
            let byte = byte_at(&text, utf16);
            prop_assert!(text.is_char_boundary(byte));
            prop_assert!(utf16_at(&text, byte) <= utf16);
            prop_assert_eq!(byte_at(&text, utf16_at(&text, byte)), byte);
            let units = text.encode_utf16().count();
            prop_assert_eq!(utf16_at(&text, text.len()), units);
        }
    }
}
