//! Rows that the writer has read before, so that a message costs little more than its own row.
//!
//! Only the writer changes people, rooms and memberships, so what it remembers holds from one
//! transaction to the next, until something changes them: [`Memory::forget`] is called after each
//! operation that may, after each transaction that did not come to its end, and when another
//! process has written (the command line may have given somebody a role).

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use parlour_events::{RoomName, UserId};

use super::tx::{RoomRow, User};

/// Most rows of a kind. Beyond it all are read anew, which is no harm now and then.
const MOST: usize = 20_000;

/// What the writer remembers.
#[derive(Debug, Default)]
pub(super) struct Memory(RefCell<Known>);

#[derive(Debug, Default)]
struct Known {
    users: HashMap<UserId, User>,
    rooms: HashMap<RoomName, RoomRow>,
    members: HashSet<(i64, i64)>,
    /// The newest numbers of rooms, by their rows, that are not written down yet.
    heads: HashMap<i64, i64>,
}

impl Memory {
    /// Nothing is known any more.
    pub(super) fn forget(&self) {
        *self.0.borrow_mut() = Known::default();
    }

    pub(super) fn user(&self, uid: UserId) -> Option<User> {
        self.0.borrow().users.get(&uid).cloned()
    }

    pub(super) fn keep_user(&self, user: &User) {
        let users = &mut self.0.borrow_mut().users;
        if users.len() >= MOST {
            users.clear();
        }
        users.insert(user.author.id, user.clone());
    }

    pub(super) fn room(&self, name: &RoomName) -> Option<RoomRow> {
        self.0.borrow().rooms.get(name).cloned()
    }

    /// Keeps a room as its row has it: with the head that is written down.
    pub(super) fn keep_room(&self, room: &RoomRow) {
        let rooms = &mut self.0.borrow_mut().rooms;
        if rooms.len() < MOST {
            rooms.insert(room.name.clone(), room.clone());
        }
    }

    pub(super) fn is_member(&self, room: i64, user: i64) -> bool {
        self.0.borrow().members.contains(&(room, user))
    }

    pub(super) fn keep_member(&self, room: i64, user: i64) {
        let members = &mut self.0.borrow_mut().members;
        if members.len() >= MOST {
            members.clear();
        }
        members.insert((room, user));
    }

    /// The number after the room's newest one, which is the newest from now on.
    pub(super) fn next_head(&self, room: &RoomRow) -> i64 {
        let known = &mut *self.0.borrow_mut();
        let head = known.heads.get(&room.id).map_or(room.head, |head| room.head.max(*head)) + 1;
        known.heads.insert(room.id, head);
        if let Some(room) = known.rooms.get_mut(&room.name) {
            room.head = head;
        }
        head
    }

    /// The heads that are to be written down.
    pub(super) fn take_heads(&self) -> HashMap<i64, i64> {
        std::mem::take(&mut self.0.borrow_mut().heads)
    }
}
