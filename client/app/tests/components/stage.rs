//! Where tests draw, and what they do with what is drawn.

use std::time::Duration;

use leptos::prelude::*;
use parlour_app::dom::Html;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, Event, EventInit, HtmlElement, HtmlTextAreaElement, KeyboardEvent, KeyboardEventInit,
};

/// A place of its own in the document for what a test draws; gone when the test is over.
pub(crate) struct Stage {
    pub(crate) place: HtmlElement,
    drawn: Option<(Html, Owner)>,
}

impl Stage {
    /// Draws, and waits until it stands.
    pub(crate) async fn draw(make: impl FnOnce() -> Html) -> Self {
        start_leptos();
        let place = document().create_element("div").unwrap();
        document().body().unwrap().append_child(&place).unwrap();
        let owner = Owner::new();
        let html = owner.with(make);
        html.append_to(&place);
        settled().await;
        Self { place: place.unchecked_into(), drawn: Some((html, owner)) }
    }

    /// What was drawn is disposed of, as when a part of the page is made anew; the place stays.
    pub(crate) fn clear(&mut self) {
        if let Some((html, owner)) = self.drawn.take() {
            owner.cleanup();
            drop(html);
        }
    }

    pub(crate) fn find<E: JsCast>(&self, selector: &str) -> Option<E> {
        self.place.query_selector(selector).unwrap().map(|element| element.dyn_into().unwrap())
    }

    pub(crate) fn all(&self, selector: &str) -> Vec<Element> {
        let all = self.place.query_selector_all(selector).unwrap();
        (0..all.length()).map(|at| all.item(at).unwrap().unchecked_into()).collect()
    }

    pub(crate) fn has(&self, selector: &str) -> bool {
        self.find::<Element>(selector).is_some()
    }

    pub(crate) fn text(&self, selector: &str) -> String {
        let element = self.find::<Element>(selector);
        element.and_then(|element| element.text_content()).unwrap_or_default()
    }

    pub(crate) fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        self.find::<Element>(selector).and_then(|element| element.get_attribute(name))
    }

    /// Whether it is there and to be seen.
    pub(crate) fn shows(&self, selector: &str) -> bool {
        self.find::<Element>(selector).is_some_and(|element| !element.has_attribute("hidden"))
    }

    pub(crate) async fn click(&self, selector: &str) {
        self.find::<HtmlElement>(selector).unwrap().click();
        settled().await;
    }

    /// Writes into a field, as a person does who then has the caret behind the text.
    pub(crate) async fn write(&self, selector: &str, text: &str) {
        let field: Element = self.find(selector).unwrap();
        js_sys::Reflect::set(&field, &"value".into(), &text.into()).unwrap();
        if let Some(field) = field.dyn_ref::<HtmlTextAreaElement>() {
            let end = text.encode_utf16().count() as u32;
            field.set_selection_range(end, end).unwrap();
        }
        dispatch(&field, "input");
        settled().await;
    }

    /// Presses a key, and says whether it was left to the element.
    pub(crate) async fn press(
        &self,
        selector: &str,
        key: &str,
        change: impl FnOnce(&KeyboardEventInit),
    ) -> bool {
        let options = KeyboardEventInit::new();
        options.set_key(key);
        options.set_bubbles(true);
        options.set_cancelable(true);
        change(&options);
        let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &options).unwrap();
        let left = self.find::<Element>(selector).unwrap().dispatch_event(&event).unwrap();
        settled().await;
        left
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.clear();
        self.place.remove();
    }
}

/// What Leptos runs by itself, effects for one, it runs once something was mounted.
pub(crate) fn start_leptos() {
    thread_local! {
        static RUNS: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }
    if !RUNS.replace(true) {
        let nowhere: HtmlElement = document().create_element("div").unwrap().unchecked_into();
        leptos::mount::mount_to(nowhere, || ()).forget();
    }
}

/// Sends an event that bubbles to an element.
pub(crate) fn dispatch(element: &Element, event: &str) {
    let bubbles = EventInit::new();
    bubbles.set_bubbles(true);
    let event = Event::new_with_event_init_dict(event, &bubbles).unwrap();
    element.dispatch_event(&event).unwrap();
}

/// Sends an event to the window.
pub(crate) fn dispatch_to_window(event: &str) {
    window().dispatch_event(&Event::new(event).unwrap()).unwrap();
}

/// Waits until whatever has changed is drawn: what changes may change something else.
pub(crate) async fn settled() {
    for _ in 0..4 {
        leptos::task::tick().await;
    }
}

/// Waits.
pub(crate) async fn after(time: Duration) {
    let waiting = js_sys::Promise::new(&mut |done, _| {
        set_timeout(move || drop(done.call0(&JsValue::UNDEFINED)), time);
    });
    JsFuture::from(waiting).await.unwrap();
}

/// Waits until something holds; it fails if that takes too long.
pub(crate) async fn until(what: &str, so: impl Fn() -> bool) {
    until_within(Duration::from_secs(5), what, so).await;
}

/// The same, of something that takes its time.
pub(crate) async fn until_within(bound: Duration, what: &str, so: impl Fn() -> bool) {
    for _ in 0..bound.as_millis() / 10 {
        if so() {
            return settled().await;
        }
        after(Duration::from_millis(10)).await;
    }
    panic!("not in time: {what}");
}
