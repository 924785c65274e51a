//! One namespace: connecting it, and sending.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};
use socketio_proto::{AckPacket, Arguments, Auth, AuthSource, EmitError, EncodeError, SocketId};

use crate::{
    ack::Request,
    client::Handle,
    listeners::{MakeAuth, shared},
    platform::{MaybeSend, MaybeSendFuture, Pinned, Ref, Weak},
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

    /// Sets what is sent with CONNECT from the next time on.
    ///
    /// # Errors
    ///
    /// When the value has no JSON form, or one that is no object.
    pub fn set_auth<T: Serialize + ?Sized>(&self, auth: &T) -> Result<(), EncodeError> {
        self.set_auth_source(AuthSource::Value(Auth::new(auth)?), None);
        Ok(())
    }

    /// Sets a function that is asked each time for what is sent with CONNECT: for tokens that
    /// have to be fresh. It may take its time, which holds nothing else up, but no longer than
    /// [`ClientOptions::timeout`](crate::ClientOptions::timeout). That it took longer is told to
    /// [`Socket::on_connect_error`] as if the server had refused, and so are its error, a panic
    /// (natively) and a value that is no object; then nothing is tried again until
    /// [`Socket::connect`].
    ///
    /// Its future runs on the client's own task. It is dropped unfinished when it is asked anew
    /// for the next connection, and with the client.
    ///
    /// ```no_run
    /// # async fn fresh_token() -> Result<String, std::io::Error> { Ok(String::new()) }
    /// # fn example(socket: &socketio_client::Socket) {
    /// socket.set_auth_with(|| async {
    ///     let token = fresh_token().await?;
    ///     Ok::<_, std::io::Error>(serde_json::json!({ "token": token }))
    /// });
    /// # }
    /// ```
    pub fn set_auth_with<T, E, F>(&self, make: impl Fn() -> F + MaybeSend + 'static)
    where
        T: Serialize,
        E: fmt::Display,
        F: Future<Output = Result<T, E>> + MaybeSendFuture + 'static,
    {
        let make = move || {
            let making = make();
            let made: Pinned<_> = Box::pin(async move {
                let auth = making.await.map_err(|error| error.to_string())?;
                Auth::new(&auth).map(Some).map_err(|error| error.to_string())
            });
            made
        };
        self.set_auth_source(AuthSource::Ask, Some(shared!(MakeAuth, make)));
    }

    fn set_auth_source(&self, source: AuthSource, make: Option<Ref<MakeAuth>>) {
        let shared = &self.handle.shared;
        let mut listeners = shared.listeners();
        let before = std::mem::replace(&mut listeners.socket(self.id).auth, make);
        shared.core().manager.set_auth(self.id, source);
        drop(listeners);
        // Here the locks are free again.
        drop(before);
        shared.wake.wake();
    }

    /// Connects the namespace, now and whenever the connection comes back. Nothing happens if it
    /// is active already, or natively if the client's runtime is gone.
    pub fn connect(&self) {
        self.handle.shared.with_core(|core, now| {
            if !core.is_over() {
                core.manager.connect(now, self.id);
            }
        });
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

    /// Whether the server took up the state of the last connection when it let us in: the same
    /// id and rooms, and what was missed was delivered.
    pub fn recovered(&self) -> bool {
        self.handle.shared.core().manager.is_recovered(self.id)
    }

    /// Our id in this namespace, while it is connected. Another one after each reconnect, unless
    /// it [recovered](Socket::recovered).
    pub fn id(&self) -> Option<String> {
        self.handle.shared.core().manager.sid(self.id).map(str::to_owned)
    }

    /// Sends an event, or keeps it until the namespace is connected. `()` is no argument, a tuple
    /// is several, any other type is one. Natively, when the client's runtime is gone, it is kept
    /// as well, within the limits, and never sent.
    ///
    /// # Errors
    ///
    /// When the event is neither sent nor kept; see [`EmitError`].
    pub fn emit<T: Serialize + ?Sized>(&self, event: &str, payload: &T) -> Result<(), EmitError> {
        let arguments = Arguments::event(event, payload)?;
        self.handle.shared.with_manager(|manager, now| manager.emit(now, self.id, arguments))
    }

    /// An event whose acknowledgement is waited for: await it, perhaps after
    /// [`Request::timeout`]. Nothing is sent before.
    pub fn emit_with_ack<T: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        event: &str,
        payload: &T,
    ) -> Request<A> {
        let read = |ack: AckPacket| ack.args();
        Request::new(self.clone(), Arguments::event(event, payload), read)
    }

    /// As [`Socket::emit_with_ack`], for an acknowledgement that is taken as it comes: its
    /// arguments stay text, for programs that read them by other means than serde_json. In a
    /// browser that may be less to load; see [`Socket::on_packet`].
    pub fn emit_with_ack_packet<T: Serialize + ?Sized>(
        &self,
        event: &str,
        payload: &T,
    ) -> Request<AckPacket> {
        Request::new(self.clone(), Arguments::event(event, payload), Ok)
    }

    /// For events that are worth nothing later: they are sent now or not at all.
    pub const fn volatile(&self) -> Volatile<'_> {
        Volatile(self)
    }

    /// How many events are kept until the namespace is connected, or until those before them are
    /// acknowledged.
    pub fn buffered(&self) -> usize {
        self.handle.shared.core().manager.buffered(self.id)
    }

    /// Forgets the events that are kept; says how many they were. Each is told to
    /// [`Socket::on_dropped`], or to who waits for its acknowledgement.
    pub fn clear_buffer(&self) -> usize {
        self.handle.shared.with_manager(|manager, _now| manager.clear_buffer(self.id))
    }

    /// A handle that does not keep the client alive, for listeners.
    pub fn downgrade(&self) -> WeakSocket {
        WeakSocket { id: self.id, handle: Ref::downgrade(&self.handle) }
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A [`Socket`] for events that are sent now or not at all, such as the place of a pointer.
#[derive(Debug, Clone, Copy)]
pub struct Volatile<'a>(&'a Socket);

impl Volatile<'_> {
    /// Hands an event to the transport, and says so: `true`. It is dropped (`false`) while not
    /// connected and while the transport is behind; see
    /// [`ClientOptions::volatile_watermark`](crate::ClientOptions::volatile_watermark).
    ///
    /// # Errors
    ///
    /// When it could never be sent; see [`EmitError::Encode`].
    pub fn emit<T: Serialize + ?Sized>(&self, event: &str, payload: &T) -> Result<bool, EmitError> {
        let arguments = Arguments::event(event, payload)?;
        let Self(socket) = self;
        socket
            .handle
            .shared
            .with_manager(|manager, now| manager.emit_volatile(now, socket.id, arguments))
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
