//! How a person is drawn where there is no picture: letters on a disc of a colour of their own.

use parlour_events::Nickname;

use crate::letters;

/// One or two letters for a name: the first ones of its first and last word.
pub fn initials(name: &Nickname) -> String {
    let mut words = name.as_str().split_whitespace().filter_map(first_letter);
    let first = words.next();
    let last = words.next_back();
    let initials: String = [first, last].into_iter().flatten().collect();
    if initials.is_empty() { "?".to_owned() } else { letters::upper(&initials) }
}

/// What two names are compared by, as [`Nickname::key`].
pub fn key(name: &Nickname) -> String {
    letters::lower(name.as_str())
}

/// A hue in degrees, the same for a name wherever it is shown.
pub fn hue(name: &Nickname) -> u16 {
    // FNV-1a: spreads short names well, and stays the same from one version to the next.
    let hash = key(name).bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The high bits are the well mixed ones.
    ((hash >> 32) % 360) as u16
}

fn first_letter(word: &str) -> Option<char> {
    word.chars().find(|c| c.is_alphanumeric()).or_else(|| word.chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> String {
        initials(&name.parse().unwrap())
    }

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        assert_eq!(of("ann"), "A");
        assert_eq!(of("Ann Lee"), "AL");
        assert_eq!(of("Ann van Lee"), "AL");
        assert_eq!(of("guest-7f3a"), "G");
        assert_eq!(of("(bob)"), "B");
    }

    #[test]
    fn a_name_without_letters_has_its_first_character() {
        assert_eq!(of("🦊"), "🦊");
        assert_eq!(of("!?"), "!");
    }

    #[test]
    fn the_colour_does_not_depend_on_case() {
        let hue = |name: &str| super::hue(&name.parse().unwrap());
        assert_eq!(hue("Ann"), hue("ann"));
        assert_ne!(hue("Ann"), hue("Ben"));
    }
}
