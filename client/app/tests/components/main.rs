//! Components in a real browser, with a session whose server is a part of the tests.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod composer;
mod dom;
mod language;
mod log;
mod message;
mod said;
mod screens;
mod server;
mod stage;
mod suggest;

use wasm_bindgen_test::wasm_bindgen_test_configure;

use server::Chat;
use stage::{Stage, after, settled, until};

wasm_bindgen_test_configure!(run_in_browser);
