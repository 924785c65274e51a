//! The way from HTTP long-polling to a WebSocket (Engine.IO v4, "Upgrade").
//!
//! ```text
//!            open: "2probe"          "3probe"            GET and POST over: "5"
//!   Opening ───────────────▶ Asked ───────────▶ Pausing ───────────────────────▶ WebSocket
//! ```
//!
//! Until the last step the session goes on over HTTP long-polling, and anything that goes wrong
//! leaves it there. While it pauses no new request is made; the server answers the pending GET
//! with a noop.

use crate::{
    config::add_parameter,
    engine::packet::{PROBE, PROBED, Packet, UPGRADE},
    error::ProbeError,
    host::Host,
    io::TransportId,
    time::Instant,
    timer::Timer,
    transport::Transport,
};

/// A WebSocket that a session may go over to.
#[derive(Debug)]
pub(super) struct Upgrade {
    pub(super) transport: TransportId,
    pub(super) step: Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Opening,
    Asked,
    Pausing,
}

impl Upgrade {
    /// Opens the WebSocket.
    pub(super) fn begin(host: &mut Host, now: Instant, sid: &str) -> Self {
        let mut url = host.options.url(Transport::WebSocket);
        add_parameter(&mut url, "sid", sid);
        let timeout = host.options.timeout;
        let transport = host.open(url);
        if !timeout.is_zero() {
            host.timers.set(Timer::Upgrade(transport), now + timeout);
        }
        Self { transport, step: Step::Opening }
    }

    /// It is open.
    pub(super) fn ask(&mut self, host: &mut Host) {
        if self.step == Step::Opening {
            self.step = Step::Asked;
            host.send(self.transport, Packet::Text(PROBE.to_owned()));
        }
    }

    /// The answer, or something else, which ends the upgrade.
    pub(super) fn on_text(&mut self, text: &str) -> Result<(), ProbeError> {
        if self.step == Step::Asked && text == PROBED {
            self.step = Step::Pausing;
            return Ok(());
        }
        Err(ProbeError::Answer(text.chars().take(20).collect()))
    }

    /// Nothing is under way any more: goes over.
    pub(super) fn finish(self, host: &mut Host) -> TransportId {
        host.timers.stop(Timer::Upgrade(self.transport));
        host.send(self.transport, Packet::Text(UPGRADE.to_owned()));
        self.transport
    }
}
