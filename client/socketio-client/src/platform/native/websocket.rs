//! A WebSocket through tokio-tungstenite, on a task of its own.
//!
//! The task connects, then carries frames both ways until either side ends it. It is asked to
//! close by dropping the handle: it then writes what it was given and does the closing handshake,
//! all of that within [`CLOSE_TIMEOUT`]; a peer that is dead and takes nothing any more is left
//! after that.

use std::{
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use reqwest::{
    Url,
    cookie::CookieStore,
    header::{COOKIE, HeaderValue, SEC_WEBSOCKET_PROTOCOL, SET_COOKIE},
};
use socketio_proto::Frame;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::mpsc,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, pki_types::ServerName},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        error::{CapacityError, ProtocolError},
        handshake::client::Request,
        protocol::WebSocketConfig,
    },
};

use super::cookies::Cookies;
use super::http;
use crate::{options::NetworkOptions, platform::TransportEvent};

/// Frames that may wait for the driver, each as long as the limit allows. Beyond them the server
/// has to wait.
const INCOMING_FRAMES: usize = 4;

/// How long a close may take, from when it is asked for.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// What one connection reads at once, in bytes: chat is small frames, and a load test is many
/// connections.
const READ_BUFFER: usize = 16 << 10;

/// How many bytes a WebSocket has taken and not written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meter(Arc<AtomicUsize>);

