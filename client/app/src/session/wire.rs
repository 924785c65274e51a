//! The session's end of the connection: what arrives, and what is done about effects.

use std::time::Duration;

use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::*, task::spawn_local};
use parlour_events::{
    Credentials, Event, JoinRoom, Refusal, Reply, RoomChanges, RoomHead, Session as Identity,
    SessionEnded, SyncRoom, chat::NAMESPACE, limits::CATCH_UP_CHANGES,
};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use socketio_client::{
    AckPacket, Client, ClientOptions, ConnectError, DisconnectReason, ManagerEvent, Socket,
};

use super::{Session, Wire};
use crate::{
    browser::{clock, place},
    entry::{self, Refused},
    json,
    line::Status,
    state::{Effect, Input, Trouble},
    words,
};

/// How long an answer may take before it counts as lost.
const ANSWER: Duration = Duration::from_secs(10);

/// Makes an input of what an event was answered with.
type MakeInput = dyn FnOnce(Result<AckPacket, Trouble>) -> Input;

impl Session {
    /// Connects, or connects anew with other credentials.
    pub(super) fn connect(&self, credentials: Credentials) {
        self.stop_asking();
        let Some(Wire { socket, .. }) = self.wire() else {
            self.turned_away(words::NO_ADDRESS.to_owned());
            return;
        };
        socket.disconnect();
        self.line.update(|line| line.trying());
        if socket.set_auth(&json::encode(&credentials)).is_err() {
            self.turned_away(words::NO_ADDRESS.to_owned());
            return;
        }
        let mut effects = Vec::new();
        let room = self.room();
        self.core.update_value(|core| {
            core.entry.wanted(credentials);
            effects = core.state.open(room);
        });
        self.perform(effects);
        socket.connect();
    }

    pub(super) fn disconnect(&self) {
        self.stop_asking();
        self.core.update_value(|core| core.entry.left());
        if let Some(wire) = self.core.with_value(|core| core.wire.clone()) {
            wire.socket.disconnect();
        }
        self.apply(Input::Disconnected);
    }

    /// Tries at once, in place of waiting for the next attempt.
    pub fn try_now(&self) {
        let Some(wire) = self.core.with_value(|core| core.wire.clone()) else { return };
        self.stop_asking();
        self.line.update(|line| line.trying());
        wire.client.retry_now();
        // After a refusal there is no attempt to be made sooner: it is asked for here.
        wire.socket.connect();
    }

    pub(super) fn perform(&self, effects: Vec<Effect>) {
        let session = *self;
        for effect in effects {
            match effect {
                Effect::Join { ticket, room, after } => {
                    self.request(&JoinRoom { room: room.clone(), after }, move |outcome| {
                        Input::CaughtUp { room, ticket, outcome }
                    });
                }
                Effect::Sync { ticket, room, after } => {
                    let limit = Some(CATCH_UP_CHANGES);
                    self.request(&SyncRoom { room: room.clone(), after, limit }, move |outcome| {
                        Input::CaughtUp { room, ticket, outcome }
                    });
                }
                Effect::Send { ticket, message } => {
                    let room = message.room.clone();
                    self.request(&message, move |outcome| Input::Answered {
                        room,
                        ticket,
                        outcome,
                    });
                }
                Effect::Wake { ticket, room, after } => {
                    set_timeout(move || session.apply(Input::Wake { room, ticket }), after);
                }
            }
        }
    }

