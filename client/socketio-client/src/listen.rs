//! Listening to one namespace.

use serde::de::DeserializeOwned;
use socketio_proto::{ConnectError, DisconnectReason, EventPacket};

use crate::{
    ack::Responder,
    error::{Dropped, PayloadError},
    listeners::{
        ListenerId, OnAny, OnConnect, OnConnectError, OnDisconnect, OnDropped, OnEvent,
        OnPayloadError, SocketListeners, Stay, shared,
    },
    platform::{MaybeSend, Ref},
    socket::Socket,
    stream::EventStream,
};

impl Socket {
    /// Calls `listener` with the arguments of each event of this name.
    pub fn on<T: DeserializeOwned>(
        &self,
        event: &str,
        listener: impl Fn(T) + MaybeSend + 'static,
    ) -> ListenerId {
        self.listen(event, Stay::Always, typed(listener))
    }

    /// As [`Socket::on`], for the next event of this name only. One whose arguments are not what
    /// is asked for counts as well.
    pub fn once<T: DeserializeOwned>(
        &self,
        event: &str,
        listener: impl Fn(T) + MaybeSend + 'static,
    ) -> ListenerId {
        self.listen(event, Stay::Once, typed(listener))
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
        self.listen(event, Stay::Always, shared!(OnEvent, read))
    }

    /// The events of this name from now on, as a stream that is read at its own pace.
    ///
    /// ```no_run
    /// use futures_util::StreamExt;
    ///
    /// # async fn example(socket: &socketio_client::Socket) {
    /// let mut notes = socket.events::<String>("note");
    /// while let Some(note) = notes.next().await {
    ///     match note {
    ///         Ok(note) => println!("{note}"),
    ///         Err(error) => eprintln!("{error}"),
    ///     }
    /// }
    /// # }
    /// ```
    pub fn events<T: DeserializeOwned>(&self, event: &str) -> EventStream<T> {
        EventStream::new(&self.handle.shared, self.id, event)
    }

    /// As [`Socket::on`], with the event as it came: its arguments stay text, for programs that
    /// read them by other means than serde_json. In a browser that may be less to load: what
    /// serde_json makes of a type is a kilobyte or more.
    ///
    /// ```no_run
    /// # fn decode<T: serde::de::DeserializeOwned>(json: &str) -> Option<T> { None }
    /// # fn example(socket: &socketio_client::Socket) {
    /// socket.on_packet("note", |event| {
    ///     if let Some(note) = event.arg(0).and_then(decode::<String>) {
    ///         println!("{note}");
    ///     }
    /// });
    /// # }
    /// ```
    pub fn on_packet(
        &self,
        event: &str,
        listener: impl Fn(&EventPacket) + MaybeSend + 'static,
    ) -> ListenerId {
        let listener = move |packet: &EventPacket, _: &Responder| {
            listener(packet);
            Ok(())
        };
        self.listen(event, Stay::Always, shared!(OnEvent, listener))
    }

    /// Calls `listener` with every event, before those that asked for it by name.
    pub fn on_any(&self, listener: impl Fn(&EventPacket) + MaybeSend + 'static) -> ListenerId {
        self.add(|list, id| list.any.add(id, shared!(OnAny, listener)))
    }

    /// Calls `listener` with every event of ours that is handed to the transport. Events cost a
    /// little more while there is such a listener.
    pub fn on_any_outgoing(
        &self,
        listener: impl Fn(&EventPacket) + MaybeSend + 'static,
    ) -> ListenerId {
        let shared = &self.handle.shared;
        let mut listeners = shared.listeners();
        let id = listeners.new_id();
        listeners.socket(self.id).outgoing.add(id, shared!(OnAny, listener));
        // Both locks, so that it agrees with the list whatever others do at the same time.
        shared.core().manager.watch_outgoing(self.id, true);
        id
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

    /// Calls `listener` when an event without acknowledgement that was kept is not going to be
    /// sent. Where an acknowledgement is waited for, that wait ends with
    /// [`AckError::Dropped`](crate::AckError::Dropped) instead.
    pub fn on_dropped(&self, listener: impl Fn(&Dropped) + MaybeSend + 'static) -> ListenerId {
        self.add(|list, id| list.dropped.add(id, shared!(OnDropped, listener)))
    }

    /// Takes a listener away, of whatever kind.
    pub fn off(&self, id: ListenerId) {
        self.handle.shared.forget_listener(id);
    }

    /// Takes the listeners of this event away, and ends its streams.
    pub fn off_event(&self, event: &str) {
        let removed = self.handle.shared.listeners().socket(self.id).remove_event(event);
        // Here the lock is free again.
        drop(removed);
    }

    /// Takes all listeners of this namespace away, of whatever kind, and ends its streams.
    pub fn off_all(&self) {
        let shared = &self.handle.shared;
        let mut listeners = shared.listeners();
        let removed = listeners.socket(self.id).remove_all();
        shared.core().manager.watch_outgoing(self.id, false);
        drop(listeners);
        // Here the locks are free again.
        drop(removed);
    }

    fn listen(&self, event: &str, stay: Stay, listener: Ref<OnEvent>) -> ListenerId {
        self.add(|list, id| list.add_named(id, event, stay, listener))
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
