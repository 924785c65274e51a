//! tokio: the runtime, the clocks, and the network through [`http`], [`websocket`] and [`tls`].

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    pin::Pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio_rustls::rustls::ClientConfig;

use self::cookies::Cookies;
use super::{Exchange, Signal};
use crate::options::NetworkOptions;

mod cookies;
mod http;
mod tls;
mod websocket;

pub(crate) use tls::check_roots;
pub(crate) use websocket::{Meter, WebSocket};

/// `Send` and `Sync` natively; nothing in a browser.
pub trait MaybeSend: Send + Sync {}

impl<T: Send + Sync + ?Sized> MaybeSend for T {}

/// `Send` natively; nothing in a browser. For futures, which need not be `Sync`.
pub trait MaybeSendFuture: Send {}

impl<T: Send + ?Sized> MaybeSendFuture for T {}

/// A shared pointer.
pub(crate) type Ref<T> = Arc<T>;

/// A shared pointer that keeps nothing alive.
pub(crate) type Weak<T> = std::sync::Weak<T>;

/// A future of any kind.
pub(crate) type Pinned<T> = Pin<Box<dyn Future<Output = T> + Send>>;

pub(crate) type Sleep = tokio::time::Sleep;

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

/// The network as one client uses it: its TLS settings, its cookies, its HTTP connections.
#[derive(Debug)]
pub(crate) struct Network {
    options: NetworkOptions,
    /// Where cookies are kept at all.
    cookies: Option<Arc<Cookies>>,
    /// Made when something secure is opened for the first time.
    tls: Option<Arc<ClientConfig>>,
    /// Made with the first request; the second one is for secure addresses.
    http: [Option<reqwest::Client>; 2],
}

impl Network {
    pub(crate) fn new(options: NetworkOptions) -> Self {
        let cookies = options.with_credentials.then(Arc::default);
        Self { options, cookies, tls: None, http: [None, None] }
    }

    /// Begins to open a WebSocket.
    pub(crate) fn open(&mut self, url: String) -> WebSocket {
        let tls = if url.starts_with("wss") { self.tls().map(Some) } else { Ok(None) };
        match tls {
            Ok(tls) => WebSocket::open(url, tls, self.cookies.clone(), &self.options),
            Err(detail) => WebSocket::failed(detail),
        }
    }

    /// A request; without a body a GET, with one a POST.
    pub(crate) fn request(&mut self, url: String, body: Option<String>) -> Exchange {
        let limit = self.options.poll_bytes;
        match self.http(url.starts_with("https")) {
            Ok(client) => Box::pin(http::exchange(client, url, body, limit)),
            Err(detail) => Box::pin(async { Err(detail) }),
        }
    }

    fn tls(&mut self) -> Result<Arc<ClientConfig>, String> {
        if let Some(config) = &self.tls {
            return Ok(Arc::clone(config));
        }
        let config = tls::config(&self.options.roots)?;
        self.tls = Some(Arc::clone(&config));
        Ok(config)
    }

    fn http(&mut self, secure: bool) -> Result<reqwest::Client, String> {
        let place = usize::from(secure);
        if let Some(client) = &self.http[place] {
            return Ok(client.clone());
        }
        let tls = if secure { self.tls()? } else { tls::none()? };
        let client = http::client(&self.options, tls, self.cookies.clone())?;
        self.http[place] = Some(client.clone());
        Ok(client)
    }
}

/// Nothing is told natively.
#[derive(Debug)]
pub(crate) struct Signals;

impl Signals {
    pub(crate) fn listen(_options: &NetworkOptions) -> Self {
        Self
    }

    pub(crate) fn poll(&mut self, _cx: &mut Context<'_>) -> Poll<Signal> {
        Poll::Pending
    }
}
