//! The numbers that page and server keep alike.

/// Longest nickname, in characters (Unicode scalar values).
pub const NICKNAME_CHARS: usize = 32;

/// Longest room name, in characters.
pub const ROOM_NAME_CHARS: usize = 64;

/// Longest message, in characters.
pub const BODY_CHARS: usize = 4_000;

/// Longest session token, in bytes. The server makes them shorter; this bounds what it looks at.
pub const TOKEN_BYTES: usize = 128;

/// Most changes in one answer to `room:join` or `room:sync`.
pub const CATCH_UP_CHANGES: usize = 200;
