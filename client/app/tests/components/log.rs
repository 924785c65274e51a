use std::time::Duration;

use leptos::prelude::*;
use parlour_app::{
    browser::{clock, place},
    components::log::log,
    route::Route,
    session::{Panel, RowView},
    state::rows::{MessageRow, Row, RowKey},
};
use parlour_events::Timestamp;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use super::{
    Chat, Stage,
    server::{AT, ann, bob, id},
    settled, until,
};

async fn draw(texts: &[&str]) -> (Chat, Stage) {
    let chat = Chat::new().await;
    for (at, text) in texts.iter().enumerate() {
        chat.post(at as u64 + 1, if at % 2 == 0 { bob() } else { ann() }, text);
    }
    let session = chat.session;
    let stage = Stage::draw(move || log(session)).await;
    until("messages are here", || stage.all(".message").len() == texts.len()).await;
    (chat, stage)
}

fn focused() -> String {
    let active = document().active_element();
    active.and_then(|element| element.get_attribute("data-message-id")).unwrap_or_default()
}

#[wasm_bindgen_test]
async fn today_becomes_yesterday_at_midnight() {
    let (chat, stage) = draw(&["Hi"]).await;
    let today = chat.session.today;
    today.set(clock::day(AT));
    settled().await;
    let heading: HtmlElement = stage.find(".day h2").unwrap();
    assert_eq!(stage.text(".day h2"), "Today");
    today.update(|day| *day += 1);
    settled().await;
    assert_eq!(stage.text(".day h2"), "Yesterday");
    today.update(|day| *day += 1);
    settled().await;
    let text = stage.text(".day h2");
    assert!(!["", "Today", "Yesterday"].contains(&text.as_str()), "{text}");
    assert_eq!(stage.attribute(".day time", "datetime").unwrap(), clock::machine_readable(AT));
    assert!(heading.is_connected(), "the same element");
}

#[wasm_bindgen_test]
fn tomorrow_begins_after_this_day_and_not_before() {
    let left = clock::until_tomorrow().as_millis() as u64;
    let now = clock::timestamp().0;
    let at = |after: u64| clock::day(Timestamp(now + after));
    // A second for what passes between the two looks at the clock.
    assert_eq!(at(left + 1_000), clock::today() + 1);
    assert_eq!(at(left.saturating_sub(1_000)), clock::today());
}

#[wasm_bindgen_test]
async fn what_is_new_has_a_line() {
    let (chat, stage) = draw(&["Hi"]).await;
    chat.session.view.update(|view| view.rows.insert(1, RowView::Line(Row::New)));
    settled().await;
    assert_ne!(stage.text("#new h2"), "");
    assert_eq!(stage.all("ol.messages > li").len(), 3);
}

#[wasm_bindgen_test]
async fn a_message_that_is_sent_stays_the_same_row() {
    let (chat, stage) = draw(&[]).await;
    chat.leave_unanswered("message:send");
    chat.session.submit("Hello").unwrap();
    until("it is drawn", || stage.has(".message")).await;
    let row: HtmlElement = stage.find(".message").unwrap();
    assert_eq!(row.get_attribute("data-state").unwrap(), "sending");
    let sent = chat.session.view.with_untracked(|view| view.rows.len());
    assert_eq!(sent, 2, "a day and a message");
    let name = row.get_attribute("data-message-id").unwrap();
    let posted =
        serde_json::json!({ "type": "posted", "id": name, "author": ann(), "body": "Hello" });
    chat.change_to(posted);
    until("it is sent", || row.get_attribute("data-state").as_deref() == Some("sent")).await;
    assert!(row.is_connected());
}

#[wasm_bindgen_test]
async fn keys_go_from_message_to_message() {
    let (chat, stage) = draw(&["1", "2", "3"]).await;
    let frame = "#log";
    stage.press(frame, "End", |_| {}).await;
    assert_eq!(focused(), id(3).to_string());
    stage.press(&format!("[data-message-id='{}']", id(3)), "ArrowUp", |_| {}).await;
    assert_eq!(focused(), id(2).to_string());
    stage.press(&format!("[data-message-id='{}']", id(2)), "ArrowDown", |_| {}).await;
    assert_eq!(focused(), id(3).to_string());
    stage.press(frame, "Home", |_| {}).await;
    assert_eq!(focused(), id(1).to_string());

    let row = format!("[data-message-id='{}']", id(1));
    assert!(stage.press(&row, "r", |key| key.set_ctrl_key(true)).await, "the browser's");
    assert!(!stage.press(&row, "Enter", |_| {}).await);
    assert_eq!(chat.session.ui.panel.get_untracked(), Panel::Message(id(1)));
    chat.session.ui.close();
    // On a button in the row the key is the button's.
    assert!(stage.press(&format!("{row} .author"), "Enter", |_| {}).await);
    assert_eq!(chat.session.ui.panel.get_untracked(), Panel::None);
}

