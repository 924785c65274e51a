//! Several pages of one browser.

use std::time::Duration;

use leptos::prelude::*;
use parlour_app::{line::Status, session::Session};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    server::{forget_all, lead},
    stage::{start_leptos, until_within},
};

#[wasm_bindgen_test]
async fn a_page_whose_leader_says_nothing_connects_by_itself() {
    start_leptos();
    forget_all().await;
    // Somebody leads, and hears nobody.
    lead();
    let owner = Owner::new();
    let session = owner.with(Session::new);
    session.enter("Ann".parse().unwrap());
    std::mem::forget(owner);
    let status = move || session.line.with_untracked(|line| line.status());
    assert_eq!(status(), Status::Connecting);
    // No chat is at the address of the tests' page: whoever connects there learns that.
    until_within(Duration::from_secs(30), "it tries by itself", || {
        status() == Status::Reconnecting
    })
    .await;
}
