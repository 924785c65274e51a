use leptos::prelude::*;
use parlour_app::components::composer::composer;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlTextAreaElement;

use super::{Chat, Stage, server::emoji_come, settled, stage::dispatch, until};

const FIELD: &str = "#composer";

async fn draw() -> (Chat, Stage) {
    let chat = Chat::new().await;
    let session = chat.session;
    until("people are here", || session.view.with_untracked(|view| view.people.len() == 2)).await;
    let stage = Stage::draw(move || composer(session)).await;
    (chat, stage)
}

fn value(stage: &Stage) -> String {
    stage.find::<HtmlTextAreaElement>(FIELD).unwrap().value()
}

#[wasm_bindgen_test]
async fn names_are_suggested_behind_an_at() {
    let (chat, stage) = draw().await;
    assert!(!stage.shows("#suggestions"));
    stage.write(FIELD, "Hi @b").await;
    assert!(stage.shows("#suggestions"));
    assert_eq!(stage.text("#suggestions bdi"), "Bob");
    let option = "#suggestions [role=option][aria-selected=true]";
    let active = stage.attribute(FIELD, "aria-activedescendant").unwrap();
    assert_eq!(stage.attribute(option, "id").unwrap(), active);

    assert!(!stage.press(FIELD, "Enter", |_| {}).await, "the key is the list's");
    assert_eq!(value(&stage).trim_end(), "Hi @Bob");
    assert!(!stage.shows("#suggestions"));
    assert_eq!(chat.sent(), [""; 0]);
}

#[wasm_bindgen_test]
async fn emoji_are_suggested_behind_a_name_in_the_same_line() {
    let (_chat, stage) = draw().await;
    emoji_come().await;
    for text in ["Hi :grinn", "Hi @Bob :grinn", "@Bob @nobody :grinn"] {
        stage.write(FIELD, text).await;
        assert!(stage.shows("#suggestions"), "{text}");
        assert_eq!(stage.text("#suggestions .suggestion-sign"), "😀", "{text}");
    }
    assert!(!stage.press(FIELD, "Enter", |_| {}).await);
    assert_eq!(value(&stage).trim_end(), "@Bob @nobody 😀");
    stage.write(FIELD, "@Bob x").await;
    assert!(!stage.shows("#suggestions"));
}

#[wasm_bindgen_test]
async fn arrows_choose_and_escape_closes() {
    let (_chat, stage) = draw().await;
    stage.write(FIELD, "@").await;
    let chosen = || stage.text("#suggestions [aria-selected=true] bdi");
    let names: Vec<_> =
        stage.all("#suggestions bdi").iter().filter_map(|name| name.text_content()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert_eq!(chosen(), names[0]);
    stage.press(FIELD, "ArrowDown", |_| {}).await;
    assert_eq!(chosen(), names[1]);
    stage.press(FIELD, "ArrowDown", |_| {}).await;
    assert_eq!(chosen(), names[0]);
    stage.press(FIELD, "ArrowUp", |_| {}).await;
    assert_eq!(chosen(), names[1]);
    assert!(!stage.press(FIELD, "Escape", |_| {}).await);
    assert!(!stage.shows("#suggestions"));
    assert_eq!(value(&stage), "@");
    assert_eq!(stage.attribute(FIELD, "aria-activedescendant").unwrap_or_default(), "");
}

#[wasm_bindgen_test]
async fn a_press_takes_one_and_the_field_keeps_the_focus() {
    let (chat, stage) = draw().await;
    chat.session.ui.compose();
    stage.write(FIELD, "@bo").await;
    dispatch(&stage.find("#suggestions li").unwrap(), "pointerdown");
    settled().await;
    assert_eq!(value(&stage).trim_end(), "@Bob");
    assert_eq!(chat.session.ui.draft.get_untracked().trim_end(), "@Bob");
    assert_eq!(document().active_element(), stage.find(FIELD));
}
