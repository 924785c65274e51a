//! Where the page is: its server, its address, whether there is a network, whether it stands in a
//! frame, and what its server says of itself.

use crate::live::listen;
use leptos::prelude::{document, window};
use parlour_events::Code;
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};

use super::js;
use crate::json;

/// What the server says of itself in the page that it serves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Site {
    /// People come in with the token of another system.
    #[serde(default)]
    pub auth: Auth,
    /// Pages of these origins may show this one in a frame.
    #[serde(default)]
    pub embed: Vec<String>,
    /// Where people get their token.
    #[serde(default)]
    pub sign_in: Option<String>,
    /// Names this page; the service worker that brings it has the same name.
    #[serde(default)]
    pub version: Option<String>,
}

/// How people come in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// By a nickname.
    #[default]
    Guests,
    /// By a token of another system.
    Jwt,
}

/// What the server says of itself; the usual where it says nothing.
pub fn site() -> Site {
    let told = || {
        let meta = document().query_selector("meta[name=parlour]").ok()??;
        json::decode(&meta.get_attribute("content")?).ok()
    };
    told().unwrap_or_default()
}

/// The address of the server: where the page came from.
#[cfg(not(debug_assertions))]
pub fn server() -> String {
    window().location().origin().unwrap_or_default()
}

/// The address of the server. In development the page comes from another server than the chat:
/// `?server=http://127.0.0.1:4000` names the chat's, else it is on port 3000 of the same machine.
/// A release build has no such parameter: a link could lead people to a stranger's server.
#[cfg(debug_assertions)]
pub fn server() -> String {
    parameter("server").unwrap_or_else(|| {
        let host = window().location().hostname().unwrap_or_else(|_| "127.0.0.1".to_owned());
        format!("http://{host}:3000")
    })
}

/// Whether the page is to be part of another one: `?embed=chat`.
pub fn is_embedded() -> bool {
    parameter("embed").is_some_and(|value| value == "chat")
}

/// Whether the device says that it has a network.
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// Whether somebody looks at the page.
pub fn is_looked_at() -> bool {
    !document().hidden() && document().has_focus().unwrap_or(true)
}

/// Whether a click on a link is for the page: with a key held down it is for the browser, which
/// opens a tab or a window.
pub fn is_plain(event: &web_sys::Event) -> bool {
    let click = event.unchecked_ref::<web_sys::MouseEvent>();
    !click.ctrl_key() && !click.meta_key() && !click.shift_key()
}

/// How high the page's window is, in pixels.
pub fn height() -> f64 {
    leptos::prelude::window().inner_height().ok().and_then(|it| it.as_f64()).unwrap_or_default()
}

/// Whether there is room for one thing beside the messages at most.
pub fn is_narrow() -> bool {
    let query = window().match_media("(max-width: 900px)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// The path of the address, and what is behind `?`.
pub fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// Puts a path into the address; as a new step to come back from, or in place of this one.
pub fn go(path: &str, new: bool) {
    let Ok(history) = window().history() else { return };
    let path = format!("{path}{}", window().location().search().unwrap_or_default());
    let state = JsValue::NULL;
    // Refused where it happens too often; the page goes on without.
    let _ = match new {
        true => history.push_state_with_url(&state, "", Some(&path)),
        false => history.replace_state_with_url(&state, "", Some(&path)),
    };
}

/// The whole address of a path.
pub fn link_to(path: &str) -> String {
    window().location().origin().unwrap_or_default() + path
}

fn parameter(name: &str) -> Option<String> {
    let search = window().location().search().unwrap_or_default();
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// The page that shows this one in a frame; none if this one stands alone.
fn around() -> Option<web_sys::Window> {
    let parent = window().parent().ok()??;
    (parent != window()).then_some(parent)
}

/// Whether another page shows this one in a frame.
pub fn is_framed() -> bool {
    around().is_some()
}

/// Whether the page may take the focus without being asked. In a frame that has not got it somebody
/// may be writing in the page around: what they type would go in here.
pub fn may_focus() -> bool {
    !is_framed() || document().has_focus().unwrap_or(true)
}

/// Calls `given` with each token that the page around this one gives. Only that page is heard, and
/// only if it is of one of these origins.
pub fn on_token(origins: Vec<String>, given: impl Fn(&str) + 'static) {
    let heard = move |event: web_sys::Event| {
        let event: &web_sys::MessageEvent = event.unchecked_ref();
        let (from, around) = (js::get(event, "source"), around().map(JsValue::from));
        if around.is_none() || from != around || !origins.contains(&event.origin()) {
            return;
        }
        let data = event.data();
        let text = |name: &str| js::get(&data, name).and_then(|value| value.as_string());
        if let (Some("parlour:token"), Some(token)) = (text("type").as_deref(), text("token")) {
            given(&token);
        }
    };
    listen("message", heard);
}

/// Tells the page around this one, if it is of one of these origins: that this one listens, or
/// that it needs a token, because of this.
pub fn tell_around(origins: &[String], needed: Option<Code>) {
    let Some(around) = around() else { return };
    let message = js_sys::Object::new();
    match needed {
        None => js::set(&message, "type", &"parlour:ready".into()),
        Some(code) => {
            js::set(&message, "type", &"parlour:token-needed".into());
            js::set(&message, "code", &code.as_str().into());
        }
    }
    // Not every browser says who is around. Whoever is of another origin does not get it, but that
    // stands in the console.
    let origin = js::get(&window().location(), "ancestorOrigins")
        .and_then(|origins| js::get(&origins, "0")?.as_string());
    for target in origins.iter().filter(|it| origin.as_ref().is_none_or(|origin| origin == *it)) {
        let _ = around.post_message(&message, target);
    }
}
