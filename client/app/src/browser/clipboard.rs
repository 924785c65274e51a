//! The clipboard.

use crate::live::spawn;
use leptos::prelude::window;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::js;
use crate::{
    session::Session,
    words::{self, Key},
};

/// Copies a text, and says whether that went well.
pub fn copy(session: Session, text: &str) {
    // Pages without TLS have none.
    let clipboard = js::get(&window().navigator(), "clipboard").unwrap_or(JsValue::NULL);
    let copying = js::call_promise(&clipboard, "writeText", &[text.into()]);
    spawn(async move {
        let copied = match copying {
            Some(copying) => JsFuture::from(copying).await.is_ok(),
            None => false,
        };
        let said = if copied { Key::APP_COPIED } else { Key::APP_NOT_COPIED };
        session.ui.say(words::text(said), !copied);
    });
}
