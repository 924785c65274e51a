//! What a client can be told before it starts.

use std::{fmt, sync::Arc, time::Duration};

use socketio_proto::{AddressError, Limits, ManagerOptions, Overflow, Parser, Transports};

use crate::error::ClientError;

/// What a client can be told. Every default is the JavaScript client's, except that a WebSocket
/// is tried before HTTP long-polling and that everything has a limit.
#[derive(Debug, Clone)]
#[must_use]
pub struct ClientOptions {
    pub(crate) manager: ManagerOptions,
    pub(crate) network: NetworkOptions,
}

/// What the driver does by itself, and the Manager need not know.
#[derive(Debug, Clone)]
pub(crate) struct NetworkOptions {
    pub(crate) headers: Vec<ExtraHeader>,
    pub(crate) protocols: Vec<String>,
    pub(crate) with_credentials: bool,
    pub(crate) request_timeout: Option<Duration>,
    pub(crate) close_on_beforeunload: bool,
    /// Longest frame that is read; the Manager checks it again.
    pub(crate) frame_bytes: usize,
    /// Longest body of an answer that is read.
    pub(crate) poll_bytes: usize,
    /// Root certificates beside the platform's, as DER.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) roots: Vec<Vec<u8>>,
}

/// A header of the program's own.
#[derive(Clone)]
pub(crate) struct ExtraHeader {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// Without the value, which may be a secret.
impl fmt::Debug for ExtraHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtraHeader").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ClientOptions {
    /// Defaults, for the server at this address: scheme, host and port, as in
    /// `https://chat.example:8443`.
    ///
    /// # Errors
    ///
    /// When the text is no such address. A path is refused too: the endpoint's is
    /// [`ClientOptions::path`], and a namespace is named in
    /// [`Client::socket`](crate::Client::socket).
    pub fn new(address: &str) -> Result<Self, AddressError> {
        let manager = ManagerOptions::new(address.parse()?);
        let network = NetworkOptions {
            headers: Vec::new(),
            protocols: Vec::new(),
            with_credentials: false,
            request_timeout: None,
            close_on_beforeunload: false,
            frame_bytes: manager.limits.frame_bytes,
            poll_bytes: manager.limits.poll_bytes,
            #[cfg(not(target_arch = "wasm32"))]
            roots: Vec::new(),
        };
        Ok(Self { manager, network })
    }

