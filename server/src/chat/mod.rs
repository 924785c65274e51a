//! The namespace `/chat`, which the app uses.
//!
//! A client says who it is when it connects ([`Credentials`](parlour_events::Credentials)); a
//! refusal is a connect error whose text is the [`Refusal`]'s. It is told its [`Session`], joins
//! rooms and from then on gets their changes. Every request is acknowledged with a
//! [`Reply`](parlour_events::Reply), whatever its payload was; requests of one client are worked
//! off in the order in which they came.
//!
//! * [`door`]: who may come in;
//! * [`pipeline`]: the layers that every event passes; [`handlers`]: what each event does;
//! * [`member`]: somebody who is connected;
//! * [`hub`]: the order of all changes; [`publisher`]: answers, and what others are told;
//! * [`audience`]: those others; [`presence`]: who is here;
//! * [`ledger`]: what the files need of the chat;
//! * [`upkeep`]: what is done by the clock.

pub(crate) mod audience;
mod door;
mod handlers;
pub(crate) mod hub;
mod ledger;
mod member;
mod pipeline;
mod presence;
mod publisher;
mod upkeep;

use std::{future::ready, sync::Arc, time::Duration};

use parlour_events::{Code, Limits, Refusal, SessionEnded, chat::NAMESPACE};
use socketioxide::{
    SocketIo,
    extract::{SocketRef, TryData},
    handler::ConnectHandler,
    socket::DisconnectReason,
};
use tokio::{sync::mpsc, time::sleep};
use tracing::{error, info, warn};

pub(crate) use door::address;
pub(crate) use ledger::Books;

use self::{
    audience::{Members, Sockets, Standing},
    door::Presented,
    hub::Hub,
    member::Member,
    pipeline::{Caller, Request},
    presence::Presence,
};
use crate::{
    budgets::Budgets,
    files::Files,
    identity::Authority,
    reply::log_refused_connect,
    seats::Seats,
    store::{Asked, Store, Write},
};

/// What the chat is told to do.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// How long somebody counts as here after their last connection was lost.
    pub(crate) presence_grace: Duration,
    /// Most requests of one client that wait.
    pub(crate) pending_requests: usize,
    /// How long messages are kept; none for ever.
    pub(crate) keep: Option<Duration>,
    /// What clients are told of the limits.
    pub(crate) limits: Limits,
}

/// Everything that the namespace works with.
pub(crate) struct Chat<S> {
    pub(crate) store: S,
    pub(crate) hub: Hub,
    pub(crate) budgets: Arc<Budgets>,
    authority: Arc<Authority>,
    io: SocketIo,
    members: Members,
    presence: Presence,
    seats: Seats,
    settings: Settings,
}

impl<S: Store> Chat<S> {
    /// The chat, with its hub running and its namespace not yet open.
    pub(crate) fn start(
        io: &SocketIo,
        store: S,
        authority: Authority,
        budgets: Arc<Budgets>,
        seats: Seats,
        settings: Settings,
    ) -> Arc<Self> {
        let members = Members::default();
        let presence = Presence::new(settings.presence_grace);
        let hub = Hub::start(
            store.clone(),
            Sockets {
                io: io.clone(),
                members: members.clone(),
                presence: presence.clone(),
                standing: Standing { epoch: store.epoch(), limits: settings.limits },
            },
        );
        Arc::new(Self {
            store,
            hub,
            budgets,
            authority: Arc::new(authority),
            io: io.clone(),
            members,
            presence,
            seats,
            settings,
        })
    }

    /// Whether another system says what people are called.
    fn names_are_given(&self) -> bool {
        matches!(*self.authority, Authority::Jwt(_))
    }

    /// Opens the namespace, and begins what is done by the clock.
    pub(crate) fn open(self: &Arc<Self>, files: &Files) {
        let chat = self.clone();
        let arrive = move |socket: SocketRef, TryData(auth): TryData<Presented>| {
            let chat = chat.clone();
            async move {
                let result = arrive(&socket, auth.ok(), chat).await;
                if let Err(refusal) = &result {
                    log_refused_connect(socket.id, NAMESPACE, refusal);
                }
                result
            }
        };
        let chat = self.clone();
        let enter = move |socket: SocketRef| {
            enter(socket, &chat);
            ready(())
        };
        self.io.ns(NAMESPACE, enter.with(arrive));
        upkeep::start(self, files);
    }
}

/// Before the CONNECT is answered: decides whether the client may come in. Its handlers are set
/// here because the first event may come right behind the answer.
async fn arrive<S: Store>(
    socket: &SocketRef,
    presented: Option<Presented>,
    chat: Arc<Chat<S>>,
) -> Result<(), Refusal> {
    let member = Arc::new(door::let_in(socket, presented, &chat).await?);
    let (at, whose) = (chat.clone(), member.clone());
    handlers::let_in(Caller { chat, member: member.clone(), socket: socket.clone() });
    // Without the socket itself, which keeps what is set here.
    socket.on_disconnect(move |socket: SocketRef, reason: DisconnectReason| {
        leave(&socket, &at, &whose, reason);
        ready(())
    });
    socket.extensions.insert(member);
    Ok(())
}

/// Once the CONNECT is answered: tells the client its session and starts its task.
fn enter<S: Store>(socket: SocketRef, chat: &Arc<Chat<S>>) {
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
        user = %member.user,
        nickname = %member.person().name,
        transport = ?socket.transport_type(),
        "member connected"
    );
    socket.join(audience::connections(member.user));
    chat.members.add(socket.clone(), member.clone());
    if member.inbox.is_closed() {
        // The disconnect may have come before these two.
        socket.leave_all();
        chat.members.remove(socket.id);
        return;
    }
    let standing = Standing { epoch: chat.store.epoch(), limits: chat.settings.limits };
    standing.tell(&socket, &member);
    tokio::spawn(attend(socket, member, inbox));
}

/// A member's task: works off its requests, one after the other, until it is gone.
async fn attend(socket: SocketRef, member: Arc<Member>, mut inbox: mpsc::Receiver<Request>) {
    let expiry = async {
        match member.expires_in {
            Some(left) => sleep(left).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(expiry);
    loop {
        tokio::select! {
            // Whoever asks without a pause does not put the end off.
            biased;
            () = &mut expiry, if !member.has_ended() => {
                let message = "The token has expired. Please come in with a new one.".to_owned();
                let ended = SessionEnded { code: Code::TokenInvalid, message };
                audience::end(socket.clone(), &member, &ended);
            }
            request = inbox.recv() => match request {
                Some(request) if !member.has_ended() => request.work_off().await,
                Some(_) => {}
                None => return,
            },
        }
    }
}

/// The client is gone.
fn leave<S: Store>(socket: &SocketRef, chat: &Chat<S>, member: &Member, reason: DisconnectReason) {
    member.inbox.close();
    chat.members.remove(socket.id);
    chat.presence.lose_all(socket.id);
    info!(sid = %socket.id, user = %member.user, %reason, "member disconnected");
    // The session lives on from now.
    let (hub, session) = (chat.hub.clone(), member.session);
    tokio::spawn(async move {
        let answer = Box::new(|_| {});
        hub.write(Write::Seen(Asked { op: vec![session], answer })).await;
    });
}
