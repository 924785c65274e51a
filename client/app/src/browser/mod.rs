//! What the page asks of its browser, each in one place: times, storage, language, address,
//! network.

pub mod channel;
pub mod clipboard;
pub mod clock;
pub mod database;
pub mod emoji;
pub mod ids;
pub mod js;
pub mod language;
pub mod locks;
pub mod memory;
pub mod notify;
pub mod place;
pub mod transfer;
pub mod worker;
