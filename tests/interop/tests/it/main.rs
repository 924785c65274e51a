//! `socketio-client` against npm's socket.io and socketioxide, over networks that fail. The same
//! tests run natively and in browsers, where no server can be started: `cargo xtask test interop`
//! starts `interop-peers`, and they ask that for what they need, see [`control`].
//!
//! One behaviour a file. Nearly all are a table: the same test on each [way](way::Way).

#![allow(
    clippy::unwrap_used,
    reason = "the lint knows tests by their attribute; helpers have none"
)]

mod control;
#[cfg(target_arch = "wasm32")]
#[path = "../../../../client/socketio-client/tests/it/counters.rs"]
mod counters;
mod platform;
#[path = "../../../../client/socketio-client/tests/it/util.rs"]
mod util;
#[macro_use]
mod way;

mod acknowledgements;
mod batching;
mod binary;
mod both_ways;
mod buffer;
mod events;
mod fallback;
mod handshake;
mod headers;
mod heartbeat;
mod latency;
#[cfg(target_arch = "wasm32")]
mod leaks;
mod leaving;
mod outgoing;
mod polling;
mod reconnection;
mod recovery;
mod refusals;
mod retries;
mod streams;
mod tokens;
mod upgrade;
mod volatile;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
