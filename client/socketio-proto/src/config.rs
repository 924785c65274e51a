//! What a Manager can be told before it starts, with the reference client's defaults.

use std::{str::FromStr, sync::Arc, time::Duration};

use crate::{
    error::AddressError,
    parser::Parser,
    transport::{Transport, Transports},
};

/// Where the server is: scheme, host and port, nothing else.
///
/// `http` and `ws` mean the same, and `https` and `wss`; the transport decides which is used.
///
/// ```
/// use socketio_proto::Address;
///
/// let address: Address = "https://chat.example:8443/".parse().unwrap();
/// assert_eq!(address.to_string(), "https://chat.example:8443");
/// assert!("chat.example".parse::<Address>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    secure: bool,
    authority: String,
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = text.trim().split_once(':').ok_or(AddressError::NoScheme)?;
        let rest = rest.strip_prefix("//").ok_or(AddressError::NoScheme)?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "http" | "ws" => false,
            "https" | "wss" => true,
            other => return Err(AddressError::UnknownScheme(other.to_owned())),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let part = |range| rest.get(range).unwrap_or_default();
        let (authority, path) = (part(0..end), part(end..rest.len()));
        if !matches!(path, "" | "/") {
            return Err(AddressError::HasPath(path.to_owned()));
        }
        if authority.is_empty() || authority.starts_with(':') {
            return Err(AddressError::NoHost);
        }
        if authority.contains('@') {
            return Err(AddressError::HasCredentials);
        }
        // Behind the brackets of an IPv6 address there are no others.
        let host_end = authority.rfind(']').unwrap_or_default();
        let port = authority.get(host_end..).unwrap_or_default().split_once(':').map(|(_, p)| p);
        if let Some(port) = port
            && port.parse::<u16>().ok().filter(|port| *port > 0).is_none()
        {
            return Err(AddressError::BadPort(port.to_owned()));
        }
        if let Some(c) = authority.chars().find(|c| c.is_whitespace() || c.is_control()) {
            return Err(AddressError::BadCharacter(c));
        }
        Ok(Self { secure, authority: authority.to_owned() })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", if self.secure { "https" } else { "http" }, self.authority)
    }
}

/// What a Manager can be told. [`ManagerOptions::new`] gives the defaults of the JavaScript
/// client, except that a WebSocket is tried first and that every queue has a limit.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ManagerOptions {
    /// The server.
    pub address: Address,
    /// The path of the Engine.IO endpoint; `/socket.io/` by default.
    pub path: String,
    /// Whether the path ends in a slash even if it was given without; yes by default.
    pub add_trailing_slash: bool,
    /// More parameters for the query; percent-encoded when the URL is built.
    pub query: Vec<(String, String)>,
    /// The transports, and which is tried first; a WebSocket by default.
    pub transports: Transports,
    /// Whether the other transport is tried, in the same attempt, where the first one fails;
    /// yes by default. An attempt after one that fell back to HTTP long-polling begins with that
    /// and upgrades, instead of failing first every time.
    pub try_all_transports: bool,
    /// Whether HTTP long-polling is upgraded to a WebSocket; yes by default.
    pub upgrade: bool,
    /// Whether an attempt begins with a WebSocket if the last connection was upgraded to one; no
    /// by default.
    pub remember_upgrade: bool,
    /// Whether bytes travel as base64 on a WebSocket too, for intermediaries that break binary
    /// frames; no by default.
    pub force_base64: bool,
    /// Whether a lost connection is opened again; yes by default.
    pub reconnection: bool,
    /// How often in a row that is tried before giving up; without end (`None`) by default.
    pub reconnection_attempts: Option<u32>,
    /// The delay before the first new attempt; 1 s by default.
    pub reconnection_delay: Duration,
    /// The longest delay; 5 s by default.
    pub reconnection_delay_max: Duration,
    /// How far a delay is moved at random, as a fraction of it; 0.5 by default.
    pub randomization_factor: f64,
    /// How long one attempt may take until the server's handshake is here, an upgrade until its
    /// probe is answered, and the program until it says what CONNECT is to carry; 20 s by
    /// default, without end if zero. Where another transport is left to try, the first one has
    /// half of it.
    pub timeout: Duration,
    /// How often an event is sent again when its acknowledgement does not come; with it every
    /// event that is not volatile is sent one by one, in order, at least once. `None`, the
    /// default, sends once and does not wait.
    pub retries: Option<u32>,
    /// How long to wait for an acknowledgement where nothing else is said; without end by
    /// default.
    pub ack_timeout: Option<Duration>,
    /// How long an event may wait for a connection; without end by default. Events that are sent
    /// again until they are acknowledged wait as long as it takes.
    pub buffer_ttl: Option<Duration>,
    /// What is done when the buffer for such events is full; the new event is refused by default.
    pub overflow: Overflow,
    /// How many bytes may wait in a WebSocket before volatile events are dropped; 16 KiB by
    /// default. HTTP long-polling takes them only while no POST is under way.
    pub volatile_watermark: usize,
    /// How packets are written and read; as the protocol says by default.
    pub parser: Option<Arc<dyn Parser>>,
    /// What the peer, and the program itself, can make grow.
    pub limits: Limits,
}

