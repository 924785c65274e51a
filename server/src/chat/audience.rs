//! Those who are told: the connections of both namespaces, by room and by person.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use parlour_events::{
    ChangeKind, Epoch, Event, Limits, Muted, Reason, Role, RoomChanges, RoomHead, RoomName,
    Session, SessionEnded, Timestamp, TopicChanged, UserId, chat, classic,
};
use serde::Serialize;
use socketioxide::{
    BroadcastError, SendError, SocketError, SocketIo, extract::SocketRef, socket::Sid,
};
use tokio::time::sleep;
use tracing::{debug, error, info, warn};

use super::{
    member::Member,
    presence::Presence,
    publisher::{Audience, Delivery},
};
use crate::{
    reply::not_sent,
    store::{News, news::Whose},
};

/// The first pause before somebody whose queue is full is let go of, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_secs(2);

/// The library's name for those who follow a room.
pub(super) fn followers(room: &RoomName) -> String {
    format!("room:{room}")
}

/// The library's name for the connections of a person.
pub(crate) fn connections(user: UserId) -> String {
    format!("user:{user}")
}

/// The library's name for the classic guests from an address.
pub(crate) fn at_address(address: &str) -> String {
    format!("address:{address}")
}

/// Who is connected to `/chat` here.
#[derive(Clone, Default)]
pub(crate) struct Members(Arc<Mutex<Table>>);

type Table = HashMap<Sid, (SocketRef, Arc<Member>)>;

impl std::fmt::Debug for Members {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Members").field(&self.lock().len()).finish()
    }
}

impl Members {
    pub(super) fn add(&self, socket: SocketRef, member: Arc<Member>) {
        self.lock().insert(socket.id, (socket, member));
    }

    pub(super) fn remove(&self, sid: Sid) {
        self.lock().remove(&sid);
    }

    /// Forgets them all, when the server has stopped: a socket keeps what its handlers need, and
    /// with it the chat, its store and this.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// Those for whom this holds.
    pub(super) fn find(&self, holds: impl Fn(&Member) -> bool) -> Vec<(SocketRef, Arc<Member>)> {
        self.lock().values().filter(|(_, member)| holds(member)).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connections of this server.
pub(super) struct Sockets {
    pub(super) io: SocketIo,
    pub(super) members: Members,
    pub(super) presence: Presence,
    pub(super) standing: Standing,
}

/// What every client is told of the server when it comes in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) epoch: Epoch,
    pub(super) limits: Limits,
}

impl Standing {
    /// Tells a client who it is, and what it may do.
    pub(super) fn tell(self, socket: &SocketRef, member: &Member) {
        let session = Session {
            person: member.person(),
            role: member.role(),
            token: member.token.clone(),
            epoch: self.epoch,
            limits: self.limits,
        };
        if let Err(error) = socket.emit(Session::NAME, &session) {
            not_sent(socket.id, Session::NAME, &error);
        }
        if member.is_muted() {
            let until = Some(Timestamp(member.muted_until()));
            let muted = Muted { until, reason: Reason::default() };
            if let Err(error) = socket.emit(Muted::NAME, &muted) {
                not_sent(socket.id, Muted::NAME, &error);
            }
        }
    }
}

impl Sockets {
    async fn send<T>(&self, namespace: &str, to: String, event: &str, data: &T) -> Delivery
    where
        T: Serialize + ?Sized,
    {
        // No namespace: the server is stopping, and nobody is left in it.
        let Some(sockets) = self.io.of(namespace) else { return Delivery::Complete };
        match sockets.within(to.clone()).emit(event, data).await {
            Ok(()) => Delivery::Complete,
            Err(BroadcastError::Socket(errors)) => {
                // The others are gone, and catch up when they are back.
                let full = |error: &&SocketError| matches!(error, SocketError::InternalChannelFull);
                match errors.iter().filter(full).count() {
                    0 => Delivery::Complete,
                    full => Delivery::Missed(full),
                }
            }
            Err(BroadcastError::Serialize(error)) => {
                error!(event, to, %error, "not sent to anybody: no JSON for it");
                Delivery::Complete
            }
            Err(BroadcastError::Adapter(error)) => {
                error!(event, to, %error, "not sent to everybody: they will be told to catch up");
                Delivery::Missed(0)
            }
        }
    }

    async fn tell<E: Event>(&self, to: String, event: &E) -> Delivery {
        self.send(chat::NAMESPACE, to, E::NAME, event).await
    }

