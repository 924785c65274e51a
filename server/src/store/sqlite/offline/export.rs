//! The log of a room, as lines.

use std::{io, path::Path};

use parlour_events::{Change, RoomName};

use super::{OfflineError, open};
use crate::{
    clock,
    store::{
        settings::Settings,
        signed,
        sqlite::{
            memory::Memory,
            reads,
            tx::{Fault, Tx},
        },
    },
};

/// Changes read at a time.
const PAGE: usize = 1_000;

/// Writes the changes of a room that are kept, one JSON object a line, in the order of their
/// numbers.
///
/// # Errors
/// [`OfflineError`].
pub fn export(
    folder: &Path,
    room: &RoomName,
    out: &mut impl io::Write,
) -> Result<u64, OfflineError> {
    let mut db = open(folder)?;
    let transaction = db.transaction()?;
    let (settings, memory) = (Settings::default(), Memory::default());
    let tx = Tx::new(&transaction, clock::now(), &settings, &memory);
    let room = match tx.room(room) {
        Ok(room) => room,
        Err(Fault::Refused(_)) => return Err(OfflineError::RoomUnknown(room.clone())),
        Err(fault) => return Err(fault.into()),
    };
    let (mut after, mut count) = (room.first - 1, 0);
    loop {
        let changes: Vec<Change> = reads::changes(&tx, &room, after, PAGE)?;
        let Some(last) = changes.last() else { break };
        after = signed(last.seq.0);
        for change in &changes {
            let line = serde_json::to_string(change)
                .map_err(|error| OfflineError::Output(io::Error::other(error)))?;
            writeln!(out, "{line}").map_err(OfflineError::Output)?;
            count += 1;
        }
    }
    out.flush().map_err(OfflineError::Output)?;
    Ok(count)
}
