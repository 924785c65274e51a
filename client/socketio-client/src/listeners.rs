//! Who wants to know what.

use socketio_proto::{Auth, ConnectError, DisconnectReason, EventPacket, ManagerEvent, SocketId};

use crate::{
    ack::Responder,
    error::{Dropped, PayloadError},
    platform::{Pinned, Ref},
};

/// One listener, for taking it away again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListenerId(u64);

macro_rules! callback {
    ($($(#[$doc:meta])* $name:ident($($arg:ty),*) $(-> $ret:ty)?;)*) => {$(
        $(#[$doc])*
        #[cfg(not(target_arch = "wasm32"))]
        pub(crate) type $name = dyn Fn($($arg),*) $(-> $ret)? + Send + Sync;
        $(#[$doc])*
        #[cfg(target_arch = "wasm32")]
        pub(crate) type $name = dyn Fn($($arg),*) $(-> $ret)?;
    )*};
}

callback! {
    OnEvent(&EventPacket, &Responder) -> Result<(), serde_json::Error>;
    OnAny(&EventPacket);
    OnConnect();
    OnDisconnect(DisconnectReason);
    OnConnectError(ConnectError);
    OnPayloadError(&PayloadError);
    OnDropped(&Dropped);
    OnManager(&ManagerEvent);
    /// Makes what CONNECT is to carry, or says why there is nothing to be had.
    MakeAuth() -> Pinned<Result<Option<Auth>, String>>;
}

/// Listeners of one kind, in the order they came.
#[derive(Debug)]
pub(crate) struct List<F: ?Sized>(Vec<(ListenerId, Ref<F>)>);

impl<F: ?Sized> Default for List<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<F: ?Sized> List<F> {
    pub(crate) fn add(&mut self, id: ListenerId, listener: Ref<F>) {
        self.0.push((id, listener));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn remove(&mut self, id: ListenerId) -> Option<Ref<F>> {
        let place = self.0.iter().position(|(other, _)| *other == id)?;
        Some(self.0.remove(place).1)
    }

    /// The listeners as they are now: calling one may add or take away others.
    pub(crate) fn snapshot(&self) -> Vec<Ref<F>> {
        self.0.iter().map(|(_, listener)| Ref::clone(listener)).collect()
    }
}

/// How long a listener of an event stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stay {
    /// Until it is taken away.
    Always,
    /// For one event.
    Once,
    /// As long as the driver runs: it feeds a stream, which ends with it.
    Stream,
}

/// One listener of an event by its name.
pub(crate) struct Named {
    id: ListenerId,
    event: String,
    stay: Stay,
    listener: Ref<OnEvent>,
}

/// The listeners of one namespace, and who makes its auth.
#[derive(Default)]
pub(crate) struct SocketListeners {
    named: Vec<Named>,
    pub(crate) any: List<OnAny>,
    pub(crate) outgoing: List<OnAny>,
    pub(crate) connect: List<OnConnect>,
    pub(crate) disconnect: List<OnDisconnect>,
    pub(crate) connect_error: List<OnConnectError>,
    pub(crate) payload_error: List<OnPayloadError>,
    pub(crate) dropped: List<OnDropped>,
    pub(crate) auth: Option<Ref<MakeAuth>>,
}

impl SocketListeners {
    pub(crate) fn add_named(
        &mut self,
        id: ListenerId,
        event: &str,
        stay: Stay,
        listener: Ref<OnEvent>,
    ) {
        self.named.push(Named { id, event: event.to_owned(), stay, listener });
    }

    /// The listeners of this event; those for one time are taken away.
    pub(crate) fn take_named(&mut self, event: &str) -> Vec<Ref<OnEvent>> {
        let of_event = self.named.iter().filter(|named| named.event == event);
        let listeners = of_event.map(|named| Ref::clone(&named.listener)).collect();
        self.named.retain(|named| named.stay != Stay::Once || named.event != event);
        listeners
    }

    /// Takes all listeners of this event away.
    pub(crate) fn remove_event(&mut self, event: &str) -> Vec<Named> {
        self.named.extract_if(.., |named| named.event == event).collect()
    }

    /// Takes everything away but who makes the auth.
    pub(crate) fn remove_all(&mut self) -> Self {
        let auth = self.auth.take();
        std::mem::replace(self, Self { auth, ..Self::default() })
    }

    fn remove(&mut self, id: ListenerId) -> Option<Removed> {
        let named = self.named.iter().position(|named| named.id == id);
        named
            .map(|place| Removed::Event(self.named.remove(place)))
            .or_else(|| self.any.remove(id).map(Removed::Any))
            .or_else(|| self.outgoing.remove(id).map(Removed::Any))
            .or_else(|| self.connect.remove(id).map(Removed::Connect))
            .or_else(|| self.disconnect.remove(id).map(Removed::Disconnect))
            .or_else(|| self.connect_error.remove(id).map(Removed::ConnectError))
            .or_else(|| self.payload_error.remove(id).map(Removed::PayloadError))
            .or_else(|| self.dropped.remove(id).map(Removed::Dropped))
    }
}

/// A listener that was taken away. It is to be dropped where no lock is held: what it holds may
/// take one when it goes.
#[must_use = "drop it after the lock"]
#[expect(dead_code, reason = "held to be dropped")]
pub(crate) enum Removed {
    Event(Named),
    Any(Ref<OnAny>),
    Connect(Ref<OnConnect>),
    Disconnect(Ref<OnDisconnect>),
    ConnectError(Ref<OnConnectError>),
    PayloadError(Ref<OnPayloadError>),
    Dropped(Ref<OnDropped>),
    Manager(Ref<OnManager>),
}

/// The listeners of a client.
#[derive(Default)]
pub(crate) struct Listeners {
    next: u64,
    pub(crate) manager: List<OnManager>,
    sockets: Vec<(SocketId, SocketListeners)>,
    /// The driver has ended: there will be no event any more.
    over: bool,
}

impl Listeners {
    pub(crate) fn new_id(&mut self) -> ListenerId {
        self.next += 1;
        ListenerId(self.next)
    }

    pub(crate) fn socket(&mut self, socket: SocketId) -> &mut SocketListeners {
        let place = self.sockets.iter().position(|(id, _)| *id == socket).unwrap_or_else(|| {
            self.sockets.push((socket, SocketListeners::default()));
            self.sockets.len() - 1
        });
        &mut self.sockets[place].1
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// Takes a listener away, whatever it listens to; says of which namespace it was.
    pub(crate) fn remove(&mut self, id: ListenerId) -> Option<(Option<SocketId>, Removed)> {
        if let Some(removed) = self.manager.remove(id) {
            return Some((None, Removed::Manager(removed)));
        }
        self.sockets
            .iter_mut()
            .find_map(|(socket, listeners)| Some((Some(*socket), listeners.remove(id)?)))
    }

    /// The driver has ended: takes away what feeds streams, which end with it.
    pub(crate) fn end(&mut self) -> Vec<Named> {
        self.over = true;
        let lists = self.sockets.iter_mut().map(|(_, listeners)| &mut listeners.named);
        lists.flat_map(|named| named.extract_if(.., |named| named.stay == Stay::Stream)).collect()
    }
}

/// Makes a shared listener of a closure.
macro_rules! shared {
    ($kind:ty, $closure:expr) => {{
        let listener: $crate::platform::Ref<$kind> = $crate::platform::Ref::new($closure);
        listener
    }};
}

pub(crate) use shared;
