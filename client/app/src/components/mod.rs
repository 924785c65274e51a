//! What the page is made of. Components draw signals and pass on what the person does; what is
//! done about it stands in [`crate::session`].

pub mod announcer;
pub mod app;
pub mod bar;
pub mod chat;
pub mod composer;
pub mod disc;
pub mod icons;
pub mod landing;
pub mod log;
pub mod message;
pub mod strip;
pub mod theme;

pub use app::mount;
