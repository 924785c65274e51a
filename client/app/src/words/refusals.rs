//! What the server refused, in our own words: a sentence for each code, in the language in force.
//!
//! The server's sentences are English and written for every client. Where one says more than its
//! code does (which limit, whose reason), that is kept.

use parlour_events::{Code, Refusal, SessionEnded};

use super::{Key, Language, Pattern, Plural, alone, count, fill, language, text};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Why something was refused, as it stands behind a colon: "Not sent: the server is full."
pub fn reason(refusal: &Refusal) -> String {
    let sentence = sentence(refusal.code, &refusal.message);
    match refusal.retry_after {
        Some(millis) => format!("{sentence} {}", again(millis)),
        None => sentence,
    }
}

/// Why the server did not let us in, or something else is not to be had; a sentence by itself.
pub fn refused(refusal: &Refusal) -> String {
    if refusal.code == Code::Unknown && refusal.message.trim().is_empty() {
        return text(Key::REFUSAL_NOT_LET_IN).to_owned();
    }
    alone(&reason(refusal))
}

/// The same of something that is asked for again by itself: the person does not have to know when.
pub fn refused_for_now(refusal: &Refusal) -> String {
    alone(&sentence(refusal.code, &refusal.message))
}

/// Why the session is over.
pub fn ended(ended: &SessionEnded) -> String {
    match ended.code {
        Code::Unknown => told(&ended.message).unwrap_or_else(|| {
            // Whatever it was, this is what follows.
            alone(text(Key::REFUSAL_SESSION_ENDED))
        }),
        code => alone(&sentence(code, &ended.message)),
    }
}

/// A code in our words, with what the server's have in addition.
fn sentence(code: Code, message: &str) -> String {
    let with_reason = |bare: Key, pattern: Pattern<1>| match moderators_reason(message) {
        Some(reason) => fill(pattern, [reason]),
        None => text(bare).to_owned(),
    };
    let key = match code {
        Code::Invalid => return detailed(Key::REFUSAL_INVALID, message),
        Code::TooLong => return detailed(Key::REFUSAL_TOO_LONG, message),
        Code::TokenInvalid => return detailed(Key::REFUSAL_TOKEN_INVALID, message),
        Code::Forbidden => return detailed(Key::REFUSAL_FORBIDDEN, message),
        Code::Limit => return detailed(Key::REFUSAL_LIMIT, message),
        Code::Kicked => return with_reason(Key::REFUSAL_KICKED, Pattern::REFUSAL_KICKED_BECAUSE),
        Code::Banned => return with_reason(Key::REFUSAL_BANNED, Pattern::REFUSAL_BANNED_BECAUSE),
        Code::NicknameInvalid => Key::REFUSAL_NICKNAME_INVALID,
        Code::NicknameTaken => Key::REFUSAL_NICKNAME_TAKEN,
        Code::SessionEnded => Key::REFUSAL_SESSION_ENDED,
        Code::Muted => Key::REFUSAL_MUTED,
        Code::RoomUnknown => Key::REFUSAL_ROOM_UNKNOWN,
        Code::RoomTaken => Key::REFUSAL_ROOM_TAKEN,
        Code::NotJoined => Key::REFUSAL_NOT_JOINED,
        Code::MessageUnknown => Key::REFUSAL_MESSAGE_UNKNOWN,
        Code::UserUnknown => Key::REFUSAL_USER_UNKNOWN,
        Code::FileUnknown => Key::REFUSAL_FILE_UNKNOWN,
        Code::IdTaken => Key::REFUSAL_ID_TAKEN,
        Code::RateLimited => Key::REFUSAL_RATE_LIMITED,
        Code::Busy => Key::REFUSAL_BUSY,
        Code::Full => Key::REFUSAL_FULL,
        Code::Storage => Key::REFUSAL_STORAGE,
        Code::Internal => Key::REFUSAL_INTERNAL,
        // A server that is newer than this page.
        _ => return told(message).unwrap_or_else(|| text(Key::REFUSAL_UNKNOWN).to_owned()),
    };
    text(key).to_owned()
}

/// A code whose sentence says which of several things it is. In English the server's says it best;
/// elsewhere it follows ours.
fn detailed(key: Key, message: &str) -> String {
    match (told(message), language()) {
        (None, _) => text(key).to_owned(),
        (Some(message), Language::En) => message,
        (Some(message), _) => fill(Pattern::REFUSAL_DETAIL, [text(key), &message]),
    }
}

/// What the server said, if it said anything.
fn told(message: &str) -> Option<String> {
    let message = message.trim();
    (!message.is_empty()).then(|| message.to_owned())
}

