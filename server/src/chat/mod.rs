//! The namespace `/chat`, which the app uses.
//!
//! A client says who it is when it connects ([`Credentials`](parlour_events::Credentials)); a
//! refusal is a connect error whose text is the [`Refusal`]'s. It is told its [`Session`], joins
//! rooms and from then on gets their changes. Every request is acknowledged with a
//! [`Reply`](parlour_events::Reply), whatever its payload was; requests of one client are worked
//! off in the order in which they came.
//!
//! * [`door`]: who may come in; [`visit`]: from there to the end of the connection;
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
mod visit;

use std::{future::ready, sync::Arc, time::Duration};

use parlour_events::{Limits, chat::NAMESPACE};
use socketioxide::{
    SocketIo,
    extract::{SocketRef, TryData},
    handler::ConnectHandler,
};

pub(crate) use audience::{Members, at_address, connections};
pub(crate) use door::address;
pub(crate) use ledger::Books;

use self::{
    audience::{Sockets, Standing},
    door::Presented,
    hub::Hub,
    presence::Presence,
};
use crate::{
    budgets::Budgets, files::Files, identity::Authority, reply::log_refused_connect, seats::Seats,
    store::Store,
};

/// What the chat is told to do.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// How long somebody counts as here after their last connection was lost.
    pub(crate) presence_grace: Duration,
    /// Most requests of one client that wait.
    pub(crate) pending_requests: usize,
    /// How long a session outlives its last connection.
    pub(crate) session_lifetime: Duration,
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
    pub(crate) members: Members,
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

    /// Whether another system says what people are called, and what they may do.
    fn names_are_given(&self) -> bool {
        matches!(*self.authority, Authority::Jwt(_))
    }

    /// Opens the namespace, and begins what is done by the clock.
    pub(crate) fn open(self: &Arc<Self>, files: &Files) {
        let chat = self.clone();
        let arrive = move |socket: SocketRef, TryData(auth): TryData<Presented>| {
            let chat = chat.clone();
            async move {
                let result = visit::arrive(&socket, auth.ok(), chat).await;
                if let Err(refusal) = &result {
                    log_refused_connect(socket.id, NAMESPACE, refusal);
                }
                result
            }
        };
        let chat = self.clone();
        let enter = move |socket: SocketRef| {
            visit::enter(socket, &chat);
            ready(())
        };
        self.io.ns(NAMESPACE, enter.with(arrive));
        upkeep::start(self, files);
    }
}
