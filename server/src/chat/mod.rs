//! The namespace `/chat`, which the app uses.
//!
//! A client says who it is when it connects ([`Credentials`]); a refusal is a connect error whose
//! text is the [`Refusal`]'s. It is told its [`Session`], joins the room and from then on gets its
//! changes. Every request is acknowledged with a [`Reply`], whatever its payload was; requests of
//! one client are worked off in the order in which they came.
//!
//! * [`session`]: who is who;
//! * [`log`]: the rooms' logs;
//! * [`hub`]: the one writer of the logs, and how nothing is lost;
//! * [`audience`]: who is told.

pub(crate) mod audience;
pub(crate) mod hub;
pub(crate) mod log;
pub(crate) mod session;

use std::{collections::HashSet, future::ready, sync::Arc, time::Instant};

use parlour_events::{Author, AuthorKind};
use parlour_events::{
    Code, Credentials, Cursor, Event, JoinRoom, Refusal, Reply, RoomName, SendMessage, Session,
    SyncRoom, chat::NAMESPACE, limits::CATCH_UP_CHANGES,
};
use serde::{Deserialize, Serialize};
use socketioxide::{
    SocketIo,
    extract::{self, AckSender, SocketRef, TryData},
    handler::ConnectHandler,
    socket::{DisconnectReason, Sid},
};
use tokio::sync::mpsc;
use tracing::{debug, error, info, warn};

use self::{
    hub::{Answer, Hub},
    log::Draft,
    session::{Hold, Sessions},
};
use crate::{
    inbox::{Inbox, Refused},
    reply::{
        acknowledge, full, invalid, log_overflow, log_refused_connect, not_sent, refuse, too_fast,
    },
    seats::{Seat, Seats},
};

/// A client of this namespace, from before its CONNECT is answered until it is gone.
struct Member {
    session: Session,
    inbox: Inbox<Request>,
    hold: Hold,
    _seat: Seat,
}

/// What a member asks for.
enum Request {
    Join(JoinRoom, AckSender),
    Sync(SyncRoom, AckSender),
    Send(SendMessage, AckSender),
}

/// Opens the namespace.
pub(crate) fn open(io: &SocketIo, hub: Hub, sessions: Arc<Sessions>, seats: Seats) {
    let arrive = move |socket: SocketRef, TryData(auth): TryData<Presented>| {
        let result = arrive(&socket, auth.ok(), &sessions, &seats);
        if let Err(refusal) = &result {
            log_refused_connect(socket.id, NAMESPACE, refusal);
        }
        ready(result)
    };
    let enter = move |socket: SocketRef| {
        enter(socket, hub);
        ready(())
    };
    io.ns(NAMESPACE, enter.with(arrive));
}

/// What stands in the CONNECT packet, before anything is known of it.
#[derive(Deserialize)]
struct Presented {
    #[serde(default)]
    nickname: serde_json::Value,
    #[serde(default)]
    token: serde_json::Value,
}

impl TryFrom<Presented> for Credentials {
    type Error = Refusal;

    fn try_from(presented: Presented) -> Result<Self, Refusal> {
        let nickname =
            presented.nickname.as_str().unwrap_or_default().parse().map_err(|error| {
                Refusal::new(Code::NicknameInvalid, format!("The nickname {error}."))
            })?;
        let token = match presented.token {
            serde_json::Value::Null => None,
            serde_json::Value::String(token) => Some(
                token
                    .parse()
                    .map_err(|error| Refusal::new(Code::Invalid, format!("The token {error}.")))?,
            ),
            _ => return Err(Refusal::new(Code::Invalid, "The token must be a string.")),
        };
        Ok(Self { nickname, token })
    }
}

/// Before the CONNECT is answered: decides whether the client may come in. Its handlers are set
/// here because the first event may come right behind the answer.
fn arrive(
    socket: &SocketRef,
    presented: Option<Presented>,
    sessions: &Arc<Sessions>,
    seats: &Seats,
) -> Result<(), Refusal> {
    let presented = presented.ok_or_else(|| {
        Refusal::new(Code::NicknameInvalid, "Connecting takes an object with a nickname.")
    })?;
    let credentials = Credentials::try_from(presented)?;
    let seat = seats.take().ok_or_else(full)?;
    let (session, hold) = sessions.enter(credentials, Instant::now())?;
    let member = Arc::new(Member { session, inbox: Inbox::new(), hold, _seat: seat });

    listen(socket, &member, Request::Join);
    listen(socket, &member, Request::Sync);
    listen(socket, &member, Request::Send);
    socket.on_fallback(|socket: SocketRef, event: extract::Event| {
        debug!(sid = %socket.id, event = ?event.0, "no such event in /chat");
        ready(())
    });
    let leaving = member.clone();
    socket.on_disconnect(move |socket: SocketRef, reason: DisconnectReason| {
        leaving.inbox.close();
        if reason == DisconnectReason::ClientNSDisconnect {
            leaving.hold.say_goodbye();
        }
        let nickname = &leaving.session.nickname;
        info!(sid = %socket.id, %nickname, %reason, "member disconnected");
        ready(())
    });
    socket.extensions.insert(member);
    Ok(())
}

/// Once the CONNECT is answered: tells the client its session and starts its task.
fn enter(socket: SocketRef, hub: Hub) {
    let member = socket.extensions.get::<Arc<Member>>();
    let Some((member, inbox)) = member.and_then(|m| m.inbox.receiver().map(|inbox| (m, inbox)))
    else {
        error!(sid = %socket.id, "a client without a session in /chat: disconnecting it");
        if let Err(error) = socket.disconnect() {
            warn!(%error, "it could not be disconnected; its heartbeat will end it");
        }
        return;
    };
    info!(
        sid = %socket.id,
        nickname = %member.session.nickname,
        transport = ?socket.transport_type(),
        "member connected"
    );
    if let Err(error) = socket.emit(Session::NAME, &member.session) {
        not_sent(socket.id, Session::NAME, &error);
    }
    tokio::spawn(attend(socket, member, inbox, hub));
}

