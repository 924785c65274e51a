//! Components in a real browser, with a session whose server is a part of the tests.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod composer;
mod dom;
mod embedding;
mod found;
mod language;
mod log;
mod message;
mod notify;
mod said;
mod screens;
mod server;
mod stage;
mod states;
mod suggest;
mod tabs;
mod worker;

use wasm_bindgen_test::wasm_bindgen_test_configure;

use server::Chat;
use stage::{Stage, after, settled, until};

wasm_bindgen_test_configure!(run_in_browser);
