//! The client: one connection, and the state that its handles and its driver share.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use futures_channel::oneshot;
use socketio_proto::{
    AckOutcome, Instant, Manager, ManagerEvent, NamespaceError, NamespaceName, SocketId,
};

use crate::{
    driver,
    error::ClientError,
    listeners::{ListenerId, Listeners, OnManager, shared},
    options::ClientOptions,
    platform::{self, Clock, MaybeSend, Ref},
    socket::Socket,
    wake::Wake,
};

/// One connection to a server. A handle: clones mean the same client.
#[derive(Clone)]
pub struct Client {
    handle: Ref<Handle>,
}

impl Client {
    /// A client that does nothing until one of its sockets is connected.
    ///
    /// # Errors
    ///
    /// Natively, outside a tokio runtime.
    pub fn new(options: ClientOptions) -> Result<Self, ClientError> {
        if !platform::can_run() {
            return Err(ClientError::NoRuntime);
        }
        let frame_limit = options.0.limits.frame_bytes;
        let shared = Ref::new(Shared {
            core: Mutex::new(Core {
                manager: Manager::new(options.0, platform::seed()),
                clock: Clock::new(),
                acks: HashMap::new(),
                abandoned: false,
            }),
            listeners: Mutex::default(),
            wake: Wake::default(),
        });
        platform::spawn(driver::run(Ref::clone(&shared), frame_limit));
        Ok(Self { handle: Ref::new(Handle { shared }) })
    }

    /// The namespace of this name, `/` for the root. The same name gives the same socket. It is
    /// not connected by this.
    ///
    /// # Errors
    ///
    /// When the name does not begin with a slash, or has a comma.
    pub fn socket(&self, namespace: &str) -> Result<Socket, NamespaceError> {
        let name = NamespaceName::new(namespace)?;
        let id = self.handle.shared.core().manager.socket(&name);
        Ok(Socket::new(id, Ref::clone(&self.handle)))
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
        self.shared.with_manager(|manager, now| manager.close(now));
        self.shared.core().abandoned = true;
        self.shared.wake.wake();
    }
}

/// What handles and driver share.
///
/// Neither lock is ever held while a listener runs or while the other one is taken.
pub(crate) struct Shared {
    core: Mutex<Core>,
    listeners: Mutex<Listeners>,
    pub(crate) wake: Wake,
}

pub(crate) struct Core {
    pub(crate) manager: Manager,
    clock: Clock,
    /// Who waits for which acknowledgement.
    pub(crate) acks: HashMap<(SocketId, u64), oneshot::Sender<AckOutcome>>,
    /// No handle is left.
    pub(crate) abandoned: bool,
}

impl Core {
    pub(crate) fn now(&mut self) -> Instant {
        self.clock.now()
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

    pub(crate) fn forget_listener(&self, id: ListenerId) {
        let removed = self.listeners().remove(id);
        // Here the lock is free again.
        drop(removed);
    }

    /// Tells the Manager something, with the time, and lets the driver see what follows.
    pub(crate) fn with_manager<R>(&self, tell: impl FnOnce(&mut Manager, Instant) -> R) -> R {
        let mut core = self.core();
        let now = core.now();
        let result = tell(&mut core.manager, now);
        drop(core);
        self.wake.wake();
        result
    }
}