    /// Guests of the classic namespace have no session; their connections end all the same.
    async fn end_guests(&self, whose: &Whose) {
        let room = match whose {
            Whose::User(user) => connections(*user),
            Whose::Address(address) => at_address(address),
            Whose::Session(_) => return,
        };
        let Some(guests) = self.io.of("/") else { return };
        if let Err(error) = guests.within(room).disconnect().await {
            warn!(%error, "not every guest could be disconnected; what they send is refused");
        }
    }

    /// All connections of a person.
    async fn tell_person<E: Event>(&self, user: UserId, event: &E) {
        if let Delivery::Missed(connections) = self.tell(connections(user), event).await {
            // They find out when they ask for the rooms again.
            debug!(%user, event = E::NAME, connections, "full queues: not told");
        }
    }
}

impl Audience for Sockets {
    async fn changes(&self, news: RoomChanges) -> Delivery {
        let delivery = self.tell(followers(&news.room), &news).await;
        if news.room.as_str() == classic::ROOM {
            for change in &news.changes {
                let ChangeKind::Posted(posted) = &change.kind else { continue };
                let Some(body) = &posted.body else { continue };
                let to = classic::ROOM.to_owned();
                let text = body.as_str();
                let classic = self.send("/", to, classic::CHAT_MESSAGE, text).await;
                if let Delivery::Missed(clients) = classic {
                    let seq = change.seq.0;
                    debug!(seq, clients, "full queues: these classic clients miss a message");
                }
            }
        }
        delivery
    }

    async fn head(&self, head: RoomHead) -> Delivery {
        self.tell(followers(&head.room), &head).await
    }

    async fn other(&self, news: News) {
        match news {
            // The publisher puts these into frames.
            News::Change(room, change) => {
                error!(%room, seq = change.seq.0, "a change outside of its frame is not told");
            }
            News::Topic(room, topic, by) => {
                self.tell(followers(&room), &TopicChanged { room: room.clone(), topic, by }).await;
            }
            News::Room(user, updated) => self.tell_person(user, &updated).await,
            News::Left(user, updated) => {
                for (socket, member) in self.members.find(|member| member.user == user) {
                    member.unfollow(&socket, &updated.room);
                }
                self.presence.leave(&updated.room, user);
                self.tell_person(user, &updated).await;
            }
            News::Read(user, marker) => self.tell_person(user, &marker).await,
            News::Person(person, role) => {
                for (socket, member) in self.members.find(|member| member.user == person.id) {
                    member.is_now(person.clone(), role);
                    self.standing.tell(&socket, &member);
                }
                self.presence.rename(person);
            }
            News::Ended(whose, ended) => {
                let concerned = |member: &Member| match &whose {
                    Whose::Session(key) => member.session == *key,
                    Whose::User(user) => member.user == *user,
                    Whose::Address(address) => {
                        member.address.to_string() == *address && member.role() == Role::Member
                    }
                };
                for (socket, member) in self.members.find(concerned) {
                    end(socket, &member, &ended);
                }
                self.end_guests(&whose).await;
            }
            News::Muted(user, muted) => {
                for (_, member) in self.members.find(|member| member.user == user) {
                    member.mute(muted.until.map_or(0, |until| until.0));
                }
                self.tell_person(user, &muted).await;
            }
        }
    }
}

/// Tells a client that its session is over, and lets go of it.
///
/// It hears nothing of any room from here on. If its queue is full, because it reads nothing, the
/// rest is tried again until it works or the connection is gone.
pub(super) fn end(socket: SocketRef, member: &Member, ended: &SessionEnded) {
    if !member.end() {
        return;
    }
    info!(sid = %socket.id, code = %ended.code, "session ended");
    socket.leave_all();
    if let Some(socket) = try_to_end(socket, ended) {
        let ended = ended.clone();
        tokio::spawn(async move {
            let (mut socket, mut pause) = (socket, FIRST_PAUSE);
            while socket.connected() {
                sleep(pause).await;
                pause = (pause * 2).min(LAST_PAUSE);
                match try_to_end(socket, &ended) {
                    Some(again) => socket = again,
                    None => return,
                }
            }
        });
    }
}

/// Gives the socket back if its queue has no place.
fn try_to_end(socket: SocketRef, ended: &SessionEnded) -> Option<SocketRef> {
    if let Err(SendError::Socket(SocketError::InternalChannelFull)) =
        socket.emit(SessionEnded::NAME, ended)
    {
        return Some(socket);
    }
    match socket.clone().disconnect() {
        Err(SocketError::InternalChannelFull) => Some(socket),
        // Closed already, or now.
        _ => None,
    }
}
