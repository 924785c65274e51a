//! Roles, for whoever has the data.

use std::path::Path;

use parlour_events::{Nickname, Role};

use super::{OfflineError, open};
use crate::{
    clock,
    identity::name_key,
    store::{
        settings::Settings,
        sqlite::{
            memory::Memory,
            tx::{Tx, role_number},
        },
    },
};

/// Gives somebody a role.
///
/// # Errors
/// [`OfflineError`].
pub fn grant(folder: &Path, nickname: &Nickname, role: Role) -> Result<(), OfflineError> {
    let mut db = open(folder)?;
    let transaction = db.transaction()?;
    let (settings, memory) = (Settings::default(), Memory::default());
    let tx = Tx::new(&transaction, clock::now(), &settings, &memory);
    let user: Option<i64> = tx.one(
        "UPDATE users SET role = ?2 WHERE name_key = ?1 RETURNING id",
        (name_key(nickname.as_str()), role_number(role)),
        |row| row.get(0),
    )?;
    let user = user.ok_or_else(|| OfflineError::NicknameUnknown(nickname.clone()))?;
    tx.audit(None, "mod:role", Some(user), &format!("{role:?}").to_lowercase())?;
    transaction.commit()?;
    Ok(())
}
