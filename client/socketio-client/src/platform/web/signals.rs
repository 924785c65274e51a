//! What the browser tells about network and page.

use std::task::{Context, Poll};

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Document, EventTarget, VisibilityState};

use super::{global, queue::Queue};
use crate::{options::NetworkOptions, platform::Signal};

/// Listens as long as it lives.
#[derive(Debug)]
pub(crate) struct Signals {
    queue: Queue<Signal>,
    _listeners: Vec<EventListener>,
}

impl Signals {
    pub(crate) fn listen(options: &NetworkOptions) -> Self {
        let queue = Queue::new();
        let mut listeners = Vec::new();
        // `offline` and `online` come in a worker too.
        if let Ok(scope) = js_sys::global().dyn_into::<EventTarget>() {
            listeners.push(queue.listen(&scope, "offline", |_| Some(Signal::Offline)));
            listeners.push(queue.listen(&scope, "online", |_| Some(Signal::Online)));
            if options.close_on_beforeunload {
                // Like a lost network: whoever stays on the page after all is connected again.
                listeners.push(queue.listen(&scope, "beforeunload", |_| Some(Signal::Offline)));
            }
        }
        if let Some(document) = global::<Document>("document") {
            listeners.push(queue.listen(&document, "visibilitychange", seen_again));
        }
        Self { queue, _listeners: listeners }
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Signal> {
        self.queue.poll(cx)
    }
}

fn seen_again(event: &web_sys::Event) -> Option<Signal> {
    let document = event.target()?.dyn_into::<Document>().ok()?;
    (document.visibility_state() == VisibilityState::Visible).then_some(Signal::Online)
}