#[wasm_bindgen_test]
async fn what_is_pressed_in_a_row_is_done() {
    let (chat, stage) = draw(&["Hi"]).await;
    chat.session.react(id(1), "👍".parse().unwrap(), true);
    until("it is there", || stage.has(".reaction")).await;
    until("it is the reader's", || {
        stage.attribute(".reaction", "aria-pressed").as_deref() == Some("true")
    })
    .await;
    stage.find::<HtmlElement>(".reaction").unwrap().focus().unwrap();
    stage.click(".reaction").await;
    until("it is gone", || !stage.has(".reaction")).await;
    until("both are asked for", || chat.asked("message:react").len() == 2).await;
    let asked = chat.asked("message:react");
    assert_eq!((asked[0]["on"].clone(), asked[1]["on"].clone()), (true.into(), false.into()));

    stage.click(".author").await;
    assert_eq!(chat.session.ui.panel.get_untracked(), Panel::Person(bob()));
}

#[wasm_bindgen_test]
async fn a_link_into_this_chat_is_gone_to_here_and_any_other_is_the_browsers() {
    let before = window().location().pathname().unwrap();
    let here = window().location().origin().unwrap();
    let out = "https://example.org/r/tea";
    let (chat, stage) = draw(&[&format!("{here}/r/chat/m/1"), out, &format!("{here}/r/tea")]).await;
    let click = js_sys::Function::new_with_args(
        "link, ctrlKey",
        "let left;
        const look = event => { left = !event.defaultPrevented; event.preventDefault(); };
        window.addEventListener('click', look, { once: true });
        const options = { bubbles: true, cancelable: true, ctrlKey };
        link.dispatchEvent(new MouseEvent('click', options));
        return left;",
    );
    let left_to_browser = |at: usize, ctrl: bool| {
        let link = stage.all(".body a").remove(at);
        click.call2(&JsValue::NULL, &link, &ctrl.into()).unwrap() == true
    };
    let path = || chat.session.route.with_untracked(Route::path);
    let opens_another = |at: usize| stage.all(".body a")[at].has_attribute("target");
    assert_eq!([0, 1, 2].map(opens_another), [false, true, false], "as it is said to be");
    assert!(left_to_browser(0, true), "a tab of its own");
    assert!(left_to_browser(1, false));
    assert_eq!(path(), "/r/chat");
    assert!(!left_to_browser(0, false));
    assert_eq!(path(), "/r/chat/m/1");
    until("it is there", || stage.has(".message.target[data-seq='1']")).await;
    assert!(!left_to_browser(2, false));
    assert_eq!(path(), "/r/tea");
    assert_eq!(window().location().pathname().unwrap(), "/r/tea");
    place::go(&before, false);
}

#[wasm_bindgen_test]
async fn a_long_message_unfolds() {
    let (_chat, stage) = draw(&[&"word ".repeat(300)]).await;
    assert!(stage.has(".said.folded"));
    stage.find::<HtmlElement>("button.fold").unwrap().focus().unwrap();
    stage.click("button.fold").await;
    assert!(stage.has(".said:not(.folded)"));
    assert_eq!(document().active_element(), stage.find("button.fold"), "the focus stays");
}

#[wasm_bindgen_test]
async fn the_toolbar_is_of_the_message_under_the_pointer() {
    let (chat, stage) = draw(&["Hi"]).await;
    assert!(!stage.shows(".toolbar"));
    super::stage::dispatch(&stage.find(".body").unwrap(), "pointerover");
    settled().await;
    assert!(stage.shows(".toolbar"));
    stage.click(".toolbar button:last-child").await;
    assert_eq!(chat.session.ui.panel.get_untracked(), Panel::Message(id(1)));
}

#[wasm_bindgen_test]
async fn an_empty_room_says_so_and_the_list_may_go_at_any_time() {
    let (chat, mut stage) = draw(&[]).await;
    until("it says so", || stage.has(".empty")).await;
    chat.post(1, bob(), "Hi");
    stage.clear();
    super::after(Duration::from_millis(400)).await;
}

#[wasm_bindgen_test]
async fn what_leads_to_the_newest_message_is_called_what_it_says() {
    let (chat, stage) = draw(&["1", "2", "3"]).await;
    let frame: HtmlElement = stage.find("#log").unwrap();
    frame.set_attribute("style", "height: 20px; overflow: auto").unwrap();
    frame.set_scroll_top(40);
    super::after(Duration::from_millis(100)).await;
    frame.set_scroll_top(0);
    until("the end is left", || stage.shows("#to-bottom")).await;
    let label = || stage.attribute("#to-bottom", "aria-label").unwrap();
    assert_eq!(label(), "Go to the newest message");
    chat.post(4, bob(), "4");
    until("it is counted", || stage.text("#to-bottom span") == "1 new message").await;
    assert_eq!(label(), "1 new message · Go to the newest message");
}

