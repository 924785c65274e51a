//! tokio and tokio-tungstenite.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc;
use tokio_tungstenite::{
    connect_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use super::TransportEvent;

/// `Send` and `Sync` natively; nothing in a browser.
pub trait MaybeSend: Send + Sync {}

impl<T: Send + Sync + ?Sized> MaybeSend for T {}

/// A shared pointer.
pub(crate) type Ref<T> = Arc<T>;

/// A shared pointer that keeps nothing alive.
pub(crate) type Weak<T> = std::sync::Weak<T>;

pub(crate) type Sleep = tokio::time::Sleep;

/// Frames that may wait for the driver. Beyond them the server has to wait.
const INCOMING_FRAMES: usize = 64;

/// How long a close may wait for the other side's answer.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

pub(crate) fn sleep(span: Duration) -> Sleep {
    tokio::time::sleep(span)
}

pub(crate) fn can_run() -> bool {
    tokio::runtime::Handle::try_current().is_ok()
}

pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(task);
}

/// A number that differs from client to client. Not for secrets.
pub(crate) fn seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

pub(crate) fn monotonic() -> Duration {
    static ORIGIN: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
    ORIGIN.elapsed()
}

pub(super) fn wall() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// A WebSocket on a task of its own.
#[derive(Debug)]
pub(crate) struct WebSocket {
    events: mpsc::Receiver<TransportEvent>,
    /// Unbounded in itself; the Manager refuses more when too much is unwritten.
    frames: mpsc::UnboundedSender<String>,
    unwritten: Arc<AtomicUsize>,
}

impl WebSocket {
    /// Begins to connect. `frame_limit` is in bytes.
    pub(crate) fn open(url: String, frame_limit: usize) -> Self {
        let (event_sender, events) = mpsc::channel(INCOMING_FRAMES);
        let (frames, frame_receiver) = mpsc::unbounded_channel();
        let unwritten = Arc::new(AtomicUsize::new(0));
        tokio::spawn(run(url, frame_limit, event_sender, frame_receiver, unwritten.clone()));
        Self { events, frames, unwritten }
    }

    pub(crate) fn send(&self, text: String) {
        let bytes = text.len();
        // Before the frame goes, or the task could count it as written first.
        self.unwritten.fetch_add(bytes, Ordering::Relaxed);
        // Without a receiver the connection is over, and an event says so.
        let _over = self.frames.send(text);
    }

    pub(crate) fn unwritten(&self) -> usize {
        self.unwritten.load(Ordering::Relaxed)
    }

    pub(crate) fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<TransportEvent> {
        self.events
            .poll_recv(cx)
            .map(|event| event.unwrap_or(TransportEvent::Closed { code: None }))
    }
}

/// Connects, and carries frames both ways until either side ends it.
async fn run(
    url: String,
    frame_limit: usize,
    events: mpsc::Sender<TransportEvent>,
    mut frames: mpsc::UnboundedReceiver<String>,
    unwritten: Arc<AtomicUsize>,
) {
    let config = WebSocketConfig::default()
        .max_message_size(Some(frame_limit))
        .max_frame_size(Some(frame_limit));
    // Chat is small frames: waiting to fill a segment (Nagle) would only delay them.
    let connecting = connect_async_with_config(url, Some(config), true);
    let stream = tokio::select! {
        result = connecting => match result {
            Ok((stream, _response)) => stream,
            Err(error) => return tell(&events, failed(&error)).await,
        },
        () = events.closed() => return,
    };
    let (mut sink, mut stream) = stream.split();

    let write = async {
        while let Some(text) = frames.recv().await {
            let bytes = text.len();
            sink.send(Message::text(text)).await?;
            unwritten.fetch_sub(bytes, Ordering::Relaxed);
        }
        // The handle was dropped, and everything it was given is written.
        sink.close().await
    };
    let read = async {
        loop {
            let event = match stream.next().await {
                Some(Ok(Message::Text(text))) => TransportEvent::Text(text.as_str().to_owned()),
                Some(Ok(Message::Binary(data))) => TransportEvent::Binary(data),
                Some(Ok(Message::Close(frame))) => {
                    break TransportEvent::Closed { code: frame.map(|frame| frame.code.into()) };
                }
                Some(Ok(_)) => continue,
                Some(Err(error)) => break failed(&error),
                None => break TransportEvent::Closed { code: None },
            };
            tell(&events, event).await;
        }
    };
    tokio::pin!(read);
    tokio::select! {
        end = &mut read => tell(&events, end).await,
        written = write => match written {
            // The close handshake: the other side's last word, or a bounded wait for it.
            Ok(()) => drop(tokio::time::timeout(CLOSE_TIMEOUT, read).await),
            Err(error) => tell(&events, failed(&error)).await,
        },
    }
}

/// Waits while the driver is behind. A driver that is gone does not care.
async fn tell(events: &mpsc::Sender<TransportEvent>, event: TransportEvent) {
    let _driver_is_gone = events.send(event).await;
}

fn failed(error: &tokio_tungstenite::tungstenite::Error) -> TransportEvent {
    TransportEvent::Failed { detail: error.to_string() }
}