    /// The path of the endpoint; `/socket.io/` by default.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.manager.path = path.into();
        self
    }

    /// Whether the path ends in a slash even if it was given without; yes by default.
    pub fn add_trailing_slash(mut self, yes: bool) -> Self {
        self.manager.add_trailing_slash = yes;
        self
    }

    /// One more parameter of the URL's query. Not for secrets: URLs end up in logs.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.manager.query.push((name.into(), value.into()));
        self
    }

    /// The transports, and which is tried first; [`Transports::WebSocketFirst`] by default.
    pub fn transports(mut self, transports: Transports) -> Self {
        self.manager.transports = transports;
        self
    }

    /// Whether HTTP long-polling is upgraded to a WebSocket; yes by default.
    pub fn upgrade(mut self, yes: bool) -> Self {
        self.manager.upgrade = yes;
        self
    }

    /// Whether an attempt begins with a WebSocket if the last connection was upgraded to one; no
    /// by default. Of use with [`Transports::PollingFirst`].
    pub fn remember_upgrade(mut self, yes: bool) -> Self {
        self.manager.remember_upgrade = yes;
        self
    }

    /// Whether the other transport is tried, in the same attempt, where the first one fails; yes
    /// by default.
    pub fn try_all_transports(mut self, yes: bool) -> Self {
        self.manager.try_all_transports = yes;
        self
    }

    /// Whether bytes travel as base64 on a WebSocket too, for intermediaries that break binary
    /// frames; no by default.
    pub fn force_base64(mut self, yes: bool) -> Self {
        self.manager.force_base64 = yes;
        self
    }

    /// The subprotocols that the WebSocket's handshake offers; none by default. A server that
    /// picks none of them is refused, by the rules of WebSocket.
    pub fn protocols<P: Into<String>>(mut self, protocols: impl IntoIterator<Item = P>) -> Self {
        self.network.protocols = protocols.into_iter().map(Into::into).collect();
        self
    }

    /// Whether cookies are kept and sent, as sticky sessions need them; no by default.
    ///
    /// In a browser that means requests to another origin, which go with `credentials: include`;
    /// those to the page's own origin, and a WebSocket, have the page's cookies anyway. Natively
    /// it means a cookie store of this client, for requests and the WebSocket's handshake alike.
    /// An extra header `Cookie` is refused with it ([`ClientError::CookieHeader`]).
    pub fn with_credentials(mut self, yes: bool) -> Self {
        self.network.with_credentials = yes;
        self
    }

    /// One more header of every request, and natively of the WebSocket's handshake. A browser
    /// lets nobody set a header of a WebSocket: there it goes with HTTP long-polling alone, and
    /// what a server must see has to be in the auth payload
    /// ([`Socket::set_auth`](crate::Socket::set_auth)).
    ///
    /// [`Client::new`](crate::Client::new) refuses what no header can be, and a `Cookie` together
    /// with [`ClientOptions::with_credentials`].
    pub fn extra_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.network.headers.push(ExtraHeader { name: name.into(), value: value.into() });
        self
    }

    /// How long one HTTP request may take; without end by default. A poll is answered when there
    /// is something to be told, at the latest with the next heartbeat: the server's `pingInterval`
    /// (25 s by default) has to fit in.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.network.request_timeout = Some(timeout);
        self
    }

    /// Whether a lost connection is opened again; yes by default.
    pub fn reconnection(mut self, yes: bool) -> Self {
        self.manager.reconnection = yes;
        self
    }

    /// How often in a row that is tried before giving up; without end by default.
    pub fn reconnection_attempts(mut self, most: u32) -> Self {
        self.manager.reconnection_attempts = Some(most);
        self
    }

    /// The delay before the first new attempt (1 s), and the longest (5 s); in between it
    /// doubles.
    pub fn reconnection_delay(mut self, first: Duration, longest: Duration) -> Self {
        self.manager.reconnection_delay = first;
        self.manager.reconnection_delay_max = longest;
        self
    }

    /// How far a delay is moved at random, as a fraction of it, 0 to 1; 0.5 by default. Without
    /// it all clients of a server that was restarted come back in the same moment.
    pub fn randomization_factor(mut self, factor: f64) -> Self {
        self.manager.randomization_factor = factor;
        self
    }

    /// How long one attempt may take until the server's handshake is here; 20 s by default. Where
    /// another transport is left to try, the first one has half of it.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.manager.timeout = timeout;
        self
    }

    /// How often an event is sent again when its acknowledgement does not come. With this option
    /// every event that is not volatile waits for one, and they are sent one by one, in order, at
    /// least once; best with [`ClientOptions::ack_timeout`]. Without it, the default, events are
    /// sent once and nothing is waited for.
    ///
    /// Such events wait in a queue of their own, connected or not. It has the limits of the offline
    /// buffer ([`Limits::buffered_packets`], [`Limits::buffered_bytes`]) but always refuses the new
    /// event when it is full, and its events do not expire: [`ClientOptions::overflow`] and
    /// [`ClientOptions::buffer_ttl`] are for the others.
    pub fn retries(mut self, retries: u32) -> Self {
        self.manager.retries = Some(retries);
        self
    }

    /// How long to wait for an acknowledgement where nothing else is said; without end by
    /// default.
    pub fn ack_timeout(mut self, timeout: Duration) -> Self {
        self.manager.ack_timeout = Some(timeout);
        self
    }

    /// How long an event may wait for a connection; without end by default. One that waits for
    /// longer is told to [`Socket::on_dropped`](crate::Socket::on_dropped), or to who waits for
    /// its acknowledgement. Events with [`ClientOptions::retries`] wait without end.
    pub fn buffer_ttl(mut self, ttl: Duration) -> Self {
        self.manager.buffer_ttl = Some(ttl);
        self
    }

    /// What is done when the buffer for such events is full; [`Overflow::Refuse`] by default. For
    /// events with [`ClientOptions::retries`] it is always that.
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.manager.overflow = overflow;
        self
    }

    /// How many bytes may wait in a WebSocket before volatile events are dropped; 16 KiB by
    /// default.
    pub fn volatile_watermark(mut self, bytes: usize) -> Self {
        self.manager.volatile_watermark = bytes;
        self
    }

    /// How packets are written and read; as the protocol says by default. The server has to use
    /// the same parser.
    pub fn parser(mut self, parser: impl Parser + 'static) -> Self {
        self.manager.parser = Some(Arc::new(parser));
        self
    }

    /// Whether the connection is closed when the page is about to be left, so that the server
    /// learns of it at once and not by the heartbeat; no by default. Somebody who stays after all
    /// is connected again. Without effect natively.
    pub fn close_on_beforeunload(mut self, yes: bool) -> Self {
        self.network.close_on_beforeunload = yes;
        self
    }

    /// What may grow, and how far. That an emit beyond `buffered_packets` or `buffered_bytes`
    /// displaces others, where [`ClientOptions::overflow`] says so, does not hold for events with
    /// [`ClientOptions::retries`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.network.frame_bytes = limits.frame_bytes;
        self.network.poll_bytes = limits.poll_bytes;
        self.manager.limits = limits;
        self
    }

    /// One more root certificate, as DER, beside those the platform trusts: for a certification
    /// authority of one's own. In a browser the browser decides whom it trusts.
    ///
    /// [`Client::new`](crate::Client::new) refuses what is no certificate.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn add_root_certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.network.roots.push(der.into());
        self
    }
}

