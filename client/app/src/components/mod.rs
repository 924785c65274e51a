//! What is drawn. Components read the session's signals and call its methods; they decide
//! nothing.

pub mod announcer;
pub mod app;
pub mod bar;
pub mod chat;
pub mod composer;
pub mod disc;
pub mod drawers;
pub mod files;
pub mod icons;
pub mod landing;
pub mod log;
pub mod message;
pub mod panels;
pub mod people;
pub mod rooms;
pub mod said;
pub mod search;
pub mod strip;
pub mod suggest;
pub mod toolbar;
pub mod uploads;

pub use app::{App, mount};
