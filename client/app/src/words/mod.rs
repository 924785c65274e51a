//! What the page says, in one place and one voice, in each of its languages: short, plain, no
//! blame.
//!
//! The texts stand in `client/app/words/*.txt`, one file a language, and are named by their keys:
//! `composer.send` there is [`Key::COMPOSER_SEND`] here. There are three kinds, which cannot be
//! taken for one another, and each says in its documentation how it reads in English:
//!
//! * a [`Key`] is a text as it is: [`text`];
//! * a [`Pattern`] has places for values: [`fill`];
//! * a [`Plural`] says a number, and more if it has further places: [`count`].
//!
//! How many values there are is part of the type, so that none is forgotten.
//!
//! `build.rs` compares the files. A key that is missing somewhere or too many, another order,
//! other places or a missing plural category fail the build with the file and the line.
//!
//! English stands in the page. The other files are copied beside it as they are, and one is asked
//! for when it is needed (`browser::language`). They go there as their translators wrote them
//! because nothing else has to be made, put somewhere or kept in step: the page has the
//! fingerprint of each file that its build has checked, and [`set`] takes that file and no other.
//! A file of another version, from a cache or a server that was renewed meanwhile, is refused, and
//! the language stays what it was.
//!
//! Plural rules are Rust: three languages have three lines of them, tests compare them with
//! `Intl.PluralRules`, and `build.rs` knows their categories in any case. Numbers and dates are
//! the browser's (`Intl`), which has the habits of every country.
//!
//! leptos_i18n does about the same and is not used because of its weight: it puts every language
//! into the page (or, loading them, leaves the code that renders each text in it and makes reading
//! one asynchronous) and brings ICU's data for plurals and numbers, which browsers have already.

#[cfg(test)]
mod check;
mod file;
mod language;
mod refusals;
mod sentences;
mod table;

pub use language::{Category, Language, resolve};
pub use refusals::{ended, reason, refused, refused_for_now};
pub use sentences::*;
pub use table::{Locale, NotSet, is_known, language, set, use_locale};

use file::{CATEGORIES, NUMBER, Piece};

/// A text as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(u16);

/// A text with places for `N` values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pattern<const N: usize>(u16);

/// A text for a number, with places for `N` further values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Plural<const N: usize>(u16);

/// `Key`, `Pattern` and `Plural` have a constant for each text.
mod keys {
    use super::{Key, Pattern, Plural};

    include!(concat!(env!("OUT_DIR"), "/words.rs"));

    pub(super) const COUNT: usize = SLOTS;
    /// What the files of the languages that are not in the page have to be.
    pub(super) const FILES: [u64; 2] = [DE, ES];
}

/// A text in the language in force.
pub fn text(key: Key) -> &'static str {
    table::slot(key.0)
}

/// A text in the language in force, with these values, which are in the order that the pattern's
/// documentation has them in; other languages may have them in another order.
pub fn fill<const N: usize>(pattern: Pattern<N>, values: [&str; N]) -> String {
    let Pattern(slot) = pattern;
    filled(table::slot(slot), table::english(slot), None, &values)
}

/// A text for this number in the language in force, with these values, as in [`fill`]. The number
/// itself is none of them: it is written as the language has it.
pub fn count<const N: usize>(plural: Plural<N>, n: u64, values: [&str; N]) -> String {
    let Plural(first) = plural;
    let text = table::slot(first + language().category(n) as u16);
    let reference = table::english(first + Category::Other as u16);
    filled(text, reference, Some(&whole(n)), &values)
}

/// A number as the language in force writes it: `4,000`.
pub fn whole(n: u64) -> String {
    // Exact up to 2^53, which nothing here comes near.
    number(n as f64)
}

/// The same, with at most one digit behind the point: `1.5`.
pub fn number(value: f64) -> String {
    table::locale_number(value)
}

/// As many bytes as a person wants to read: `1.5 MB`.
pub fn size(bytes: u64) -> String {
    // Tenths, so that 999,950 bytes are 1 MB and not 1,000 kB.
    let tenths = |unit: u64| (bytes as f64 / unit as f64 * 10.0).round() / 10.0;
    let units = [
        (1_000, Pattern::SIZE_KILOBYTES),
        (1_000_000, Pattern::SIZE_MEGABYTES),
        (1_000_000_000, Pattern::SIZE_GIGABYTES),
    ];
    if bytes < 1_000 {
        return count(Plural::SIZE_BYTES, bytes, []);
    }
    let fitting = units.iter().find(|(unit, _)| tenths(*unit) < 1_000.0);
    let (unit, pattern) = *fitting.unwrap_or(&units[2]);
    fill(pattern, [&number(tenths(unit))])
}

/// `reference` is the English text, which names the values in their order.
fn filled(text: &str, reference: &str, n: Option<&str>, values: &[&str]) -> String {
    let value = |name: &str| match n {
        Some(n) if name == NUMBER => Some(n),
        _ => {
            let place = file::places(reference).position(|known| known == name)?;
            values.get(place).copied()
        }
    };
    // The build has checked that every place has a value.
    file::pieces(text)
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Place(name) => value(name).unwrap_or_default(),
        })
        .collect()
}

/// The same with a capital at its beginning: what stands behind a colon, standing alone. Our
/// sentences begin with a letter of ASCII, and a server's stays as it is if it does not.
pub fn alone(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

const _: () = assert!(Category::Other as usize + 1 == CATEGORIES.len());

#[cfg(test)]
mod tests;
