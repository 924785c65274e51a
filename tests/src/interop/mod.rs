//! The program `interop-peers`: stock Socket.IO servers, and proxies in front of them that cut,
//! delay and freeze. A test in a browser can start no process and cut no connection; it asks this
//! program, over HTTP.
//!
//! ```text
//! test ──HTTP──▶ control          POST /proxy/node, POST /proxy/p1/cut, ..
//!                   │ makes and tells
//!                   ▼
//! client ─TCP──▶ proxy ──TCP──▶ peer: npm's socket.io in several settings, socketioxide
//! ```
//!
//! # What peers serve
//!
//! The same in `/` and `/other`, and behind the middleware of `/token`:
//!
//! | event | arguments | what the peer does |
//! |---|---|---|
//! | `echo` | any | emits `echo` with the same; acknowledges with them instead if asked to |
//! | `ask` | any | emits `question` with them, then `answered` with the client's acknowledgement |
//! | `count` | n | emits `number` with 0 to n-1, in order |
//! | `tick` | n, ms | emits `tick` with 0 to n-1, one each ms; with state recovery also to who is away |
//! | `silent` | any | nothing |
//! | `slow` | ms, value | acknowledges with the value after that time |
//! | `flaky` | id, n | acknowledges from the (n+1)th time of this id on, with how many it were |
//! | `note` | id, value | keeps the value under the id, whatever the connection; acknowledges with nothing |
//! | `seen` | id | acknowledges with the list of what was noted under the id |
//! | `leave` | | disconnects the namespace |
//! | `close` | | closes the whole connection (npm only) |
//! | `headers` | | acknowledges with headers and query of the handshake |
//! | `transport` | | acknowledges with the transport's name as it is now |
//! | `auth` | | acknowledges with the auth of CONNECT |
//! | `recovered` | | acknowledges with whether the state was recovered (npm only) |
//!
//! `/refused` refuses everybody with "not today" (npm: and the data `{"code": 42}`), `/token` who
//! has no `token: "right"`, with "no token" or "a wrong token"; `/never` never answers, and any
//! other namespace is unknown.

pub mod args;
pub mod control;
pub mod cors;
pub mod node;
pub mod oxide;
pub mod peers;
pub mod proxy;
