//! The browser's own WebSocket.

use std::task::{Context, Poll};

use bytes::Bytes;
use gloo_events::EventListener;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use socketio_proto::Frame;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, CloseEvent, MessageEvent};

use super::{message, queue::Queue};
use crate::platform::TransportEvent;

/// How many bytes a WebSocket has taken and not written.
#[derive(Debug, Clone)]
pub(crate) struct Meter(Option<web_sys::WebSocket>);

impl Meter {
    pub(crate) fn unwritten(&self) -> usize {
        self.0.as_ref().map_or(0, |socket| socket.buffered_amount() as usize)
    }
}

/// A WebSocket. Its listeners are removed when it is dropped.
#[derive(Debug)]
pub(crate) struct WebSocket {
    /// `None` where the browser refused to make one; the queue then says why.
    socket: Option<web_sys::WebSocket>,
    queue: Queue<TransportEvent>,
    _listeners: Vec<EventListener>,
}

impl WebSocket {
    /// Begins to connect. The browser sets its own limit to a frame; the Manager checks ours.
    pub(super) fn open(url: &str, protocols: &[String]) -> Self {
        let queue = Queue::new();
        let offered: Array = protocols.iter().map(|protocol| JsValue::from_str(protocol)).collect();
        match web_sys::WebSocket::new_with_str_sequence(url, &offered) {
            Ok(socket) => {
                socket.set_binary_type(BinaryType::Arraybuffer);
                // There is nothing to learn from `error`: browsers say nothing in it, and `close`
                // with the code 1006 follows.
                let listeners = vec![
                    queue.listen(&socket, "open", |_| Some(TransportEvent::Opened)),
                    queue.listen(&socket, "message", read_message),
                    queue.listen(&socket, "close", read_close),
                ];
                Self { socket: Some(socket), queue, _listeners: listeners }
            }
            // A URL that cannot be parsed, or one that the page's policy forbids.
            Err(error) => {
                let detail =
                    message(&error).unwrap_or_else(|| "the browser refused the address".to_owned());
                queue.push(TransportEvent::Failed { detail });
                Self { socket: None, queue, _listeners: Vec::new() }
            }
        }
    }

    pub(crate) fn send(&self, frame: Frame) {
        // Fails only before the connection is open, and then there is nothing to send yet. On a
        // closed one the browser drops the frame, and the close event says so.
        if let Some(socket) = &self.socket {
            let _not_open = match &frame {
                Frame::Text(text) => socket.send_with_str(text),
                Frame::Binary(data) => socket.send_with_u8_array(data),
            };
        }
    }

    pub(crate) fn meter(&self) -> Meter {
        Meter(self.socket.clone())
    }

    pub(crate) fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<TransportEvent> {
        self.queue.poll(cx)
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
