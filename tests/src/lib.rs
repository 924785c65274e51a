//! The whole system from outside: the real server binary, stock Socket.IO peers of other
//! languages, and browsers.
//!
//! * [`settings`]: where the programs are that take part;
//! * [`waiting`]: waiting for a condition, always with a bound, never for a fixed time;
//! * [`news`]: what somebody tells, in order, to be asked for by what is expected;
//! * [`transcript`]: what a process writes, line by line, shown when the test fails;
//! * [`ports`], [`group`]: free ports, and processes that leave nothing behind;
//! * [`server`]: a Parlour server;
//! * [`http`], [`raw`]: its answers, and frames that no client would send;
//! * [`member`], [`person`], [`bystander`]: somebody in the chat, by way of `socketio-client`;
//! * [`upload`]: files, over HTTP;
//! * [`peer`]: npm's socket.io and socket.io-client, and python-socketio;
//! * [`browser`]: Chromium, Firefox and WebKit; [`page`]: the app in one of them;
//! * [`mod@line`]: the way from a browser to a server, which can be cut;
//! * [`site`]: another site, with pages of its own;
//! * [`chaos`]: bots under load, failures, and a checker of what the change log guarantees;
//! * [`interop`]: the program `interop-peers`, which serves the tests of `socketio-client` that
//!   run in browsers too.
//!
//! Nothing here returns an error: a test that cannot go on stops at once and says why.

#![allow(clippy::unwrap_used, reason = "what fails in a test harness fails the test")]

pub mod browser;
pub mod bystander;
pub mod chaos;
pub mod group;
pub mod http;
pub mod interop;
mod kept;
pub mod line;
pub mod member;
pub mod news;
pub mod page;
pub mod peer;
pub mod person;
pub mod ports;
pub mod raw;
pub mod server;
pub mod settings;
pub mod site;
pub mod transcript;
pub mod upload;
pub mod waiting;

/// The README's Rust is compiled with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
