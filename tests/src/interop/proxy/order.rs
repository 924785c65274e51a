//! What a proxy can be told.

use serde::Deserialize;

/// What a proxy can be told. In JSON an object with the one field of that name:
/// `{"cut": {"only": "websocket"}}`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Ends connections.
    Cut(Cut),
    /// Forwards nothing any more, and closes nothing.
    Freeze(Freeze),
    /// Forwards later.
    Delay(Delay),
    /// Lets nobody in.
    Refuse(Refuse),
    /// Does something else with WebSockets than forwarding them, from the next one on.
    Websocket(WebSockets),
    /// Forwards again as in the beginning: what was frozen goes on, new connections are let in.
    /// What was cut stays cut.
    Resume(Resume),
}

/// Ends the connections that there are, or will when so much has gone through.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cut {
    /// Those of this kind only.
    pub only: Option<Kind>,
    /// With a reset in place of an orderly end; the system may then drop what it has not
    /// delivered.
    pub reset: bool,
    /// Not now, but when so many more bytes have gone through, to the byte; once. Over all
    /// connections of the kind.
    pub after: Option<u64>,
    /// In which direction they are counted; to the client by default.
    pub direction: Direction,
}

/// Half-opens connections: nothing is forwarded in either direction, the end of a stream neither.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Freeze {
    /// Those of this kind only.
    pub only: Option<Kind>,
    /// Only the connections that there are; new ones are forwarded. Without it, those are accepted
    /// and frozen too.
    pub present: bool,
}

/// Forwards everything so much later, without forwarding less of it. From now on, for the
/// connections that there are as well.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Delay {
    /// Milliseconds towards the server.
    pub up: u64,
    /// Milliseconds towards the client.
    pub down: u64,
}

/// Accepts new connections and closes them at once. The ones that there are go on.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Refuse {}

/// What becomes of a connection whose first request asks for a WebSocket.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebSockets {
    /// What.
    pub how: How,
}

/// See [`WebSockets`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// It is forwarded.
    #[default]
    Pass,
    /// It is closed.
    Close,
    /// It is answered with 400, as by a proxy that knows no WebSockets.
    Answer,
    /// It is never answered, as by a firewall.
    Swallow,
    /// It is opened, and no frame gets through.
    Mute,
}

/// See [`Order::Resume`].
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Resume {}

/// What a connection is for; plain HTTP until its first request asks for something else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Requests.
    #[default]
    Http,
    /// A WebSocket.
    Websocket,
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To the server.
    Up,
    /// To the client.
    #[default]
    Down,
}
