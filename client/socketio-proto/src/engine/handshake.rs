//! The first packet of a connection (Engine.IO v4, "Handshake").

use std::time::Duration;

use serde::Deserialize;

/// What the server says of the connection it opened.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Handshake {
    /// The connection's id. Not the id of a socket.
    pub(crate) sid: String,
    ping_interval: u64,
    ping_timeout: u64,
}

impl Handshake {
    /// Reads the JSON behind the type digit.
    pub(crate) fn read(json: &str) -> Result<Self, String> {
        let handshake: Self = serde_json::from_str(json).map_err(|error| error.to_string())?;
        if handshake.sid.is_empty() {
            return Err("an empty sid".to_owned());
        }
        Ok(handshake)
    }

    /// How long after a ping, or after the handshake, the next ping must be here: the sum of
    /// both times.
    pub(crate) fn heartbeat(&self) -> Duration {
        Duration::from_millis(self.ping_interval.saturating_add(self.ping_timeout))
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
            assert!(!Handshake::read(json).unwrap_err().is_empty());
        }
    }
}
