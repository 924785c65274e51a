//! The client as a program uses it: without a server on both platforms, and natively against a
//! WebSocket server that is a script.

#![allow(
    clippy::unwrap_used,
    reason = "the lint knows tests by their attribute; helpers have none"
)]

#[cfg(not(target_arch = "wasm32"))]
mod connected;
#[cfg(not(target_arch = "wasm32"))]
mod scripted;
mod unreachable;
mod util;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
