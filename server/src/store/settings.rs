//! What the store is told to allow.

use std::time::Duration;

/// Limits on what is kept; 0 is no limit.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Longest message, in characters.
    pub(crate) message_chars: usize,
    /// Rooms, conversations of two not counted.
    pub(crate) rooms: u64,
    /// Rooms that one person has joined.
    pub(crate) rooms_per_person: u64,
    /// Different reactions on one message.
    pub(crate) reactions: u64,
    /// Sessions of guests.
    pub(crate) sessions: u64,
    /// How long a session outlives its last connection.
    pub(crate) session_lifetime: Duration,
    /// Bytes of all files together.
    pub(crate) upload_space: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            message_chars: parlour_events::limits::BODY_CHARS,
            rooms: 10_000,
            rooms_per_person: 200,
            reactions: 20,
            sessions: 20_000,
            session_lifetime: Duration::from_secs(30 * 24 * 3_600),
            upload_space: 0,
        }
    }
}

/// The limit as a number to compare with.
pub(crate) fn or_any(limit: u64) -> u64 {
    if limit == 0 { u64::MAX } else { limit }
}
