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
#[cfg(not(target_arch = "wasm32"))]
mod codec;
mod fallback;
mod handshake;
mod heartbeat;
mod namespaces;
mod network;
#[cfg(not(target_arch = "wasm32"))]
mod oracle;
mod outgoing;
mod polling;
mod reconnection;
mod recovery;
mod retries;
#[cfg(not(target_arch = "wasm32"))]
mod roundtrip;
mod simulation;
mod upgrade;
mod util;
mod vectors;
mod volatile;
mod waiting;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
