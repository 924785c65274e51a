//! Several pages of one browser.

use std::time::Duration;

use parlour_app::line::Status;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{server::without_connection, stage::until_within};

#[wasm_bindgen_test]
async fn a_page_whose_leader_says_nothing_connects_by_itself() {
    // Somebody leads, and hears nobody.
    let session = without_connection().await;
    let status = move || session.line.with_untracked(|line| line.status());
    assert_eq!(status(), Status::Connecting);
    // No chat is at the address of the tests' page: whoever connects there learns that.
    until_within(Duration::from_secs(30), "it tries by itself", || {
        status() == Status::Reconnecting
    })
    .await;
}
