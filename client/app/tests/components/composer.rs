use std::{cell::Cell, rc::Rc, sync::Arc, time::Duration};

use leptos::prelude::*;
use parlour_app::{
    browser::{
        database::{DRAFTS, Database},
        place,
    },
    components::composer::composer,
    identity,
    route::Route,
    session::{Composing, Panel, Upload, uploads::UploadState},
};
use parlour_events::{Attachment, Code, Quote, Refusal, RoomName, Seq};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlTextAreaElement;

use super::{
    Chat, Stage, after,
    server::{ann, bob, id},
    settled, until,
};

const FIELD: &str = "#composer";

async fn draw() -> (Chat, Stage) {
    let chat = Chat::new().await;
    let session = chat.session;
    let stage = Stage::draw(move || composer(session)).await;
    (chat, stage)
}

fn value(stage: &Stage) -> String {
    stage.find::<HtmlTextAreaElement>(FIELD).unwrap().value()
}

fn has_focus(stage: &Stage, selector: &str) -> bool {
    stage.find(selector) == document().active_element()
}

#[wasm_bindgen_test]
async fn enter_sends_and_empties_the_field() {
    let (chat, stage) = draw().await;
    stage.write(FIELD, "Hello").await;
    assert!(!stage.press(FIELD, "Enter", |_| {}).await);
    until("it is sent", || chat.sent() == ["Hello"]).await;
    assert_eq!(value(&stage), "");
    assert!(has_focus(&stage, FIELD));
}

#[wasm_bindgen_test]
async fn the_button_sends_too() {
    let (chat, stage) = draw().await;
    stage.write(FIELD, "Hello").await;
    stage.click("#send").await;
    until("it is sent", || chat.sent() == ["Hello"]).await;
    assert_eq!(value(&stage), "");
}

#[wasm_bindgen_test]
async fn shift_enter_is_left_to_the_field() {
    let (chat, stage) = draw().await;
    stage.write(FIELD, "Hello").await;
    assert!(stage.press(FIELD, "Enter", |key| key.set_shift_key(true)).await);
    after(Duration::from_millis(50)).await;
    assert_eq!(chat.sent(), [""; 0]);
    assert_eq!(value(&stage), "Hello");
}

#[wasm_bindgen_test]
async fn an_open_composition_never_sends() {
    let (chat, stage) = draw().await;
    stage.write(FIELD, "にほん").await;
    assert!(stage.press(FIELD, "Enter", |key| key.set_is_composing(true)).await);
    assert!(stage.press(FIELD, "Enter", |key| key.set_key_code(229)).await, "Safari's last Enter");
    assert!(stage.press(FIELD, "Escape", |key| key.set_is_composing(true)).await);
    after(Duration::from_millis(50)).await;
    assert_eq!(chat.sent(), [""; 0]);
    assert_eq!(value(&stage), "にほん");
}

#[wasm_bindgen_test]
async fn an_over_long_text_is_refused_and_kept() {
    let (chat, stage) = draw().await;
    let text = "x".repeat(4_001);
    stage.write(FIELD, &text).await;
    assert_eq!(stage.text("#composer-counter"), "1 over");
    assert!(stage.has("#composer-counter.over"));
    stage.press(FIELD, "Enter", |_| {}).await;
    assert_eq!(value(&stage), text);
    let error = stage.text("#composer-error");
    assert!(error.contains("1 character over the 4,000"), "{error}");
    assert_eq!(stage.attribute(FIELD, "aria-invalid").unwrap(), "true");

    stage.write(FIELD, "short").await;
    assert_eq!(stage.text("#composer-error"), "");
    assert_eq!(stage.attribute(FIELD, "aria-invalid").unwrap(), "false");
    assert_eq!(chat.sent(), [""; 0]);
}

#[wasm_bindgen_test]
async fn nothing_is_sent_of_blanks() {
    let (chat, stage) = draw().await;
    stage.write(FIELD, "  \n ").await;
    stage.press(FIELD, "Enter", |_| {}).await;
    after(Duration::from_millis(50)).await;
    assert_eq!(chat.sent(), [""; 0]);
    assert_eq!(stage.text("#composer-error"), "");
}

#[wasm_bindgen_test]
async fn what_is_written_stays_a_draft() {
    let (chat, stage) = draw().await;
    stage.write(FIELD, "Half a sen").await;
    drop(stage);
    let session = chat.session;
    let stage = Stage::draw(move || composer(session)).await;
    assert_eq!(value(&stage), "Half a sen");
}

