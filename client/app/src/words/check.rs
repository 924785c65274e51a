//! What the build script does with the files in `words/`: it compares them, and writes the keys as
//! Rust. A module of the crate in tests only, so that they are tested like everything else.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::file::{CATEGORIES, Entry, NUMBER, entries, fingerprint, places, slots};

/// A language of the page: the name of its file without `.txt`, and its plural categories by CLDR.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Language {
    /// Its code.
    pub(crate) code: &'static str,
    /// Those of [`CATEGORIES`] that it has.
    pub(crate) categories: &'static [&'static str],
}

/// The languages; the first one is the reference, and stands in the page itself.
pub(crate) const LANGUAGES: [Language; 3] = [
    Language { code: "en", categories: &["one", "other"] },
    Language { code: "de", categories: &["one", "other"] },
    Language { code: "es", categories: &["one", "many", "other"] },
];

/// One thing that the page says, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said<'a> {
    /// Its key, without a plural category.
    pub(crate) key: &'a str,
    /// Its line, or its first one.
    pub(crate) line: usize,
    /// Its text; of a plural the one in the category `other`.
    pub(crate) text: &'a str,
    /// Whether it is for a number.
    pub(crate) is_plural: bool,
}

/// Reads one language's file. What is wrong with it goes into `wrong`, a sentence each.
pub(crate) fn read<'a>(
    file: &'a str,
    language: Language,
    wrong: &mut Vec<String>,
) -> Vec<Said<'a>> {
    let name = language.code;
    let mut at = |line: usize, what: String| wrong.push(format!("words/{name}.txt:{line}: {what}"));
    let mut said: Vec<Said<'a>> = Vec::new();
    let mut keys = BTreeMap::new();
    let mut open: Option<Open<'a>> = None;
    for entry in entries(file) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(line) => {
                at(line, "this is no `key = text`.".to_owned());
                continue;
            }
        };
        let plural = entry.plural();
        let key = plural.map_or(entry.key, |(key, _)| key);
        if open.as_ref().is_some_and(|open| open.key != key || plural.is_none()) {
            close(open.take(), language, &mut said, &mut at);
        }
        check_text(&entry, plural.is_some(), &mut at);
        if open.is_none()
            && let Some(before) = keys.insert(constant(key), entry.line)
        {
            at(entry.line, format!("`{key}` stands in line {before} already."));
        }
        match plural {
            Some((key, category)) => {
                let open = open.get_or_insert_with(|| Open { key, forms: Vec::new() });
                open.forms.push((category, entry));
            }
            None => said.push(Said { key, line: entry.line, text: entry.text, is_plural: false }),
        }
    }
    close(open, language, &mut said, &mut at);
    said
}

