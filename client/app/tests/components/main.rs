//! Components in a real browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod composer;
mod day;
mod language;
mod message;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

/// A place of its own in the document for what a test draws; gone when the test is over.
struct Stage {
    place: web_sys::HtmlElement,
    drawn: Option<Box<dyn std::any::Any>>,
}

impl Stage {
    /// Draws a view and waits until it stands.
    async fn draw<V: IntoView + 'static>(view: impl FnOnce() -> V + 'static) -> Self {
        let place = document().create_element("div").unwrap();
        document().body().unwrap().append_child(&place).unwrap();
        let place: web_sys::HtmlElement = place.unchecked_into();
        let drawn = leptos::mount::mount_to(place.clone(), view);
        let stage = Self { place, drawn: Some(Box::new(drawn)) };
        leptos::task::tick().await;
        stage
    }

    fn find<E: JsCast>(&self, selector: &str) -> Option<E> {
        self.place.query_selector(selector).unwrap().map(|element| element.dyn_into().unwrap())
    }

    fn text(&self, selector: &str) -> String {
        let element = self.find::<web_sys::Element>(selector);
        element.and_then(|element| element.text_content()).unwrap_or_default()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.drawn.take();
        self.place.remove();
    }
}
