//! WebDriver BiDi, as far as it is needed: commands over a WebSocket, and what pages complained of.
//!
//! fantoccini does not speak it. Only Firefox is asked in it; chromedriver has the same by other
//! ways, and WebKitGTK does not know it.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use futures_util::{SinkExt, StreamExt, stream::SplitSink};
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::mpsc, task::JoinHandle};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use crate::waiting::within;

type Sender = SplitSink<WebSocketStream<MaybeTlsStream<TcpStream>>, Message>;

/// A connection to a session. It closes on drop; the session goes on.
#[derive(Debug)]
pub(super) struct Bidi {
    /// One command at a time.
    line: tokio::sync::Mutex<(Sender, mpsc::UnboundedReceiver<Value>)>,
    next: AtomicU64,
    errors: Arc<Mutex<Vec<String>>>,
    reader: JoinHandle<()>,
}

impl Bidi {
    /// Connects to a session and listens to what its pages complain of, from the first on.
    ///
    /// # Panics
    /// If it cannot.
    pub(super) async fn connect(url: &str) -> Self {
        let connected = within("WebDriver BiDi", connect_async(url)).await;
        let (socket, _) = connected.unwrap_or_else(|error| panic!("{url}: {error}"));
        let (sender, mut receiver) = socket.split();
        let (teller, replies) = mpsc::unbounded_channel();
        let errors = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&errors);
        let reader = tokio::spawn(async move {
            while let Some(Ok(message)) = receiver.next().await {
                let Ok(text) = message.to_text() else { continue };
                // A frame that is no message, a ping.
                let Ok(message) = serde_json::from_str::<Value>(text) else { continue };
                if message.get("id").is_some() {
                    // Nobody listens after the connection was dropped.
                    let _ = teller.send(message);
                } else if let Some(error) = error(&message) {
                    lock(&heard).push(error);
                }
            }
        });
        let line = tokio::sync::Mutex::new((sender, replies));
        let this = Self { line, next: AtomicU64::new(1), errors, reader };
        this.ask("session.subscribe", json!({ "events": ["log.entryAdded"] })).await;
        this
    }

    /// Sends a command; gives its result.
    ///
    /// # Panics
    /// If it fails.
    pub(super) async fn ask(&self, method: &str, parameters: Value) -> Value {
        let mut line = self.line.lock().await;
        let (sender, replies) = &mut *line;
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let command = json!({ "id": id, "method": method, "params": parameters });
        sender.send(Message::text(command.to_string())).await.expect("the session goes on");
        let mut reply = within(method, replies.recv()).await.expect("the session goes on");
        assert_eq!((&reply["type"], &reply["id"]), (&json!("success"), &json!(id)), "{reply}");
        reply["result"].take()
    }

    /// What pages complained of since the last call: errors, calls of `console.error`, and what
    /// the Content-Security-Policy stopped.
    pub(super) fn errors(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.errors))
    }
}

impl Drop for Bidi {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

fn error(event: &Value) -> Option<String> {
    let entry = &event["params"];
    let is_error = event["method"] == "log.entryAdded" && entry["level"] == "error";
    // The other engines write it without hyphens.
    let text = entry["text"].as_str().unwrap_or_default();
    is_error.then(|| text.replace("Content-Security-Policy", "Content Security Policy"))
}

fn lock(errors: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    errors.lock().unwrap_or_else(PoisonError::into_inner)
}
