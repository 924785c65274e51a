//! The browser's own WebSocket, timers and clocks, through web-sys.

use std::{
    cell::RefCell,
    collections::VecDeque,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use gloo_events::EventListener;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, CloseEvent, MessageEvent};

use super::TransportEvent;

/// `Send` and `Sync` natively; nothing in a browser.
pub trait MaybeSend {}

impl<T: ?Sized> MaybeSend for T {}

/// A shared pointer.
pub(crate) type Ref<T> = Rc<T>;

/// A shared pointer that keeps nothing alive.
pub(crate) type Weak<T> = std::rc::Weak<T>;

pub(crate) type Sleep = gloo_timers::future::TimeoutFuture;

/// `setTimeout` takes a signed 32-bit number of milliseconds; an hour is far enough, since a
/// timer may ring early.
const LONGEST_SLEEP_MS: u32 = 3_600_000;

pub(crate) fn sleep(span: Duration) -> Sleep {
    // Rounded up: a timer that rings a fraction early would spin.
    let ms = u32::try_from(span.as_micros().div_ceil(1_000)).unwrap_or(u32::MAX);
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

/// Zero where the page has no `performance`; the wall clock then does alone.
pub(crate) fn monotonic() -> Duration {
    let ms = web_sys::window().and_then(|window| window.performance()).map_or(0.0, |p| p.now());
    Duration::try_from_secs_f64(ms / 1_000.0).unwrap_or_default()
}

pub(super) fn wall() -> Duration {
    Duration::try_from_secs_f64(js_sys::Date::now() / 1_000.0).unwrap_or_default()
}

/// A browser WebSocket. Its listeners are removed when it is dropped.
#[derive(Debug)]
pub(crate) struct WebSocket {
    /// `None` where the browser refused to make one; the queue then says why.
    socket: Option<web_sys::WebSocket>,
    queue: Rc<RefCell<Queue>>,
    _listeners: Vec<EventListener>,
}

/// What the browser reported and the driver has not taken.
///
/// The driver runs as a microtask after each report, so this holds a frame or two.
#[derive(Debug, Default)]
struct Queue {
    events: VecDeque<TransportEvent>,
    waker: Option<Waker>,
}

impl Queue {
    fn push(&mut self, event: TransportEvent) {
        self.events.push_back(event);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl WebSocket {
    /// Begins to connect. The browser sets its own limit to a frame; the Manager checks ours.
    pub(crate) fn open(url: String, _frame_limit: usize) -> Self {
        let queue = Rc::new(RefCell::new(Queue::default()));
        match web_sys::WebSocket::new(&url) {
            Ok(socket) => {
                socket.set_binary_type(BinaryType::Arraybuffer);
                let listeners = listen(&socket, &queue);
                Self { socket: Some(socket), queue, _listeners: listeners }
            }
            // A URL that cannot be parsed, or one that the page's policy forbids.
            Err(error) => {
                queue.borrow_mut().push(TransportEvent::Failed { detail: describe(&error) });
                Self { socket: None, queue, _listeners: Vec::new() }
            }
        }
    }

    pub(crate) fn send(&self, text: String) {
        // Fails only before the connection is open, and then there is nothing to send yet. On a
        // closed one the browser drops the frame, and the close event says so.
        if let Some(socket) = &self.socket {
            let _not_open = socket.send_with_str(&text);
        }
    }

    pub(crate) fn unwritten(&self) -> usize {
        self.socket.as_ref().map_or(0, |socket| socket.buffered_amount() as usize)
    }

    pub(crate) fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<TransportEvent> {
        let mut queue = self.queue.borrow_mut();
        match queue.events.pop_front() {
            Some(event) => Poll::Ready(event),
            None => {
                queue.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        if let Some(socket) = &self.socket {
            // Writes what it was given first. Fails only for codes and reasons we do not give.
            let _cannot_fail = socket.close();
        }
    }
}

fn listen(socket: &web_sys::WebSocket, queue: &Rc<RefCell<Queue>>) -> Vec<EventListener> {
    let on = |name: &'static str, read: fn(&web_sys::Event) -> Option<TransportEvent>| {
        let queue = Rc::clone(queue);
        EventListener::new(socket, name, move |event| {
            if let Some(event) = read(event) {
                queue.borrow_mut().push(event);
            }
        })
    };
    // There is nothing to learn from `open`: the server's handshake follows it. Nor from
    // `error`: browsers say nothing in it, and `close` with the code 1006 follows.
    vec![on("message", read_message), on("close", read_close)]
}

fn read_message(event: &web_sys::Event) -> Option<TransportEvent> {
    let data = event.dyn_ref::<MessageEvent>()?.data();
    if let Some(text) = data.as_string() {
        return Some(TransportEvent::Text(text));
    }
    let buffer = data.dyn_into::<ArrayBuffer>().ok()?;
    Some(TransportEvent::Binary(Bytes::from(Uint8Array::new(&buffer).to_vec())))
}

fn read_close(event: &web_sys::Event) -> Option<TransportEvent> {
    let code = event.dyn_ref::<CloseEvent>().map(CloseEvent::code);
    Some(TransportEvent::Closed { code })
}

fn describe(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => "the browser refused the address".to_owned(),
    }
}
