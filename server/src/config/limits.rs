//! Settings: how much of everything. [`crate::limits::LIMITS`] says what is answered beyond.

use clap::{Args, builder::RangedU64ValueParser};
use parlour_events::limits::BODY_CHARS;

use super::values::size;

/// Smallest WebSocket message size that can be set: the largest message of `/chat` still fits,
/// even when every character of it is written as two `\uXXXX`.
const SMALLEST_MESSAGE_SIZE: u64 = 52 << 10;

/// Largest WebSocket message size that can be set.
const LARGEST_MESSAGE_SIZE: u64 = 16 << 20;

/// Most requests of a client that may be let wait.
const MOST_PENDING: u64 = 1 << 16;

/// How much of everything there may be.
#[derive(Debug, Clone, Args)]
#[group(skip)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// Largest WebSocket message or POST of a client, from 52KiB to 16MiB.
    #[arg(
        long,
        env = "PARLOUR_MAX_MESSAGE_SIZE",
        value_name = "BYTES",
        default_value = "65536",
        value_parser = message_size
    )]
    pub max_message_size: u64,

    /// Most characters in a message, from 1 to 4000.
    #[arg(
        long,
        env = "PARLOUR_MAX_MESSAGE_LENGTH",
        value_name = "N",
        default_value_t = BODY_CHARS,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=BODY_CHARS as u64)
    )]
    pub max_message_length: usize,

    /// Messages that a person may send in a minute; 0 sets no limit.
    #[arg(long, env = "PARLOUR_MESSAGES_PER_MINUTE", value_name = "N", default_value_t = 120)]
    pub messages_per_minute: u32,

    /// Messages that may come from an address (IPv6: from a /64) in a minute; 0 sets no limit.
    #[arg(
        long,
        env = "PARLOUR_MESSAGES_PER_MINUTE_PER_ADDRESS",
        value_name = "N",
        default_value_t = 600
    )]
    pub messages_per_minute_per_address: u32,

    /// Requests of any kind that a person may make in a minute; 0 sets no limit.
    #[arg(long, env = "PARLOUR_REQUESTS_PER_MINUTE", value_name = "N", default_value_t = 1_200)]
    pub requests_per_minute: u32,

    /// Most requests of a client of /chat that wait for their turn, from 1 to 65536.
    #[arg(
        long,
        env = "PARLOUR_MAX_PENDING_REQUESTS",
        value_name = "N",
        default_value_t = 256,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=MOST_PENDING)
    )]
    pub max_pending_requests: usize,

    /// Most rooms there may be; 0 sets no limit.
    #[arg(long, env = "PARLOUR_MAX_ROOMS", value_name = "N", default_value_t = 10_000)]
    pub max_rooms: usize,

    /// Most rooms that a person may be in; 0 sets no limit.
    #[arg(long, env = "PARLOUR_MAX_ROOMS_PER_PERSON", value_name = "N", default_value_t = 200)]
    pub max_rooms_per_person: usize,

    /// Largest file that can be sent, such as 10MB or 10MiB; 0 takes no files at all.
    #[arg(
        long,
        env = "PARLOUR_MAX_UPLOAD_SIZE",
        value_name = "BYTES",
        default_value = "10485760",
        value_parser = size
    )]
    pub max_upload_size: u64,

    /// Most bytes of all files together; 0 sets no limit.
    #[arg(
        long,
        env = "PARLOUR_MAX_UPLOAD_SPACE",
        value_name = "BYTES",
        default_value = "0",
        value_parser = size
    )]
    pub max_upload_space: u64,

    /// Files that a person may send in a minute; 0 sets no limit.
    #[arg(long, env = "PARLOUR_UPLOADS_PER_MINUTE", value_name = "N", default_value_t = 30)]
    pub uploads_per_minute: u32,

    /// Most different emoji on a message; 0 sets no limit.
    #[arg(long, env = "PARLOUR_MAX_REACTIONS", value_name = "N", default_value_t = 20)]
    pub max_reactions: usize,
}

fn message_size(text: &str) -> Result<u64, String> {
    match size(text)? {
        bytes @ SMALLEST_MESSAGE_SIZE..=LARGEST_MESSAGE_SIZE => Ok(bytes),
        _ => Err(format!(
            "expected a size from {SMALLEST_MESSAGE_SIZE} (52KiB) to {LARGEST_MESSAGE_SIZE} (16MiB)"
        )),
    }
}