/// The server has a moderator's reason behind the colon of its sentence.
fn moderators_reason(message: &str) -> Option<&str> {
    let (_, reason) = message.split_once(": ")?;
    Some(reason.trim()).filter(|reason| !reason.is_empty())
}

/// When it makes sense to ask again: in the largest unit of which there is one, rounded up.
fn again(millis: u64) -> String {
    let (unit, plural) = if millis < MINUTE {
        (SECOND, Plural::AGAIN_SECONDS)
    } else if millis < HOUR {
        (MINUTE, Plural::AGAIN_MINUTES)
    } else if millis < DAY {
        (HOUR, Plural::AGAIN_HOURS)
    } else {
        (DAY, Plural::AGAIN_DAYS)
    };
    count(plural, millis.div_ceil(unit).max(1), [])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::set;

    fn full() -> Refusal {
        Refusal::new(Code::Full, "The server is full at the moment. Try again later.")
    }

    fn german() {
        set(Language::De, Some(include_str!("../../words/de.txt"))).unwrap();
    }

    #[test]
    fn every_code_has_a_sentence_that_can_stand_alone_and_behind_a_colon() {
        let files = ["", include_str!("../../words/de.txt"), include_str!("../../words/es.txt")];
        for (language, file) in Language::ALL.into_iter().zip(files) {
            set(language, Some(file)).unwrap();
            for (code, wire) in Code::ALL {
                let refusal = Refusal::new(code, "");
                let (behind, alone) = (reason(&refusal), refused(&refusal));
                // A German sentence has a capital behind a colon too.
                let small = behind.starts_with(|c: char| c.is_lowercase());
                assert_eq!(small, language != Language::De, "{wire}: {behind}");
                assert!(alone.starts_with(|c: char| c.is_uppercase()), "{wire}: {alone}");
                assert!(alone.ends_with('.'), "{wire}: {alone}");
                assert_ne!(behind, text(Key::REFUSAL_UNKNOWN), "{wire}");
            }
        }
    }

    #[test]
    fn a_refusal_is_told_in_the_language_in_force() {
        assert_eq!(reason(&full()), "the server is full.");
        assert_eq!(refused(&full()), "The server is full.");
        german();
        assert_eq!(reason(&full()), "Der Server ist voll.");
        assert_eq!(refused(&full()), "Der Server ist voll.");
    }

    #[test]
    fn a_code_that_is_not_known_is_told_as_the_server_tells_it() {
        let refusal = Refusal::new(Code::Unknown, " The moon is full. ");
        assert_eq!(refused(&refusal), "The moon is full.");
        assert_eq!(refused(&Refusal::new(Code::Unknown, " ")), "The server did not let us in.");
        let told = |message: &str| {
            ended(&SessionEnded { code: Code::Unknown, message: message.to_owned() })
        };
        assert_eq!(told("The moon is full."), "The moon is full.");
        assert_eq!(told(" "), "Your session is over. You can come in again.");
    }

    #[test]
    fn how_long_it_takes_is_kept() {
        let after = |millis| reason(&Refusal { retry_after: Some(millis), ..full() });
        assert_eq!(after(0), "the server is full. Try again in 1 second.");
        assert_eq!(after(4_795), "the server is full. Try again in 5 seconds.");
        assert_eq!(after(61_000), "the server is full. Try again in 2 minutes.");
        assert_eq!(after(3 * HOUR), "the server is full. Try again in 3 hours.");
        german();
        assert_eq!(after(3 * DAY), "Der Server ist voll. Versuch es in 3 Tagen wieder.");
        let refusal = Refusal { retry_after: Some(SECOND), ..full() };
        assert_eq!(refused_for_now(&refusal), "Der Server ist voll.");
    }

    #[test]
    fn which_limit_it_is_is_kept() {
        let which = "One person can be in 200 rooms. Leave one to join another.";
        let refusal = Refusal::new(Code::Limit, which);
        assert_eq!(refused(&refusal), which);
        german();
        let told = refused(&refusal);
        assert_eq!(told, format!("Es sind schon so viele da wie erlaubt. ({which})"));
    }

    #[test]
    fn a_moderators_reason_is_kept() {
        let message = "A moderator has ended your session: 3:1 is no score.".to_owned();
        let kicked = SessionEnded { code: Code::Kicked, message };
        assert_eq!(ended(&kicked), "A moderator has ended your session: 3:1 is no score.");
        german();
        assert_eq!(ended(&kicked), "Die Moderation hat deine Sitzung beendet: 3:1 is no score.");
        let banned = Refusal::new(Code::Banned, "A moderator has closed this server to you.");
        assert_eq!(refused(&banned), "Die Moderation hat diesen Server für dich geschlossen.");
    }
}