impl NetworkOptions {
    /// Refuses what could never be sent, or not together.
    pub(crate) fn check(&self) -> Result<(), ClientError> {
        for header in &self.headers {
            if !is_token(&header.name) || !header.value.bytes().all(is_field_byte) {
                return Err(ClientError::BadHeader(header.name.clone()));
            }
            if self.with_credentials && header.name.eq_ignore_ascii_case("cookie") {
                return Err(ClientError::CookieHeader);
            }
        }
        if let Some(bad) = self.protocols.iter().find(|protocol| !is_token(protocol)) {
            return Err(ClientError::BadProtocol(bad.clone()));
        }
        #[cfg(not(target_arch = "wasm32"))]
        crate::platform::check_roots(&self.roots).map_err(ClientError::BadRootCertificate)?;
        Ok(())
    }
}

/// RFC 9110, 5.6.2.
fn is_token(text: &str) -> bool {
    let is_special = |byte| b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || is_special(byte))
}

/// RFC 9110, 5.5, without the bytes beyond ASCII, which mean different things to different peers.
const fn is_field_byte(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~')
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn options() -> ClientOptions {
        ClientOptions::new("http://localhost:3000").unwrap()
    }

    #[test]
    fn what_no_header_can_be_is_refused() {
        let check = |name, value| options().extra_header(name, value).network.check();
        assert!(check("x-team", "blue and red").is_ok());
        for (name, value) in [("", "x"), ("a b", "x"), ("a:", "x"), ("a", "x\r\nb: y"), ("a", "ü")]
        {
            assert!(
                matches!(check(name, value), Err(ClientError::BadHeader(_))),
                "{name}: {value}"
            );
        }
    }

    #[test]
    fn a_cookie_beside_the_cookie_store_is_refused() {
        let options = options().extra_header("cookie", "a=b");
        assert!(options.network.check().is_ok());
        let check = options.with_credentials(true).network.check();
        assert!(matches!(check, Err(ClientError::CookieHeader)));
    }

    #[test]
    fn what_no_subprotocol_can_be_is_refused() {
        assert!(options().protocols(["v1.chat", "v2"]).network.check().is_ok());
        let check = options().protocols(["v1, v2"]).network.check();
        assert!(matches!(check, Err(ClientError::BadProtocol(_))));
    }

    #[test]
    fn secrets_in_headers_are_not_printed() {
        let options = options().extra_header("authorization", "Bearer secret");
        assert!(!format!("{options:?}").contains("secret"));
    }
}
