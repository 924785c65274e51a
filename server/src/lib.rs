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
mod budgets;
mod chat;
mod classic;
mod clock;
pub mod config;
mod data;
mod elsewhere;
mod files;
mod frame;
mod identity;
mod inbox;
pub mod limits;
mod listen;
mod origin;
mod peer;
mod rate;
mod refuse;
mod reply;
mod seats;
mod store;
#[cfg(test)]
mod testing;
mod tls;

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, middleware::from_fn_with_state, routing::get};
use socketioxide::{ParserConfig, SocketIo};
use tokio::{net::TcpListener, sync::oneshot, time::timeout};
use tracing::{error, info, warn};

use config::{Auth, JwtKey};
pub use config::{Command, Config, Invocation, NoConfig};
pub use store::sqlite::{
    OpenError,
    offline::{Checked, OfflineError, backup, check, export, grant, restore},
};
pub use tls::TlsError;

use crate::{
    assets::Page,
    budgets::{Budgets, PerMinute},
    chat::{Books, Chat, Members},
    files::Files,
    identity::{Authority, jwt},
    listen::Entrance,
    origin::Allowed,
    peer::Gate,
    rate::Rates,
    seats::Seats,
    store::sqlite::{Sqlite, offline::FILES},
    tls::Tls,
};

/// The longest that a stop may take. Whoever has not been told goodbye by then finds the
/// connection gone.
pub const STOP_LIMIT: Duration = Duration::from_secs(5);

/// Where Socket.IO answers: this path and all below it.
const SOCKET_IO: &str = "/socket.io";

/// Connections beyond [`config::Network::max_connections`], for the page and for `/healthz`.
const CONNECTIONS_FOR_PAGES: usize = 256;

/// Most packets that may wait to be sent to one client: room for as many answers as can come at
/// once, and for others' messages meanwhile. With the weight of a packet ([`frame`]) it bounds
/// what a client costs that reads nothing: less than 1 MiB if others talk, and up to 4 MiB if it
/// asks all the while for what it does not read.
const OUTGOING_PACKETS: usize = 256;

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
    /// The database cannot be used.
    #[error("cannot use the data in {folder}: {reason}")]
    Store {
        /// The folder.
        folder: String,
        /// Why.
        reason: OpenError,
    },
    /// What JWTs are to be checked with cannot be used.
    #[error("cannot check JWTs: {0}")]
    Jwt(String),
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
    members: Members,
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
    /// Where the data is; a relative folder depends on where the program was started.
    data: PathBuf,
}

/// Replaces what a server reads from files when it starts.
#[derive(Debug, Clone)]
pub struct Reload(Option<Tls>);

/// The services of a server with these settings, and the data in its folder. Starts tasks, so it
/// needs a Tokio runtime.
///
/// # Errors
/// [`StartError`], if the data cannot be used, or what JWTs are to be checked with.
pub fn app(config: &Config) -> Result<App, StartError> {
    let Config { network, limits, .. } = config;
    let authority = authority(config)?;
    let store = Sqlite::open(&config.data.folder, kept(config)).map_err(|reason| {
        StartError::Store { folder: config.data.folder.display().to_string(), reason }
    })?;
    // A config holds at most 16 MiB here.
    let message_size = usize::try_from(limits.max_message_size).unwrap_or(usize::MAX);
    let parser = ParserConfig::common()
        // No event of ours has attachments.
        .max_incoming_binaries(0)
        .max_incoming_binary_buf_size(0)
        .packet_completion_timeout(network.connect_timeout);
    let files =
        Files::open(config.data.folder.join(FILES), limits.max_upload_size).map_err(|error| {
            StartError::Data {
                folder: config.data.folder.display().to_string(),
                reason: plain(&error),
            }
        })?;
    let page = Page::new(&in_page(config));
    let pages = page.router().route("/healthz", get(|| async { "ok" }));
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

    let budgets = Arc::new(Budgets::new(PerMinute {
        messages: limits.messages_per_minute,
        messages_per_address: limits.messages_per_minute_per_address,
        requests: limits.requests_per_minute,
        uploads: limits.uploads_per_minute,
        connects: network.connects_per_minute,
        new_guests: network.new_guests_per_minute,
    }));
    let seats = Seats::new(network.max_connections);
    let settings = told(config);
    let chat = Chat::start(&io, store, authority, budgets, seats, settings);
    let seats = Seats::new(network.max_connections);
    if config.identity.has_classic() {
        classic::open(&io, &chat, seats);
    }
    chat.open(&files);
    let files = files.router(Books::new(&chat));
    let stopping = Arc::new(AtomicBool::new(false));
    elsewhere::open(&io, stopping.clone()).expect("two different patterns, and no others");

    // As a service, not as a layer of the router: axum applies a layer to a fallback again for
    // every request, and each application of this one begins with no sessions.
    let router = files.fallback_service(service);
    let gate =
        Arc::new(Gate::new(network.trust_proxy.clone(), network.max_connections_per_address));
    let origins: Arc<[Allowed]> = network.allow_origin.clone().into();
    let sessions = Arc::new(Rates::per_minute(network.connects_per_minute));
    // The last one is the first that a request comes to.
    let router = router
        .layer(from_fn_with_state(sessions, rate::sessions))
        .layer(from_fn_with_state(origins, origin::guard))
        .layer(from_fn_with_state(gate.clone(), peer::resolve));
    let router = page.with_security_headers(router, network.tls_cert.is_some());
    Ok(App { router, io, members: chat.members.clone(), stopping, gate })
}