    /// Sends an event, and applies what `input` makes of its outcome.
    fn request<E, T>(&self, event: &E, input: impl FnOnce(Result<T, Trouble>) -> Input + 'static)
    where
        E: Event<Ack = Reply<T>>,
        T: DeserializeOwned,
    {
        // Whatever went wrong on the way, the server may have done it or not.
        let read = |answer: Result<AckPacket, Trouble>| {
            let answer = answer?;
            let json = answer.arg(0).ok_or(Trouble::Lost)?;
            let reply: Reply<T> = json::decode(json).map_err(|_| Trouble::Lost)?;
            Result::from(reply).map_err(Trouble::Refused)
        };
        self.ask(E::NAME, json::encode(event), Box::new(move |answer| input(read(answer))));
    }

    /// The part of a request that is the same for every type: one future, and not one for each.
    fn ask(&self, name: &'static str, payload: Box<RawValue>, input: Box<MakeInput>) {
        let session = *self;
        let wire = self.core.with_value(|core| core.wire.clone());
        spawn_local(async move {
            let answer = match wire {
                Some(Wire { socket, .. }) => {
                    let request = socket.emit_with_ack_packet(name, &payload);
                    request.timeout(ANSWER).await.map_err(|_| Trouble::Lost)
                }
                None => Err(Trouble::Lost),
            };
            session.apply(input(answer));
            session.note_return();
        });
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
            let listener = window_event_listener_untyped(event, network);
            on_cleanup(move || listener.remove());
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
            session.line.update(|line| line.connected());
            session.apply(Input::Connected);
        });
        socket.on_disconnect(move |reason| session.lost(reason));
        socket.on_connect_error(move |error| session.refused(&error));
        hear(socket, move |identity: Identity| session.let_in(identity));
        hear(socket, move |ended: SessionEnded| session.ended(&ended));
        hear(socket, move |changes: RoomChanges| {
            session.heard();
            session.take_changes(changes);
        });
        hear(socket, move |head: RoomHead| session.apply(Input::Head(head)));
        client.on_event(move |event| session.manager(event));
    }

    fn manager(&self, event: &ManagerEvent) {
        match event {
            ManagerEvent::Failed(_) => self.line.update(|line| line.lost()),
            ManagerEvent::Reconnecting { delay, .. } => {
                let at = clock::now() + delay.as_secs_f64() * 1_000.0;
                self.line.update(|line| line.next_try(at));
            }
            ManagerEvent::ReconnectAttempt { .. } => self.line.update(|line| line.trying()),
            ManagerEvent::Ping => self.heard(),
            _ => {}
        }
    }

    fn heard(&self) {
        self.line.try_maybe_update(|line| (line.heard(), ()));
    }

    fn lost(&self, reason: DisconnectReason) {
        self.apply(Input::Disconnected);
        // The server ends the connection with the session, which was left by then.
        if !self.core.with_value(|core| core.entry.is_wanted()) {
            return;
        }
        match reason {
            DisconnectReason::ClientDisconnect => {}
            DisconnectReason::ServerDisconnect => {
                self.line.update(|line| line.lost());
                self.ask_again();
            }
            _ => self.line.update(|line| line.lost()),
        }
    }

    fn refused(&self, error: &ConnectError) {
        let refusal = Refusal::from_connect_error(&error.message);
        let mut then = Refused::ForGood;
        self.core.update_value(|core| then = core.entry.refused(refusal.code));
        if entry::is_of_the_token(refusal.code) {
            self.forget_token();
        }
        if let Refused::WithoutToken(credentials) = then {
            self.connect(credentials);
            return;
        }
        self.turned_away(words::refused(&refusal));
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
        self.line.update(|line| line.next_try(clock::now() + millis));
        let after = Duration::from_secs_f64(millis / 1_000.0);
        let timer = set_timeout_with_handle(move || session.try_now(), after).ok();
        // One at a time, whatever else is refused meanwhile.
        self.stop_asking();
        self.core.update_value(|core| core.ask_again = timer);
    }

    fn stop_asking(&self) {
        let mut timer = None;
        self.core.update_value(|core| timer = core.ask_again.take());
        if let Some(timer) = timer {
            timer.clear();
        }
    }
}

/// Calls `listener` with each event of this type.
fn hear<E: Event>(socket: &Socket, listener: impl Fn(E) + 'static) {
    let listener = move |json: &str| {
        if let Ok(event) = json::decode(json) {
            listener(event);
        }
    };
    hear_json(socket, E::NAME, Box::new(listener));
}

/// The part of listening that is the same for every type.
fn hear_json(socket: &Socket, name: &str, listener: Box<dyn Fn(&str)>) {
    socket.on_packet(name, move |event| {
        if let Some(json) = event.arg(0) {
            listener(json);
        }
    });
}
