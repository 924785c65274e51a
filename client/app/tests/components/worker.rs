//! The service worker, with one in its place that a test has made.

use std::{cell::Cell, rc::Rc};

use leptos::prelude::window;
use parlour_app::browser::{notify, worker};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{settled, stage};

/// A worker that waits, of this version, beside one that is at work or not.
fn with_worker(version: &str, at_work: &str) {
    let script = format!(
        "const waiting = {{
            told: [],
            postMessage(message) {{
                this.told.push(message.type);
                if (message.type !== 'version') return;
                const data = {{ type: 'version', version: '{version}' }};
                const hears = (data, source) =>
                    queueMicrotask(() => container.onmessage({{ data, source }}));
                hears({{ type: 'other' }}, this);
                hears({{ type: 'version', version: 'of the one at work' }}, {{}});
                hears(data, this);
            }},
        }};
        const registration = {{
            waiting,
            installing: null,
            updates: 0,
            shown: [],
            showNotification(title, {{ body, tag, data }}) {{
                this.shown.push(title, body, tag, data);
                return Promise.resolve();
            }},
            update() {{
                this.updates += 1;
                return Promise.reject(new Error('no server'));
            }},
        }};
        const container = {{
            controller: {at_work},
            register(path) {{
                registration.path = path;
                return Promise.resolve(registration);
            }},
        }};
        window.fakeWorker = registration;
        Object.defineProperty(navigator, 'serviceWorker', {{
            value: container,
            configurable: true,
        }});"
    );
    js_sys::Function::new_no_args(&script).call0(&wasm_bindgen::JsValue::NULL).unwrap();
}

fn told() -> String {
    let told = "[fakeWorker.path, ...fakeWorker.waiting.told, fakeWorker.updates].join()";
    js_sys::eval(told).unwrap().as_string().unwrap()
}

/// Notes which path was to be opened.
fn opened(path: &str) {
    js_sys::Reflect::set(&window(), &"openedPath".into(), &path.into()).unwrap();
}

/// How often a newer version was told of, to a page of version 1.
async fn started() -> u32 {
    stage::start_leptos();
    let count = Rc::new(Cell::new(0));
    let counts = Rc::clone(&count);
    worker::start("1".to_owned(), move || counts.set(counts.get() + 1), opened);
    settled().await;
    settled().await;
    count.get()
}

#[wasm_bindgen_test]
async fn a_worker_of_the_pages_own_version_takes_over_without_a_word() {
    with_worker("1", "{}");
    assert_eq!(started().await, 0);
    assert_eq!(told(), "/sw.js,version,skip-waiting,0");
}

#[wasm_bindgen_test]
async fn a_worker_of_another_version_waits_for_the_reader() {
    with_worker("2", "{}");
    assert_eq!(started().await, 1);
    assert_eq!(told(), "/sw.js,version,0");
    worker::look();
    settled().await;
    assert_eq!(told(), "/sw.js,version,1", "and that no server answers is no trouble");
}

#[wasm_bindgen_test]
async fn phones_show_notifications_by_way_of_it() {
    with_worker("1", "{}");
    started().await;
    let no_phone_has_this = "window.Notification = class {
        constructor() { throw new TypeError('Illegal constructor'); }
        static permission = 'granted';
    };";
    js_sys::eval(no_phone_has_this).unwrap();
    notify::show("Bob", "Hi", "tea", "/r/tea/m/7", || {});
    let shown = js_sys::eval("fakeWorker.shown.join()").unwrap().as_string().unwrap();
    assert_eq!(shown, "Bob,Hi,tea,/r/tea/m/7");

    let pressed =
        "navigator.serviceWorker.onmessage({ data: { type: 'open', path: '/r/tea/m/7' } });
        window.openedPath";
    assert_eq!(js_sys::eval(pressed).unwrap(), "/r/tea/m/7");
}

#[wasm_bindgen_test]
async fn the_first_worker_of_all_is_no_news() {
    with_worker("2", "null");
    assert_eq!(started().await, 0);
    assert_eq!(told(), "/sw.js,0");
    js_sys::eval("delete navigator.serviceWorker").unwrap();
}
