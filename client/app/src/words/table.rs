//! The texts in force: English, and whatever else was read.

use std::cell::{Cell, RefCell};

use super::{
    file::{fingerprint, lines, slots},
    keys::{COUNT, FILES},
    language::Language,
};

/// A language's texts by their numbers. It stays for as long as the page does: there are three at
/// most.
type Table = &'static [&'static str];

/// The English texts, a line each.
const ENGLISH: &str = include_str!(concat!(env!("OUT_DIR"), "/words.txt"));

thread_local! {
    /// By the place in [`Language::ALL`].
    static KNOWN: RefCell<[Option<Table>; Language::ALL.len()]> =
        const { RefCell::new([None; Language::ALL.len()]) };
    static IN_FORCE: Cell<Language> = const { Cell::new(Language::En) };
    static LOCALE: Cell<Locale> = const { Cell::new(Locale::BARE) };
}

/// What a browser does for the words.
#[derive(Debug, Clone, Copy)]
pub struct Locale {
    /// Told when something is about to be said: what says it wants to know when the language
    /// changes.
    pub asked: fn(),
    /// Writes a number with at most one digit behind the point, as the country has it.
    pub number: fn(f64) -> String,
}

/// Why a language was not set: the one before is still in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSet {
    /// Its file is needed, and was not given.
    Missing,
    /// The file is not the one that this page was built with.
    Stale,
}

/// The language in force.
pub fn language() -> Language {
    ask();
    IN_FORCE.get()
}

/// Whether [`set`] needs no file for this language.
pub fn is_known(language: Language) -> bool {
    language == Language::En || known(language).is_some()
}

/// Puts a language in force; with its file, if it was not in force before.
///
/// # Errors
/// Its file is missing, or another one than this page was built with. The language before stays.
pub fn set(language: Language, file: Option<&str>) -> Result<(), NotSet> {
    if !is_known(language) {
        let file = file.ok_or(NotSet::Missing)?;
        // English is first, and is always known.
        let expected = FILES.get((language as usize).wrapping_sub(1));
        if expected != Some(&fingerprint(file)) {
            return Err(NotSet::Stale);
        }
        let file: &'static str = String::from(file).leak();
        remember(language, slots(file));
    }
    IN_FORCE.set(language);
    Ok(())
}

/// Lets a browser write numbers, and be told when something is said.
pub fn use_locale(locale: Locale) {
    LOCALE.set(locale);
}

/// A text in the language in force.
pub(super) fn slot(slot: u16) -> &'static str {
    ask();
    match known(IN_FORCE.get()) {
        Some(table) => table.get(usize::from(slot)).copied().unwrap_or_default(),
        None => english(slot),
    }
}

/// The same in English.
pub(super) fn english(slot: u16) -> &'static str {
    let table =
        known(Language::En).unwrap_or_else(|| remember(Language::En, lines(ENGLISH).collect()));
    table.get(usize::from(slot)).copied().unwrap_or_default()
}

/// A number as the browser writes it.
pub(super) fn locale_number(value: f64) -> String {
    ask();
    (LOCALE.get().number)(value)
}

fn ask() {
    (LOCALE.get().asked)();
}

fn known(language: Language) -> Option<Table> {
    KNOWN.with_borrow(|known| known[language as usize])
}

fn remember(language: Language, texts: Vec<&'static str>) -> Table {
    debug_assert_eq!(texts.len(), COUNT, "{language:?}");
    let table: Table = texts.leak();
    KNOWN.with_borrow_mut(|known| known[language as usize] = Some(table));
    table
}

impl Locale {
    /// Where there is no browser: English numbers, and nobody who wants to know.
    const BARE: Self = Self { asked: || {}, number: english_number };
}

/// 4000 as `4,000`.
fn english_number(value: f64) -> String {
    let tenths = (value * 10.0).round() as u64;
    let digits = (tenths / 10).to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !tenths.is_multiple_of(10) {
        text.push('.');
        text.push_str(&(tenths % 10).to_string());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_parted_in_threes() {
        assert_eq!(english_number(1.0), "1");
        assert_eq!(english_number(4_000.0), "4,000");
        assert_eq!(english_number(123_456.04), "123,456");
        assert_eq!(english_number(1.55), "1.6");
    }

    #[test]
    fn a_file_of_another_version_is_refused() {
        let german = include_str!("../../words/de.txt");
        assert_eq!(set(Language::De, None), Err(NotSet::Missing));
        let renewed = german.replace("Senden", "Absenden");
        assert_eq!(set(Language::De, Some(&renewed)), Err(NotSet::Stale));
        assert_eq!(set(Language::De, Some("<!doctype html>")), Err(NotSet::Stale));
        assert_eq!(set(Language::Es, Some(german)), Err(NotSet::Stale));
        assert_eq!(language(), Language::En, "English stays");

        assert_eq!(set(Language::De, Some(german)), Ok(()));
        assert_eq!(language(), Language::De);
        assert_eq!(set(Language::En, None), Ok(()));
        assert_eq!(set(Language::De, None), Ok(()), "it is known by now");
    }
}
