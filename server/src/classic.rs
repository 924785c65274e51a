//! The namespace `/`: plain events that any Socket.IO client can use, whatever its language and
//! age (clients of protocol 2, Engine.IO 3, as well).
//!
//! Whoever connects is in the room `chat`, as a guest with a made-up name.
//!
//! * `chat message` (a string) is posted in that room: every classic client gets it back as
//!   `chat message`, the sender included, and the members in `/chat` get the change. Its
//!   acknowledgement, if wanted, is `{"ok": {"seq", "at"}}`.
//! * `message` (a string) is answered with `response`, `Message received: <text>`. Its
//!   acknowledgement, if wanted, is the same text.
//! * What is refused (another type, too long, too much at a time) is answered with the event
//!   `refused`, `{"code", "message"}`; the acknowledgement, if wanted, is `{"error": ..}`.
//!
//! Connections, messages and disconnections are logged; what messages say is not.

use std::{future::ready, sync::Arc};

use parlour_events::{
    Body, Code, Nickname, Refusal, Reply, Sent, UserId, classic, limits::BODY_CHARS,
};
use sha2::{Digest, Sha256};
use socketioxide::{
    ParserError, SocketIo,
    extract::{AckSender, Event, SocketRef, TryData},
    handler::ConnectHandler,
    socket::{DisconnectReason, Sid},
};
use tokio::sync::mpsc;
use tracing::{debug, error, info, warn};
use uuid::Uuid;

use crate::{
    budgets::Budgets,
    chat::{Chat, address, at_address, connections, hub::Hub},
    inbox::{Inbox, Refused},
    peer::AddressKey,
    reply::{
        acknowledge, full, invalid, log_overflow, log_refusal, log_refused_connect, not_sent,
        too_fast,
    },
    seats::{Seat, Seats},
    store::{Answer, Asked, Store, Write, write::Classic},
};

/// Most requests of one guest that wait for their turn.
const WAITING: usize = 256;

/// A client of this namespace, from before its CONNECT is answered until it is gone.
struct Guest {
    user: UserId,
    name: Nickname,
    address: AddressKey,
    inbox: Inbox<Request>,
    _seat: Seat,
}

/// What a guest asks for.
enum Request {
    Post(Body, AckSender),
    Echo(String, AckSender),
}

/// Opens the namespace.
pub(crate) fn open<S: Store>(io: &SocketIo, chat: &Arc<Chat<S>>, seats: Seats) {
    let at = chat.clone();
    let arrive = move |socket: SocketRef| {
        let (chat, seats) = (at.clone(), seats.clone());
        async move {
            let result = arrive(&socket, &chat, &seats).await;
            if let Err(refusal) = &result {
                log_refused_connect(socket.id, "/", refusal);
            }
            result
        }
    };
    let hub = chat.hub.clone();
    let enter = move |socket: SocketRef| {
        enter(socket, hub);
        ready(())
    };
    io.ns("/", enter.with(arrive));
}

/// Before the CONNECT is answered. The handlers are set here because the first event may come
/// right behind the answer.
async fn arrive<S: Store>(
    socket: &SocketRef,
    chat: &Chat<S>,
    seats: &Seats,
) -> Result<(), Refusal> {
    let (address, budgets) = (address(socket)?, &chat.budgets);
    budgets.connect(address)?;
    chat.store.is_open_to(address.to_string()).await?;
    let seat = seats.take().ok_or_else(full)?;
    let guest = Arc::new(Guest {
        user: UserId(Uuid::now_v7()),
        name: guest_name(socket.id),
        address,
        inbox: Inbox::new(WAITING),
        _seat: seat,
    });

    listen(socket, &guest, budgets, classic::CHAT_MESSAGE, |text, ack| {
        match Body::try_from(text) {
            Ok(body) => Ok(Request::Post(body, ack)),
            Err(error) => Err((Refusal::new(Code::Invalid, format!("The message {error}.")), ack)),
        }
    });
    listen(socket, &guest, budgets, classic::MESSAGE, |text, ack| match text.chars().count() {
        0..=BODY_CHARS => Ok(Request::Echo(text, ack)),
        chars => {
            let sentence =
                format!("The message has {chars} characters; at most {BODY_CHARS} are allowed.");
            Err((Refusal::new(Code::Invalid, sentence), ack))
        }
    });
    socket.on_fallback(|socket: SocketRef, event: Event| {
        debug!(sid = %socket.id, event = ?event.0, "no such event in /");
        ready(())
    });
    let leaving = guest.clone();
    socket.on_disconnect(move |socket: SocketRef, reason: DisconnectReason| {
        leaving.inbox.close();
        info!(sid = %socket.id, name = %leaving.name, %reason, "guest disconnected");
        ready(())
    });
    socket.extensions.insert(guest);
    Ok(())
}

