//! What a reader knows of a room, kept to the contract: it joins with its cursor, holds live
//! changes until the answer is applied, drops what it has by number, and asks when there is a gap.
//! It does no I/O: what it is to ask for is what its methods return.

use std::collections::VecDeque;

use parlour_events::{
    CatchUp, CatchUpPage, Change, Cursor, Epoch, JoinRoom, ResetReason, RoomChanges, RoomHead,
    RoomName, Seq, SyncRoom,
};

use super::fold::Fold;

/// A reader's copy of a room.
#[derive(Debug)]
pub struct Replica {
    room: RoomName,
    cursor: Option<Cursor>,
    phase: Phase,
    /// Live changes that came while an answer is waited for.
    held: VecDeque<RoomChanges>,
    /// How long the log is, as far as that was told without its changes.
    told: Seq,
    /// Nothing that was posted up to here is known: it was before the newest messages that the
    /// reader began with.
    floor: Seq,
    /// The messages.
    pub fold: Fold,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Not joined on this connection.
    Away,
    /// Joined or about to be; an answer is waited for.
    Asked,
    /// As far as the server has told.
    Live,
}

/// What a reader is to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// To join.
    Join(JoinRoom),
    /// What came after its cursor.
    Sync(SyncRoom),
}

/// What a reader did with what it was told.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// It applied a change.
    Applied(Epoch, &'a Change),
    /// It was told that its cursor is not continued, and began anew.
    Reset {
        /// Why.
        why: ResetReason,
        /// From where it goes on.
        cursor: Cursor,
    },
    /// What it was told makes no sense by the contract.
    Nonsense(&'static str),
}

impl Replica {
    /// Nothing yet.
    pub fn new(room: RoomName) -> Self {
        Self {
            room,
            cursor: None,
            phase: Phase::Away,
            held: VecDeque::new(),
            told: Seq(0),
            floor: Seq(0),
            fold: Fold::default(),
        }
    }

    /// The last change applied.
    pub fn cursor(&self) -> Option<Cursor> {
        self.cursor
    }

    /// Nothing that was posted up to here is known.
    pub fn floor(&self) -> Seq {
        self.floor
    }

    /// Whether all is applied that the server has told.
    pub fn is_live(&self) -> bool {
        self.phase == Phase::Live
    }

    /// The connection is gone.
    pub fn lost(&mut self) {
        self.phase = Phase::Away;
        self.held.clear();
    }

    /// There is a connection, or the last question was not answered: what to ask now.
    pub fn ask(&mut self, joined: bool) -> Ask {
        self.phase = Phase::Asked;
        match self.cursor {
            Some(after) if joined => {
                Ask::Sync(SyncRoom { room: self.room.clone(), after, limit: None })
            }
            after => Ask::Join(JoinRoom { room: self.room.clone(), after }),
        }
    }

    /// Live changes came.
    pub fn changes(&mut self, changes: RoomChanges, tell: &mut dyn FnMut(Step<'_>)) -> Option<Ask> {
        if changes.changes.is_empty() {
            tell(Step::Nonsense("changes without a change"));
        }
        match self.phase {
            // Of a connection that is gone, or for another connection's join.
            Phase::Away => None,
            Phase::Asked => {
                self.held.push_back(changes);
                None
            }
            Phase::Live => {
                self.take(changes, tell);
                self.go_on()
            }
        }
    }

    /// The length of the log was told.
    pub fn head(&mut self, head: &RoomHead) -> Option<Ask> {
        if self.cursor.is_some_and(|cursor| cursor.epoch == head.epoch) {
            self.told = self.told.max(head.head);
        }
        if self.phase == Phase::Live { self.go_on() } else { None }
    }

    /// The answer to what was asked.
    pub fn answer(&mut self, answer: CatchUp, tell: &mut dyn FnMut(Step<'_>)) -> Option<Ask> {
        let CatchUp { epoch, head, page } = answer;
        match page {
            CatchUpPage::Reset { why, messages, earlier } => {
                let cursor = Cursor { epoch, seq: head };
                if messages.iter().any(|message| message.seq > head || message.rev > head) {
                    tell(Step::Nonsense("a message from behind the head"));
                }
                self.floor = match messages.first() {
                    Some(first) if earlier => Seq(first.seq.0.saturating_sub(1)),
                    None if earlier => head,
                    _ => Seq(0),
                };
                self.fold.reset(&messages);
                self.cursor = Some(cursor);
                self.told = head;
                tell(Step::Reset { why, cursor });
            }
            CatchUpPage::Changes { changes } => {
                match self.cursor {
                    Some(cursor) if cursor.epoch == epoch => {}
                    _ => tell(Step::Nonsense("changes after a cursor of another history")),
                }
                if changes.is_empty() && self.cursor.is_some_and(|cursor| cursor.seq < head) {
                    tell(Step::Nonsense("a head behind the cursor, and no change towards it"));
                }
                self.told = self.told.max(head);
                // What is held may be in the answer already, not the other way round.
                for change in &changes {
                    if !self.applies(epoch, change, tell) {
                        tell(Step::Nonsense("an answer that does not continue the cursor"));
                    }
                }
            }
        }
        self.phase = Phase::Live;
        while let Some(changes) = self.held.pop_front() {
            self.take(changes, tell);
        }
        self.go_on()
    }

    /// Applies what continues the cursor. What is behind a gap is not kept: whoever asks for the
    /// gap is told all of it.
    fn take(&mut self, changes: RoomChanges, tell: &mut dyn FnMut(Step<'_>)) {
        for change in &changes.changes {
            let Some(cursor) = self.cursor.filter(|cursor| cursor.epoch == changes.epoch) else {
                return;
            };
            if change.seq > cursor.seq && !self.applies(changes.epoch, change, tell) {
                self.told = self.told.max(change.seq);
            }
        }
    }

    fn applies(&mut self, epoch: Epoch, change: &Change, tell: &mut dyn FnMut(Step<'_>)) -> bool {
        match &mut self.cursor {
            Some(cursor) if cursor.epoch == epoch && change.seq == cursor.seq.next() => {
                cursor.seq = change.seq;
                self.fold.apply(change);
                tell(Step::Applied(epoch, change));
                true
            }
            _ => false,
        }
    }

    fn go_on(&mut self) -> Option<Ask> {
        let behind = self.cursor.is_some_and(|cursor| cursor.seq < self.told);
        behind.then(|| self.ask(true))
    }
}

#[cfg(test)]
mod tests {
    use parlour_events::{ChangeKind, Timestamp};
    use uuid::Uuid;

    use super::*;

    const EPOCH: Epoch = Epoch(Uuid::from_u128(1));

    fn change(seq: u64) -> Change {
        Change { seq: Seq(seq), at: Timestamp(0), kind: ChangeKind::Unknown }
    }

    fn live(seqs: impl IntoIterator<Item = u64>) -> RoomChanges {
        let changes = seqs.into_iter().map(change).collect();
        RoomChanges { room: RoomName::default(), epoch: EPOCH, changes }
    }

    fn page(head: u64, seqs: impl IntoIterator<Item = u64>) -> CatchUp {
        let page = CatchUpPage::Changes { changes: seqs.into_iter().map(change).collect() };
        CatchUp { epoch: EPOCH, head: Seq(head), page }
    }

    fn reset(head: u64) -> CatchUp {
        let page =
            CatchUpPage::Reset { why: ResetReason::New, messages: Vec::new(), earlier: true };
        CatchUp { epoch: EPOCH, head: Seq(head), page }
    }

    /// Collects the numbers that are applied.
    fn applied(into: &mut Vec<u64>) -> impl FnMut(Step<'_>) {
        |step| match step {
            Step::Applied(_, change) => into.push(change.seq.0),
            Step::Reset { .. } => {}
            Step::Nonsense(what) => panic!("{what}"),
        }
    }

    #[test]
    fn live_changes_wait_for_the_answer_and_come_once() {
        let mut seen = Vec::new();
        let mut replica = Replica::new(RoomName::default());
        replica.ask(false);
        assert_eq!(replica.changes(live(6..=7), &mut applied(&mut seen)), None);
        assert_eq!(replica.answer(reset(5), &mut applied(&mut seen)), None);
        assert_eq!(seen, [6, 7]);
        replica.lost();
        assert!(matches!(replica.ask(false), Ask::Join(JoinRoom { after: Some(_), .. })));
        assert_eq!(replica.changes(live(9..=10), &mut applied(&mut seen)), None);
        assert_eq!(replica.answer(page(9, 8..=9), &mut applied(&mut seen)), None);
        assert_eq!(seen, [6, 7, 8, 9, 10]);
        assert!(replica.is_live());
    }

    #[test]
    fn a_gap_is_asked_for() {
        let mut seen = Vec::new();
        let mut replica = Replica::new(RoomName::default());
        replica.ask(false);
        replica.answer(reset(5), &mut applied(&mut seen));
        let ask = replica.changes(live([6, 8]), &mut applied(&mut seen));
        assert!(matches!(ask, Some(Ask::Sync(sync)) if sync.after.seq == Seq(6)));
        assert_eq!(replica.answer(page(9, 7..=9), &mut applied(&mut seen)), None);
        assert_eq!(replica.changes(live(8..=10), &mut applied(&mut seen)), None);
        assert_eq!(seen, [6, 7, 8, 9, 10]);
    }

    #[test]
    fn a_head_that_is_further_is_asked_for() {
        let mut seen = Vec::new();
        let mut replica = Replica::new(RoomName::default());
        replica.ask(false);
        replica.answer(reset(5), &mut applied(&mut seen));
        let head = |head| RoomHead { room: RoomName::default(), epoch: EPOCH, head: Seq(head) };
        assert_eq!(replica.head(&head(5)), None);
        assert!(replica.head(&head(7)).is_some());
        // More than fits one answer.
        assert!(replica.answer(page(7, [6]), &mut applied(&mut seen)).is_some());
        assert_eq!(replica.answer(page(7, [7]), &mut applied(&mut seen)), None);
        assert_eq!(seen, [6, 7]);
    }
}