#[wasm_bindgen_test]
async fn a_draft_is_of_the_room_that_it_was_written_in() {
    let (chat, stage) = draw().await;
    stage.write(FIELD, "Half a sen").await;
    // At once, before it would be kept by itself.
    chat.session.go(Route::to("other".parse().unwrap()));
    settled().await;
    assert_eq!(value(&stage), "");
    after(Duration::from_millis(600)).await;
    chat.session.go(Route::to(RoomName::default()));
    until("it is there again", || value(&stage) == "Half a sen").await;
    chat.session.go(Route::to("other".parse().unwrap()));
    after(Duration::from_millis(100)).await;
    assert_eq!(value(&stage), "");
    place::go("/", false);
}

#[wasm_bindgen_test]
async fn what_was_begun_in_a_room_waits_there() {
    let (chat, stage) = draw().await;
    let session = chat.session;
    let (there, back) = (Route::to("other".parse().unwrap()), Route::to(RoomName::default()));
    chat.post(1, ann(), "Mine");
    chat.post(2, bob(), "His");
    until("both are here", || session.message(id(2), |_| ()).is_some()).await;

    stage.write(FIELD, "Half an answer").await;
    session.reply_to(id(2));
    let name = "a.png".parse().unwrap();
    let upload = Upload { number: 1, name, size: 2_000.0, state: UploadState::Sending(40) };
    session.ui.uploads.set(vec![upload]);
    session.go(there.clone());
    settled().await;
    assert_eq!(value(&stage), "");
    assert!(!stage.has(".composing") && !stage.has(".uploads"));
    session.go(back.clone());
    settled().await;
    assert_eq!(value(&stage), "Half an answer");
    assert!(stage.text(".composing").contains("Bob") && stage.has("progress"));

    session.edit(id(1));
    stage.write(FIELD, "Mine, and more").await;
    session.go(there);
    session.go(back);
    settled().await;
    assert_eq!(value(&stage), "Mine, and more");
    assert_eq!(session.ui.composing.get_untracked(), Composing::Edit(id(1)));
    session.write_anew();
    settled().await;
    assert_eq!(value(&stage), "Half an answer");
    place::go("/", false);
}

#[wasm_bindgen_test]
async fn what_was_kept_stands_before_what_is_written_while_it_is_read() {
    let (chat, stage) = draw().await;
    let session = chat.session;
    let database = Database::open().await.unwrap();
    let key = [&identity::key(&ann().name), "/other"].concat();
    let kept = Rc::new(Cell::new(false));
    let is_kept = Rc::clone(&kept);
    let draft = [(key, Some("Yesterday".to_owned()))];
    database.write(DRAFTS, &draft, move |went| is_kept.set(went));
    until("it is kept", || kept.get()).await;
    session.go(Route::to("other".parse().unwrap()));
    stage.write(FIELD, "Today").await;
    until("both are there", || value(&stage) == "Yesterday\nToday").await;
    place::go("/", false);
}

#[wasm_bindgen_test]
async fn only_ones_own_is_edited_and_what_is_gone_has_no_answer() {
    let (chat, stage) = draw().await;
    let session = chat.session;
    chat.post(1, bob(), "His");
    until("it is here", || session.message(id(1), |_| ()).is_some()).await;
    session.edit(id(1));
    settled().await;
    assert_eq!(value(&stage), "");
    assert_eq!(session.ui.composing.get_untracked(), Composing::New);

    chat.change_to(serde_json::json!({ "type": "deleted", "id": id(1), "by": bob() }));
    let is_gone = || session.message(id(1), |it| it.is_deleted()) == Some(true);
    until("it is gone", is_gone).await;
    session.reply_to(id(1));
    session.choose_reaction(id(1));
    assert_eq!(session.ui.composing.get_untracked(), Composing::New);
    assert_eq!(session.ui.panel.get_untracked(), Panel::None);
}

#[wasm_bindgen_test]
async fn what_fails_in_another_room_is_told() {
    let (chat, stage) = draw().await;
    let session = chat.session;
    let steps = window().history().unwrap();
    let before = steps.length().unwrap();
    session.go(Route::to(RoomName::default()));
    session.go(Route::to(RoomName::default()));
    assert!(steps.length().unwrap() <= before + 1, "one is there already");

    chat.refuse_next("message:send", &Refusal::new(Code::Forbidden, "No."));
    stage.write(FIELD, "Hello").await;
    stage.press(FIELD, "Enter", |_| {}).await;
    session.go(Route::to("other".parse().unwrap()));
    until("it is told", || session.ui.toast.get_untracked().is_some()).await;
    let toast = session.ui.toast.get_untracked().unwrap();
    assert!(toast.bad && toast.text.starts_with("chat: Not sent"), "{toast:?}");
    let marked = || session.rooms.with_untracked(|rooms| rooms.iter().any(|room| room.failed));
    until("the room is marked", marked).await;
    place::go("/", false);
}

