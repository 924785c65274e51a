//! Who is who: tokens, and which names are alike.
//!
//! A guest's token is 32 random bytes in hexadecimal; only its SHA-256 is kept.

pub(crate) mod jwt;

use parlour_events::{Code, Refusal, Token};
use sha2::{Digest, Sha256};
use tracing::error;
use unicode_security::confusable_detection::skeleton;

use crate::store::SessionKey;

/// Random bytes in a token.
const TOKEN_BYTES: usize = 32;

/// Whose word counts for who somebody is.
#[derive(Debug)]
pub(crate) enum Authority {
    /// Their own: a nickname, and then the token they got for it.
    Guests,
    /// Another system's.
    Jwt(jwt::Verifier),
}

/// What nicknames are compared by as they read: `Ann`, `ann` and an `Ann` with a Cyrillic А are
/// the same name. Joiners and variation selectors, which cannot be seen, do not count.
pub(crate) fn name_key(name: &str) -> String {
    // Again at the end, as letters may look like capital ones.
    skeleton(&visible(&name.to_lowercase())).collect::<String>().to_lowercase()
}

/// What nicknames are compared by as they look, capital letters for what they are: `Ian` and `lan`
/// are the same name, `Ali` and `All` are not.
pub(crate) fn name_look(name: &str) -> String {
    skeleton(&visible(name)).collect::<String>().to_lowercase()
}

fn visible(text: &str) -> String {
    let seen = |c: &char| !matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
    text.chars().filter(seen).collect()
}

/// What a token is kept by.
pub(crate) fn session_key(token: &Token) -> SessionKey {
    SessionKey(Sha256::digest(token.as_str()).into())
}

/// What the session of somebody is kept by whom another system vouches for: all their tokens are
/// one session.
pub(crate) fn subject_key(subject: &str) -> SessionKey {
    let mut hash = Sha256::new_with_prefix(b"subject:");
    hash.update(subject);
    SessionKey(hash.finalize().into())
}

/// A new token.
pub(crate) fn new_token() -> Result<Token, Refusal> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        error!(%error, "no random bytes for a session token");
        Refusal::new(Code::Busy, "The server cannot let anybody in just now. Try again later.")
    })?;
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(text.parse().expect("hexadecimal digits within the limit"))
}

/// Whether a token looks like one that [`new_token`] made: as long, and so as hard to guess.
pub(crate) fn is_ours(token: &Token) -> bool {
    let text = token.as_str();
    text.len() == 2 * TOKEN_BYTES && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_one_name() {
        let same = [
            ("Ann", "aNN"),
            ("Ann", "\u{410}nn"),
            ("paypal", "p\u{430}ypal"),
            ("Zoe", "Z\u{43e}e"),
            ("a\u{200d}b", "ab"),
            ("❤", "❤\u{fe0f}"),
        ];
        for (one, other) in same {
            assert_eq!(name_key(one), name_key(other), "{one} {other}");
        }
        assert_eq!(name_look("Ian"), name_look("lan"));
        assert_ne!(name_look("Ali"), name_look("All"));
        for (one, other) in [("Ann", "Anna"), ("Jürgen", "Jorgen"), ("Анна", "Инна")] {
            assert_ne!(name_key(one), name_key(other), "{one} {other}");
        }
    }

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let (one, other) = (new_token().unwrap(), new_token().unwrap());
        assert!(is_ours(&one) && one != other);
        assert_ne!(session_key(&one), session_key(&other));
        assert!(!is_ours(&"1234".parse().unwrap()));
    }
}
