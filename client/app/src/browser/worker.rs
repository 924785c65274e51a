//! The service worker: it lets the page start without a network, and brings newer versions of it.
//!
//! Page and worker have a version each. A page that came from the network is newer than the worker
//! after an upgrade: a worker that waits and has this page's own version takes over without a
//! word. If it has another one, the page tells so, and begins anew with it when the reader says.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use crate::live::{after, spawn};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    MessageEvent, NotificationOptions, ServiceWorker, ServiceWorkerRegistration, ServiceWorkerState,
};

use super::{js, language};

/// A worker that is to take over does so within this time, or does not.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often a worker that waits is asked, this time apart, until it is known what becomes of it: an
/// answer can be lost with the page or the worker that it came from.
const MOST_QUESTIONS: u8 = 10;

thread_local! {
    static REGISTRATION: RefCell<Option<ServiceWorkerRegistration>> = const { RefCell::new(None) };
    /// The worker that waits for the reader, who was told of it.
    static TOLD: RefCell<Option<ServiceWorker>> = const { RefCell::new(None) };
    static QUESTIONS: Cell<u8> = const { Cell::new(0) };
}

/// Starts it, for a page of this version; `newer` is called when another version of the page waits
/// to take over, and `open` with the path of a notification that was pressed.
pub fn start(version: String, newer: impl Fn() + 'static, open: impl Fn(&str) + 'static) {
    // Asking for it throws where it is forbidden, and gives nothing on pages without TLS.
    let Some(container) = container() else { return };
    let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let data = event.data();
        let text = |name: &str| js::get(&data, name).and_then(|value| value.as_string());
        if let (Some("open"), Some(path)) = (text("type").as_deref(), text("path")) {
            return open(&path);
        }
        // The one at work may be asked as well, by whomever.
        let Some(worker) = waiting().filter(|it| js::get(&event, "source").as_ref() == Some(it))
        else {
            return;
        };
        match text("version") {
            Some(waits) if text("type").as_deref() == Some("version") => match waits == version {
                true => {
                    // What the other one has kept is of another version; what did not fit may now.
                    if let Some(container) = self::container() {
                        let again = Closure::<dyn Fn()>::new(language::again).into_js_value();
                        js::set(&container, "oncontrollerchange", &again);
                    }
                    say(&worker, "skip-waiting");
                }
                false => {
                    TOLD.set(Some(worker));
                    newer();
                }
            },
            _ => {}
        }
    });
    js::set(&container, "onmessage", &heard.into_js_value());
    spawn(async move {
        let Some(registering) = js::call_promise(&container, "register", &["/sw.js".into()]) else {
            return;
        };
        let Ok(registration) = JsFuture::from(registering).await else { return };
        let registration: ServiceWorkerRegistration = registration.unchecked_into();
        REGISTRATION.set(Some(registration.clone()));
        watch(&registration);
        let found = {
            let registration = registration.clone();
            Closure::<dyn Fn()>::new(move || watch(&registration)).into_js_value()
        };
        registration.set_onupdatefound(Some(found.unchecked_ref()));
    });
}

/// Shows a notification by way of it, if it is there.
pub fn notify(title: &str, options: &NotificationOptions) {
    let Some(registration) = REGISTRATION.with_borrow(Clone::clone) else { return };
    // What it promises is of no interest: it is shown or not.
    let _ = registration.show_notification_with_options(title, options);
}

/// Looks for a newer version: after a break, for the server may be another one.
pub fn look() {
    let Some(registration) = REGISTRATION.with_borrow(Clone::clone) else { return };
    if let Some(looking) = js::call_promise(&registration, "update", &[]) {
        spawn(async move {
            // It fails while the server is away; it is looked for again some other time.
            let _ = JsFuture::from(looking).await;
        });
    }
}

/// Takes the newer version over, and begins anew with it, once.
pub fn take_over() {
    fn begin_anew() {
        let _ = window().location().reload();
    }
    let (Some(worker), Some(container)) = (waiting(), container()) else { return begin_anew() };
    js::set(&container, "oncontrollerchange", &Closure::once_into_js(begin_anew));
    say(&worker, "skip-waiting");
    after(PATIENCE, begin_anew);
}

/// Asks a worker that waits, and watches one that is on its way. A page that is busy learns of it
/// when it waits already.
fn watch(registration: &ServiceWorkerRegistration) {
    ask_anew();
    let Some(worker) = registration.installing() else { return };
    let changed = {
        let worker = worker.clone();
        move || {
            if worker.state() == ServiceWorkerState::Installed {
                ask_anew();
            }
        }
    };
    let changed = Closure::<dyn Fn()>::new(changed).into_js_value();
    worker.set_onstatechange(Some(changed.unchecked_ref()));
}

fn ask_anew() {
    // Whoever asks again after a while goes on with it.
    if QUESTIONS.replace(MOST_QUESTIONS) == 0 {
        ask();
    } else if let Some(worker) = undecided() {
        say(&worker, "version");
    }
}

/// Asks the worker that waits which version it has, until it does not wait any more or its reader is
/// told.
fn ask() {
    let Some(worker) = undecided() else { return QUESTIONS.set(0) };
    say(&worker, "version");
    let left = QUESTIONS.get().saturating_sub(1);
    QUESTIONS.set(left);
    if left > 0 {
        after(PATIENCE, ask);
    }
}

/// A worker that waits, and nobody knows for what. The first worker of all has nobody to wait for.
fn undecided() -> Option<ServiceWorker> {
    container().and_then(|container| js::get(&container, "controller"))?;
    waiting().filter(|worker| TOLD.with_borrow(|told| told.as_ref() != Some(worker)))
}

fn container() -> Option<JsValue> {
    js::get(&window().navigator(), "serviceWorker")
}

fn waiting() -> Option<ServiceWorker> {
    REGISTRATION.with_borrow(|registration| registration.as_ref()?.waiting())
}

fn say(worker: &ServiceWorker, what: &str) {
    let message = js_sys::Object::new();
    js::set(&message, "type", &what.into());
    let _ = worker.post_message(&message);
}
