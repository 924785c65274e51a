//! The Manager on a virtual clock, against a server that is a script. One behaviour a file; the
//! same tests run natively and, compiled to wasm32, in a browser.

#![allow(
    clippy::unwrap_used,
    reason = "the lint knows tests by their attribute; helpers have none"
)]

mod acknowledgements;
mod attachments;
mod auth;
mod broken_server;
mod buffering;
mod fallback;
mod handshake;
mod heartbeat;
mod namespaces;
mod network;
mod outgoing;
mod polling;
mod reconnection;
mod recovery;
mod retries;
mod upgrade;
mod util;
mod volatile;
mod waiting;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
