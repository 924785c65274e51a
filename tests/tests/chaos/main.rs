//! What the change log guarantees, while servers are killed, networks fail and disks are full. One
//! kind of failure a file; the bots, their record and its checker are `parlour_tests::chaos`.
//!
//! How often servers are killed and networks fail is the gate's number, or what the environment
//! says: `PARLOUR_CHAOS_KILLS`, `PARLOUR_CHAOS_FAULTS`. `cargo xtask chaos` is the long run.

#![allow(
    clippy::unwrap_used,
    reason = "the lint knows tests by their attribute; helpers have none"
)]

mod backups;
mod faults;
mod forgetful;
mod kills;
mod offline;
mod retries;
mod storage;
mod stuck_readers;
