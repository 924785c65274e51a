//! What the page asks of its browser, each in one place: times, storage, language, address,
//! network.

pub mod clock;
pub mod language;
pub mod memory;
pub mod place;
