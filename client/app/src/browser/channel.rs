//! A channel between the pages of one origin.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

/// An end of the channel. What is said goes to all others, in order; closes when dropped.
pub struct Channel {
    inner: BroadcastChannel,
    /// Called with each text that comes; the browser has a reference to it.
    _listener: Closure<dyn Fn(MessageEvent)>,
}

impl Channel {
    /// Opens the channel of this name; none where the browser has no such thing.
    pub fn open(name: &str, heard: impl Fn(String) + 'static) -> Option<Self> {
        let inner = BroadcastChannel::new(name).ok()?;
        let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                heard(text);
            }
        });
        inner.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        Some(Self { inner, _listener: listener })
    }

    /// Says something to all others.
    pub fn say(&self, text: &str) {
        // Fails only after it was closed.
        let _ = self.inner.post_message(&text.into());
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.inner.set_onmessage(None);
        self.inner.close();
    }
}
