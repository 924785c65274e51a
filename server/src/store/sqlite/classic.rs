//! Guests of the classic namespace: nobody in particular, with a name that the server made up.

use parlour_events::{Author, AuthorKind, Nickname, Role, UserId};

use super::tx::{Fault, Tx, User};
use crate::store::signed;

/// The guest's row, made at their first message.
pub(super) fn guest(tx: &Tx<'_>, uid: UserId, name: &Nickname) -> Result<User, Fault> {
    if let Some(user) = tx.find_user(uid)? {
        return Ok(user);
    }
    tx.execute(
        "INSERT INTO users (uid, name, kind, created) VALUES (?1, ?2, 1, ?3)",
        (uid.0.as_bytes(), name.as_str(), signed(tx.now)),
    )?;
    Ok(User {
        id: tx.db.last_insert_rowid(),
        author: Author { id: uid, name: name.clone(), kind: AuthorKind::Guest },
        role: Role::Member,
        muted_until: 0,
    })
}
