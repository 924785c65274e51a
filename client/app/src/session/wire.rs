//! The connection of this page's own: what it is asked, and what comes of it.
//!
//! Everything goes through as JSON text under an event's name, so that a page that leads can pass
//! on what another page asks ([`super::tabs`]).

use crate::live::{self, listen, spawn};
use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use parlour_events::{Credentials, Refusal, chat::NAMESPACE};
use serde_json::value::RawValue;
use socketio_client::{
    Client, ClientOptions, ConnectError, DisconnectReason, EventPacket, ManagerEvent, Socket,
};

use super::{Closed, Session, news, tabs::Role};
use crate::{
    browser::{clock, place},
    entry::{self, Refused},
    json,
    line::{Line, Status},
    words::{self, Key},
};

/// How long an answer may take before it counts as lost.
pub(super) const ANSWER: Duration = Duration::from_secs(10);

/// What is done with an answer; none if it was lost.
pub(super) type Then = Box<dyn FnOnce(Option<&str>)>;

#[derive(Clone)]
pub(super) struct Wire {
    client: Client,
    socket: Socket,
}

impl Session {
    /// Connects, or connects anew with other credentials.
    pub(super) fn connect_own(&self, credentials: &Credentials) {
        self.stop_asking();
        let wire = self.wire();
        let Some(Wire { socket, .. }) =
            wire.filter(|it| it.socket.set_auth(&json::encode(credentials)).is_ok())
        else {
            self.turned_away(words::text(Key::APP_NO_ADDRESS).to_owned(), Closed::No);
            return;
        };
        socket.disconnect();
        self.change_line(|line| line.trying());
        socket.connect();
    }

    pub(super) fn disconnect_own(&self) {
        self.stop_asking();
        if let Some(wire) = self.core.with_value(|core| core.wire.clone()) {
            wire.socket.disconnect();
        }
    }

    /// The credentials for the next time.
    pub(super) fn come_back_with(&self, credentials: &Credentials) {
        if let Some(wire) = self.core.with_value(|core| core.wire.clone()) {
            // Credentials always have a JSON form.
            let _ = wire.socket.set_auth(&json::encode(credentials));
        }
    }

    /// Tries at once, in place of waiting for the next attempt.
    pub(super) fn try_own_now(&self) {
        if self.awaiting.get_untracked() {
            return;
        }
        let wire = self.core.with_value(|core| core.wire.clone());
        // A page that follows may ask for it late.
        let Some(wire) = wire.filter(|wire| !wire.socket.connected()) else { return };
        self.stop_asking();
        self.change_line(|line| line.trying());
        wire.client.retry_now();
        // After a refusal there is no attempt to be made sooner: it is asked for here.
        wire.socket.connect();
    }

    /// Asks the server.
    pub(super) fn ask_own(&self, event: &str, payload: &RawValue, then: Then) {
        let wire = self.core.with_value(|core| core.wire.clone());
        // What is asked without a connection would be kept and asked late, when it is asked again.
        let Some(wire) = wire.filter(|wire| wire.socket.connected()) else {
            return then(None);
        };
        let request = wire.socket.emit_with_ack_packet(event, payload).timeout(ANSWER);
        spawn(async move {
            let answer = request.await.ok();
            then(answer.as_ref().and_then(|answer| answer.arg(0)));
        });
    }

    /// Tells the server something that may get lost.
    pub(super) fn tell_own(&self, event: &str, payload: &RawValue) {
        if let Some(wire) = self.core.with_value(|core| core.wire.clone()) {
            let _ = wire.socket.volatile().emit(event, payload);
        }
    }

    pub(super) fn watch_network(&self) {
        let session = *self;
        let network = move |_| {
            let online = place::is_online();
            session.line.update(|line| line.network(online));
            if online && session.line.with_untracked(|line| line.status() == Status::Reconnecting) {
                session.try_now();
            }
        };
        for event in ["online", "offline"] {
            listen(event, network);
        }
    }

