//! The numbers that page and server keep alike.

/// Longest nickname, in characters (Unicode scalar values).
pub const NICKNAME_CHARS: usize = 32;

/// Longest room name, in characters.
pub const ROOM_NAME_CHARS: usize = 64;

/// Longest topic of a room, in characters.
pub const TOPIC_CHARS: usize = 250;

/// Longest message, in characters. A server may be set to allow less.
pub const BODY_CHARS: usize = 4_000;

/// Longest reaction, in bytes: an emoji with all its joiners, or a name such as `:tada:`.
pub const EMOJI_BYTES: usize = 64;

/// Longest name of a file, in characters.
pub const FILE_NAME_CHARS: usize = 120;

/// Longest reason that a moderator gives, in characters.
pub const REASON_CHARS: usize = 200;

/// Longest text that is searched for, in characters.
pub const QUERY_CHARS: usize = 200;

/// Longest credential, in bytes: the server's own tokens are 64 long, those of a JWT issuer longer.
pub const TOKEN_BYTES: usize = 4_096;

/// Most changes in one answer to `room:join` or `room:sync`.
pub const CATCH_UP_CHANGES: usize = 200;

/// Most messages in one answer to `room:history` or `message:search`.
pub const PAGE_MESSAGES: usize = 100;

/// Most entries in one answer that lists rooms, members, bans or what moderators did.
pub const PAGE_ENTRIES: usize = 200;

/// Most files on one message.
pub const ATTACHMENTS: usize = 10;

/// Characters of a message that a reply to it quotes.
pub const QUOTE_CHARS: usize = 140;

/// Unread messages and mentions are counted up to here; more are told as this number.
pub const UNREAD_COUNTED: u64 = 1_000;

/// How long somebody counts as typing after the last `typing`, in milliseconds. Whoever types on
/// says so again a little sooner.
pub const TYPING_MS: u64 = 6_000;
