//! New names for what is written here.

use parlour_events::Timestamp;
use uuid::{Builder, Uuid};

use super::clock;

/// A name that nothing else has: a UUID of version 7.
///
/// Not `Uuid::now_v7`, which keeps the ids of one process in order to a fraction of a millisecond:
/// kilobytes of arithmetic, and nobody asks these for an order.
pub fn new() -> Uuid {
    let Timestamp(millis) = clock::timestamp();
    // The last ten bytes are random but for the bits that tell the version, which are set anew.
    let [_, _, _, _, _, _, random @ ..] = Uuid::new_v4().into_bytes();
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}