/// Compares a language with the reference. What is wrong goes into `wrong`, a sentence each.
pub(crate) fn compare(
    reference: &[Said<'_>],
    other: &[Said<'_>],
    code: &str,
    wrong: &mut Vec<String>,
) {
    let mut at = |line: usize, what: String| wrong.push(format!("words/{code}.txt:{line}: {what}"));
    let known: BTreeSet<_> = reference.iter().map(|said| said.key).collect();
    let have: BTreeSet<_> = other.iter().map(|said| said.key).collect();
    for said in other.iter().filter(|said| !known.contains(said.key)) {
        at(said.line, format!("`{}` is not in words/en.txt.", said.key));
    }
    let mut line = 1;
    let mut others = other.iter().filter(|said| known.contains(said.key)).peekable();
    for expected in reference {
        if !have.contains(expected.key) {
            let Said { key, line: there, .. } = expected;
            at(line, format!("`{key}` is missing behind this line; see words/en.txt:{there}."));
            continue;
        }
        let Some(said) = others.next() else { return };
        line = said.line;
        if said.key != expected.key {
            // One sentence is enough: everything behind it stands elsewhere too.
            let (key, wanted) = (said.key, expected.key);
            return at(line, format!("`{key}` stands where words/en.txt has `{wanted}`."));
        }
        if said.is_plural != expected.is_plural {
            let is = if expected.is_plural { "a plural" } else { "no plural" };
            at(line, format!("`{}` is {is} in words/en.txt:{}.", said.key, expected.line));
        }
        let (mine, theirs) = (names(said.text), names(expected.text));
        if mine != theirs {
            let Said { key, line: there, .. } = expected;
            at(
                line,
                format!("`{key}` has the places {mine:?}; words/en.txt:{there} has {theirs:?}."),
            );
        }
    }
}

/// The keys as Rust, and the reference's texts as one text, a line each, as [`slots`] has them.
pub(crate) fn generate(reference: &str, others: &[(&str, &str)]) -> (String, String) {
    let mut rust = String::from("// Made by build.rs of words/*.txt.\n");
    let mut slot = 0;
    // A file with mistakes is not built with; what is told of it here does not matter.
    for said in read(reference, LANGUAGES[0], &mut Vec::new()) {
        let values: Vec<_> = places(said.text).collect();
        let (name, text, count) = (constant(said.key), said.text, values.len());
        let kind = match (said.is_plural, count) {
            (true, _) => format!("Plural<{count}>"),
            (false, 0) => "Key".to_owned(),
            (false, _) => format!("Pattern<{count}>"),
        };
        let bare = kind.split('<').next().unwrap_or_default();
        let order = match count {
            0 | 1 => String::new(),
            _ => format!(" Filled with: {}.", values.join(", ")),
        };
        writeln!(
            rust,
            "impl {kind} {{\n    /// `{text}`{order}\n    pub const {name}: Self = {bare}({slot});\n}}",
        )
        .expect("a String takes everything");
        slot += if said.is_plural { CATEGORIES.len() } else { 1 };
    }
    writeln!(
        rust,
        "/// How many texts there are, each form of a plural counted.\nconst SLOTS: usize = {slot};"
    )
    .expect("a String takes everything");
    for (code, file) in others {
        writeln!(
            rust,
            "/// The file of this language that the page was built with.\nconst {}: u64 = {:#x};",
            constant(code),
            fingerprint(file),
        )
        .expect("a String takes everything");
    }
    (rust, slots(reference).join("\n"))
}

/// A plural whose forms are being read.
struct Open<'a> {
    key: &'a str,
    forms: Vec<(usize, Entry<'a>)>,
}

/// Checks the forms of a plural, and adds it to what is said.
fn close<'a>(
    open: Option<Open<'a>>,
    language: Language,
    said: &mut Vec<Said<'a>>,
    at: &mut impl FnMut(usize, String),
) {
    let Some(Open { key, forms }) = open else { return };
    let Some((_, first)) = forms.first() else { return };
    let line = first.line;
    let have: Vec<_> = forms.iter().map(|(category, _)| CATEGORIES[*category]).collect();
    if have != language.categories {
        let (code, wanted) = (language.code, language.categories.join(", "));
        at(line, format!("`{key}` has {}; {code} has {wanted}, in this order.", have.join(", ")));
    }
    let text = forms.last().map_or("", |(_, entry)| entry.text);
    for (category, entry) in &forms {
        if names(entry.text) != names(text) {
            at(entry.line, format!("`{}` and its other forms have different places.", entry.key));
        }
        let has_number = entry.text.contains(&format!("{{{NUMBER}}}"));
        if !has_number && CATEGORIES[*category] != "one" {
            at(entry.line, format!("`{}` does not say the number, {{{NUMBER}}}.", entry.key));
        }
    }
    said.push(Said { key, line, text, is_plural: true });
}

/// What can be wrong with a single text.
fn check_text(entry: &Entry<'_>, is_plural: bool, at: &mut impl FnMut(usize, String)) {
    let Entry { line, key, text } = *entry;
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_');
    if !key.chars().all(is_plain) || !key.starts_with(|c: char| c.is_ascii_lowercase()) {
        at(line, format!("`{key}` is no key: small letters, digits, `_`, parted by dots."));
    }
    if text.is_empty() {
        at(line, format!("`{key}` has no text."));
    }
    if text.contains('`') {
        at(line, format!("`{key}` has a backtick, which its documentation cannot show."));
    }
    let mut names: Vec<_> = places(text).collect();
    if !names.iter().all(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase())) {
        at(line, format!("`{key}` has a place whose name is not of small letters."));
    }
    // Else a brace is left open, or closed twice.
    let braces = text.matches(['{', '}']).count();
    let numbers = text.matches(&format!("{{{NUMBER}}}")).count();
    if braces != 2 * (names.len() + numbers) {
        at(line, format!("`{key}` has a brace too many."));
    }
    let filled = names.len();
    names.sort_unstable();
    names.dedup();
    if names.len() != filled || numbers > 1 {
        at(line, format!("`{key}` has a place twice."));
    }
    if numbers > 0 && !is_plural {
        at(line, format!("`{key}` is no plural, and has {{{NUMBER}}}, which is for plurals."));
    }
}

/// The values that a text takes, whatever their order; without the number of a plural, which not
/// every form has.
fn names(text: &str) -> BTreeSet<&str> {
    places(text).collect()
}

/// `composer.too_long` as `COMPOSER_TOO_LONG`.
fn constant(key: &str) -> String {
    key.replace('.', "_").to_uppercase()
}
