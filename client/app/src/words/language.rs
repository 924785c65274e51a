//! Which languages there are, and which one somebody reads.

/// A language of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, which is always there.
    #[default]
    En,
    /// German.
    De,
    /// Spanish.
    Es,
}

/// A plural category. What stands for its number is its place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// In these languages: exactly one.
    One,
    /// In Spanish: whole millions, which are counted with "de".
    Many,
    /// Every other number.
    Other,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::En, Self::De, Self::Es];

    /// Its code, as in `<html lang>` and the name of its file.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Es => "es",
        }
    }

    /// The language of a code, in small letters.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// Its name as its speakers have it, whatever language the page is in.
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Es => "Español",
        }
    }

    /// Where its lines begin, as in `<html dir>`.
    pub fn direction(self) -> &'static str {
        match self {
            Self::En | Self::De | Self::Es => "ltr",
        }
    }

    /// The plural category of a number, by CLDR.
    pub fn category(self, n: u64) -> Category {
        match (self, n) {
            (_, 1) => Category::One,
            (Self::Es, 1..) if n.is_multiple_of(1_000_000) => Category::Many,
            _ => Category::Other,
        }
    }
}

/// The language to speak, and the tag by which numbers and dates are to be written.
///
/// `choice` is what the person has chosen, or none for what the browser prefers; `preferred` are
/// the browser's languages, the dearest first. The tag is the language with the country that the
/// browser names with it (`de-CH`), and nothing more: browsers throw at tags that they do not
/// understand, and some have such among their own (`en-US@posix`).
pub fn resolve<'a>(
    choice: Option<Language>,
    preferred: impl Iterator<Item = &'a str>,
) -> (Language, String) {
    let mut known = preferred.filter_map(|tag| {
        let mut parts = tag.split(['-', '_', '@', '.']);
        let language = Language::from_code(&parts.next()?.to_ascii_lowercase())?;
        // A part of one letter begins something else, in which a country is none.
        Some((language, parts.take_while(|part| part.len() > 1).find(|part| is_country(part))))
    });
    let found = match choice {
        Some(chosen) => known.find(|(language, _)| *language == chosen).unwrap_or((chosen, None)),
        None => known.next().unwrap_or_default(),
    };
    match found {
        (language, Some(country)) => {
            (language, format!("{}-{}", language.code(), country.to_ascii_uppercase()))
        }
        (language, None) => (language, language.code().to_owned()),
    }
}

/// Two letters, or three digits for a part of the world.
fn is_country(part: &str) -> bool {
    match part.len() {
        2 => part.bytes().all(|byte| byte.is_ascii_alphabetic()),
        3 => part.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(choice: Option<Language>, preferred: &[&'static str]) -> (Language, String) {
        resolve(choice, preferred.iter().copied())
    }

    #[test]
    fn the_first_language_that_is_known_is_spoken() {
        let is = |preferred: &[&'static str], language, tag: &str| {
            assert_eq!(resolved(None, preferred), (language, tag.to_owned()), "{preferred:?}");
        };
        is(&["de-CH", "en"], Language::De, "de-CH");
        is(&["fr-FR", "es-419", "de"], Language::Es, "es-419");
        is(&["DE"], Language::De, "de");
        is(&["fr"], Language::En, "en");
        is(&[], Language::En, "en");
        // Not a language that begins alike.
        is(&["est", "deu"], Language::En, "en");
    }

    #[test]
    fn a_choice_counts_more_and_keeps_the_country() {
        let preferred = ["en-US", "de-AT", "de-DE"];
        assert_eq!(resolved(Some(Language::De), &preferred), (Language::De, "de-AT".to_owned()));
        assert_eq!(resolved(Some(Language::Es), &preferred), (Language::Es, "es".to_owned()));
    }

    #[test]
    fn a_tag_is_one_that_browsers_understand() {
        for (told, tag) in [
            ("en-US@posix", "en-US"),
            ("en_gb.UTF-8", "en-GB"),
            ("de-Latn-DE-1996", "de-DE"),
            ("en-u-hc-h23", "en"),
            ("es-", "es"),
        ] {
            assert_eq!(resolved(None, &[told]).1, tag, "{told}");
        }
    }

    #[test]
    fn spanish_counts_millions_in_its_own_way() {
        let categories = |language: Language| [0, 1, 2, 1_000_000].map(|n| language.category(n));
        use Category::{Many, One, Other};
        assert_eq!(categories(Language::En), [Other, One, Other, Other]);
        assert_eq!(categories(Language::De), [Other, One, Other, Other]);
        assert_eq!(categories(Language::Es), [Other, One, Other, Many]);
    }

    #[test]
    fn codes_lead_back_to_their_languages() {
        for language in Language::ALL {
            assert_eq!(Language::from_code(language.code()), Some(language));
        }
        assert_eq!(Language::from_code("fr"), None);
    }
}