/// Puts every event of one kind into the member's inbox.
fn listen<E: Event + Send + Sync + 'static>(
    socket: &SocketRef,
    member: &Arc<Member>,
    request: fn(E, AckSender) -> Request,
) {
    let member = member.clone();
    socket.on(E::NAME, move |socket: SocketRef, TryData(payload): TryData<E>, ack: AckSender| {
        match payload {
            Ok(payload) => match member.inbox.push(request(payload, ack)) {
                Ok(()) => {}
                Err(Refused::Full { request, first }) => {
                    if first {
                        log_overflow(socket.id, E::NAME);
                    }
                    refuse(socket.id, E::NAME, request.into_ack(), too_fast());
                }
                Err(Refused::Closed) => {
                    debug!(sid = %socket.id, event = E::NAME, "came after the disconnect");
                }
            },
            Err(error) => refuse(socket.id, E::NAME, ack, invalid(&error)),
        }
        ready(())
    });
}

impl Request {
    fn into_ack(self) -> AckSender {
        match self {
            Self::Join(_, ack) | Self::Sync(_, ack) | Self::Send(_, ack) => ack,
        }
    }
}

/// A member's task: works off its requests, one after the other, until it is gone.
async fn attend(
    socket: SocketRef,
    member: Arc<Member>,
    mut inbox: mpsc::Receiver<Request>,
    hub: Hub,
) {
    let mut joined: HashSet<RoomName> = HashSet::new();
    while let Some(request) = inbox.recv().await {
        match request {
            Request::Join(JoinRoom { room, after }, ack) => {
                // Rooms cannot be made yet. A room that is not there must not be entered either:
                // each one entered takes memory.
                if room != RoomName::default() {
                    let sentence = format!("There is no room {room}.");
                    let refusal = Refusal::new(Code::RoomUnknown, sentence);
                    refuse(socket.id, JoinRoom::NAME, ack, refusal);
                    continue;
                }
                // Entered before the hub is asked: see there why nothing is lost.
                socket.join(room.as_str().to_owned());
                if member.inbox.is_closed() {
                    // The disconnect may have cleared the socket's rooms before this join.
                    socket.leave_all();
                }
                joined.insert(room.clone());
                let answer = answer(socket.id, JoinRoom::NAME, ack);
                catch_up(&hub, room, after, None, answer).await;
            }
            Request::Sync(SyncRoom { room, after, limit }, ack) => {
                if !joined.contains(&room) {
                    refuse(socket.id, SyncRoom::NAME, ack, not_joined(&room));
                    continue;
                }
                let answer = answer(socket.id, SyncRoom::NAME, ack);
                catch_up(&hub, room, Some(after), limit, answer).await;
            }
            Request::Send(SendMessage { room, id, body }, ack) => {
                if !joined.contains(&room) {
                    refuse(socket.id, SendMessage::NAME, ack, not_joined(&room));
                    continue;
                }
                let name = member.session.nickname.clone();
                let author = Author { name, kind: AuthorKind::Member };
                let draft = Draft { room, id, author, body };
                let answer = answer(socket.id, SendMessage::NAME, ack);
                hub.request(hub::Request::Post { draft, via: socket.id, answer }).await;
            }
        }
    }
}

async fn catch_up(
    hub: &Hub,
    room: RoomName,
    after: Option<Cursor>,
    limit: Option<usize>,
    answer: Answer<parlour_events::CatchUp>,
) {
    let limit = limit.unwrap_or(CATCH_UP_CHANGES);
    hub.request(hub::Request::CatchUp { room, after, limit, answer }).await;
}

/// Acknowledges with whatever the hub says.
fn answer<T: Serialize + 'static>(sid: Sid, event: &'static str, ack: AckSender) -> Answer<T> {
    Box::new(move |result| match result {
        Ok(value) => acknowledge(sid, ack, &Reply::Ok(value)),
        Err(refusal) => refuse(sid, event, ack, refusal),
    })
}

fn not_joined(room: &RoomName) -> Refusal {
    Refusal::new(Code::NotJoined, format!("Join the room {room} first."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(json: &str) -> Result<Credentials, Refusal> {
        Credentials::try_from(serde_json::from_str::<Presented>(json).unwrap())
    }

    #[test]
    fn credentials_are_a_nickname_and_perhaps_a_token() {
        let ann = credentials(r#"{"nickname":" Ann ","token":"abc","more":1}"#).unwrap();
        assert_eq!(ann.nickname.as_str(), "Ann");
        assert_eq!(ann.token.unwrap().as_str(), "abc");
        assert_eq!(credentials(r#"{"nickname":"Ann","token":null}"#).unwrap().token, None);
    }

    #[test]
    fn bad_credentials_are_refused_with_a_sentence() {
        for (json, code, sentence) in [
            ("{}", Code::NicknameInvalid, "The nickname must not be empty."),
            (r#"{"nickname":7}"#, Code::NicknameInvalid, "The nickname must not be empty."),
            (
                r#"{"nickname":"a\u0000b"}"#,
                Code::NicknameInvalid,
                "The nickname must not contain the character U+0000.",
            ),
            (r#"{"nickname":"A","token":7}"#, Code::Invalid, "The token must be a string."),
            (r#"{"nickname":"A","token":""}"#, Code::Invalid, "The token must not be empty."),
        ] {
            assert_eq!(credentials(json), Err(Refusal::new(code, sentence)), "{json}");
        }
    }
}