/// Whose word counts for who somebody is.
fn authority(config: &Config) -> Result<Authority, StartError> {
    let identity = &config.identity;
    let key = match &identity.jwt_key {
        None => return Ok(Authority::Guests),
        Some(JwtKey::Secret(secret)) => jwt::Key::Hs256(secret.expose().to_vec()),
        Some(JwtKey::Public { pem, .. }) => {
            jwt::Key::PublicPem(String::from_utf8_lossy(pem).into_owned())
        }
    };
    let (audience, issuer) = (identity.jwt_audience.clone(), identity.jwt_issuer.clone());
    jwt::Verifier::new(key, audience, issuer)
        .map(Authority::Jwt)
        .map_err(|error| StartError::Jwt(error.to_string()))
}

/// What the page has to know before it asks anything.
fn in_page(config: &Config) -> assets::Told {
    assets::Told {
        jwt: config.identity.auth == Auth::Jwt,
        sign_in: config.identity.sign_in_url.clone(),
        embedders: config.network.allow_embed.clone(),
    }
}

/// What the store allows.
fn kept(config: &Config) -> store::settings::Settings {
    let Config { identity, limits, .. } = config;
    store::settings::Settings {
        message_chars: limits.max_message_length,
        rooms: limits.max_rooms as u64,
        rooms_per_person: limits.max_rooms_per_person as u64,
        reactions: limits.max_reactions as u64,
        sessions: identity.max_sessions as u64,
        session_lifetime: identity.session_lifetime,
        upload_space: limits.max_upload_space,
    }
}

/// What the chat does, and what it tells clients of it.
fn told(config: &Config) -> chat::Settings {
    let Config { data, identity, limits, .. } = config;
    chat::Settings {
        presence_grace: identity.presence_grace,
        session_lifetime: identity.session_lifetime,
        pending_requests: limits.max_pending_requests,
        keep: Some(data.keep).filter(|keep| !keep.is_zero()),
        limits: parlour_events::Limits {
            message_chars: limits.max_message_length,
            upload_bytes: limits.max_upload_size,
            messages_per_minute: limits.messages_per_minute,
        },
    }
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
        let app = app(config)?;
        let entrance = Entrance {
            router: app.router.clone(),
            seats: Seats::new(connections),
            gate: app.gate.clone(),
            tls,
            header_timeout: Some(network.header_timeout).filter(|time| !time.is_zero()),
        };
        let data = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
        Ok(Self { app, listener, address, entrance, data })
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
        let data = self.data.display();
        info!(address = %self.address, %data, version = env!("CARGO_PKG_VERSION"), "listening");

        stop.await;
        info!("stopping");
        // New connections are refused from here on, so that clients find the next process.
        drop(stopping);
        let closed = timeout(STOP_LIMIT, async {
            self.app.close().await;
            serving.await
        });
        let closed = closed.await;
        self.app.members.clear();
        match closed {
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
