//! Events as a stream.

use std::{
    collections::VecDeque,
    fmt,
    marker::PhantomData,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use futures_util::Stream;
use serde::de::DeserializeOwned;
use socketio_proto::{EventPacket, SocketId};

use crate::{
    ack::Responder,
    client::Shared,
    driver,
    error::{PayloadError, StreamError},
    listeners::{ListenerId, OnEvent, Stay, shared},
    platform::{Ref, Weak},
};

/// Events that may wait for the reader, unless it says otherwise.
const CAPACITY: usize = 256;

/// The events of one name, each with its arguments as `T`; see
/// [`Socket::events`](crate::Socket::events).
///
/// Events wait here for the reader, 256 at most. Is it slower than that the oldest ones are lost,
/// and the next item says how many: [`StreamError::Lagged`]. Arguments that are no `T` are
/// [`StreamError::Payload`], and are told to
/// [`Socket::on_payload_error`](crate::Socket::on_payload_error) as well, by the task that reads.
/// The stream goes on after either.
///
/// It ends when its client is gone, which it does not prevent, or when its listener is taken away
/// ([`Socket::off_event`](crate::Socket::off_event), [`Socket::off_all`](crate::Socket::off_all));
/// what has come until then is read first. Dropping it ends the listening.
#[must_use = "streams do nothing unless polled"]
pub struct EventStream<T> {
    queue: Ref<Queue>,
    socket: SocketId,
    listener: ListenerId,
    shared: Weak<Shared>,
    item: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> EventStream<T> {
    pub(crate) fn new(shared: &Ref<Shared>, socket: SocketId, event: &str) -> Self {
        let queue = Ref::new(Queue::default());
        let feed = Feed(Ref::clone(&queue));
        let listener = shared!(OnEvent, move |packet: &EventPacket, _: &Responder| {
            feed.0.push(packet.clone());
            Ok(())
        });
        let mut listeners = shared.listeners();
        let id = listeners.new_id();
        // Where there is no driver any more nothing will come: the feed goes, and the stream is
        // at its end.
        let unneeded = if listeners.is_over() {
            Some(listener)
        } else {
            listeners.socket(socket).add_named(id, event, Stay::Stream, listener);
            None
        };
        drop(listeners);
        drop(unneeded);
        let shared = Ref::downgrade(shared);
        Self { queue, socket, listener: id, shared, item: PhantomData }
    }

    /// How many events may wait for the reader, at least one; 256 by default.
    pub fn capacity(self, events: usize) -> Self {
        self.queue.lock().set_capacity(events.max(1));
        self
    }
}

impl<T: DeserializeOwned> Stream for EventStream<T> {
    type Item = Result<T, StreamError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let packet = match self.queue.lock().poll(cx) {
            Poll::Ready(Some(Ok(packet))) => packet,
            Poll::Ready(Some(Err(lagged))) => return Poll::Ready(Some(Err(lagged))),
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => return Poll::Pending,
        };
        Poll::Ready(Some(packet.args().map_err(|source| {
            let error = PayloadError { event: packet.name().to_owned(), source };
            if let Some(shared) = self.shared.upgrade() {
                driver::tell_payload_error(&shared, self.socket, &error);
            }
            StreamError::Payload(error)
        })))
    }
}

impl<T> Drop for EventStream<T> {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.forget_listener(self.listener);
        }
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").field("listener", &self.listener).finish_non_exhaustive()
    }
}

/// The listener's end of a queue: when it goes, so does the stream.
struct Feed(Ref<Queue>);

impl Drop for Feed {
    fn drop(&mut self) {
        self.0.change(|waiting| waiting.ended = true);
    }
}

/// What lies between the listener and the reader.
#[derive(Default)]
struct Queue(Mutex<Waiting>);

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, packet: EventPacket) {
        self.change(|waiting| waiting.push(packet));
    }

    /// Wakes the reader, outside of the lock.
    fn change(&self, change: impl FnOnce(&mut Waiting)) {
        let waker = {
            let mut waiting = self.lock();
            change(&mut waiting);
            waiting.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

struct Waiting {
    packets: VecDeque<EventPacket>,
    capacity: usize,
    missed: u64,
    ended: bool,
    waker: Option<Waker>,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { packets: VecDeque::new(), capacity: CAPACITY, missed: 0, ended: false, waker: None }
    }
}

impl Waiting {
    fn push(&mut self, packet: EventPacket) {
        self.packets.push_back(packet);
        self.keep_to_capacity();
    }

    fn set_capacity(&mut self, capacity: usize) {
        self.capacity = capacity;
        self.keep_to_capacity();
    }

    fn keep_to_capacity(&mut self) {
        while self.packets.len() > self.capacity {
            self.packets.pop_front();
            self.missed += 1;
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<EventPacket, StreamError>>> {
        if self.missed > 0 {
            let missed = std::mem::take(&mut self.missed);
            return Poll::Ready(Some(Err(StreamError::Lagged { missed })));
        }
        match self.packets.pop_front() {
            Some(packet) => Poll::Ready(Some(Ok(packet))),
            None if self.ended => Poll::Ready(None),
            None => {
                self.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}
