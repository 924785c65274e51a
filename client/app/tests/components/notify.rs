//! Notifications, with a constructor in their place that keeps what it is called with.

use parlour_app::{browser::notify, components::strip::notices, settings::Notify};
use parlour_events::RoomName;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    Chat, Stage,
    server::{ann, bob, id},
    settled, until,
};

/// The browser would show them, if the person has said so.
fn with_permission(permission: &str, answer: &str) {
    let script = format!(
        "window.Notification = class {{
            constructor(title, options) {{ Notification.shown.push({{ title, ...options }}); }}
            static permission = '{permission}';
            static shown = [];
            static asked = 0;
            static requestPermission() {{
                Notification.asked += 1;
                Notification.permission = '{answer}';
                return Promise.resolve('{answer}');
            }}
        }};"
    );
    js_sys::eval(&script).unwrap();
}

fn asked() -> f64 {
    js_sys::eval("Notification.asked").unwrap().as_f64().unwrap()
}

fn shown() -> String {
    js_sys::eval("JSON.stringify(Notification.shown)").unwrap().as_string().unwrap()
}

/// Bob says something to Ann, who looks elsewhere.
fn mention(chat: &Chat, number: u64) {
    chat.session.ui.attention.set(false);
    let posted = serde_json::json!({
        "type": "posted", "id": id(number), "author": bob(), "body": "Hi @Ann",
        "mentions": [ann().id],
    });
    chat.change_to(posted);
}

async fn draw() -> (Chat, Stage) {
    let chat = Chat::new().await;
    let session = chat.session;
    let stage = Stage::draw(move || notices(session)).await;
    (chat, stage)
}

async fn heard(chat: &Chat, number: u64) {
    let session = chat.session;
    until("it is here", || session.message(id(number), |_| ()).is_some()).await;
    settled().await;
}

#[wasm_bindgen_test]
fn it_is_shown_once_it_is_allowed() {
    with_permission("default", "granted");
    notify::show("Bob", "Hi", "chat", "/r/chat", || {});
    assert_eq!((asked(), shown().as_str()), (0.0, "[]"));
    with_permission("granted", "granted");
    notify::show("Bob", "Hi", "chat", "/r/chat", || {});
    let expected =
        r#"[{"title":"Bob","body":"Hi","icon":"/icons/icon-192.png","tag":"chat"}]"#.to_owned();
    let sorted = js_sys::eval(
        "JSON.stringify(Notification.shown.map(({ title, body, icon, tag }) => ({ title, body, icon, tag })))",
    );
    assert_eq!(sorted.unwrap().as_string().unwrap(), expected);
}

#[wasm_bindgen_test]
async fn who_is_spoken_to_is_asked_once_and_the_browser_only_at_a_press() {
    with_permission("default", "granted");
    let (chat, stage) = draw().await;
    chat.session.ui.attention.set(false);
    chat.post(1, bob(), "Hi all");
    heard(&chat, 1).await;
    assert!(!stage.shows("#offer"), "nobody has spoken to her");
    mention(&chat, 2);
    until("it is offered", || stage.shows("#offer")).await;
    assert_eq!(asked(), 0.0);
    stage.click("#offer button").await;
    assert!(!stage.shows("#offer"));
    assert_eq!(asked(), 1.0);
    let settings = chat.session.settings.get_untracked();
    assert_eq!((settings.notify, settings.sound), (Notify::Personal, false));

    // Another page has the connection: it tells.
    mention(&chat, 3);
    heard(&chat, 3).await;
    assert_eq!(shown(), "[]");
    assert!(!stage.shows("#offer"));
}

#[wasm_bindgen_test]
async fn whoever_says_no_is_not_asked_again() {
    with_permission("default", "granted");
    let (chat, stage) = draw().await;
    mention(&chat, 1);
    until("it is offered", || stage.shows("#offer")).await;
    stage.click("#offer button:last-child").await;
    mention(&chat, 2);
    heard(&chat, 2).await;
    assert!(!stage.shows("#offer"));
    assert_eq!(asked(), 0.0);
    assert_eq!(chat.session.settings.get_untracked().notify, Notify::Off);
}

#[wasm_bindgen_test]
async fn a_browser_that_does_not_allow_it_is_told_of() {
    with_permission("default", "denied");
    let (chat, stage) = draw().await;
    mention(&chat, 1);
    until("it is offered", || stage.shows("#offer")).await;
    stage.click("#offer button").await;
    let toast = chat.session.ui.toast.get_untracked().unwrap();
    assert!(toast.bad && toast.text.contains("does not let us notify you"), "{}", toast.text);
}

#[wasm_bindgen_test]
async fn nothing_is_offered_for_a_muted_room_or_where_all_is_decided() {
    with_permission("default", "granted");
    let (chat, stage) = draw().await;
    chat.session.choose(|settings| settings.muted.push(RoomName::default()));
    mention(&chat, 1);
    heard(&chat, 1).await;
    assert!(!stage.shows("#offer"));

    with_permission("denied", "denied");
    chat.session.choose(|settings| settings.muted.clear());
    mention(&chat, 2);
    heard(&chat, 2).await;
    assert!(!stage.shows("#offer"));
}
