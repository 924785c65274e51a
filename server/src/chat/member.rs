//! Somebody who is connected to `/chat`: from before their CONNECT is answered until they are gone.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use parlour_events::{Author, Role, RoomName, Token, UserId};
use socketioxide::extract::SocketRef;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::AbortHandle,
};

use super::pipeline::Request;
use crate::{
    clock,
    inbox::Inbox,
    peer::AddressKey,
    seats::Seat,
    store::{SessionKey, write::Seen},
};

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
    /// The client has got its session: it has used it.
    confirmed: AtomicBool,
    /// Until when the person may not write, in milliseconds since 1970; 0 if they may.
    muted_until: AtomicU64,
    /// What waits for as long as the connection is there.
    waiting: Mutex<Option<AbortHandle>>,
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
    pub(super) muted_until: u64,
    /// They came with the session's token: they have got it.
    pub(super) known: bool,
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
            confirmed: AtomicBool::new(arrived.known),
            muted_until: AtomicU64::new(arrived.muted_until),
            waiting: Mutex::new(None),
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

    /// A place among the requests that are being answered; waits for one.
    pub(super) async fn place(&self) -> OwnedSemaphorePermit {
        let place = self.unanswered.clone().acquire_owned().await;
        place.expect("nobody closes the semaphore")
    }

    /// The socket gets the room's changes from now on.
    pub(super) fn follow(&self, socket: &SocketRef, room: &RoomName) {
        self.follows().insert(room.clone());
        socket.join(super::audience::followers(room));
        if self.inbox.is_closed() || self.has_ended() {
            // The end may have cleared the socket's rooms before this join.
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

    /// The session and its place, to be written down as in use; none for a client that has not
    /// used its session, as its person may not even know of it.
    pub(super) fn seen(&self) -> Option<Seen> {
        self.is_confirmed()
            .then(|| Seen { session: self.session, address: self.address.to_string() })
    }

    /// The client has used its session.
    pub(super) fn confirm(&self) {
        self.confirmed.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_confirmed(&self) -> bool {
        self.confirmed.load(Ordering::Relaxed)
    }

    /// The person may not write until this moment.
    pub(super) fn mute(&self, until: u64) {
        self.muted_until.store(until, Ordering::Relaxed);
    }

    pub(super) fn is_muted(&self) -> bool {
        self.muted_until() > clock::now()
    }

    pub(super) fn muted_until(&self) -> u64 {
        self.muted_until.load(Ordering::Relaxed)
    }

    /// The task that is to end with the connection. There is one at most.
    pub(super) fn until_gone(&self, task: AbortHandle) {
        *self.waiting() = Some(task);
        if self.inbox.is_closed() {
            self.stop_waiting();
        }
    }

    /// Ends it.
    pub(super) fn stop_waiting(&self) {
        if let Some(task) = self.waiting().take() {
            task.abort();
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Option<AbortHandle>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    fn follows(&self) -> std::sync::MutexGuard<'_, HashSet<RoomName>> {
        self.follows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use parlour_events::AuthorKind;
    use uuid::Uuid;

    use super::*;
    use crate::{peer::ClientAddress, seats::Seats};

    fn member(known: bool, muted_until: u64) -> Member {
        let arrived = Arrived {
            person: Author {
                id: UserId(Uuid::nil()),
                name: "Ann".parse().unwrap(),
                kind: AuthorKind::Member,
            },
            role: Role::Member,
            session: SessionKey([0; 32]),
            address: ClientAddress([192, 0, 2, 1].into()).key(),
            token: None,
            expires_in: None,
            muted_until,
            known,
        };
        Member::new(arrived, 1, Seats::new(0).take().unwrap())
    }

    #[test]
    fn a_session_that_its_client_has_not_used_is_not_written_down_as_in_use() {
        let new = member(false, 0);
        assert!(new.seen().is_none());
        new.confirm();
        assert!(new.seen().is_some());
        assert!(member(true, 0).seen().is_some());
    }

    #[test]
    fn whoever_is_muted_is_so_from_the_first_moment_of_a_connection() {
        assert!(member(true, u64::MAX).is_muted());
        assert!(!member(true, 0).is_muted());
    }
}
