//! Telling somebody who looks elsewhere: notifications, the title, the icon, a sound.

use std::time::Duration;

use js_sys::{Array, Function, Reflect};
use leptos::prelude::{document, set_timeout, window};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

use super::{js, place, worker};

/// Whether notifications may be shown; none where the browser has none.
pub fn permission() -> Option<NotificationPermission> {
    js::get(&window(), "Notification")?;
    Some(Notification::permission())
}

/// Whether the person has not said yet whether notifications may be shown. In a frame they are
/// never asked.
pub fn may_be_asked() -> bool {
    permission() == Some(NotificationPermission::Default) && !place::is_framed()
}

/// Asks the person whether notifications may be shown.
pub async fn ask() -> bool {
    if permission().is_none() {
        return false;
    }
    let Ok(answer) = Notification::request_permission() else { return false };
    let answer = JsFuture::from(answer).await;
    answer.is_ok_and(|answer| answer.as_string().as_deref() == Some("granted"))
}

/// Shows a notification, in place of the one before under this tag. When it is pressed, `open` is
/// called; where it outlives the page, the page is opened at this path.
pub fn show(title: &str, text: &str, tag: &str, path: &str, open: impl Fn() + 'static) {
    if permission() != Some(NotificationPermission::Granted) {
        return;
    }
    let options = NotificationOptions::new();
    options.set_body(text);
    options.set_tag(tag);
    options.set_icon("/icons/icon-192.png");
    options.set_data(&path.into());
    // Phones show them by way of a service worker only.
    let Ok(notification) = Notification::new_with_options(title, &options) else {
        return worker::notify(title, &options);
    };
    let shown = notification.clone();
    let pressed = Closure::<dyn FnMut()>::new(move || {
        let _ = window().focus();
        shown.close();
        open();
    });
    // For as long as the notification is there.
    notification.set_onclick(Some(pressed.into_js_value().unchecked_ref()));
}

/// What the page is called: the room, and how much was not read.
pub fn title(room: Option<&str>, unread: u64, mentions: u64) {
    let mut title = String::new();
    if unread > 0 {
        title.push('(');
        title.push_str(&unread.min(999).to_string());
        title.push_str(") ");
    }
    if let Some(room) = room {
        title.push_str(room);
        title.push_str(" · ");
    }
    title.push_str("Parlour");
    if document().title() != title {
        document().set_title(&title);
    }
    let icon = match (unread, mentions) {
        (0, _) => "/favicon.svg",
        (_, 0) => "/favicon-unread.svg",
        _ => "/favicon-mention.svg",
    };
    if let Ok(Some(link)) = document().query_selector("link[rel=icon]")
        && link.get_attribute("href").as_deref() != Some(icon)
    {
        let _ = link.set_attribute("href", icon);
    }
}

/// Two soft notes.
pub fn sound() {
    // Refused before the person has touched the page; then it is silent.
    let play = || {
        let make: Function = js::get(&window(), "AudioContext")?.dyn_into().ok()?;
        let context = Reflect::construct(&make, &Array::new()).ok()?;
        let now = js::get(&context, "currentTime")?.as_f64()?;
        for (at, hertz) in [(0.0, 587.0), (0.14, 784.0)] {
            let tone = js::call(&context, "createOscillator", &[])?;
            let volume = js::call(&context, "createGain", &[])?;
            js::set(&js::get(&tone, "frequency")?, "value", &JsValue::from(hertz));
            let gain = js::get(&volume, "gain")?;
            js::call(&gain, "setValueAtTime", &[0.08.into(), (now + at).into()])?;
            let end = now + at + 0.22;
            js::call(&gain, "exponentialRampToValueAtTime", &[0.001.into(), end.into()])?;
            js::call(&tone, "connect", std::slice::from_ref(&volume))?;
            js::call(&volume, "connect", &[js::get(&context, "destination")?])?;
            js::call(&tone, "start", &[(now + at).into()])?;
            js::call(&tone, "stop", &[end.into()])?;
        }
        // Browsers have few of them, and collect none that is not closed.
        set_timeout(move || drop(js::call(&context, "close", &[])), Duration::from_secs(1));
        Some(())
    };
    play();
}
