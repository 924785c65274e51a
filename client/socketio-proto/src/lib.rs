//! A Socket.IO v5 client over Engine.IO v4, without I/O: no clock, no sockets, no tasks, no
//! randomness. It runs wherever something else brings those; the crate `socketio-client` does so
//! for browsers and for tokio.
//!
//! # The contract
//!
//! A [`Manager`] is one connection. A *driver* owns it and keeps three promises:
//!
//! 1. Whatever happens on the transport goes into [`Manager::handle_input`], with the time.
//! 2. After every call that changes something, and before waiting, [`Manager::poll_output`] is
//!    drained and what it says is done, in order. [`Output::Open`] and [`Output::Close`] do not
//!    answer at once; what becomes of them is reported as an [`Input`] later.
//! 3. When the time of [`Manager::poll_timeout`] has come, [`Input::Timeout`] goes in. Late is
//!    allowed: the heartbeat's deadline is held against the clock before anything else counts.
//!
//! Time is an [`Instant`] of the driver's own making that never goes back. Events
//! ([`Output::Event`]) come out in the order in which they happened.
//!
//! ```
//! use std::time::Duration;
//! use socketio_proto::{
//!     Arguments, Event, Frame, Input, Instant, Manager, ManagerOptions, NamespaceName, Output,
//!     SocketEvent,
//! };
//!
//! let options = ManagerOptions::new("http://localhost:3000".parse()?);
//! let mut manager = Manager::new(options, 42);
//! let chat = manager.socket(&NamespaceName::new("/chat")?);
//! let start = Instant::from_origin(Duration::ZERO);
//!
//! // The program connects, and may emit at once: the event is kept until it can be sent.
//! manager.connect(start, chat);
//! manager.emit(start, chat, Arguments::event("hello", &("Ann", 3))?)?;
//!
//! // A driver would now open a WebSocket; here the server's answers are written down.
//! let answers = [
//!     r#"0{"sid":"e1","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#,
//!     r#"40/chat,{"sid":"s1"}"#,
//!     r#"42/chat,["welcome","Ann"]"#,
//! ];
//! let mut answers = answers.into_iter();
//! let (mut sent, mut welcome) = (Vec::new(), None);
//! let mut open = None;
//! loop {
//!     while let Some(output) = manager.poll_output() {
//!         match output {
//!             Output::Open { transport, url } => {
//!                 assert_eq!(url, "ws://localhost:3000/socket.io/?EIO=4&transport=websocket");
//!                 open = Some(transport);
//!             }
//!             Output::Send { frame: Frame::Text(text), .. } => sent.push(text),
//!             Output::Event(Event::Socket { event: SocketEvent::Received(event), .. }) => {
//!                 welcome = Some((event.name().to_owned(), event.args::<String>()?));
//!             }
//!             _ => {}
//!         }
//!     }
//!     // Here a driver waits for the transport, or until `poll_timeout`.
//!     assert!(manager.poll_timeout().is_some());
//!     let (Some(transport), Some(answer)) = (open, answers.next()) else { break };
//!     manager.handle_input(start, Input::Text { transport, text: answer.to_owned() });
//! }
//! assert_eq!(sent, ["40/chat,", r#"42/chat,["hello","Ann",3]"#]);
//! assert_eq!(welcome, Some(("welcome".to_owned(), "Ann".to_owned())));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is here
//!
//! WebSocket and HTTP long-polling with fallback and upgrade, handshake and heartbeat, namespaces
//! with CONNECT and auth, events and acknowledgements both ways with attachments, timeouts,
//! retries and volatile events, connection state recovery, reconnection with backoff, a bounded
//! buffer for what is emitted while offline, and custom parsers.

mod backoff;
mod config;
mod engine;
mod error;
mod event;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod host;
mod io;
mod json;
mod manager;
#[cfg(feature = "msgpack")]
mod msgpack;
mod parser;
mod socket;
mod time;
mod timer;
mod transport;

pub use config::{Address, Limits, ManagerOptions, Overflow};
pub use error::{
    AddressError, AttemptError, CloseCause, DecodeError, EmitError, EncodeError, HandshakeError,
    NamespaceError, ProbeError,
};
pub use event::{
    AckOutcome, ConnectError, DisconnectReason, DropReason, Event, ManagerEvent, SocketEvent,
};
pub use io::{AskId, Frame, Input, Output, RequestId, SocketId, TransportId};
pub use manager::{AckOptions, Manager};
#[cfg(feature = "msgpack")]
pub use msgpack::Msgpack;
pub use parser::{Decoder, Parser};
pub use socket::{
    arguments::{Arguments, Auth},
    namespace::{AuthSource, NamespaceName},
    packet::{AckPacket, EventPacket, Packet, PacketType},
};
pub use time::Instant;
pub use transport::{Transport, Transports};

#[cfg(all(test, target_arch = "wasm32"))]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
