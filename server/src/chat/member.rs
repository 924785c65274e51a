//! Somebody who is connected to `/chat`: from before their CONNECT is answered until they are gone.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use parlour_events::{Author, Role, RoomName, Token, UserId};
use socketioxide::extract::SocketRef;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::pipeline::Request;
use crate::{inbox::Inbox, peer::AddressKey, seats::Seat, store::SessionKey};

/// Most requests of one client whose answers are not on their way: as many answers can come at
/// once, and must find a place in its queue.
pub(super) const UNANSWERED: usize = 64;

/// A connection, and who it is.
pub(crate) struct Member {
    pub(super) user: UserId,
    pub(super) session: SessionKey,
    /// Where it comes from, as limits and bans count addresses.
    pub(super) address: AddressKey,
    /// The token that the client is to keep.
    pub(super) token: Option<Token>,
    /// When another system's word for the person ends, from the connect on.
    pub(super) expires_in: Option<Duration>,
    pub(super) inbox: Inbox<Request>,
    /// Name and role as last told.
    known: Mutex<(Author, Role)>,
    unanswered: Arc<Semaphore>,
    /// Rooms that this connection follows.
    follows: Mutex<HashSet<RoomName>>,
    ended: AtomicBool,
    _seat: Seat,
}

/// What is known of somebody when they come in.
pub(super) struct Arrived {
    pub(super) person: Author,
    pub(super) role: Role,
    pub(super) session: SessionKey,
    pub(super) address: AddressKey,
    pub(super) token: Option<Token>,
    pub(super) expires_in: Option<Duration>,
}

impl Member {
    pub(super) fn new(arrived: Arrived, waiting: usize, seat: Seat) -> Self {
        Self {
            user: arrived.person.id,
            session: arrived.session,
            address: arrived.address,
            token: arrived.token,
            expires_in: arrived.expires_in,
            inbox: Inbox::new(waiting),
            known: Mutex::new((arrived.person, arrived.role)),
            unanswered: Arc::new(Semaphore::new(UNANSWERED)),
            follows: Mutex::default(),
            ended: AtomicBool::new(false),
            _seat: seat,
        }
    }

    /// The person, under the name in force.
    pub(super) fn person(&self) -> Author {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    pub(super) fn role(&self) -> Role {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    /// Another name, or another role.
    pub(super) fn is_now(&self, person: Author, role: Role) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = (person, role);
    }

    /// A place among the requests that are being answered; waits for one. None once the
    /// connection is over.
    pub(super) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        self.unanswered.clone().acquire_owned().await.ok()
    }

    /// The socket gets the room's changes from now on.
    pub(super) fn follow(&self, socket: &SocketRef, room: &RoomName) {
        self.follows().insert(room.clone());
        socket.join(super::audience::followers(room));
        if self.inbox.is_closed() {
            // The disconnect may have cleared the socket's rooms before this join.
            socket.leave_all();
        }
    }

    /// It does not any more.
    pub(super) fn unfollow(&self, socket: &SocketRef, room: &RoomName) {
        self.follows().remove(room);
        socket.leave(super::audience::followers(room));
    }

    pub(super) fn is_following(&self, room: &RoomName) -> bool {
        self.follows().contains(room)
    }

    /// The session is over: nothing that comes in counts any more. True at the first call.
    pub(super) fn end(&self) -> bool {
        !self.ended.swap(true, Ordering::AcqRel)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    fn follows(&self) -> std::sync::MutexGuard<'_, HashSet<RoomName>> {
        self.follows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
