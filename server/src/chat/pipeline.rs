//! The layers that every event passes, in one place.
//!
//! ```text
//!   frame ─▶ session ─▶ validation ─▶ rate ─▶ queue ─▶ place ─▶ handler ─▶ log ─▶ acknowledgement
//!            is it      does the      has the  in      few        what the
//!            over?      payload       person   order   unanswered event does
//!                       parse?        budget?          at a time
//! ```
//!
//! An event gets here only by [`Pipeline::request`] or [`Pipeline::hint`], which take nothing but
//! types that say in [`Handle`] or [`Hint`] what they count as: a new event cannot leave a layer
//! out. Who may do what is decided behind the last layer, in the store's transaction, where it
//! cannot change any more before it is used.
//!
//! (The payload is parsed by the Socket.IO library before its handler is called; the budget is
//! spent before anything else is done with it. What a frame weighs is bounded before that.)

use std::{future::ready, pin::Pin, sync::Arc, time::Instant};

use parlour_events::{Event, Refusal, Reply};
use serde::{Serialize, de::DeserializeOwned};
use socketioxide::{
    ParserError,
    extract::{self, AckSender, SocketRef, TryData},
};
use tracing::debug;

use super::{Chat, member::Member};
use crate::{
    inbox::Refused,
    reply::{acknowledge, invalid, log_overflow, log_refusal, refuse, too_fast},
    store::{Answer, Store},
};

/// What a request counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cost {
    /// One request.
    Request,
    /// One request and one message.
    Message,
}

/// A request, and what is done about it.
pub(super) trait Handle<S: Store>: Event<Ack = Reply<Self::Done>> + Send + 'static {
    /// What it is answered with.
    type Done: Serialize + DeserializeOwned + Send + 'static;

    /// What it counts as.
    const COST: Cost;

    /// Does it, and answers, now or later. The next request of the same client waits until this
    /// returns: what is to happen in order is handed over here.
    fn handle(
        self,
        caller: Caller<S>,
        answer: Answer<Self::Done>,
    ) -> impl Future<Output = ()> + Send;
}

/// Something that a client lets others know, and that nobody answers.
pub(super) trait Hint<S: Store>: Event<Ack = ()> + Send + 'static {
    /// Passes it on, or not. Must not wait.
    fn hint(self, caller: &Caller<S>);
}

/// Who asks.
pub(super) struct Caller<S> {
    pub(super) chat: Arc<Chat<S>>,
    pub(super) member: Arc<Member>,
    pub(super) socket: SocketRef,
}

impl<S> Clone for Caller<S> {
    fn clone(&self) -> Self {
        Self { chat: self.chat.clone(), member: self.member.clone(), socket: self.socket.clone() }
    }
}

/// A request in the queue, of whatever type.
pub(crate) type Request = Box<dyn Waiting>;

/// What can become of a request that waits.
pub(crate) trait Waiting: Send {
    /// It is done, by the layers behind the queue.
    fn work_off(self: Box<Self>) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// There is no place for it.
    fn refuse(self: Box<Self>, refusal: Refusal);
}

struct Admitted<S, E> {
    caller: Caller<S>,
    event: E,
    ack: AckSender,
    came: Instant,
}

/// Where events are let in.
pub(super) struct Pipeline<S> {
    caller: Caller<S>,
}

impl<S: Store> Pipeline<S> {
    pub(super) fn new(caller: Caller<S>) -> Self {
        Self { caller }
    }

    /// Lets in requests of this type.
    pub(super) fn request<E: Handle<S> + Sync>(&self) -> &Self {
        let caller = self.caller_of();
        let take = move |socket: SocketRef, TryData(payload): TryData<E>, ack: AckSender| {
            admit::<S, E>(&caller(socket), payload, ack);
            ready(())
        };
        self.caller.socket.on(E::NAME, take);
        self
    }

    /// Lets in hints of this type.
    pub(super) fn hint<E: Hint<S> + Sync>(&self) -> &Self {
        let caller = self.caller_of();
        let take = move |socket: SocketRef, TryData(payload): TryData<E>| {
            let caller = caller(socket);
            let open = !caller.member.has_ended();
            if open
                && let Ok(event) = payload
                && caller.chat.budgets.typing(caller.member.user)
            {
                event.hint(&caller);
            }
            ready(())
        };
        self.caller.socket.on(E::NAME, take);
        self
    }

    /// The caller, once the socket is at hand. A socket keeps its handlers: one that kept the
    /// socket would keep it, its member and their seat for ever.
    fn caller_of(&self) -> impl Fn(SocketRef) -> Caller<S> + Clone + Send + Sync + 'static {
        let (chat, member) = (self.caller.chat.clone(), self.caller.member.clone());
        move |socket| Caller { chat: chat.clone(), member: member.clone(), socket }
    }

    /// Whatever else comes is written to the log, and no more.
    pub(super) fn ignore_others(&self) {
        self.caller.socket.on_fallback(|socket: SocketRef, event: extract::Event| {
            debug!(sid = %socket.id, event = ?event.0, "no such event in /chat");
            ready(())
        });
    }
}

/// The layers up to the queue.
fn admit<S: Store, E: Handle<S>>(
    caller: &Caller<S>,
    payload: Result<E, ParserError>,
    ack: AckSender,
) {
    let (member, sid) = (&caller.member, caller.socket.id);
    if member.has_ended() {
        debug!(%sid, event = E::NAME, "came after the session's end");
        return;
    }
    // The budget first: nonsense costs as much as anything else.
    let spent = caller.chat.budgets.request(member.user).and_then(|()| match E::COST {
        Cost::Request => Ok(()),
        Cost::Message => caller.chat.budgets.message(member.user, member.address),
    });
    let admitted = spent.and_then(|()| payload.map_err(|error| invalid(&error)));
    let event = match admitted {
        Ok(event) => event,
        Err(refusal) => return refuse(sid, E::NAME, ack, refusal),
    };
    let request = Admitted { caller: caller.clone(), event, ack, came: Instant::now() };
    match member.inbox.push(Box::new(request)) {
        Ok(()) => {}
        Err(Refused::Full { request, first }) => {
            if first {
                log_overflow(sid, E::NAME);
            }
            request.refuse(too_fast());
        }
        Err(Refused::Closed) => debug!(%sid, event = E::NAME, "came after the disconnect"),
    }
}

/// The layers behind the queue.
impl<S: Store, E: Handle<S>> Waiting for Admitted<S, E> {
    fn work_off(self: Box<Self>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let Self { caller, event, ack, came } = *self;
        Box::pin(async move {
            let place = caller.member.place().await;
            let (sid, user) = (caller.socket.id, caller.member.user);
            let answer = Box::new(move |result: Result<E::Done, Refusal>| {
                let micros = came.elapsed().as_micros();
                match result {
                    Ok(done) => {
                        debug!(%sid, %user, event = E::NAME, micros, "done");
                        acknowledge(sid, ack, &Reply::Ok(done));
                    }
                    Err(refusal) => {
                        log_refusal(sid, E::NAME, &refusal);
                        acknowledge(sid, ack, &Reply::<E::Done>::Error(refusal));
                    }
                }
                drop(place);
            });
            event.handle(caller, answer).await;
        })
    }

    fn refuse(self: Box<Self>, refusal: Refusal) {
        refuse(self.caller.socket.id, E::NAME, self.ack, refusal);
    }
}
