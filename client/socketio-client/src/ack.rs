//! Acknowledgements both ways.

use std::{
    fmt,
    future::IntoFuture,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_channel::oneshot;
use serde::Serialize;
use socketio_proto::{
    AckOptions, AckOutcome, AckPacket, Arguments, EmitError, EncodeError, SocketId,
};

use crate::{
    client::Shared,
    error::AckError,
    platform::{Ref, Weak},
    socket::Socket,
};

/// An event that waits to be sent, with an acknowledgement of type `A` wanted.
#[must_use = "nothing is sent until it is awaited"]
pub struct Request<A> {
    socket: Socket,
    arguments: Result<Arguments, EncodeError>,
    options: AckOptions,
    read: Read<A>,
}

/// Makes what was asked for of the packet that came.
type Read<A> = fn(AckPacket) -> Result<A, serde_json::Error>;

impl<A> Request<A> {
    pub(crate) fn new(
        socket: Socket,
        arguments: Result<Arguments, EncodeError>,
        read: Read<A>,
    ) -> Self {
        Self { socket, arguments, options: AckOptions::default(), read }
    }

    /// How long to wait, from the moment it is awaited;
    /// [`ClientOptions::ack_timeout`](crate::ClientOptions::ack_timeout) by default. Without
    /// either the wait ends only with the acknowledgement or the connection; for an event that
    /// waits for a connection, perhaps never. Where it is retried this is for each time.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// How often it is sent again when no acknowledgement comes; as
    /// [`ClientOptions::retries`](crate::ClientOptions::retries) says by default. Such events are
    /// sent one by one, in order, each at least once.
    pub fn retries(mut self, retries: u32) -> Self {
        self.options.retries = Some(retries);
        self
    }

    /// Sends the event, or keeps it until the namespace is connected.
    pub fn send(self) -> Response<A> {
        let Self { socket, arguments, options, read } = self;
        Response { state: State::begin(&socket, arguments, options), read }
    }
}

impl<A> IntoFuture for Request<A> {
    type Output = Result<A, AckError>;
    type IntoFuture = Response<A>;

    fn into_future(self) -> Response<A> {
        self.send()
    }
}

impl<A> fmt::Debug for Request<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("options", &self.options).finish_non_exhaustive()
    }
}

/// The acknowledgement that will come. Dropping it forgets the acknowledgement, not the event.
#[must_use = "dropping it forgets the acknowledgement"]
pub struct Response<A> {
    state: State,
    read: Read<A>,
}

impl<A> Future for Response<A> {
    type Output = Result<A, AckError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let read = self.read;
        self.state.poll(cx).map(|outcome| read(outcome?).map_err(AckError::Payload))
    }
}

impl<A> fmt::Debug for Response<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").finish_non_exhaustive()
    }
}

/// How far it is: the same code for every type.
enum State {
    Failed(Option<AckError>),
    Waiting { receiver: oneshot::Receiver<AckOutcome>, _entry: Entry },
}

impl State {
    /// Sends the event, or keeps it.
    fn begin(
        socket: &Socket,
        arguments: Result<Arguments, EncodeError>,
        options: AckOptions,
    ) -> Self {
        let waiting = arguments.map_err(AckError::from).and_then(|arguments| {
            let shared = &socket.handle.shared;
            let (id, receiver) = shared.with_core(|core, now| {
                let id = core.manager.emit_with_ack(now, socket.id, arguments, options)?;
                Ok::<_, AckError>((id, core.expect_ack(socket.id, id)))
            })?;
            let entry = Entry { id, socket: socket.id, shared: Ref::clone(shared) };
            Ok(Self::Waiting { receiver, _entry: entry })
        });
        waiting.unwrap_or_else(|error| Self::Failed(Some(error)))
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<AckPacket, AckError>> {
        let receiver = match self {
            Self::Failed(error) => {
                return Poll::Ready(Err(error.take().unwrap_or(AckError::TimedOut)));
            }
            Self::Waiting { receiver, .. } => receiver,
        };
        Pin::new(receiver).poll(cx).map(|outcome| match outcome {
            Ok(AckOutcome::Received(ack)) => Ok(ack),
            Ok(AckOutcome::TimedOut) => Err(AckError::TimedOut),
            Ok(AckOutcome::Dropped(reason)) => Err(AckError::Dropped(reason)),
            // The sender goes only with the whole client.
            Ok(_) | Err(oneshot::Canceled) => Err(AckError::Disconnected),
        })
    }
}

/// The place in the client's table; given up on drop.
struct Entry {
    id: u64,
    socket: SocketId,
    shared: Ref<Shared>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut core = self.shared.core();
        if core.take_ack(self.socket, self.id).is_some() {
            core.manager.forget_ack(self.socket, self.id);
        }
    }
}

/// Answers an event, if the server asked for that.
#[derive(Clone)]
pub struct Responder(Option<Question>);

/// An event that the server wants answered.
#[derive(Clone)]
struct Question {
    id: u64,
    socket: SocketId,
    /// Our id on the connection that asked.
    sid: String,
    shared: Weak<Shared>,
}

impl Responder {
    /// For an event of this socket; `id` is none where no answer is wanted.
    pub(crate) fn new(shared: &Ref<Shared>, socket: SocketId, id: Option<u64>) -> Self {
        Self(id.and_then(|id| {
            let sid = shared.core().manager.sid(socket)?.to_owned();
            Some(Question { id, socket, sid, shared: Ref::downgrade(shared) })
        }))
    }

    /// Whether the server waits for an answer.
    pub fn is_wanted(&self) -> bool {
        self.0.is_some()
    }

    /// Answers; `()` is no argument, a tuple is several. The first answer counts, by the server's
    /// judgement; nothing is sent if none is wanted or the connection that asked is gone.
    ///
    /// # Errors
    ///
    /// [`EmitError::Congested`] when more than
    /// [`Limits::buffered_bytes`](crate::Limits::buffered_bytes) waits to be written: nothing was
    /// sent, and it may be tried again. [`EmitError::Encode`] when the payload has no JSON form,
    /// or a custom parser cannot write it.
    pub fn send<T: Serialize + ?Sized>(&self, payload: &T) -> Result<(), EmitError> {
        let arguments = Arguments::ack(payload)?;
        if let Some(Question { id, socket, sid, shared }) = &self.0
            && let Some(shared) = shared.upgrade()
        {
            return shared.with_manager(|manager, now| {
                manager.acknowledge(now, *socket, sid, *id, arguments)
            });
        }
        Ok(())
    }
}

impl fmt::Debug for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responder").field("is_wanted", &self.is_wanted()).finish()
    }
}