#[wasm_bindgen_test]
async fn arrow_up_edits_the_last_message_and_escape_cancels() {
    let (chat, stage) = draw().await;
    chat.post(1, ann(), "Helo");
    chat.post(2, bob(), "Hi");
    until("both are here", || chat.session.message(id(2), |_| ()).is_some()).await;

    assert!(!stage.press(FIELD, "ArrowUp", |_| {}).await);
    assert_eq!(value(&stage), "Helo");
    assert_eq!(chat.session.ui.composing.get_untracked(), Composing::Edit(id(1)));
    assert_ne!(stage.text(".composing"), "");

    assert!(!stage.press(FIELD, "Escape", |_| {}).await);
    assert_eq!(value(&stage), "");
    assert_eq!(chat.session.ui.composing.get_untracked(), Composing::New);
    assert!(!stage.has(".composing"));

    // In a text the key moves the caret.
    stage.write(FIELD, "x").await;
    assert!(stage.press(FIELD, "ArrowUp", |_| {}).await);
    stage.write(FIELD, "").await;

    stage.press(FIELD, "ArrowUp", |_| {}).await;
    stage.write(FIELD, "Hello").await;
    stage.press(FIELD, "Enter", |_| {}).await;
    until("it is sent", || !chat.asked("message:edit").is_empty()).await;
    let edit = chat.asked("message:edit").remove(0);
    assert_eq!(edit["body"], "Hello");
    assert_eq!(edit["message"], id(1).to_string());
    assert_eq!(value(&stage), "");
    assert!(!stage.has(".composing"));
}

#[wasm_bindgen_test]
async fn an_answer_says_to_whom_and_can_be_given_up() {
    let (chat, stage) = draw().await;
    let seq = Seq(1);
    let quote = Quote { id: id(1), seq, author: bob(), excerpt: "Hi".to_owned() };
    let reply = Composing::Reply(Arc::new(quote));
    chat.session.ui.composing.set(reply.clone());
    settled().await;
    assert!(stage.text(".composing").contains("Bob"), "{}", stage.text(".composing"));
    stage.write(FIELD, "kept").await;
    stage.click(".composing button").await;
    assert!(!stage.has(".composing"));
    assert_eq!(value(&stage), "kept", "only what it answers to is given up");

    chat.session.ui.composing.set(reply);
    stage.press(FIELD, "Enter", |_| {}).await;
    until("it is sent", || chat.sent() == ["kept"]).await;
    assert_eq!(chat.asked("message:send")[0]["reply_to"], id(1).to_string());
}

#[wasm_bindgen_test]
async fn files_go_with_the_message_once_they_are_with_the_server() {
    let (chat, stage) = draw().await;
    assert!(!stage.has(".uploads"));
    let upload =
        |state| Upload { number: 0, name: "<b>.png".parse().unwrap(), size: 2_000.0, state };
    let uploads = chat.session.ui.uploads;
    uploads.set(vec![upload(UploadState::Sending(40))]);
    settled().await;
    assert_eq!(stage.attribute("progress", "value").unwrap(), "40");
    assert_eq!(stage.text(".uploads bdi"), "<b>.png");
    stage.press(FIELD, "Enter", |_| {}).await;
    assert_ne!(stage.text("#composer-error"), "", "it is on its way");

    let file = Attachment {
        file: "f".repeat(64).parse().unwrap(),
        name: "<b>.png".parse().unwrap(),
        mime: "image/png".to_owned(),
        size: 2_000,
        pixels: None,
    };
    uploads.set(vec![upload(UploadState::Done(file))]);
    settled().await;
    assert!(!stage.has("progress"));
    stage.press(FIELD, "Enter", |_| {}).await;
    until("it is sent", || chat.asked("message:send").len() == 1).await;
    let sent = chat.asked("message:send").remove(0);
    assert_eq!(sent["attachments"][0]["file"], "f".repeat(64));
    assert!(sent["body"].is_null(), "{sent}");
    assert!(!stage.has(".uploads"));

    uploads.set(vec![upload(UploadState::Failed("Too large.".to_owned()))]);
    settled().await;
    assert_eq!(stage.text(".uploads .error"), "Too large.");
    stage.click(".uploads button").await;
    assert!(!stage.has(".uploads"));
}

