//! What a client can be told before it starts.

use std::time::Duration;

use socketio_proto::{AddressError, Limits, ManagerOptions};

/// What a client can be told; every default is the JavaScript client's, except that everything
/// has a limit.
#[derive(Debug, Clone)]
#[must_use]
pub struct ClientOptions(pub(crate) ManagerOptions);

impl ClientOptions {
    /// Defaults, for the server at this address: scheme, host and port, as in
    /// `https://chat.example:8443`.
    ///
    /// # Errors
    ///
    /// When the text is no such address. A path is refused too: the endpoint's is
    /// [`ClientOptions::path`], and a namespace is named in [`Client::socket`](crate::Client::socket).
    pub fn new(address: &str) -> Result<Self, AddressError> {
        Ok(Self(ManagerOptions::new(address.parse()?)))
    }

    /// The path of the endpoint; `/socket.io/` by default.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.0.path = path.into();
        self
    }

    /// One more parameter of the URL's query. Not for secrets: URLs end up in logs.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.query.push((name.into(), value.into()));
        self
    }

    /// Whether a lost connection is opened again; yes by default.
    pub fn reconnection(mut self, yes: bool) -> Self {
        self.0.reconnection = yes;
        self
    }

    /// How often in a row that is tried before giving up; without end by default.
    pub fn reconnection_attempts(mut self, most: u32) -> Self {
        self.0.reconnection_attempts = Some(most);
        self
    }

    /// The delay before the first new attempt (1 s), and the longest (5 s); in between it
    /// doubles.
    pub fn reconnection_delay(mut self, first: Duration, longest: Duration) -> Self {
        self.0.reconnection_delay = first;
        self.0.reconnection_delay_max = longest;
        self
    }

    /// How far a delay is moved at random, as a fraction of it, 0 to 1; 0.5 by default. Without
    /// it all clients of a server that was restarted come back in the same moment.
    pub fn randomization_factor(mut self, factor: f64) -> Self {
        self.0.randomization_factor = factor;
        self
    }

    /// How long one attempt may take; 20 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.0.timeout = timeout;
        self
    }

    /// What may grow, and how far.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.0.limits = limits;
        self
    }
}
