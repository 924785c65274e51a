//! The page: its two screens, and what belongs to neither.

use crate::live::{derived, effect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};

use super::{announcer::announcer, chat::chat, landing::landing};
use crate::{
    browser::{language, place, worker},
    dom::{hole, html, together},
    keys,
    route::Route,
    session::{Screen, Session},
    settings::{Density, Settings, Theme},
};

/// Puts the page in place of what is shown while it loads.
pub fn mount() {
    language::start();
    keep_above_keyboard();
    if let Some(loading) = document().get_element_by_id("loading") {
        loading.remove();
    }
    leptos::mount::mount_to_body(App);
}

/// The page. It draws itself into the body, and is there for as long as that is.
#[component]
pub fn App() -> impl IntoView {
    let session = Session::new();
    effect(move || session.settings.with(look));
    keys::start(session);
    // What is kept for starting is never used in a frame, where only the server can say who may
    // show it; and a page that says no version is not served by one that has a worker.
    if let Some(version) = session.site.with_value(|site| site.version.clone())
        && !place::is_embedded()
    {
        let newer = move || session.ui.newer.set(true);
        worker::start(version, newer, move |path| {
            if let Some(route) = Route::parse(path) {
                session.go(route);
            }
        });
    }
    // The server says who we are at every connection: nothing is to be drawn anew for that.
    let which = derived(move || session.screen.get());
    let screen = move || {
        let which = which.get();
        untrack(|| match which {
            Screen::Landing => landing(session),
            Screen::Chat => chat(session),
        })
    };
    let page = together([html("<i _></i>", vec![hole().here(screen)]), announcer(session)]);
    if let Some(body) = document().body() {
        page.append_to(&body);
    }
    StoredValue::new_local(page);
}

/// The grounds of the style sheet.
const LIGHT: &str = "#fbf8f3";
const DARK: &str = "#17181c";

/// Makes the page look as the person has chosen.
fn look(settings: &Settings) {
    let Some(root) = document().document_element() else { return };
    let theme = match settings.theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    };
    let density = (settings.density == Density::Compact).then_some("compact");
    for (name, value) in [("data-theme", theme), ("data-density", density)] {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
    // What is around the page has the colour of its ground: of the theme that is chosen, or by
    // day and by night as the device has it.
    let Ok(all) = document().query_selector_all("meta[name=theme-color]") else { return };
    for at in 0..all.length() {
        let Some(meta) = all.item(at).and_then(|it| it.dyn_into::<web_sys::Element>().ok()) else {
            continue;
        };
        let night = meta.get_attribute("media").is_some_and(|media| media.ends_with("dark)"));
        let dark = match settings.theme {
            Theme::System => night,
            chosen => chosen == Theme::Dark,
        };
        let _ = meta.set_attribute("content", if dark { DARK } else { LIGHT });
    }
}

/// Tells the style sheet how much of the window a phone's keyboard leaves. Where the keyboard
/// resizes the window by itself this says the same as `100dvh`.
fn keep_above_keyboard() {
    let Some(viewport) = window().visual_viewport() else { return };
    let resized = {
        let viewport = viewport.clone();
        Closure::<dyn Fn()>::new(move || {
            let root = document().document_element();
            let Some(root) = root.and_then(|root| root.dyn_into::<web_sys::HtmlElement>().ok())
            else {
                return;
            };
            // Zoomed in, the visible part is smaller for another reason.
            let height = match viewport.scale() {
                scale if scale > 1.01 => String::new(),
                _ => format!("{}px", viewport.height() as u32),
            };
            let _ = root.style().set_property("--visible-height", &height);
        })
    };
    viewport.set_onresize(Some(resized.as_ref().unchecked_ref()));
    // For as long as the page lives.
    let _ = resized.into_js_value();
}
