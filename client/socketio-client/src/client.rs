//! The client: one connection, and the state that its handles and its driver share.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use futures_channel::oneshot;
use socketio_proto::{
    AckOutcome, Input, Instant, Manager, ManagerEvent, NamespaceError, NamespaceName, SocketId,
    Transport, TransportId,
};

use crate::{
    driver,
    error::ClientError,
    listeners::{ListenerId, Listeners, OnManager, shared},
    options::ClientOptions,
    platform::{self, Clock, MaybeSend, Meter, Ref},
    socket::Socket,
    wake::Wake,
};

/// One connection to a server. A handle: clones mean the same client.
///
/// Natively it runs on the tokio runtime that it was made in. When that ends before the last handle
/// is dropped the client is over: nothing is connected or active any more nor will be, every wait
/// for an acknowledgement ends and every stream, and no listener is called.
#[derive(Clone)]
pub struct Client {
    handle: Ref<Handle>,
}

impl Client {
    /// A client that does nothing until one of its sockets is connected.
    ///
    /// # Errors
    ///
    /// Natively, outside a tokio runtime. Everywhere, where the options have something that could
    /// never be sent or used.
    pub fn new(options: ClientOptions) -> Result<Self, ClientError> {
        if !platform::can_run() {
            return Err(ClientError::NoRuntime);
        }
        let ClientOptions { manager, network } = options;
        network.check()?;
        let shared = Ref::new(Shared {
            core: Mutex::new(Core {
                manager: Manager::new(manager, platform::seed()),
                clock: Clock::new(),
                meters: Vec::new(),
                acks: Vec::new(),
                abandoned: false,
                over: false,
            }),
            listeners: Mutex::default(),
            wake: Wake::default(),
        });
        platform::spawn(driver::run(Ref::clone(&shared), network));
        Ok(Self { handle: Ref::new(Handle { shared }) })
    }

    /// The namespace of this name, `/` for the root. The same name gives the same socket. It is
    /// not connected by this.
    ///
    /// # Errors
    ///
    /// When the name does not begin with a slash, or has a comma or a control character.
    pub fn socket(&self, namespace: &str) -> Result<Socket, NamespaceError> {
        let name = NamespaceName::new(namespace)?;
        let id = self.handle.shared.core().manager.socket(&name);
        Ok(Socket::new(id, Ref::clone(&self.handle)))
    }

    /// What carries the connection that is open at this moment, if one is.
    pub fn transport(&self) -> Option<Transport> {
        self.handle.shared.core().manager.transport()
    }

    /// Calls `listener` for everything that happens to the connection as a whole.
    pub fn on_event(&self, listener: impl Fn(&ManagerEvent) + MaybeSend + 'static) -> ListenerId {
        let mut listeners = self.handle.shared.listeners();
        let id = listeners.new_id();
        listeners.manager.add(id, shared!(OnManager, listener));
        id
    }

    /// Takes a listener of [`Client::on_event`] away.
    pub fn off(&self, id: ListenerId) {
        self.handle.shared.forget_listener(id);
    }

    /// Begins the next attempt at once, in place of waiting out its delay. Nothing happens while
    /// connected, or while an attempt is under way.
    pub fn retry_now(&self) {
        self.handle.shared.with_manager(|manager, now| manager.retry_now(now));
    }

    /// Leaves every namespace and closes the connection. A socket can be connected again.
    pub fn close(&self) {
        self.handle.shared.with_manager(|manager, now| manager.close(now));
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// What handles hold. When the last one is dropped the driver closes the connection and ends.
pub(crate) struct Handle {
    pub(crate) shared: Ref<Shared>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.with_core(|core, now| {
            core.manager.close(now);
            core.abandoned = true;
        });
    }
}

/// What handles and driver share.
///
/// Neither lock is ever held while a listener runs or is dropped. Where both are needed at once,
/// `listeners` is taken first.
pub(crate) struct Shared {
    core: Mutex<Core>,
    listeners: Mutex<Listeners>,
    pub(crate) wake: Wake,
}

pub(crate) struct Core {
    pub(crate) manager: Manager,
    clock: Clock,
    /// Of the WebSockets that the driver holds.
    pub(crate) meters: Vec<(TransportId, Meter)>,
    /// Who waits for which acknowledgement; they mostly come in this order.
    acks: Vec<(SocketId, u64, oneshot::Sender<AckOutcome>)>,
    /// No handle is left.
    pub(crate) abandoned: bool,
    /// The driver has ended.
    over: bool,
}

impl Core {
    pub(crate) fn now(&mut self) -> Instant {
        self.clock.now()
    }

