//! What the page asks of its browser, each in one place: times, storage, address, network.

pub mod clock;
pub mod ids;
pub mod memory;
pub mod place;
