//! Parlour's server: the page, the chat and its history, in one process.
//!
//! [`Server::bind`] does everything that can fail for reasons outside the program; [`Server::run`]
//! then serves until it is told to stop. [`app`] is the same without a listening socket.
//!
//! * [`config`]: what can be set;
//! * `assets`: the page, out of the binary;
//! * `classic`: the namespace `/`, for any Socket.IO client;
//! * `chat`: the namespace `/chat`, for the app;
//! * `elsewhere`: all namespaces that are not there;
//! * `inbox`, `reply`: how a client's requests are taken in and answered;
//! * `listen`, `seats`: how many there may be.

mod assets;
mod chat;
mod classic;
pub mod config;
mod data;
mod elsewhere;
mod inbox;
mod listen;
mod reply;
mod seats;

use std::{
    future::IntoFuture,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, routing::get, serve::ListenerExt};
use parlour_events::Epoch;
use socketioxide::{ParserConfig, SocketIo};
use tokio::{net::TcpListener, sync::oneshot, time::timeout};
use tracing::{error, info, warn};
use uuid::Uuid;

pub use config::{Config, NoConfig};

use crate::{
    chat::{audience::Sockets, hub::Hub, log::Logs, session::Sessions},
    listen::{Bounded, Seated},
    seats::Seats,
};

/// The longest that a stop may take. Whoever has not been told goodbye by then finds the
/// connection gone.
pub const STOP_LIMIT: Duration = Duration::from_secs(5);

/// Connections beyond [`Config::max_connections`], for the page and for `/healthz`.
const CONNECTIONS_FOR_PAGES: usize = 256;

/// Most packets that may wait to be sent to one client: room for the answers to a full inbox of
/// requests, each with its echo, and for others' messages meanwhile. Costs nothing while empty.
const OUTGOING_PACKETS: usize = 4 * inbox::WAITING;

/// Why the server cannot start. Each is one line, and says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The data folder cannot be made, or not be written to.
    #[error("cannot use the data folder {folder}: {reason}; choose another one with --data")]
    Data {
        /// The folder.
        folder: String,
        /// What the system said.
        reason: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}; choose another address with --listen")]
    Listen {
        /// The address.
        address: String,
        /// What the system said.
        reason: String,
    },
}

/// The server's services without a listening socket.
#[derive(Debug, Clone)]
pub struct App {
    /// Answers all requests.
    pub router: Router,
    io: SocketIo,
    stopping: Arc<AtomicBool>,
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    app: App,
    listener: TcpListener,
    address: SocketAddr,
    connections: Seats,
}

/// The services of a server with these settings, and a new, empty history. Starts tasks, so it
/// needs a Tokio runtime.
pub fn app(config: &Config) -> App {
    // A config holds at most 16 MiB here.
    let message_size = usize::try_from(config.max_message_size).unwrap_or(usize::MAX);
    let parser = ParserConfig::common()
        // No event of ours has attachments.
        .max_incoming_binaries(0)
        .max_incoming_binary_buf_size(0)
        .packet_completion_timeout(config.connect_timeout);
    let pages = assets::router().route("/healthz", get(|| async { "ok" }));
    let (service, io) = SocketIo::builder()
        .max_payload(config.max_message_size)
        .ws_max_message_size(message_size)
        .ws_max_frame_size(message_size)
        .max_buffer_size(OUTGOING_PACKETS)
        .ping_interval(config.ping_interval)
        .ping_timeout(config.ping_timeout)
        .connect_timeout(config.connect_timeout)
        .upgrade_timeout(config.connect_timeout)
        .with_parser(parser)
        .build_with_inner_svc(pages);

    let logs = Logs::new(Epoch(Uuid::now_v7()), config.history);
    let hub = Hub::start(logs, Sockets::new(io.clone()));
    let sessions = Arc::new(Sessions::new(config.nickname_grace, config.max_sessions));
    classic::open(&io, hub.clone(), Seats::new(config.max_connections));
    chat::open(&io, hub, sessions, Seats::new(config.max_connections));
    let stopping = Arc::new(AtomicBool::new(false));
    elsewhere::open(&io, stopping.clone()).expect("two different patterns, and no others");

    // As a service, not as a layer of the router: axum applies a layer to a fallback again for
    // every request, and each application of this one begins with no sessions.
    let router = Router::new().fallback_service(service);
    App { router: assets::with_security_headers(router), io, stopping }
}

impl App {
    /// Says goodbye to every client: their connections are closed in a way that makes them
    /// connect again. Returns when all are gone, which a client that takes nothing in can delay.
    pub async fn close(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.io.close().await;
    }
}

impl Server {
    /// Checks the data folder and takes the address.
    ///
    /// # Errors
    /// [`StartError`], one line each.
    pub async fn bind(config: &Config) -> Result<Self, StartError> {
        data::prepare(&config.data).map_err(|error| StartError::Data {
            folder: config.data.display().to_string(),
            reason: plain(&error),
        })?;
        let refused =
            |error| StartError::Listen { address: config.listen.clone(), reason: plain(&error) };
        let listener = TcpListener::bind(&config.listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let connections = match config.max_connections {
            0 => 0,
            limit => limit.saturating_add(CONNECTIONS_FOR_PAGES),
        };
        Ok(Self { app: app(config), listener, address, connections: Seats::new(connections) })
    }

    /// Where a browser on this machine finds the page.
    pub fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(match address.ip() {
                IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        format!("http://{address}")
    }

    /// Serves until `stop` is ready, then closes what is open and returns, at most
    /// [`STOP_LIMIT`] later.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let listener = Bounded::new(self.listener, self.connections).tap_io(Seated::send_at_once);
        let (stopping, told_to_stop) = oneshot::channel::<()>();
        let serving = axum::serve(listener, self.app.router.clone())
            .with_graceful_shutdown(async {
                // Ready as well when the other end is dropped.
                let _ = told_to_stop.await;
            })
            .into_future();
        let serving = tokio::spawn(serving);
        info!(address = %self.address, version = env!("CARGO_PKG_VERSION"), "listening");

        stop.await;
        info!("stopping");
        // New connections are refused from here on, so that clients find the next process.
        drop(stopping);
        let closed = timeout(STOP_LIMIT, async {
            self.app.close().await;
            serving.await
        });
        match closed.await {
            Ok(Ok(Ok(()))) => info!("stopped"),
            Ok(Ok(Err(error))) => error!(%error, "stopped"),
            Ok(Err(error)) => error!(%error, "stopped, and serving had failed before"),
            Err(_) => warn!("stopped; some clients did not take their goodbye in time"),
        }
    }
}

/// What the system said, as part of a sentence.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => "unknown error".to_owned(),
    }
}

#[cfg(test)]
mod tests;