    /// Whether the driver has ended: nothing is done or told any more.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// Tells the Manager how much waits to be written.
    pub(crate) fn measure(&mut self, now: Instant) {
        for (transport, meter) in &self.meters {
            let (transport, bytes) = (*transport, meter.unwritten());
            self.manager.handle_input(now, Input::Unwritten { transport, bytes });
        }
    }

    /// Waits for an acknowledgement. Without a driver the receiver is told at once that none will
    /// come.
    pub(crate) fn expect_ack(
        &mut self,
        socket: SocketId,
        id: u64,
    ) -> oneshot::Receiver<AckOutcome> {
        let (sender, receiver) = oneshot::channel();
        if !self.over {
            self.acks.push((socket, id, sender));
        }
        receiver
    }

    /// Who waits for this acknowledgement, and does not any more.
    pub(crate) fn take_ack(
        &mut self,
        socket: SocketId,
        id: u64,
    ) -> Option<oneshot::Sender<AckOutcome>> {
        let is_it = |(s, i, _): &(SocketId, u64, _)| *s == socket && *i == id;
        let place = self.acks.iter().position(is_it)?;
        Some(self.acks.remove(place).2)
    }
}

impl Shared {
    /// A listener that panicked held no lock, so a poisoned one is as good as any.
    pub(crate) fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a listener away. A namespace that nobody watches sending any more does not tell it
    /// any more.
    pub(crate) fn forget_listener(&self, id: ListenerId) {
        let mut listeners = self.listeners();
        let removed = listeners.remove(id);
        if let Some((Some(socket), _)) = &removed
            && listeners.socket(*socket).outgoing.is_empty()
        {
            self.core().manager.watch_outgoing(*socket, false);
        }
        drop(listeners);
        // Here the locks are free again.
        drop(removed);
    }

    /// The driver has ended: whoever waits for something of it learns that it will not come.
    pub(crate) fn end(&self) {
        let waiting = self.with_core(|core, now| {
            core.manager.close(now);
            core.over = true;
            core.meters.clear();
            std::mem::take(&mut core.acks)
        });
        drop(waiting);
        let streams = self.listeners().end();
        drop(streams);
    }

    /// Changes something, with the time and with what waits to be written told to the Manager,
    /// and lets the driver see what follows. Without a driver nothing does, and nothing piles up.
    pub(crate) fn with_core<R>(&self, change: impl FnOnce(&mut Core, Instant) -> R) -> R {
        let mut core = self.core();
        let now = core.now();
        core.measure(now);
        let result = change(&mut core, now);
        if core.over {
            while core.manager.poll_output().is_some() {}
        }
        drop(core);
        self.wake.wake();
        result
    }

    /// Tells the Manager something, as [`Shared::with_core`].
    pub(crate) fn with_manager<R>(&self, tell: impl FnOnce(&mut Manager, Instant) -> R) -> R {
        self.with_core(|core, now| tell(&mut core.manager, now))
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use futures_util::FutureExt;
    use socketio_proto::{Limits, Overflow};
    use tokio::{runtime, task::yield_now};

    use super::*;
    use crate::AckError;

    /// A client whose runtime ended after so many turns, and its socket.
    fn over(turns: u32) -> (Client, Socket) {
        let mut limits = Limits::default();
        limits.buffered_packets = 1;
        let options = ClientOptions::new("http://127.0.0.1:1").unwrap().limits(limits);
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = Client::new(options.overflow(Overflow::DropOldest)).unwrap();
            let socket = client.socket("/").unwrap();
            socket.connect();
            assert!(socket.active());
            for _ in 0..turns {
                yield_now().await;
            }
            (client, socket)
        })
    }

    #[test]
    fn without_its_runtime_a_client_does_nothing_and_grows_nowhere() {
        for turns in [0, 3] {
            let (client, socket) = over(turns);
            assert!(!socket.active() && !socket.connected());
            socket.connect();
            client.retry_now();
            assert!(!socket.active() && client.transport().is_none());
            // Each but the first makes another one go, which is told where there is a driver.
            for n in 0..3 {
                socket.emit("kept", &n).unwrap();
            }
            assert_eq!(socket.buffered(), 1);
            let asked = socket.emit_with_ack::<_, ()>("asked", &()).send().now_or_never();
            assert!(matches!(asked, Some(Err(AckError::Disconnected))), "{asked:?}");
            assert!(client.handle.shared.core().manager.poll_output().is_none());
        }
    }
}