impl ManagerOptions {
    /// The defaults, for this server.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            path: "/socket.io/".to_owned(),
            add_trailing_slash: true,
            query: Vec::new(),
            transports: Transports::default(),
            try_all_transports: true,
            upgrade: true,
            remember_upgrade: false,
            force_base64: false,
            reconnection: true,
            reconnection_attempts: None,
            reconnection_delay: Duration::from_secs(1),
            reconnection_delay_max: Duration::from_secs(5),
            randomization_factor: 0.5,
            timeout: Duration::from_secs(20),
            retries: None,
            ack_timeout: None,
            buffer_ttl: None,
            overflow: Overflow::default(),
            volatile_watermark: 16 << 10,
            parser: None,
            limits: Limits::default(),
        }
    }

    /// The URL of a transport (Engine.IO v4, "Transports"), without its query's changing part.
    pub(crate) fn url(&self, transport: Transport) -> String {
        let mut url = [
            match transport {
                Transport::WebSocket => "ws",
                Transport::Polling => "http",
            },
            if self.address.secure { "s" } else { "" },
            "://",
            &self.address.authority,
            if self.path.starts_with('/') { "" } else { "/" },
            &self.path,
            if self.add_trailing_slash && !self.path.ends_with('/') { "/" } else { "" },
            "?EIO=4&transport=",
            transport.as_str(),
        ]
        .concat();
        for (name, value) in &self.query {
            add_parameter(&mut url, name, value);
        }
        url
    }
}

/// What happens to an event that is emitted while not connected when the buffer is full.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Overflow {
    /// It is refused with [`EmitError::BufferFull`](crate::EmitError::BufferFull).
    #[default]
    Refuse,
    /// The oldest ones go, and each is told as dropped.
    DropOldest,
}

/// Limits on everything that can grow. What happens at a limit is told where it applies.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// Longest frame taken from the server, in bytes; a longer one is a parse error and closes
    /// the connection. 16 MiB by default.
    pub frame_bytes: usize,
    /// Most bytes of a packet together with its attachments; more are a parse error. 32 MiB by
    /// default.
    pub packet_bytes: usize,
    /// Most bytes that one poll may bring; more are a parse error. 32 MiB by default.
    pub poll_bytes: usize,
    /// Most attachments of one packet: more in an incoming one are a parse error, and an emit with
    /// more is refused. 10 by default, as in the reference parser. A custom parser sets its own
    /// limit to what comes in.
    pub attachments: usize,
    /// Most acknowledgements one namespace waits for; an emit beyond is refused. 10,000 by
    /// default.
    pub pending_acks: usize,
    /// Most packets one namespace keeps while it is not connected; an emit beyond is refused, or
    /// displaces ([`Overflow`]). Also the most that wait in its retry queue; an emit beyond is
    /// refused. 1,000 by default.
    pub buffered_packets: usize,
    /// Most bytes one namespace keeps while it is not connected; an emit beyond is refused, or
    /// displaces ([`Overflow`]). Also the most that wait in its retry queue, and that may wait in
    /// the transport while it is connected; an emit beyond is refused. 4 MiB by default.
    pub buffered_bytes: usize,
    /// Most events held until the answer to CONNECT is here; more are a parse error. 1,000 by
    /// default.
    pub held_events: usize,
    /// Most bytes of such events; more are a parse error. 32 MiB by default.
    pub held_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame_bytes: 16 << 20,
            packet_bytes: 32 << 20,
            poll_bytes: 32 << 20,
            attachments: 10,
            pending_acks: 10_000,
            buffered_packets: 1_000,
            buffered_bytes: 4 << 20,
            held_events: 1_000,
            held_bytes: 32 << 20,
        }
    }
}

/// Puts one more parameter at the end of a URL with a query.
pub(crate) fn add_parameter(url: &mut String, name: &str, value: &str) {
    url.push('&');
    percent_encode(name, url);
    url.push('=');
    percent_encode(value, url);
}

/// RFC 3986, 2.1: everything but the unreserved characters.
fn percent_encode(text: &str, into: &mut String) {
    const HEX: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                into.push(char::from(byte));
            }
            _ => {
                into.push('%');
                into.push(HEX[usize::from(byte >> 4)]);
                into.push(HEX[usize::from(byte & 15)]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_address_is_scheme_and_host() {
        for text in ["http://h", "ws://h:1", "WSS://h/", "https://[::1]:3000"] {
            assert!(text.parse::<Address>().is_ok(), "{text}");
        }
        assert_eq!("h:3000".parse::<Address>(), Err(AddressError::NoScheme));
        assert_eq!("http://".parse::<Address>(), Err(AddressError::NoHost));
        assert_eq!("http://:80".parse::<Address>(), Err(AddressError::NoHost));
        for port in ["99999", "0", "", "http", "80:80"] {
            let error = Err(AddressError::BadPort(port.into()));
            assert_eq!(format!("http://h:{port}").parse::<Address>(), error);
        }
        let error = "http://user:password@h".parse::<Address>();
        assert_eq!(error, Err(AddressError::HasCredentials));
        assert_eq!("ftp://h".parse::<Address>(), Err(AddressError::UnknownScheme("ftp".into())));
        assert_eq!("http://a b".parse::<Address>(), Err(AddressError::BadCharacter(' ')));
        // In JavaScript this path would be a namespace: say so instead of guessing.
        assert_eq!("http://h/chat".parse::<Address>(), Err(AddressError::HasPath("/chat".into())));
    }

    #[test]
    fn the_url_names_version_and_transport() {
        let mut options = ManagerOptions::new("https://h:1".parse().unwrap());
        assert_eq!(
            options.url(Transport::Polling),
            "https://h:1/socket.io/?EIO=4&transport=polling"
        );
        options.path = "rt".to_owned();
        options.query.push(("a b".to_owned(), "ü&=".to_owned()));
        assert_eq!(
            options.url(Transport::WebSocket),
            "wss://h:1/rt/?EIO=4&transport=websocket&a%20b=%C3%BC%26%3D"
        );
        options.add_trailing_slash = false;
        assert!(options.url(Transport::Polling).starts_with("https://h:1/rt?EIO=4"));
    }
}