#[wasm_bindgen_test]
async fn another_text_for_a_message_leaves_what_is_half_written_alone() {
    let (chat, stage) = draw().await;
    let session = chat.session;
    chat.post(1, ann(), "Hi");
    until("it is here", || session.message(id(1), |_| ()).is_some()).await;
    for leaves in ["Escape", "Enter"] {
        stage.write(FIELD, "Half a sen").await;
        session.edit(id(1));
        settled().await;
        assert_eq!(value(&stage), "Hi");
        assert_eq!(stage.attribute("#send", "aria-label").unwrap(), "Save");
        let described = stage.attribute(FIELD, "aria-describedby").unwrap();
        assert!(described.starts_with("composing "), "{described}");
        stage.press(FIELD, leaves, |_| {}).await;
        assert_eq!(value(&stage), "Half a sen", "{leaves}");
        assert_eq!(session.ui.composing.get_untracked(), Composing::New);
    }
    // Of another message, and of one after the other.
    chat.post(2, ann(), "Ho");
    until("it is here", || session.message(id(2), |_| ()).is_some()).await;
    session.edit(id(1));
    session.edit(id(2));
    settled().await;
    assert_eq!(value(&stage), "Ho");
    session.write_anew();
    settled().await;
    assert_eq!(value(&stage), "Half a sen");
}

#[wasm_bindgen_test]
async fn keys_with_alt_are_not_the_fields() {
    let (chat, stage) = draw().await;
    let session = chat.session;
    chat.post(1, ann(), "Hi");
    until("it is here", || session.message(id(1), |_| ()).is_some()).await;
    assert!(stage.press(FIELD, "ArrowUp", |key| key.set_alt_key(true)).await);
    assert_eq!(session.ui.composing.get_untracked(), Composing::New);
}

#[wasm_bindgen_test]
async fn a_file_keeps_its_row_while_it_is_sent() {
    let (chat, stage) = draw().await;
    let uploads = chat.session.ui.uploads;
    let upload =
        |number, state| Upload { number, name: "a.png".parse().unwrap(), size: 2_000.0, state };
    let failed = || UploadState::Failed("No.".to_owned());
    uploads.set(vec![upload(1, failed()), upload(2, UploadState::Sending(1))]);
    settled().await;
    let before = (stage.all(".uploads button"), stage.all(".uploads [role=alert]"));
    uploads.set(vec![upload(1, failed()), upload(2, UploadState::Sending(2))]);
    settled().await;
    assert_eq!(stage.attribute("progress", "value").unwrap(), "2");
    let after = (stage.all(".uploads button"), stage.all(".uploads [role=alert]"));
    assert!(before == after, "nothing was made anew");
}

#[wasm_bindgen_test]
async fn a_picture_is_pasted_and_of_cells_their_text() {
    let (chat, stage) = draw().await;
    let paste = js_sys::Function::new_with_args(
        "field, types",
        "const clipboardData = new DataTransfer();
        types.split(' ').forEach(type => clipboardData.setData(type, 'x'));
        clipboardData.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
        const options = { clipboardData, bubbles: true, cancelable: true };
        return field.dispatchEvent(new ClipboardEvent('paste', options));",
    );
    let field: JsValue = stage.find::<HtmlTextAreaElement>(FIELD).unwrap().into();
    let left = |types: &str| paste.call2(&JsValue::NULL, &field, &types.into()).unwrap() == true;
    assert!(left("text/plain text/html"), "the browser pastes the text");
    assert_eq!(chat.session.ui.uploads.with_untracked(Vec::len), 0);
    assert!(!left("text/html"), "a picture of a page");
    assert_eq!(chat.session.ui.uploads.with_untracked(Vec::len), 1);
}

#[wasm_bindgen_test]
async fn a_file_that_nobody_is_there_to_take_is_told_of() {
    let (chat, _stage) = draw().await;
    let session = chat.session;
    session.me.set(None);
    let file = js_sys::eval("new File(['x'], 'x.png')").unwrap();
    session.attach(&file.into());
    assert_eq!(session.ui.toast.get_untracked().unwrap().text, "The connection broke off.");
    assert_eq!(session.ui.uploads.with_untracked(Vec::len), 0);
}
