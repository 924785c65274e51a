//! What is drawn. Components read the session's signals and call its methods; they decide
//! nothing.

mod announcer;
mod app;
mod bar;
mod chat;
pub mod composer;
mod disc;
mod files;
mod icons;
pub mod kit;
mod landing;
mod log;
pub mod message;
mod panels;
mod people;
mod rooms;
pub mod said;
mod search;
mod strip;
mod suggest;
mod toolbar;
mod uploads;

pub use app::{App, mount};
