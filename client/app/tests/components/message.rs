use std::sync::{Arc, Mutex};

use leptos::prelude::*;
use parlour_app::{
    components::message::Message,
    state::{
        message::Content,
        rows::{Delivery, MessageRow},
    },
};
use parlour_events::{Attachment, Author, AuthorKind, MessageId, Timestamp};
use wasm_bindgen_test::wasm_bindgen_test;

use super::Stage;

const HOSTILE: &str = r#"<img src=x onerror="document.title='hacked'"><script>alert(1)</script>"#;

fn row(body: &str) -> MessageRow {
    MessageRow {
        id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
        author: Author {
            id: "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap(),
            name: "<b>Ann</b>".parse().unwrap(),
            kind: AuthorKind::Guest,
        },
        content: Content::text(Arc::new(body.parse().unwrap())),
        at: Timestamp(1_700_000_000_000),
        first: true,
        delivery: Delivery::Sent,
    }
}

async fn drawn(row: MessageRow) -> (Stage, ArcRwSignal<MessageRow>, Arc<Mutex<Vec<MessageId>>>) {
    let message = ArcRwSignal::new(row);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (shown, asking) = (message.clone(), asked.clone());
    let stage = Stage::draw(move || {
        let try_again = Callback::new(move |id| asking.lock().unwrap().push(id));
        view! { <Message message=shown try_again discard=Callback::new(|_| {}) /> }
    })
    .await;
    (stage, message, asked)
}

#[wasm_bindgen_test]
async fn hostile_html_is_text() {
    let (stage, ..) = drawn(row(HOSTILE)).await;
    assert_eq!(stage.text(".body"), HOSTILE);
    assert_eq!(stage.text(".author"), "<b>Ann</b>");
    assert!(stage.find::<web_sys::Element>("img, script, b").is_none());
    assert_ne!(document().title(), "hacked");
}

#[wasm_bindgen_test]
async fn the_time_can_be_read_by_machines() {
    let (stage, ..) = drawn(row("Hi")).await;
    let time: web_sys::Element = stage.find("time").unwrap();
    assert_eq!(time.get_attribute("datetime").as_deref(), Some("2023-11-14T22:13:20.000Z"));
    assert_ne!(time.text_content().unwrap(), "");
}

#[wasm_bindgen_test]
async fn a_message_keeps_its_row_while_it_settles() {
    let (stage, message, asked) = drawn(row("Hi")).await;
    let li: web_sys::Element = stage.find("li").unwrap();
    assert_eq!(stage.text(".guest"), "guest");

    message.update(|row| row.delivery = Delivery::Failed("The server is full.".to_owned()));
    leptos::task::tick().await;
    assert_eq!(li.get_attribute("data-state").as_deref(), Some("failed"));
    assert!(stage.text(".trouble").contains("Not sent: The server is full."));
    stage.find::<web_sys::HtmlElement>(".try-again").unwrap().click();
    assert_eq!(*asked.lock().unwrap(), [message.get_untracked().id]);

    message.update(|row| row.delivery = Delivery::Sent);
    leptos::task::tick().await;
    assert_eq!(li.get_attribute("data-state").as_deref(), Some("sent"));
    assert_eq!(stage.text(".trouble"), "");
    assert!(li.is_connected(), "the same element all the while");
}

#[wasm_bindgen_test]
async fn an_edit_changes_the_text_and_is_marked() {
    let (stage, message, _) = drawn(row("Hi")).await;
    assert_eq!(stage.text(".edited"), "");
    let body = Some(Arc::new(HOSTILE.parse().unwrap()));
    let edited = Content::Said { body, files: Arc::default(), edited: true };
    message.update(|row| row.content = edited);
    leptos::task::tick().await;
    assert_eq!(stage.text(".body"), HOSTILE);
    assert_eq!(stage.text(".said"), format!("{HOSTILE} (edited)"));
    assert!(stage.find::<web_sys::Element>("img, script, b").is_none());
}

#[wasm_bindgen_test]
async fn a_deleted_message_leaves_its_author_and_a_sentence() {
    let (stage, message, _) = drawn(row("Hi")).await;
    let li: web_sys::Element = stage.find("li").unwrap();
    message.update(|row| row.content = Content::Deleted);
    leptos::task::tick().await;
    assert_eq!(stage.text(".gone"), "This message was deleted.");
    assert_eq!(stage.text(".author"), "<b>Ann</b>");
    assert!(!li.text_content().unwrap().contains("Hi"));
    assert!(li.is_connected(), "the same row");
}

#[wasm_bindgen_test]
async fn files_are_links_with_their_names_as_text() {
    let name = "<b>50% & more?</b> #1.png".replace('/', "");
    let file = Attachment {
        file: "f".repeat(64).parse().unwrap(),
        name: name.parse().unwrap(),
        mime: "text/html".to_owned(),
        size: 1,
        pixels: None,
    };
    let content = Content::Said { body: None, files: Arc::new([file]), edited: false };
    let (stage, ..) = drawn(MessageRow { content, ..row("-") }).await;
    let link: web_sys::Element = stage.find(".files a").unwrap();
    let attribute = |name: &str| link.get_attribute(name).unwrap_or_default();
    let encoded = "%3Cb%3E50%25%20%26%20more%3F%3Cb%3E%20%231.png";
    assert_eq!(attribute("href"), format!("/files/{}?name={encoded}", "f".repeat(64)));
    assert_eq!((attribute("rel").as_str(), attribute("target").as_str()), ("noopener", "_blank"));
    assert_eq!(link.text_content().unwrap(), name);
    assert!(stage.find::<web_sys::Element>("b, .body").is_none());
}
