//! The service worker: it lets the page start without a network, and brings newer versions of it.

use crate::live::spawn;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ServiceWorker, ServiceWorkerRegistration, ServiceWorkerState};

use super::js;

thread_local! {
    static WAITING: std::cell::RefCell<Option<ServiceWorker>> = const {
        std::cell::RefCell::new(None)
    };
}

/// Starts it; `newer` is called when a newer version of the page waits to be taken over.
pub fn start(newer: impl Fn() + Clone + 'static) {
    // Asking for it throws where it is forbidden, and gives nothing on pages without TLS.
    let Some(container) = js::get(&window().navigator(), "serviceWorker") else { return };
    spawn(async move {
        let Some(registering) = js::call_promise(&container, "register", &["/sw.js".into()]) else {
            return;
        };
        let Ok(registration) = JsFuture::from(registering).await else { return };
        let Ok(registration) = registration.dyn_into::<ServiceWorkerRegistration>() else { return };
        let found = {
            let (registration, newer) = (registration.clone(), newer.clone());
            move || {
                if let Some(worker) =
                    registration.installing().filter(|_| is_renewal(&registration))
                {
                    watch(worker, newer.clone());
                }
            }
        };
        if let Some(worker) = registration.waiting().filter(|_| is_renewal(&registration)) {
            wait(worker, &newer);
        }
        found();
        let found = Closure::<dyn Fn()>::new(found).into_js_value();
        registration.set_onupdatefound(Some(found.unchecked_ref()));
    });
}

/// Takes the newer version over, and begins anew with it.
pub fn take_over() {
    let Some(worker) = WAITING.with_borrow_mut(Option::take) else {
        let _ = window().location().reload();
        return;
    };
    if let Some(container) = js::get(&window().navigator(), "serviceWorker") {
        let taken = Closure::once_into_js(|| {
            let _ = window().location().reload();
        });
        js::set(&container, "oncontrollerchange", &taken);
    }
    let message = js_sys::Object::new();
    js::set(&message, "type", &"skip-waiting".into());
    let _ = worker.post_message(&message);
}

fn watch(worker: ServiceWorker, newer: impl Fn() + 'static) {
    let changed = {
        let worker = worker.clone();
        move || {
            if worker.state() == ServiceWorkerState::Installed {
                wait(worker.clone(), &newer);
            }
        }
    };
    let changed = Closure::<dyn Fn()>::new(changed).into_js_value();
    worker.set_onstatechange(Some(changed.unchecked_ref()));
}

fn wait(worker: ServiceWorker, newer: &dyn Fn()) {
    WAITING.with_borrow_mut(|waiting| *waiting = Some(worker));
    newer();
}

/// Whether an older version is at work: the first one of all is no news. It is asked when another
/// one is found; in WebKit the first may serve the page before it is told to be installed.
fn is_renewal(registration: &ServiceWorkerRegistration) -> bool {
    registration.active().is_some()
}
