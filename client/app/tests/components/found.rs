//! The keys of a field to search in: what it finds is reached by arrows and taken with Enter.

use std::time::Duration;

use leptos::prelude::*;
use parlour_app::{components::panels::panels, session::Panel};
use parlour_events::RoomName;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::KeyboardEventInit;

use super::{Chat, Stage, after, server::emoji_come, settled, until};

/// Who or what has the focus: the name of a field, or what a button says.
fn focused() -> String {
    let active = document().active_element().unwrap();
    match active.tag_name().as_str() {
        "INPUT" => active.id(),
        _ => active.text_content().unwrap_or_default(),
    }
}

#[wasm_bindgen_test]
async fn what_a_field_finds_is_reached_and_taken_with_the_keys() {
    let chat_of = Chat::new().await;
    let session = chat_of.session;
    let people = || session.view.with_untracked(|view| view.people.len());
    until("people are here", || people() == 2).await;
    let stage = Stage::draw(move || panels(session)).await;
    let press = async |key: &'static str| stage.press("dialog :focus", key, |_| {}).await;
    let first = session.rooms.with_untracked(|rooms| rooms[0].clone());
    let rooms = || {
        let outside = |name: &str| parlour_app::session::RoomItem {
            name: name.parse().unwrap(),
            joined: false,
            topic: String::new(),
            members: 1,
            ..first.clone()
        };
        vec![first.clone(), outside("sea"), outside("tea"), outside("zoo")]
    };

    let listed = chat_of.asked("room:list").len();
    session.ui.open(Panel::Browse);
    until("the rooms are asked for", || chat_of.asked("room:list").len() > listed).await;
    // What the answer draws comes before what is drawn here.
    after(Duration::from_millis(100)).await;
    session.rooms.set(rooms());
    settled().await;
    assert_eq!(focused(), "browse-filter");
    let mut passed = Vec::new();
    for key in ["ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown"] {
        assert!(!press(key).await, "{key} is taken");
        passed.push(focused());
    }
    let row = |name: &str| format!("{name}1 member");
    let field = "browse-filter".to_owned();
    let way = [row("sea"), row("tea"), row("sea"), field.clone(), row("zoo"), field];
    assert_eq!(passed, way);
    // Enter with nothing written joins nothing; on a room it is the browser's, which presses it.
    let joined = chat_of.asked("room:join").len();
    assert!(press("Enter").await);
    press("ArrowDown").await;
    assert!(press("Enter").await);
    assert!(press(" ").await);
    assert_eq!(focused(), row("sea"));
    // With another key these are the browser's.
    let with = |key: &'static str, change: fn(&KeyboardEventInit)| {
        stage.press("dialog :focus", key, change)
    };
    assert!(with("c", |key| key.set_ctrl_key(true)).await);
    assert!(with("ArrowLeft", |key| key.set_alt_key(true)).await);
    assert!(with("ArrowDown", |key| key.set_shift_key(true)).await);
    assert_eq!(focused(), row("sea"));
    assert!(press("t").await, "a letter is the field's");
    assert_eq!(focused(), "browse-filter");
    assert_eq!(session.ui.panel.get_untracked(), Panel::Browse);
    stage.write("#browse-filter", "ea").await;
    stage.write("#browse-filter", "tea").await;
    assert!(!press("Enter").await);
    assert_eq!(session.ui.panel.get_untracked(), Panel::None);
    until("it is joined", || chat_of.asked("room:join").len() > joined).await;
    assert_eq!(chat_of.asked("room:join").last().unwrap()["room"], "tea");
    session.go(parlour_app::route::Route::to(RoomName::default()));
    settled().await;

    // Everybody who is known is in the room: there is nobody to be taken.
    until("people are here", || people() == 2).await;
    session.ui.open(Panel::Invite);
    settled().await;
    assert!(!press("ArrowDown").await, "it is taken, and leads nowhere");
    assert_eq!(focused(), "invite-name");
    session.ui.close();
    session.view.update(|view| view.people.clear());
    session.ui.open(Panel::Invite);
    settled().await;
    stage.write("#invite-name", "b").await;
    press("ArrowDown").await;
    assert!(focused().ends_with("Bob"), "{}", focused());
    press("ArrowDown").await;
    assert_eq!(focused(), "invite-name");
    press("Enter").await;
    until("Bob is invited", || !chat_of.asked("room:invite").is_empty()).await;
}

#[wasm_bindgen_test]
async fn emoji_are_reached_in_their_columns_and_the_first_is_taken_with_enter() {
    let session = Chat::new().await.session;
    emoji_come().await;
    let stage = Stage::draw(move || panels(session)).await;
    let press = async |key: &'static str| stage.press("dialog :focus", key, |_| {}).await;
    let style = document().create_element("style").unwrap();
    style.set_text_content(Some(
        ".emojis { display: grid; grid-template-columns: repeat(4, 40px) }",
    ));
    stage.place.append_child(&style).unwrap();
    session.ui.open(Panel::Emoji);
    until("they are drawn", || stage.has(".emoji-list .emoji")).await;
    let shown = stage.all(".emoji-list .emoji");
    let is_at = |at: usize| document().active_element().as_ref() == Some(&shown[at]);
    for (key, at) in [
        ("ArrowDown", 0),
        ("ArrowRight", 1),
        ("ArrowDown", 5),
        ("ArrowDown", 9),
        ("ArrowLeft", 8),
        ("ArrowUp", 4),
        ("ArrowUp", 0),
    ] {
        press(key).await;
        assert!(is_at(at), "{key} leads to {at}");
    }
    press("ArrowUp").await;
    assert_eq!(focused(), "emoji-search");
    assert!(press("ArrowRight").await, "the caret's");
    stage.write("#emoji-search", " ").await;
    assert!(press("Enter").await, "nothing is looked for");
    stage.write("#emoji-search", "grinning").await;
    assert!(!press("Enter").await);
    assert_eq!(session.ui.panel.get_untracked(), Panel::None);
    assert_eq!(session.ui.draft.get_untracked().trim(), "😀");
}
