//! Parlour's server: the page, the chat and its history, in one process.
//!
//! [`Server::bind`] does everything that can fail for reasons outside the program; [`Server::run`]
//! then serves until it is told to stop. [`app`] is the same without a listening socket.
//!
//! * [`config`], [`limits`]: what can be set;
//! * `assets`: the page, out of the binary;
//! * `classic`: the namespace `/`, for any Socket.IO client;
//! * `chat`: the namespace `/chat`, for the app;
//! * `elsewhere`: all namespaces that are not there;
//! * `inbox`, `reply`: how a client's requests are taken in and answered;
//! * `listen`, `tls`: connections;
//! * `peer`, `origin`: who is at the other end, and who may be;
//! * `seats`, `rate`: how many there may be, and how often.

mod assets;
mod chat;
mod classic;
pub mod config;
mod data;
mod elsewhere;
mod inbox;
pub mod limits;
mod listen;
mod origin;
mod peer;
mod rate;
mod refuse;
mod reply;
mod seats;
mod tls;

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, middleware::from_fn_with_state, routing::get};
use parlour_events::Epoch;
use socketioxide::{ParserConfig, SocketIo};
use tokio::{net::TcpListener, sync::oneshot, time::timeout};
use tracing::{error, info, warn};
use uuid::Uuid;

pub use config::{Command, Config, Invocation, NoConfig};
pub use tls::TlsError;

use crate::{
    chat::{audience::Sockets, hub::Hub, log::Logs, session::Sessions},
    listen::Entrance,
    origin::Allowed,
    peer::Gate,
    rate::Rates,
    seats::Seats,
    tls::Tls,
};

/// The longest that a stop may take. Whoever has not been told goodbye by then finds the
/// connection gone.
pub const STOP_LIMIT: Duration = Duration::from_secs(5);

/// Where Socket.IO answers: this path and all below it.
const SOCKET_IO: &str = "/socket.io";

/// Changes of a room that are kept.
const HISTORY: usize = 10_000;

/// Connections beyond [`config::Network::max_connections`], for the page and for `/healthz`.
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
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// The server's services without a listening socket.
#[derive(Debug, Clone)]
pub struct App {
    /// Answers all requests.
    pub router: Router,
    io: SocketIo,
    stopping: Arc<AtomicBool>,
    gate: Arc<Gate>,
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    app: App,
    listener: TcpListener,
    address: SocketAddr,
    entrance: Entrance,
}

/// Replaces what a server reads from files when it starts.
#[derive(Debug, Clone)]
pub struct Reload(Option<Tls>);

/// The services of a server with these settings, and a new, empty history. Starts tasks, so it
/// needs a Tokio runtime.
pub fn app(config: &Config) -> App {
    let Config { network, identity, limits, .. } = config;
    // A config holds at most 16 MiB here.
    let message_size = usize::try_from(limits.max_message_size).unwrap_or(usize::MAX);
    let parser = ParserConfig::common()
        // No event of ours has attachments.
        .max_incoming_binaries(0)
        .max_incoming_binary_buf_size(0)
        .packet_completion_timeout(network.connect_timeout);
    let pages = assets::router().route("/healthz", get(|| async { "ok" }));
    let (service, io) = SocketIo::builder()
        .req_path(SOCKET_IO)
        .max_payload(limits.max_message_size)
        .ws_max_message_size(message_size)
        .ws_max_frame_size(message_size)
        .max_buffer_size(OUTGOING_PACKETS)
        .ping_interval(network.ping_interval)
        .ping_timeout(network.ping_timeout)
        .connect_timeout(network.connect_timeout)
        .upgrade_timeout(network.connect_timeout)
        .with_parser(parser)
        .build_with_inner_svc(pages);

    let logs = Logs::new(Epoch(Uuid::now_v7()), HISTORY);
    let hub = Hub::start(logs, Sockets::new(io.clone()));
    let sessions = Arc::new(Sessions::new(identity.session_lifetime, identity.max_sessions));
    classic::open(&io, hub.clone(), Seats::new(network.max_connections));
    chat::open(&io, hub, sessions, Seats::new(network.max_connections));
    let stopping = Arc::new(AtomicBool::new(false));
    elsewhere::open(&io, stopping.clone()).expect("two different patterns, and no others");

    // As a service, not as a layer of the router: axum applies a layer to a fallback again for
    // every request, and each application of this one begins with no sessions.
    let router = Router::new().fallback_service(service);
    let gate =
        Arc::new(Gate::new(network.trust_proxy.clone(), network.max_connections_per_address));
    let origins: Arc<[Allowed]> = network.allow_origin.clone().into();
    let sessions = Arc::new(Rates::per_minute(network.connects_per_minute));
    // The last one is the first that a request comes to.
    let router = router
        .layer(from_fn_with_state(sessions, rate::sessions))
        .layer(from_fn_with_state(origins, origin::guard))
        .layer(from_fn_with_state(gate.clone(), peer::resolve));
    let router = assets::with_security_headers(router, network.tls_cert.is_some());
    App { router, io, stopping, gate }
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
    /// Reads the certificate, checks the data folder and takes the address.
    ///
    /// # Errors
    /// [`StartError`], one line each.
    pub async fn bind(config: &Config) -> Result<Self, StartError> {
        let network = &config.network;
        let tls = match (&network.tls_cert, &network.tls_key) {
            (Some(certificate), Some(key)) => Some(Tls::load(certificate, key)?),
            // One alone is no config.
            _ => None,
        };
        let folder = &config.data.folder;
        data::prepare(folder).map_err(|error| StartError::Data {
            folder: folder.display().to_string(),
            reason: plain(&error),
        })?;
        let refused =
            |error| StartError::Listen { address: network.listen.clone(), reason: plain(&error) };
        let listener = TcpListener::bind(&network.listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let connections = match network.max_connections {
            0 => 0,
            limit => limit.saturating_add(CONNECTIONS_FOR_PAGES),
        };
        let app = app(config);
        let entrance = Entrance {
            router: app.router.clone(),
            seats: Seats::new(connections),
            gate: app.gate.clone(),
            tls,
            header_timeout: Some(network.header_timeout).filter(|time| !time.is_zero()),
        };
        Ok(Self { app, listener, address, entrance })
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
        let scheme = if self.entrance.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{address}")
    }

    /// What replaces the certificate while the server runs.
    pub fn reload(&self) -> Reload {
        Reload(self.entrance.tls.clone())
    }

    /// Serves until `stop` is ready, then closes what is open and returns, at most
    /// [`STOP_LIMIT`] later.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (stopping, told_to_stop) = oneshot::channel::<()>();
        let serving = tokio::spawn(listen::serve(self.listener, self.entrance, async {
            // Ready as well when the other end is dropped.
            let _ = told_to_stop.await;
        }));
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
            Ok(Ok(())) => info!("stopped"),
            Ok(Err(error)) => error!(%error, "stopped, and serving had failed before"),
            Err(_) => warn!("stopped; some clients did not take their goodbye in time"),
        }
    }
}

impl Reload {
    /// Reads the certificate and its key again, for the connections to come. False if there is no
    /// certificate to read.
    ///
    /// # Errors
    /// [`TlsError`]; then the old ones stay in use.
    pub fn reload(&self) -> Result<bool, TlsError> {
        match &self.0 {
            Some(tls) => tls.reload().map(|()| true),
            None => Ok(false),
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