impl Meter {
    pub(crate) fn unwritten(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// A WebSocket. Its task ends when it is dropped, or before.
#[derive(Debug)]
pub(crate) struct WebSocket {
    events: mpsc::Receiver<TransportEvent>,
    /// Unbounded in itself; the Manager refuses more when too much is unwritten.
    frames: mpsc::UnboundedSender<Frame>,
    meter: Meter,
}

impl WebSocket {
    /// Begins to connect.
    pub(super) fn open(
        url: String,
        tls: Option<Arc<ClientConfig>>,
        cookies: Option<Arc<Cookies>>,
        options: &NetworkOptions,
    ) -> Self {
        let (event_sender, events) = mpsc::channel(INCOMING_FRAMES);
        let (frames, frame_receiver) = mpsc::unbounded_channel();
        let meter = Meter::default();
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .max_message_size(Some(options.frame_bytes))
            .max_frame_size(Some(options.frame_bytes));
        let request = request(&url, options, cookies.as_deref());
        let connecting = async move { connect(request?, tls, cookies, config).await };
        tokio::spawn(run(connecting, event_sender, frame_receiver, meter.clone()));
        Self { events, frames, meter }
    }

    /// One that could not even begin.
    pub(super) fn failed(detail: String) -> Self {
        let (event_sender, events) = mpsc::channel(1);
        // There is room for one.
        let _sent = event_sender.try_send(TransportEvent::Failed { detail });
        Self { events, frames: mpsc::unbounded_channel().0, meter: Meter::default() }
    }

    pub(crate) fn send(&self, frame: Frame) {
        // Before the frame goes, or the task could count it as written first.
        self.meter.0.fetch_add(frame.len(), Ordering::Relaxed);
        // Without a receiver the connection is over, and an event says so.
        let _over = self.frames.send(frame);
    }

    pub(crate) fn meter(&self) -> Meter {
        self.meter.clone()
    }

    pub(crate) fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<TransportEvent> {
        self.events
            .poll_recv(cx)
            .map(|event| event.unwrap_or(TransportEvent::Closed { code: None }))
    }
}

/// What carries the bytes: TCP, or TLS over it.
trait Carrier: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Carrier for T {}

type Connection = WebSocketStream<Box<dyn Carrier>>;

/// The handshake's request, with the program's headers and the cookies that belong there.
fn request(
    url: &str,
    options: &NetworkOptions,
    cookies: Option<&Cookies>,
) -> Result<Request, Error> {
    let mut request = url.into_client_request()?;
    let headers = request.headers_mut();
    headers.extend(http::headers(&options.headers).map_err(io::Error::other)?);
    if !options.protocols.is_empty() {
        let protocols = HeaderValue::from_str(&options.protocols.join(", "))?;
        headers.insert(SEC_WEBSOCKET_PROTOCOL, protocols);
    }
    if let Some(value) = cookies.zip(cookie_url(url)).and_then(|(jar, url)| jar.cookies(&url)) {
        headers.append(COOKIE, value);
    }
    Ok(request)
}

/// Cookies belong to `http` and `https`.
fn cookie_url(url: &str) -> Option<Url> {
    Url::parse(&url.replacen("ws", "http", 1)).ok()
}

async fn connect(
    request: Request,
    tls: Option<Arc<ClientConfig>>,
    cookies: Option<Arc<Cookies>>,
    config: WebSocketConfig,
) -> Result<Connection, Error> {
    let url = request.uri().to_string();
    // An IPv6 address stands in brackets, which are no part of it.
    let host = request.uri().host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = request.uri().port_u16().unwrap_or(if tls.is_some() { 443 } else { 80 });
    let tcp = TcpStream::connect((host.as_str(), port)).await?;
    // Chat is small frames: waiting to fill a segment (Nagle) would only delay them.
    tcp.set_nodelay(true)?;
    let carrier: Box<dyn Carrier> = match tls {
        Some(config) => {
            let name = ServerName::try_from(host).map_err(io::Error::other)?;
            Box::new(TlsConnector::from(config).connect(name, tcp).await?)
        }
        None => Box::new(tcp),
    };
    let (connection, response) = client_async_with_config(request, carrier, Some(config)).await?;
    if let Some((jar, url)) = cookies.zip(cookie_url(&url)) {
        jar.set_cookies(&mut response.headers().get_all(SET_COOKIE).iter(), &url);
    }
    Ok(connection)
}

/// Connects, and carries frames both ways until either side ends it.
async fn run(
    connecting: impl Future<Output = Result<Connection, Error>>,
    events: mpsc::Sender<TransportEvent>,
    frames: mpsc::UnboundedReceiver<Frame>,
    meter: Meter,
) {
    let connection = tokio::select! {
        result = connecting => match result {
            Ok(connection) => connection,
            Err(error) => return tell(&events, failed(&error)).await,
        },
        () = events.closed() => return,
    };
    tell(&events, TransportEvent::Opened).await;
    let time_is_up = async {
        events.closed().await;
        tokio::time::sleep(CLOSE_TIMEOUT).await;
    };
    tokio::select! {
        () = carry(connection, &events, frames, &meter) => {}
        () = time_is_up => {}
    }
}

async fn carry(
    connection: Connection,
    events: &mpsc::Sender<TransportEvent>,
    frames: mpsc::UnboundedReceiver<Frame>,
    meter: &Meter,
) {
    let (mut sink, stream) = connection.split();
    let end = {
        let mut read = pin!(read(stream, events));
        let written = tokio::select! {
            end = &mut read => Err(end),
            written = write(&mut sink, frames, meter) => Ok(written),
        };
        match written {
            Err(end) => end,
            // Closed by us: what is left is the other side's last word.
            Ok(Ok(())) => read.await,
            // The other side may have said why it takes nothing any more.
            Ok(Err(error)) => timeout(CLOSE_TIMEOUT, read).await.unwrap_or_else(|_| failed(&error)),
        }
    };
    tell(events, end).await;
    // The answer to the other side's close, where it is not written yet.
    let _gone_before = timeout(CLOSE_TIMEOUT, sink.close()).await;
}

/// Writes until the handle is dropped and everything it gave is written, and then begins to
/// close.
async fn write(
    sink: &mut (impl Sink<Message, Error = Error> + Unpin),
    mut frames: mpsc::UnboundedReceiver<Frame>,
    meter: &Meter,
) -> Result<(), Error> {
    while let Some(frame) = frames.recv().await {
        let mut bytes = 0;
        let mut next = Some(frame);
        // What waits together is written together.
        while let Some(frame) = next {
            bytes += frame.len();
            sink.feed(message(frame)).await?;
            next = frames.try_recv().ok();
        }
        sink.flush().await?;
        meter.0.fetch_sub(bytes, Ordering::Relaxed);
    }
    sink.close().await
}

/// Hands over what is read, until the last event.
async fn read(
    mut stream: impl Stream<Item = Result<Message, Error>> + Unpin,
    events: &mpsc::Sender<TransportEvent>,
) -> TransportEvent {
    loop {
        let event = match stream.next().await {
            Some(Ok(Message::Text(text))) => TransportEvent::Text(text.as_str().to_owned()),
            Some(Ok(Message::Binary(data))) => TransportEvent::Binary(data),
            Some(Ok(Message::Close(frame))) => {
                return TransportEvent::Closed { code: frame.map(|frame| frame.code.into()) };
            }
            Some(Ok(_)) => continue,
            Some(Err(error)) => return failed(&error),
            None => return TransportEvent::Closed { code: None },
        };
        tell(events, event).await;
    }
}

fn message(frame: Frame) -> Message {
    match frame {
        Frame::Text(text) => Message::text(text),
        Frame::Binary(data) => Message::binary(data),
    }
}

/// Waits while the driver is behind. A driver that is gone does not care.
async fn tell(events: &mpsc::Sender<TransportEvent>, event: TransportEvent) {
    let _driver_is_gone = events.send(event).await;
}

fn failed(error: &Error) -> TransportEvent {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { size, .. }) => {
            TransportEvent::TooLong { bytes: *size }
        }
        Error::Io(error) => TransportEvent::Failed { detail: http::reason(error) },
        // Node's server does so with paths that it does not know.
        Error::Protocol(ProtocolError::HandshakeIncomplete) => TransportEvent::Failed {
            detail: "the server closed the connection without an answer: is the path right?"
                .to_owned(),
        },
        error => TransportEvent::Failed { detail: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_tungstenite::accept_async;

    use super::*;
    use crate::ClientOptions;

    /// Far longer than anything here takes; only a failure waits so long.
    const BOUND: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn a_peer_that_takes_nothing_any_more_is_left() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/", listener.local_addr().unwrap());
        let options = ClientOptions::new(&url).unwrap().network;
        let mut socket = WebSocket::open(url, None, None, &options);
        let (peer, _) = listener.accept().await.unwrap();
        let _peer_that_never_reads = accept_async(peer).await.unwrap();
        let opened = std::future::poll_fn(|cx| socket.poll_event(cx)).await;
        assert!(matches!(opened, TransportEvent::Opened), "{opened:?}");

        // More than the system keeps on the way.
        for _ in 0..64 {
            socket.send(Frame::Text("x".repeat(1 << 20)));
        }
        let meter = socket.meter();
        drop(socket);
        // The task holds a meter, too, as long as it runs.
        let over = async {
            while Arc::strong_count(&meter.0) > 1 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(BOUND, over).await.unwrap();
        assert!(meter.unwritten() > 0);
    }
}
