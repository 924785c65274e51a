//! A Socket.IO client for the browser and for native programs, with one API.
//!
//! In a browser (`wasm32-unknown-unknown`) it drives the browser's own WebSocket and `fetch`
//! through web-sys; no JavaScript client is underneath. Natively it runs on tokio, with rustls.
//! The protocol itself is the crate `socketio-proto`, which has no I/O.
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
//! // `()` is no argument, a tuple is several, any other type is one. To serde an array of fixed
//! // length and a tuple struct are tuples too; a `Vec` is one argument.
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
//!   mean the same, and when the last one of a client is dropped its connection is closed, after
//!   sending what was emitted while connected, if natively the runtime lives that long.
//! * A namespace is connected by [`Socket::connect`] and from then on kept connected: a lost
//!   connection is opened again with growing, jittered delays. It ends with
//!   [`Socket::disconnect`], or when the server refuses it or sends it away.
//! * A WebSocket is tried first, and HTTP long-polling where that does not come about, upgraded
//!   to a WebSocket if one comes about after all ([`ClientOptions::transports`]).
//! * What is emitted while not connected is kept, in order and within [`Limits`], and sent as
//!   soon as the namespace is connected. How long it may wait, and what goes when there is no
//!   room, are options; what is given up is told ([`Socket::on_dropped`]). [`Socket::volatile`]
//!   is for events that are sent now or not at all, [`ClientOptions::retries`] for those that
//!   have to arrive.
//! * [`Bytes`] in a payload travel as attachments.
//! * What CONNECT carries is a value ([`Socket::set_auth`]), or a function that is asked each time
//!   ([`Socket::set_auth_with`]) and does not hold up anything else.
//! * Listeners are called one after the other in the order in which things happened, from the
//!   client's own task, never from within a call to it; only a payload error of a stream is told by
//!   the task that reads it. They may call anything here, but nothing happens before they return: to
//!   wait for an acknowledgement is for a task of its own. One that panics is left behind natively;
//!   the others go on.
//! * A listener that holds a [`Socket`] keeps the client alive, and is itself kept by the client:
//!   hold a [`WeakSocket`] there ([`Socket::downgrade`]).
//! * [`Socket::events`] is a stream in place of a listener, bounded, and says what a slow reader
//!   missed. It does not keep the client alive either.
//! * In a browser it listens to the device: a lost network closes the connection at once, a
//!   network that is back, or somebody who looks at the page again, begins the next attempt at
//!   once. It runs in a worker as well. All that it holds there, listeners, timers and requests,
//!   goes with it.
//! * Natively `https` trusts whom the platform trusts, and `ClientOptions::add_root_certificate`
//!   adds to that. Redirects are not followed, and no proxy of the environment is used.
//!
//! # Features
//!
//! * `msgpack`: the packet form of npm's `socket.io-msgpack-parser`, as a [`Parser`].

mod ack;
mod alarm;
mod client;
mod driver;
mod error;
mod listen;
mod listeners;
mod options;
mod platform;
mod socket;
mod stream;
mod wake;

pub use bytes::Bytes;

pub use ack::{Request, Responder, Response};
pub use client::Client;
pub use error::{AckError, ClientError, Dropped, PayloadError, StreamError};
pub use listeners::ListenerId;
pub use options::ClientOptions;
pub use platform::{MaybeSend, MaybeSendFuture};
pub use socket::{Socket, Volatile, WeakSocket};
#[cfg(feature = "msgpack")]
pub use socketio_proto::Msgpack;
pub use socketio_proto::{
    AckPacket, AddressError, AttemptError, CloseCause, ConnectError, DecodeError, Decoder,
    DisconnectReason, DropReason, EmitError, EncodeError, EventPacket, Frame, HandshakeError,
    Limits, ManagerEvent, NamespaceError, Overflow, Packet, PacketType, Parser, ProbeError,
    Transport, Transports,
};
pub use stream::EventStream;

#[cfg(all(test, target_arch = "wasm32"))]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
