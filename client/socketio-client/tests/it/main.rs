//! The client as a program uses it: without a server on both platforms, and natively against
//! servers that are a script.

#![allow(
    clippy::unwrap_used,
    reason = "the lint knows tests by their attribute; helpers have none"
)]

#[cfg(not(target_arch = "wasm32"))]
mod attachments;
#[cfg(not(target_arch = "wasm32"))]
mod auth;
#[cfg(not(target_arch = "wasm32"))]
mod closing;
#[cfg(not(target_arch = "wasm32"))]
mod connected;
#[cfg(target_arch = "wasm32")]
mod counters;
#[cfg(not(target_arch = "wasm32"))]
mod http;
#[cfg(target_arch = "wasm32")]
mod leaks;
#[cfg(not(target_arch = "wasm32"))]
mod listeners;
#[cfg(not(target_arch = "wasm32"))]
mod outgoing;
#[cfg(not(target_arch = "wasm32"))]
mod polling;
#[cfg(not(target_arch = "wasm32"))]
mod scripted;
#[cfg(target_arch = "wasm32")]
mod signals;
mod streams;
#[cfg(not(target_arch = "wasm32"))]
mod tls;
mod unreachable;
mod util;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