/// Once the CONNECT is answered: lets the guest into the room and starts its task.
fn enter(socket: SocketRef, hub: Hub) {
    let guest = socket.extensions.get::<Arc<Guest>>();
    let Some((guest, inbox)) = guest.and_then(|g| g.inbox.receiver().map(|inbox| (g, inbox)))
    else {
        error!(sid = %socket.id, "a client without a guest in /: disconnecting it");
        if let Err(error) = socket.disconnect() {
            warn!(%error, "it could not be disconnected; its heartbeat will end it");
        }
        return;
    };
    info!(
        sid = %socket.id,
        name = %guest.name,
        transport = ?socket.transport_type(),
        protocol = ?socket.protocol(),
        "guest connected"
    );
    socket.join([
        classic::ROOM.to_owned(),
        connections(guest.user),
        at_address(&guest.address.to_string()),
    ]);
    if guest.inbox.is_closed() {
        // The disconnect may have cleared the socket's rooms before this join.
        socket.leave_all();
    }
    tokio::spawn(attend(socket, guest, inbox, hub));
}

/// Puts every event of one kind into the guest's inbox, if its text is fit for it.
fn listen(
    socket: &SocketRef,
    guest: &Arc<Guest>,
    budgets: &Arc<Budgets>,
    event: &'static str,
    request: fn(String, AckSender) -> Result<Request, (Refusal, AckSender)>,
) {
    let (guest, budgets) = (guest.clone(), budgets.clone());
    let take = move |socket: &SocketRef, text: Result<String, ParserError>, ack: AckSender| {
        let spent = budgets.request(guest.user);
        let spent = spent.and_then(|()| budgets.message(guest.user, guest.address));
        let text = match spent.and_then(|()| text.map_err(|error| invalid(&error))) {
            Ok(text) => text,
            Err(refusal) => return refuse(socket, event, ack, refusal),
        };
        match request(text, ack) {
            Ok(request) => match guest.inbox.push(request) {
                Ok(()) => {}
                Err(Refused::Full { request, first }) => {
                    let (Request::Post(_, ack) | Request::Echo(_, ack)) = request;
                    if first {
                        log_overflow(socket.id, event);
                    }
                    refuse(socket, event, ack, too_fast());
                }
                Err(Refused::Closed) => {
                    debug!(sid = %socket.id, event, "came after the disconnect");
                }
            },
            Err((refusal, ack)) => refuse(socket, event, ack, refusal),
        }
    };
    socket.on(event, move |socket: SocketRef, TryData(text): TryData<String>, ack: AckSender| {
        take(&socket, text, ack);
        ready(())
    });
}

/// A guest's task: works off its requests, one after the other, until it is gone.
async fn attend(
    socket: SocketRef,
    guest: Arc<Guest>,
    mut inbox: mpsc::Receiver<Request>,
    hub: Hub,
) {
    while let Some(request) = inbox.recv().await {
        match request {
            Request::Post(body, ack) => {
                let op = Classic {
                    user: guest.user,
                    name: guest.name.clone(),
                    address: guest.address.to_string(),
                    id: Uuid::now_v7(),
                    body,
                };
                let asker = socket.clone();
                let answer: Answer<Sent> = Box::new(move |result| match result {
                    Ok(sent) => {
                        info!(sid = %asker.id, seq = sent.seq.0, "message");
                        acknowledge(asker.id, ack, &Reply::Ok(sent));
                    }
                    Err(refusal) => refuse(&asker, classic::CHAT_MESSAGE, ack, refusal),
                });
                hub.write(Write::Classic(Asked { op, answer })).await;
            }
            Request::Echo(text, ack) => {
                info!(sid = %socket.id, chars = text.chars().count(), "message to the server");
                let response = format!("Message received: {text}");
                if let Err(error) = socket.emit(classic::RESPONSE, &response) {
                    not_sent(socket.id, classic::RESPONSE, &error);
                }
                acknowledge(socket.id, ack, &response);
            }
        }
    }
}

/// Refuses an event: by the event `refused`, which needs no acknowledgement, and by the
/// acknowledgement.
fn refuse(socket: &SocketRef, event: &'static str, ack: AckSender, refusal: Refusal) {
    log_refusal(socket.id, event, &refusal);
    if let Err(error) = socket.emit(classic::REFUSED, &refusal) {
        not_sent(socket.id, classic::REFUSED, &error);
    }
    acknowledge(socket.id, ack, &Reply::<()>::Error(refusal));
}

/// A name such as `Guest 3F2A`, the same for a socket's whole life. The socket's id itself stays
/// secret: it is what HTTP long-polling requests are known by.
fn guest_name(sid: Sid) -> Nickname {
    let digest = Sha256::digest(sid.as_str());
    let number = u16::from_be_bytes([digest[0], digest[1]]);
    format!("Guest {number:04X}").parse().expect("a few letters and digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_has_a_name_that_does_not_tell_its_id() {
        let sid = Sid::new();
        let name = guest_name(sid);
        assert_eq!(name, guest_name(sid));
        let number = name.as_str().strip_prefix("Guest ").unwrap();
        assert!(number.len() == 4 && u16::from_str_radix(number, 16).is_ok(), "{name}");
    }
}
