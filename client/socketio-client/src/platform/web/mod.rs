//! The browser's own timers, clocks and network, through web-sys.
//!
//! Whatever the global scope has is taken from there and not from `window`, so that it all works
//! in a worker too.

use std::{pin::Pin, rc::Rc, time::Duration};

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};

use super::Exchange;
use crate::options::NetworkOptions;

mod http;
mod queue;
mod signals;
mod websocket;

pub(crate) use signals::Signals;
pub(crate) use websocket::{Meter, WebSocket};

/// `Send` and `Sync` natively; nothing in a browser.
pub trait MaybeSend {}

impl<T: ?Sized> MaybeSend for T {}

/// `Send` natively; nothing in a browser. For futures, which need not be `Sync`.
pub trait MaybeSendFuture {}

impl<T: ?Sized> MaybeSendFuture for T {}

/// A shared pointer.
pub(crate) type Ref<T> = Rc<T>;

/// A shared pointer that keeps nothing alive.
pub(crate) type Weak<T> = std::rc::Weak<T>;

/// A future of any kind.
pub(crate) type Pinned<T> = Pin<Box<dyn Future<Output = T>>>;

pub(crate) type Sleep = gloo_timers::future::TimeoutFuture;

/// `setTimeout` takes a signed 32-bit number of milliseconds; an hour is far enough, since a
/// timer may ring early.
const LONGEST_SLEEP_MS: u32 = 3_600_000;

pub(crate) fn sleep(span: Duration) -> Sleep {
    // Rounded up: a timer that rings a fraction early would spin.
    let ms = u32::try_from(super::whole_micros(span).div_ceil(1_000)).unwrap_or(u32::MAX);
    gloo_timers::future::TimeoutFuture::new(ms.min(LONGEST_SLEEP_MS))
}

pub(crate) fn can_run() -> bool {
    true
}

pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(task);
}

/// A number that differs from client to client. Not for secrets.
pub(crate) fn seed() -> u64 {
    js_sys::Math::random().to_bits()
}

/// Zero where there is no `performance`; the wall clock then does alone.
pub(crate) fn monotonic() -> Duration {
    thread_local! {
        static PERFORMANCE: Option<web_sys::Performance> = global("performance");
    }
    let ms = PERFORMANCE.with(|performance| performance.as_ref().map_or(0.0, |p| p.now()));
    from_ms(ms)
}

pub(super) fn wall() -> Duration {
    from_ms(js_sys::Date::now())
}

/// What JavaScript gives as a time; zero for what is none.
fn from_ms(ms: f64) -> Duration {
    Duration::from_micros((ms * 1_000.0) as u64)
}

/// Something of the global scope, in a page as in a worker.
fn global<T: JsCast>(name: &str) -> Option<T> {
    Reflect::get(&js_sys::global(), &JsValue::from_str(name)).ok()?.dyn_into().ok()
}

/// What a thrown value says, if it says something.
fn message(thrown: &JsValue) -> Option<String> {
    Some(String::from(thrown.dyn_ref::<js_sys::Error>()?.message())).filter(|text| !text.is_empty())
}

/// The network as one client uses it.
#[derive(Debug)]
pub(crate) struct Network {
    options: NetworkOptions,
}

impl Network {
    pub(crate) fn new(options: NetworkOptions) -> Self {
        Self { options }
    }

    /// Begins to open a WebSocket.
    pub(crate) fn open(&mut self, url: String) -> WebSocket {
        WebSocket::open(&url, &self.options.protocols)
    }

    /// A request; without a body a GET, with one a POST.
    pub(crate) fn request(&mut self, url: String, body: Option<String>) -> Exchange {
        http::exchange(&url, body, &self.options)
    }
}
