//! What was asked for under which id, and how it was answered: asking again changes nothing.

use parlour_events::{ChangeId, Code, MessageId, Refusal, Sent, Timestamp};

use super::tx::{Fault, Tx};
use crate::store::{seq, signed, unsigned};

/// A request other than a post, as its receipt names it.
pub(super) struct Receipt {
    pub(super) id: ChangeId,
    pub(super) user: i64,
    pub(super) kind: i64,
    pub(super) message: MessageId,
}

impl Receipt {
    /// The first answer to this request, if there was one.
    pub(super) fn done_before(&self, tx: &Tx<'_>) -> Result<Option<Sent>, Fault> {
        let row = tx.one(
            "SELECT r.seq, r.at, r.kind = ?3 AND m.uid = ?4 FROM receipts r \
             JOIN messages m ON m.id = r.message WHERE r.user = ?1 AND r.uid = ?2",
            (self.user, self.id.0.as_bytes(), self.kind, self.message.0.as_bytes()),
            |row| {
                let sent = Sent { seq: seq(row.get(0)?), at: Timestamp(unsigned(row.get(1)?)) };
                Ok((sent, row.get::<_, bool>(2)?))
            },
        )?;
        match row {
            Some((sent, true)) => Ok(Some(sent)),
            Some((_, false)) => {
                let sentence = "Another request of yours had this id: make a new one.";
                Err(Refusal::new(Code::IdTaken, sentence).into())
            }
            None => Ok(None),
        }
    }

    /// Writes its receipt.
    pub(super) fn done(&self, tx: &Tx<'_>, sent: Sent) -> Result<Sent, Fault> {
        tx.execute(
            "INSERT INTO receipts (user, uid, kind, message, seq, at) \
             SELECT ?1, ?2, ?3, id, ?5, ?6 FROM messages WHERE uid = ?4",
            (
                self.user,
                self.id.0.as_bytes(),
                self.kind,
                self.message.0.as_bytes(),
                signed(sent.seq.0),
                signed(sent.at.0),
            ),
        )?;
        Ok(sent)
    }
}
