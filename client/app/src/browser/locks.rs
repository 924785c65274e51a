//! Web Locks: one page of a browser holds a name at a time, for as long as it lives. A page that
//! is closed, or crashes, gives its names up.

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use super::js;

/// The browser's locks, where it has them (only pages over HTTPS, and of this machine, do).
#[derive(Debug, Clone)]
pub struct Locks(JsValue);

impl Locks {
    /// None where the browser has none.
    pub fn get() -> Option<Self> {
        js::get(&leptos::prelude::window().navigator(), "locks").map(Self)
    }

    /// Waits for the name in the background. Once it is ours, `held` is called, and the name stays
    /// ours for as long as the page lives.
    pub fn hold(&self, name: &str, held: impl FnOnce() + 'static) {
        let granted = Closure::once_into_js(move |_lock: JsValue| {
            held();
            // Never settles: the name is given up with the page.
            Promise::new(&mut |_, _| {})
        });
        js::call(&self.0, "request", &[name.into(), granted]);
    }

    /// Waits until nobody has the name, then calls `free`, and lets others have it.
    pub fn when_free(&self, name: &str, free: impl FnOnce() + 'static) {
        let granted = Closure::once_into_js(move |_lock: JsValue| free());
        js::call(&self.0, "request", &[name.into(), granted]);
    }

    /// The names that pages of this origin hold.
    pub async fn held(&self) -> Vec<String> {
        let Some(answer) = js::call_promise(&self.0, "query", &[]) else { return Vec::new() };
        let Ok(snapshot) = JsFuture::from(answer).await else { return Vec::new() };
        let Some(Ok(held)) = js::get(&snapshot, "held").map(JsCast::dyn_into::<Array>) else {
            return Vec::new();
        };
        let name = |lock: JsValue| js::get(&lock, "name")?.as_string();
        held.iter().filter_map(name).collect()
    }
}
