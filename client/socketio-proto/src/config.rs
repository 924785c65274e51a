//! What a Manager can be told before it starts, with the reference client's defaults.

use std::{str::FromStr, time::Duration};

use crate::error::AddressError;

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
        let (scheme, rest) = text.trim().split_once("://").ok_or(AddressError::NoScheme)?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "http" | "ws" => false,
            "https" | "wss" => true,
            other => return Err(AddressError::UnknownScheme(other.to_owned())),
        };
        let (authority, path) = match rest.find(['/', '?', '#']) {
            Some(end) => rest.split_at(end),
            None => (rest, ""),
        };
        if !matches!(path, "" | "/") {
            return Err(AddressError::HasPath(path.to_owned()));
        }
        if authority.is_empty() || authority.starts_with(':') {
            return Err(AddressError::NoHost);
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
/// client, except that every queue has a limit.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ManagerOptions {
    /// The server.
    pub address: Address,
    /// The path of the Engine.IO endpoint; `/socket.io/` by default.
    pub path: String,
    /// More parameters for the query; percent-encoded when the URL is built.
    pub query: Vec<(String, String)>,
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
    /// How long one attempt may take until the server's handshake is here; 20 s by default.
    pub timeout: Duration,
    /// What the peer, and the program itself, can make grow.
    pub limits: Limits,
}

impl ManagerOptions {
    /// The defaults, for this server.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            path: "/socket.io/".to_owned(),
            query: Vec::new(),
            reconnection: true,
            reconnection_attempts: None,
            reconnection_delay: Duration::from_secs(1),
            reconnection_delay_max: Duration::from_secs(5),
            randomization_factor: 0.5,
            timeout: Duration::from_secs(20),
            limits: Limits::default(),
        }
    }

    /// The URL of the WebSocket transport (Engine.IO v4, "WebSocket").
    pub(crate) fn websocket_url(&self) -> String {
        let scheme = if self.address.secure { "wss" } else { "ws" };
        let slash = if self.path.starts_with('/') { "" } else { "/" };
        let mut url = format!(
            "{scheme}://{}{slash}{}?EIO=4&transport=websocket",
            self.address.authority, self.path
        );
        for (name, value) in &self.query {
            url.push('&');
            percent_encode(name, &mut url);
            url.push('=');
            percent_encode(value, &mut url);
        }
        url
    }
}

/// Limits on everything that can grow. What happens at a limit is told where it applies.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// Longest frame taken from the server, in bytes; a longer one is a parse error and closes
    /// the connection. 16 MiB by default.
    pub frame_bytes: usize,
    /// Most attachments of one incoming packet; more are a parse error. 10 by default, as in the
    /// reference parser.
    pub attachments: usize,
    /// Most acknowledgements one namespace waits for; an emit beyond is refused. 10,000 by
    /// default.
    pub pending_acks: usize,
    /// Most packets one namespace keeps while it is not connected; an emit beyond is refused.
    /// 1,000 by default.
    pub buffered_packets: usize,
    /// Most bytes one namespace keeps while it is not connected, and most that may wait in the
    /// transport while it is; an emit beyond is refused. 4 MiB by default.
    pub buffered_bytes: usize,
    /// Most events held until the answer to CONNECT is here; more are a parse error. 1,000 by
    /// default.
    pub held_events: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame_bytes: 16 << 20,
            attachments: 10,
            pending_acks: 10_000,
            buffered_packets: 1_000,
            buffered_bytes: 4 << 20,
            held_events: 1_000,
        }
    }
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
        assert_eq!("ftp://h".parse::<Address>(), Err(AddressError::UnknownScheme("ftp".into())));
        assert_eq!("http://a b".parse::<Address>(), Err(AddressError::BadCharacter(' ')));
        // In JavaScript this path would be a namespace: say so instead of guessing.
        assert_eq!("http://h/chat".parse::<Address>(), Err(AddressError::HasPath("/chat".into())));
    }

    #[test]
    fn the_url_names_version_and_transport() {
        let mut options = ManagerOptions::new("https://h:1".parse().unwrap());
        assert_eq!(options.websocket_url(), "wss://h:1/socket.io/?EIO=4&transport=websocket");
        options.path = "rt/".to_owned();
        options.query.push(("a b".to_owned(), "ü&=".to_owned()));
        assert_eq!(
            options.websocket_url(),
            "wss://h:1/rt/?EIO=4&transport=websocket&a%20b=%C3%BC%26%3D"
        );
    }
}
