use std::sync::{Arc, Mutex};

use leptos::prelude::*;
use parlour_app::{components::composer::Composer, words};
use parlour_events::Body;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{EventInit, HtmlTextAreaElement, KeyboardEvent, KeyboardEventInit};

use super::Stage;

struct Writer {
    stage: Stage,
    draft: RwSignal<String>,
    sent: Arc<Mutex<Vec<String>>>,
}

impl Writer {
    async fn new() -> Self {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let draft = RwSignal::new(String::new());
        let taken = sent.clone();
        let send = move |text: String| {
            let body: Body = text.parse().map_err(|error| words::body_error(&error))?;
            taken.lock().unwrap().push(body.into());
            Ok(())
        };
        let stage = Stage::draw(move || view! { <Composer draft send /> }).await;
        Self { stage, draft, sent }
    }

    fn field(&self) -> HtmlTextAreaElement {
        self.stage.find("textarea").unwrap()
    }

    async fn write(&self, text: &str) {
        self.field().set_value(text);
        let bubbles = EventInit::new();
        bubbles.set_bubbles(true);
        let input = web_sys::Event::new_with_event_init_dict("input", &bubbles).unwrap();
        self.field().dispatch_event(&input).unwrap();
        leptos::task::tick().await;
    }

    /// Presses Enter, and says whether the key was left to the field.
    async fn enter(&self, change: impl FnOnce(&KeyboardEventInit)) -> bool {
        let options = KeyboardEventInit::new();
        options.set_key("Enter");
        options.set_bubbles(true);
        options.set_cancelable(true);
        change(&options);
        let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &options).unwrap();
        let left = self.field().dispatch_event(&event).unwrap();
        leptos::task::tick().await;
        left
    }

    fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }
}

#[wasm_bindgen_test]
async fn enter_sends_and_empties_the_field() {
    let writer = Writer::new().await;
    writer.write("Hello").await;
    assert!(!writer.enter(|_| {}).await);
    assert_eq!(writer.sent(), ["Hello"]);
    assert_eq!(writer.field().value(), "");
}

#[wasm_bindgen_test]
async fn shift_enter_is_left_to_the_field() {
    let writer = Writer::new().await;
    writer.write("Hello").await;
    assert!(writer.enter(|key| key.set_shift_key(true)).await);
    assert_eq!(writer.sent(), [""; 0]);
}

#[wasm_bindgen_test]
async fn an_open_composition_never_sends() {
    let writer = Writer::new().await;
    writer.write("にほん").await;
    assert!(writer.enter(|key| key.set_is_composing(true)).await);
    assert!(writer.enter(|key| key.set_key_code(229)).await, "Safari's last Enter");
    assert_eq!(writer.sent(), [""; 0]);
    assert_eq!(writer.field().value(), "にほん");
}

#[wasm_bindgen_test]
async fn an_over_long_text_is_refused_and_kept() {
    let writer = Writer::new().await;
    let text = "x".repeat(4_001);
    writer.write(&text).await;
    assert_eq!(writer.stage.text("#composer-counter"), "1 over");
    writer.enter(|_| {}).await;
    assert_eq!(writer.sent(), [""; 0]);
    assert_eq!(writer.field().value(), text);
    let error = writer.stage.text("#composer-error");
    assert!(error.contains("1 character over the 4,000"), "{error}");

    writer.write("short").await;
    assert_eq!(writer.stage.text("#composer-error"), "");
}

#[wasm_bindgen_test]
async fn nothing_is_sent_of_blanks() {
    let writer = Writer::new().await;
    writer.write("  \n ").await;
    writer.enter(|_| {}).await;
    assert_eq!(writer.sent(), [""; 0]);
    assert_eq!(writer.stage.text("#composer-error"), "");
}

#[wasm_bindgen_test]
async fn a_draft_is_there_again() {
    let writer = Writer::new().await;
    writer.draft.set("Half a sen".to_owned());
    leptos::task::tick().await;
    assert_eq!(writer.field().value(), "Half a sen");
}
