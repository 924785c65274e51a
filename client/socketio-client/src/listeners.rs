//! Who wants to know what.

use std::collections::HashMap;

use socketio_proto::{ConnectError, DisconnectReason, EventPacket, ManagerEvent, SocketId};

use crate::{ack::Responder, error::PayloadError, platform::Ref};

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
    OnManager(&ManagerEvent);
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

    fn remove(&mut self, id: ListenerId) -> Option<Ref<F>> {
        let place = self.0.iter().position(|(other, _)| *other == id)?;
        Some(self.0.remove(place).1)
    }

    /// The listeners as they are now: calling one may add or take away others.
    pub(crate) fn snapshot(&self) -> Vec<Ref<F>> {
        self.0.iter().map(|(_, listener)| Ref::clone(listener)).collect()
    }
}

/// One listener of an event by its name.
struct Named {
    id: ListenerId,
    once: bool,
    listener: Ref<OnEvent>,
}

/// The listeners of one namespace.
#[derive(Default)]
pub(crate) struct SocketListeners {
    named: HashMap<String, Vec<Named>>,
    pub(crate) any: List<OnAny>,
    pub(crate) connect: List<OnConnect>,
    pub(crate) disconnect: List<OnDisconnect>,
    pub(crate) connect_error: List<OnConnectError>,
    pub(crate) payload_error: List<OnPayloadError>,
}

impl SocketListeners {
    pub(crate) fn add_named(
        &mut self,
        id: ListenerId,
        event: &str,
        once: bool,
        listener: Ref<OnEvent>,
    ) {
        self.named.entry(event.to_owned()).or_default().push(Named { id, once, listener });
    }

    /// The listeners of this event; those for one time are taken away.
    pub(crate) fn take_named(&mut self, event: &str) -> Vec<Ref<OnEvent>> {
        let Some(list) = self.named.get_mut(event) else { return Vec::new() };
        let listeners = list.iter().map(|named| Ref::clone(&named.listener)).collect();
        list.retain(|named| !named.once);
        if list.is_empty() {
            self.named.remove(event);
        }
        listeners
    }

    fn remove(&mut self, id: ListenerId) -> Option<Removed> {
        let named = self.named.values_mut().find_map(|list| {
            let place = list.iter().position(|named| named.id == id)?;
            Some(list.remove(place).listener)
        });
        self.named.retain(|_, list| !list.is_empty());
        named
            .map(Removed::Event)
            .or_else(|| self.any.remove(id).map(Removed::Any))
            .or_else(|| self.connect.remove(id).map(Removed::Connect))
            .or_else(|| self.disconnect.remove(id).map(Removed::Disconnect))
            .or_else(|| self.connect_error.remove(id).map(Removed::ConnectError))
            .or_else(|| self.payload_error.remove(id).map(Removed::PayloadError))
    }
}

/// A listener that was taken away. It is to be dropped where no lock is held: what it holds may
/// take one when it goes.
#[must_use = "drop it after the lock"]
#[expect(dead_code, reason = "held to be dropped")]
pub(crate) enum Removed {
    Event(Ref<OnEvent>),
    Any(Ref<OnAny>),
    Connect(Ref<OnConnect>),
    Disconnect(Ref<OnDisconnect>),
    ConnectError(Ref<OnConnectError>),
    PayloadError(Ref<OnPayloadError>),
    Manager(Ref<OnManager>),
}

/// The listeners of a client.
#[derive(Default)]
pub(crate) struct Listeners {
    next: u64,
    pub(crate) manager: List<OnManager>,
    sockets: HashMap<SocketId, SocketListeners>,
}

impl Listeners {
    pub(crate) fn new_id(&mut self) -> ListenerId {
        self.next += 1;
        ListenerId(self.next)
    }

    pub(crate) fn socket(&mut self, socket: SocketId) -> &mut SocketListeners {
        self.sockets.entry(socket).or_default()
    }

    /// Takes a listener away, whatever it listens to.
    pub(crate) fn remove(&mut self, id: ListenerId) -> Option<Removed> {
        let manager = self.manager.remove(id).map(Removed::Manager);
        manager.or_else(|| self.sockets.values_mut().find_map(|listeners| listeners.remove(id)))
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
