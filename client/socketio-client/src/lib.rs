//! A Socket.IO client for the browser and for native programs, with one API.
//!
//! In a browser (`wasm32-unknown-unknown`) it drives the browser's own WebSocket through web-sys;
//! no JavaScript client is underneath. Natively it runs on tokio. The protocol itself is the
//! crate `socketio-proto`, which has no I/O.
//!
//! ```no_run
//! use std::time::Duration;
//! use socketio_client::{Client, ClientOptions};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(ClientOptions::new("http://localhost:3000")?)?;
//! let chat = client.socket("/chat")?;
//! chat.set_auth(&serde_json::json!({ "nickname": "Ann" }))?;
//! chat.on("greeting", |from: String| println!("{from} says hello"));
//! chat.connect();
//!
//! // `()` is no argument, a tuple is several, any other type is one.
//! chat.emit("wave", &("everybody", 3))?;
//! let users: Vec<String> =
//!     chat.emit_with_ack("users", &()).timeout(Duration::from_secs(5)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # How it behaves
//!
//! * A [`Client`] is one connection, a [`Socket`] one namespace on it. Both are handles: clones
//!   mean the same, and when the last one of a client is dropped its connection is closed.
//! * A namespace is connected by [`Socket::connect`] and from then on kept connected: a lost
//!   connection is opened again with growing, jittered delays. It ends with
//!   [`Socket::disconnect`], or when the server refuses it or sends it away.
//! * What is emitted while not connected is kept, in order and within [`Limits`], and sent as
//!   soon as the namespace is connected.
//! * Listeners are called one after the other in the order in which things happened, from the
//!   client's own task, never from within a call to it. They may call anything here. One
//!   that panics is left behind natively; the others go on.
//! * A listener that holds a [`Socket`] keeps the client alive, and is itself kept by the client:
//!   hold a [`WeakSocket`] there ([`Socket::downgrade`]).

mod ack;
mod alarm;
mod client;
mod driver;
mod error;
mod listeners;
mod options;
mod platform;
mod socket;
mod wake;

pub use ack::{Request, Responder, Response};
pub use client::Client;
pub use error::{AckError, ClientError, PayloadError};
pub use listeners::ListenerId;
pub use options::ClientOptions;
pub use platform::MaybeSend;
pub use socket::{Socket, WeakSocket};
pub use socketio_proto::{
    AddressError, AttemptError, ConnectError, DecodeError, DisconnectReason, EmitError,
    EncodeError, EventPacket, Limits, ManagerEvent, NamespaceError,
};

#[cfg(all(test, target_arch = "wasm32"))]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
