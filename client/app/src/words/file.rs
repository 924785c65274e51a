//! The form of the files in `words/`, for the build script, which checks them, and for the page,
//! which reads those of other languages when it needs them.

/// The plural categories that a text can have, in the order in which they stand in a file. A
/// language may do without some.
pub(crate) const CATEGORIES: [&str; 3] = ["one", "many", "other"];

/// What stands where the number of a plural goes.
pub(crate) const NUMBER: &str = "n";

/// One text of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    /// The line it stands in, from 1.
    pub(crate) line: usize,
    /// The key, with the plural category if it has one.
    pub(crate) key: &'a str,
    /// The text.
    pub(crate) text: &'a str,
}

impl<'a> Entry<'a> {
    /// The key without the plural category, and that category's place in [`CATEGORIES`].
    pub(crate) fn plural(&self) -> Option<(&'a str, usize)> {
        CATEGORIES.iter().enumerate().find_map(|(at, category)| {
            Some((self.key.strip_suffix(category)?.strip_suffix('.')?, at))
        })
    }
}

/// The texts of a file, in its order; the number of a line that is none in the place of it.
pub(crate) fn entries(file: &str) -> impl Iterator<Item = Result<Entry<'_>, usize>> {
    let lines = lines(file).enumerate().map(|(at, line)| (at + 1, line.trim_ascii()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).map(|(at, line)| {
        let (key, text) = line.split_once('=').ok_or(at)?;
        Ok(Entry { line: at, key: key.trim_ascii_end(), text: text.trim_ascii_start() })
    })
}

/// The lines of a file, without what ends them.
pub(crate) fn lines(file: &str) -> impl Iterator<Item = &str> {
    file.split('\n')
}

/// The texts as the page looks them up: one after the other, a plural in as many as there are
/// [`CATEGORIES`], those that the language does without being empty.
pub(crate) fn slots(file: &str) -> Vec<&str> {
    let mut slots = Vec::new();
    let mut next = 0;
    for entry in entries(file).flatten() {
        if let Some((_, category)) = entry.plural() {
            while next != category {
                slots.push("");
                next = (next + 1) % CATEGORIES.len();
            }
            next = (category + 1) % CATEGORIES.len();
        }
        slots.push(entry.text);
    }
    slots
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// To be taken as it is.
    Text(&'a str),
    /// The name of a value to be filled in.
    Place(&'a str),
}

/// Takes a text apart. A brace that does not close is text.
pub(crate) fn pieces(mut text: &str) -> impl Iterator<Item = Piece<'_>> {
    std::iter::from_fn(move || {
        if text.is_empty() {
            return None;
        }
        if let Some(rest) = text.strip_prefix('{')
            && let Some((name, rest)) = rest.split_once('}')
        {
            text = rest;
            return Some(Piece::Place(name));
        }
        // From the second byte on: a brace that stands first is text by now, and one byte long.
        let end =
            text.bytes().skip(1).position(|byte| byte == b'{').map_or(text.len(), |at| at + 1);
        let (piece, rest) = text.split_at(end);
        text = rest;
        Some(Piece::Text(piece))
    })
}

/// The names of the values that a text takes, in its order, without the number of a plural.
pub(crate) fn places(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).filter_map(|piece| match piece {
        Piece::Place(name) if name != NUMBER => Some(name),
        _ => None,
    })
}

/// Tells one content of a file from another (FNV-1a). Against mistakes, not against malice: the
/// file comes from where the page came from.
pub(crate) fn fingerprint(file: &str) -> u64 {
    file.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_lines_of_keys_and_texts() {
        let file = "# note\n\na.b = Here = there\r\n  c =  d \nwhat\n";
        let found: Vec<_> = entries(file).collect();
        let entry = |line, key, text| Ok(Entry { line, key, text });
        assert_eq!(found, [entry(3, "a.b", "Here = there"), entry(4, "c", "d"), Err(5)]);
    }

    #[test]
    fn a_plural_has_a_slot_for_each_category() {
        let english = "a = A\nb.one = 1\nb.other = 2\nc.one = 3\nc.other = 4\nd = D";
        assert_eq!(slots(english), ["A", "1", "", "2", "3", "", "4", "D"]);
        let spanish = "a = A\nb.one = 1\nb.many = M\nb.other = 2\nd = D";
        assert_eq!(slots(spanish), ["A", "1", "M", "2", "D"]);
    }

    #[test]
    fn a_text_is_taken_apart_at_its_places() {
        use Piece::{Place, Text};
        let apart = |text| pieces(text).collect::<Vec<_>>();
        assert_eq!(apart("{a} is é{n}!"), [Place("a"), Text(" is é"), Place("n"), Text("!")]);
        assert_eq!(apart("plain"), [Text("plain")]);
        assert_eq!(apart("{open"), [Text("{open")]);
        assert_eq!(apart("x{"), [Text("x"), Text("{")]);
        assert_eq!(apart(""), []);
        assert_eq!(places("{a}{n}{b}").collect::<Vec<_>>(), ["a", "b"]);
    }
}
