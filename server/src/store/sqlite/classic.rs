//! Guests of the classic namespace: nobody in particular, with a name that the server made up.

use parlour_events::{Author, AuthorKind, Role};

use super::{
    people,
    tx::{Fault, Tx, User},
};
use crate::store::{signed, write::Classic};

/// The guest's row, made at their first message.
pub(super) fn guest(tx: &Tx<'_>, post: &Classic) -> Result<User, Fault> {
    let Classic { user: uid, name, address, .. } = post;
    if let Some(user) = tx.find_user(*uid)? {
        return Ok(user);
    }
    tx.execute(
        "INSERT INTO users (uid, name, kind, created) VALUES (?1, ?2, 1, ?3)",
        (uid.0.as_bytes(), name.as_str(), signed(tx.now)),
    )?;
    let id = tx.db.last_insert_rowid();
    people::remember_address(tx, id, address)?;
    Ok(User {
        id,
        author: Author { id: *uid, name: name.clone(), kind: AuthorKind::Guest },
        role: Role::Member,
        muted_until: 0,
        banned_until: 0,
    })
}
