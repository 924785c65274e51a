//! The first packet of a connection (Engine.IO v4, "Handshake").

use std::time::Duration;

use crate::{
    error::HandshakeError,
    json::{read_number, read_object, read_string},
};

/// What the server says of the connection it opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Handshake {
    /// The connection's id. Not the id of a socket.
    pub(crate) sid: String,
    can_upgrade: bool,
    heartbeat: Duration,
    /// Most bytes of one POST; 0 where the server says nothing.
    pub(crate) max_payload: usize,
}

impl Handshake {
    /// Reads the JSON behind the type digit.
    pub(crate) fn read(json: &str) -> Result<Self, HandshakeError> {
        let missing = HandshakeError::Missing;
        let mut fields = [
            ("sid", None),
            ("upgrades", None),
            ("pingInterval", None),
            ("pingTimeout", None),
            ("maxPayload", None),
        ];
        if !read_object(json, &mut fields) {
            return Err(missing("JSON object"));
        }
        let [sid, upgrades, interval, timeout, max_payload] = fields.map(|(_, json)| json);
        let sid = read_string(sid).filter(|sid| !sid.is_empty()).ok_or(missing("sid"))?;
        let interval = read_number(interval).ok_or(missing("pingInterval"))?;
        let timeout = read_number(timeout).ok_or(missing("pingTimeout"))?;
        let max_payload = read_number(max_payload).unwrap_or_default();
        Ok(Self {
            sid,
            can_upgrade: upgrades
                .is_some_and(|names| names.split('"').any(|name| name == "websocket")),
            heartbeat: Duration::from_millis(interval.saturating_add(timeout)),
            max_payload: usize::try_from(max_payload).unwrap_or(usize::MAX),
        })
    }

    /// Whether the server would go over to a WebSocket.
    pub(crate) fn can_upgrade(&self) -> bool {
        self.can_upgrade
    }

    /// How long after a ping, or after the handshake, the next ping must be here: the sum of
    /// both times.
    pub(crate) fn heartbeat(&self) -> Duration {
        self.heartbeat
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_documents_example_is_read() {
        let handshake = Handshake::read(
            r#"{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#,
        )
        .unwrap();
        assert_eq!(handshake.sid, "lv_VI97HAXpY6yYWAAAC");
        assert!(handshake.can_upgrade());
        assert_eq!(handshake.max_payload, 1_000_000);
        assert_eq!(handshake.heartbeat(), Duration::from_secs(45));
    }

    #[test]
    fn absurd_times_saturate() {
        let json = format!(r#"{{"sid":"a","pingInterval":{0},"pingTimeout":{0}}}"#, u64::MAX);
        assert_eq!(Handshake::read(&json).unwrap().heartbeat(), Duration::from_millis(u64::MAX));
    }

    #[test]
    fn anything_else_is_refused_with_the_reason() {
        for json in ["", "[]", "{}", r#"{"sid":"","pingInterval":1,"pingTimeout":1}"#] {
            assert!(!Handshake::read(json).unwrap_err().to_string().is_empty());
        }
    }
}