#[wasm_bindgen_test]
async fn what_is_read_stays_though_the_name_above_it_goes() {
    let (chat, stage, frame) = at_the_end().await;
    let read = format!("[data-message-id='{}']", id(8));
    let row: HtmlElement = stage.find(&read).unwrap();
    frame.set_scroll_top(row.offset_top());
    until("the end is left", || stage.shows("#to-bottom")).await;
    // The session draws for that, and would draw over what comes now.
    super::after(Duration::from_millis(100)).await;

    let text: HtmlElement = stage.find(&format!("{read} .body")).unwrap();
    let top = |of: &HtmlElement| {
        let rect = js_sys::Function::new_with_args("it", "return it.getBoundingClientRect().top");
        rect.call1(&JsValue::NULL, of).unwrap().as_f64().unwrap()
    };
    let (before, height) = (top(&text), row.offset_height());
    // Something earlier comes, of the same person.
    chat.session.view.update(|view| {
        let of_read =
            |it: &&RowView| matches!(it, RowView::Message(key, _) if *key == RowKey::Message(id(8)));
        let Some(RowView::Message(_, row)) = view.rows.iter().find(of_read) else { panic!() };
        let under = row.with_untracked(|row| MessageRow { first: false, ..row.clone() });
        row.set(under);
        view.rows.insert(1, RowView::Line(Row::New));
    });
    let is_drawn = || {
        let row: HtmlElement = stage.find(&read).unwrap();
        stage.has("#new") && row.offset_height() < height
    };
    until("it stands under a name above it", is_drawn).await;
    // The list is put where it belongs before the next frame.
    super::after(Duration::from_millis(100)).await;
    let text: HtmlElement = stage.find(&format!("{read} .body")).unwrap();
    assert!((top(&text) - before).abs() <= 1.0, "from {before} to {}", top(&text));
}

#[wasm_bindgen_test]
async fn a_reader_at_the_end_is_there_when_the_list_gets_higher() {
    let (_chat, stage, frame) = at_the_end().await;
    // The browser moves it for that.
    let top = frame.scroll_top();
    frame.set_attribute("style", "height: 200px").unwrap();
    until("it has moved", || frame.scroll_top() < top).await;
    for _ in 0..10 {
        super::after(Duration::from_millis(10)).await;
        assert!(!stage.shows("#to-bottom") && is_at_end(&frame));
    }
}

#[wasm_bindgen_test]
async fn whoever_scrolls_stays_there_though_the_list_is_drawn_before_its_event() {
    let (chat, stage, frame) = at_the_end().await;
    let end = frame.scroll_top();
    // Up from the end, and further up from there.
    for top in [end / 2, end / 4] {
        frame.set_scroll_top(top);
        chat.session.view.update(|_| {});
        // Whoever is taken back is so by the next frame.
        super::after(Duration::from_millis(100)).await;
        until("the end is left", || stage.shows("#to-bottom")).await;
        assert_eq!(frame.scroll_top(), top);
    }
}

/// A list of twenty messages with room for a few, at its end, with what counts here of its style.
async fn at_the_end() -> (Chat, Stage, HtmlElement) {
    let texts: Vec<String> = (0..20).map(|number| format!("Text {number}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (chat, stage) = draw(&texts).await;
    let style = document().create_element("style").unwrap();
    style.set_text_content(Some(
        ".log { position: relative; height: 120px; overflow: auto; overflow-anchor: none }
        .message { position: relative } .message:not(.first) .byline { display: none }",
    ));
    stage.place.append_child(&style).unwrap();
    let frame: HtmlElement = stage.find("#log").unwrap();
    until("it is at its end", || is_at_end(&frame)).await;
    (chat, stage, frame)
}

fn is_at_end(frame: &HtmlElement) -> bool {
    let below = frame.scroll_height() - frame.scroll_top() - frame.client_height();
    frame.scroll_top() > 0 && below <= 1
}

#[wasm_bindgen_test]
async fn a_finger_opens_our_menu_alone_though_there_is_a_mouse() {
    let (chat, stage) = draw(&["Hi"]).await;
    let row: HtmlElement = stage.find(".message").unwrap();
    let press = js_sys::Function::new_with_args(
        "row, pointerType",
        "const options = { pointerType, isPrimary: true, bubbles: true, cancelable: true };
        row.dispatchEvent(new PointerEvent('pointerdown', options));
        return row.dispatchEvent(new PointerEvent('contextmenu', options));",
    );
    let left = |by: &str| press.call2(&JsValue::NULL, &row, &by.into()).unwrap() == true;
    let panel = || chat.session.ui.panel.get_untracked();
    js_sys::eval("window.matchMedia = () => ({ matches: true })").unwrap();
    let mouse = (left("mouse"), panel());
    let finger = (left("touch"), panel());
    js_sys::eval("delete window.matchMedia").unwrap();
    assert_eq!(mouse, (true, Panel::None));
    assert_eq!(finger, (false, Panel::Message(id(1))));
}
