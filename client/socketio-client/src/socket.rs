//! One namespace.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};
use socketio_proto::{
    Arguments, ConnectError, DisconnectReason, EmitError, EncodeError, EventPacket, SocketId,
};

use crate::{
    ack::{Request, Responder},
    client::Handle,
    error::PayloadError,
    listeners::{
        ListenerId, OnAny, OnConnect, OnConnectError, OnDisconnect, OnEvent, OnPayloadError,
        SocketListeners, shared,
    },
    platform::{MaybeSend, Ref, Weak},
};

/// One namespace of a [`Client`](crate::Client). A handle: clones mean the same socket.
#[derive(Clone)]
pub struct Socket {
    pub(crate) id: SocketId,
    pub(crate) handle: Ref<Handle>,
}

impl Socket {
    pub(crate) fn new(id: SocketId, handle: Ref<Handle>) -> Self {
        Self { id, handle }
    }

    /// Sets what is sent with CONNECT from the next time on; an object, by the protocol.
    ///
    /// # Errors
    ///
    /// When the value has no JSON form.
    pub fn set_auth<T: Serialize + ?Sized>(&self, auth: &T) -> Result<(), EncodeError> {
        let json = serde_json::to_string(auth)
            .map_err(|source| EncodeError::Payload { event: "CONNECT".to_owned(), source })?;
        self.handle.shared.core().manager.set_auth(self.id, Some(json));
        Ok(())
    }

    /// Connects the namespace, now and whenever the connection comes back. Nothing happens if it
    /// is active already.
    pub fn connect(&self) {
        self.handle.shared.with_manager(|manager, now| manager.connect(now, self.id));
    }

    /// Leaves the namespace; the connection is closed when no other namespace uses it.
    pub fn disconnect(&self) {
        self.handle.shared.with_manager(|manager, now| manager.disconnect(now, self.id));
    }

    /// Whether the namespace is connected at this moment.
    pub fn connected(&self) -> bool {
        self.handle.shared.core().manager.is_connected(self.id)
    }

    /// Whether it is connected, or will be without [`Socket::connect`].
    pub fn active(&self) -> bool {
        self.handle.shared.core().manager.is_active(self.id)
    }

    /// Our id in this namespace, while it is connected. Another one after each reconnect.
    pub fn id(&self) -> Option<String> {
        self.handle.shared.core().manager.sid(self.id).map(str::to_owned)
    }

    /// Sends an event, or keeps it until the namespace is connected. `()` is no argument, a tuple
    /// is several, any other type is one.
    ///
    /// # Errors
    ///
    /// When the event is neither sent nor kept; see [`EmitError`].
    pub fn emit<T: Serialize + ?Sized>(&self, event: &str, payload: &T) -> Result<(), EmitError> {
        let arguments = Arguments::event(event, payload)?;
        self.handle.shared.with_manager(|manager, now| manager.emit(now, self.id, &arguments))
    }

    /// An event whose acknowledgement is waited for: await it, perhaps after
    /// [`Request::timeout`]. Nothing is sent before.
    pub fn emit_with_ack<T: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        event: &str,
        payload: &T,
    ) -> Request<A> {
        Request::new(self.clone(), Arguments::event(event, payload))
    }

    /// Calls `listener` with the arguments of each event of this name.
    pub fn on<T: DeserializeOwned>(
        &self,
        event: &str,
        listener: impl Fn(T) + MaybeSend + 'static,
    ) -> ListenerId {
        self.listen(event, false, typed(listener))
    }

    /// As [`Socket::on`], for the next event of this name only. One whose arguments are not what
    /// is asked for counts as well.
    pub fn once<T: DeserializeOwned>(
        &self,
        event: &str,
        listener: impl Fn(T) + MaybeSend + 'static,
    ) -> ListenerId {
        self.listen(event, true, typed(listener))
    }

    /// As [`Socket::on`], for events that may ask for an acknowledgement: [`Responder::send`]
    /// gives it, now or later.
    pub fn on_with_ack<T: DeserializeOwned>(
        &self,
        event: &str,
        listener: impl Fn(T, Responder) + MaybeSend + 'static,
    ) -> ListenerId {
        let read = move |packet: &EventPacket, responder: &Responder| {
            packet.args().map(|payload| listener(payload, responder.clone()))
        };
        self.listen(event, false, shared!(OnEvent, read))
    }

    /// Calls `listener` with every event, before those that asked for it by name.
    pub fn on_any(&self, listener: impl Fn(&EventPacket) + MaybeSend + 'static) -> ListenerId {
        self.add(|list, id| list.any.add(id, shared!(OnAny, listener)))
    }

    /// Calls `listener` each time the namespace is connected.
    pub fn on_connect(&self, listener: impl Fn() + MaybeSend + 'static) -> ListenerId {
        self.add(|list, id| list.connect.add(id, shared!(OnConnect, listener)))
    }

    /// Calls `listener` each time the namespace was connected and no longer is.
    pub fn on_disconnect(
        &self,
        listener: impl Fn(DisconnectReason) + MaybeSend + 'static,
    ) -> ListenerId {
        self.add(|list, id| list.disconnect.add(id, shared!(OnDisconnect, listener)))
    }

    /// Calls `listener` when the server refuses the namespace. It is not tried again until
    /// [`Socket::connect`]. That the server cannot be reached is told by
    /// [`Client::on_event`](crate::Client::on_event).
    pub fn on_connect_error(
        &self,
        listener: impl Fn(ConnectError) + MaybeSend + 'static,
    ) -> ListenerId {
        self.add(|list, id| list.connect_error.add(id, shared!(OnConnectError, listener)))
    }

    /// Calls `listener` when an event comes whose arguments are not what its listener asked for.
    pub fn on_payload_error(
        &self,
        listener: impl Fn(&PayloadError) + MaybeSend + 'static,
    ) -> ListenerId {
        self.add(|list, id| list.payload_error.add(id, shared!(OnPayloadError, listener)))
    }

    /// Takes a listener away, of whatever kind.
    pub fn off(&self, id: ListenerId) {
        self.handle.shared.forget_listener(id);
    }

    /// A handle that does not keep the client alive, for listeners.
    pub fn downgrade(&self) -> WeakSocket {
        WeakSocket { id: self.id, handle: Ref::downgrade(&self.handle) }
    }

    fn listen(&self, event: &str, once: bool, listener: Ref<OnEvent>) -> ListenerId {
        self.add(|list, id| list.add_named(id, event, once, listener))
    }

    fn add(&self, add: impl FnOnce(&mut SocketListeners, ListenerId)) -> ListenerId {
        let mut listeners = self.handle.shared.listeners();
        let id = listeners.new_id();
        add(listeners.socket(self.id), id);
        id
    }
}

/// A listener that is called with an event's arguments as a type.
fn typed<T: DeserializeOwned>(listener: impl Fn(T) + MaybeSend + 'static) -> Ref<OnEvent> {
    shared!(OnEvent, move |packet: &EventPacket, _: &Responder| packet.args().map(&listener))
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A [`Socket`] that does not keep its client alive.
#[derive(Clone)]
pub struct WeakSocket {
    id: SocketId,
    handle: Weak<Handle>,
}

impl WeakSocket {
    /// The socket, if its client is still alive.
    pub fn upgrade(&self) -> Option<Socket> {
        Some(Socket::new(self.id, self.handle.upgrade()?))
    }
}

impl fmt::Debug for WeakSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakSocket").field("id", &self.id).finish_non_exhaustive()
    }
}
