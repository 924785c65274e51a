//! Parlour's page.
//!
//! What the chat knows and does stands in [`state`], as plain data that is tested natively, as are
//! [`entry`] (coming in and being refused) and [`mod@line`] (how the connection is told of); what a
//! person reads stands in [`words`], in each language of the page. The rest joins that to a browser, and exists on wasm32 only:
//! `session` connects the state to a server, `components` draw it.

#[cfg(target_arch = "wasm32")]
pub mod browser;
#[cfg(target_arch = "wasm32")]
pub mod components;
#[cfg(target_arch = "wasm32")]
pub mod dom;
pub mod entry;
pub mod identity;
pub mod json;
#[cfg(target_arch = "wasm32")]
pub mod keys;
pub mod layout;
mod letters;
pub mod line;
#[cfg(target_arch = "wasm32")]
pub mod live;
pub mod order;
pub mod route;
#[cfg(target_arch = "wasm32")]
pub mod session;
pub mod settings;
pub mod state;
pub mod text;
pub mod words;