    /// The connection, made at the first call; none if the page has no address to connect to.
    fn wire(&self) -> Option<Wire> {
        if let Some(wire) = self.core.with_value(|core| core.wire.clone()) {
            return Some(wire);
        }
        let client = Client::new(ClientOptions::new(&place::server()).ok()?).ok()?;
        let socket = client.socket(NAMESPACE).ok()?;
        self.listen(&client, &socket);
        let wire = Wire { client, socket };
        self.core.update_value(|core| core.wire = Some(wire.clone()));
        Some(wire)
    }

    fn listen(&self, client: &Client, socket: &Socket) {
        // Copies of the session hold no connection, so these make no cycle.
        let session = *self;
        socket.on_connect(move || {
            session.stop_asking();
            session.core.update_value(|core| core.entry.connected());
            session.change_line(|line| line.connected());
        });
        socket.on_disconnect(move |reason| session.lost(reason));
        socket.on_connect_error(move |error| session.refused(&error));
        socket.on_any(move |packet: &EventPacket| {
            session.heard();
            if let Some(payload) = packet.arg(0) {
                session.pass_on(packet.name(), payload);
                session.take_news(packet.name(), payload);
            }
        });
        client.on_event(move |event| session.manager(event));
    }

    fn manager(&self, event: &ManagerEvent) {
        match event {
            ManagerEvent::Failed(_) => self.change_line(|line| line.lost()),
            ManagerEvent::Reconnecting { delay, .. } => {
                let at = clock::now() + delay.as_secs_f64() * 1_000.0;
                self.change_line(|line| line.next_try(at));
            }
            ManagerEvent::ReconnectAttempt { .. } => self.change_line(|line| line.trying()),
            ManagerEvent::Ping => self.heard(),
            _ => {}
        }
    }

    fn heard(&self) {
        self.line.update_if(Line::heard);
    }

    fn lost(&self, reason: DisconnectReason) {
        self.pass_on(news::LOST, "");
        self.take_news(news::LOST, "");
        // The server ends the connection with the session, which was left by then.
        if !self.core.with_value(|core| core.entry.is_wanted()) {
            return;
        }
        match reason {
            DisconnectReason::ClientDisconnect => {}
            DisconnectReason::ServerDisconnect => {
                self.change_line(|line| line.lost());
                self.ask_again();
            }
            _ => self.change_line(|line| line.lost()),
        }
    }

    fn refused(&self, error: &ConnectError) {
        let refusal = Refusal::from_connect_error(&error.message);
        if self.is_by_token() && entry::is_of_a_jwt(refusal.code) {
            return self.token_refused(refusal.code);
        }
        let mut then = Refused::ForGood;
        self.core.update_value(|core| then = core.entry.refused(refusal.code));
        if entry::is_of_the_token(refusal.code) {
            self.remember(|person| person.token = None);
        }
        if let Refused::WithoutToken(credentials) = then {
            self.connect_own(&credentials);
            return;
        }
        self.turned_away(words::refused(&refusal), Closed::of(refusal.code));
        if then == Refused::ForNow {
            self.ask_again();
        }
    }

    /// The library does not try again by itself after the server has spoken; for a reason that
    /// passes, this does.
    fn ask_again(&self) {
        let session = *self;
        let (spread, mut millis) = (js_sys::Math::random(), 0.0);
        self.core.update_value(|core| millis = core.entry.ask_again_after(spread));
        self.change_line(|line| line.next_try(clock::now() + millis));
        let after = Duration::from_secs_f64(millis / 1_000.0);
        let timer = live::after(after, move || session.try_own_now());
        // One at a time, whatever else is refused meanwhile.
        self.stop_asking();
        self.core.update_value(|core| core.ask_again = timer);
    }

    fn stop_asking(&self) {
        let mut timer: Option<TimeoutHandle> = None;
        self.core.update_value(|core| timer = core.ask_again.take());
        if let Some(timer) = timer {
            timer.clear();
        }
    }

    /// Whether this page has, or wants, a connection of its own.
    pub(super) fn has_own(&self) -> bool {
        self.core.with_value(|core| core.tabs.role != Role::Following)
    }
}
