//! The page that docs/embedding.md gives as an example, as it stands there: it gives the chat in
//! its frame a token whenever that asks for one, and nobody else.

use std::fs;

use parlour_tests::{
    browser::{Engine, with_browsers},
    settings,
    site::Site,
    waiting::wait_for,
};
use serde_json::json;

use crate::PICTURES;

const EXAMPLE: &str = "docs/examples/embed.html";

/// The chat's part of the conversation: it asks for a token, then for another one.
const CHAT: &str = "<!doctype html><title>Chat</title><script>
    window.told = [];
    const around = location.ancestorOrigins[0];
    addEventListener('message', (event) => {
        if (event.source !== parent || event.origin !== around) return;
        told.push(event.data);
        if (told.length < 2) {
            parent.postMessage({ type: 'parlour:token-needed', code: 'token_invalid' }, around);
        }
    });
    parent.postMessage({ type: 'parlour:ready' }, around);
</script>";

/// The example, on a site of its own with these other pages.
async fn example(chat: &Site, others: &[(&str, &str)]) -> Site {
    let text = fs::read_to_string(settings::workspace().join(EXAMPLE)).unwrap();
    assert_eq!(text.matches("https://chat.example").count(), 2, "where the chat is");
    let text = text.replace("https://chat.example", chat.url());
    Site::start(&[&[("team", &*text)], others].concat()).await
}

#[tokio::test]
async fn the_chat_gets_a_token_whenever_it_asks() {
    let chat = Site::start(&[("r/chat", CHAT)]).await;
    let site = example(&chat, &[("chat-token", "aaa.bbb.ccc\n")]).await;
    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        let page = browsers.open("Ann", &site.page("team")).await;
        // It is not the chat that says this.
        page.run("postMessage({ type: 'parlour:ready' }, '*');").await;
        page.enter_frame().await;
        let token = json!({ "type": "parlour:token", "token": "aaa.bbb.ccc" });
        wait_for("two tokens", async || {
            let told = page.run("return told;").await;
            if told == json!([token, token]) { Ok(()) } else { Err(told) }
        })
        .await;
        // Nor this, which may come from anywhere.
        page.run("parent.postMessage({ type: 'another' }, '*');").await;
        page.leave_frame().await;
        let asked = "return performance.getEntriesByType('resource')
            .filter((entry) => entry.name.endsWith('/chat-token')).length;";
        assert_eq!(page.run(asked).await, 2, "no more than the chat asked for");
        assert_eq!(page.run("return document.querySelector('#trouble').textContent;").await, "");
        assert_eq!(page.complaints().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn whoever_gets_no_token_is_told() {
    let chat = Site::start(&[("r/chat", CHAT)]).await;
    let site = example(&chat, &[]).await;
    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        let page = browsers.open("Ann", &site.page("team")).await;
        let told = page.reads("#trouble").await;
        assert!(told.contains("cannot be opened"), "{told}");
    })
    .await;
}
