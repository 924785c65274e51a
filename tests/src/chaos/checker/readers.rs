//! What the bots read: every change once and in order, as it stands in the log, up to its end, and
//! the state that comes of it.

use std::collections::{HashMap, HashSet};

use parlour_events::{MessageId, Seq};

use super::{Broken, Case, End, Fault, Meant};
use crate::chaos::{
    fold::Fold,
    record::{Age, Place, Read, Seen},
    request::Kind,
};

pub(super) fn check(case: &Case<'_>, ends: &[End], faults: &mut Vec<Fault>) {
    let mut cursors: HashMap<(u16, Place), (Age, Seq)> = HashMap::new();
    let mut may_say: HashMap<(Kind, MessageId), HashSet<u64>> = HashMap::new();
    for read in &case.story.read {
        let cursor = cursors.insert((read.bot, read.room), (read.age, read.seq));
        if let Seen::Applied { kind, id, print } = read.what {
            steps(read, cursor, faults);
            is_in_the_log(case, read, kind, id, faults);
            if let Some(id) = id {
                let says = may_say.entry((kind, id)).or_insert_with(|| case.may_say(kind, id));
                if !says.contains(&print) {
                    faults.push(fault(Broken::Altered, read, "nobody said so").id(id.0));
                }
            }
        }
    }
    let folds: HashMap<Place, Fold> =
        case.logs.iter().map(|(room, log)| (*room, log.changes.iter().collect())).collect();
    for end in ends {
        is_at_the_end(case, end, &folds, faults);
    }
}

fn fault(broken: Broken, read: &Read, seen: impl Into<String>) -> Fault {
    Fault::new(broken, seen).room(read.room).bot(usize::from(read.bot))
}

/// The next number, and no other one.
fn steps(read: &Read, cursor: Option<(Age, Seq)>, faults: &mut Vec<Fault>) {
    let seq = read.seq;
    let broken = match cursor {
        None => (Broken::Skipped, format!("applied {seq} before it had a cursor")),
        Some((age, _)) if age != read.age => {
            (Broken::Skipped, format!("applied {seq} of another history than its own"))
        }
        Some((_, at)) if seq <= at => (Broken::Repeated, format!("applied {seq} after {at}")),
        Some((_, at)) if seq != at.next() => (Broken::Skipped, format!("applied {seq} after {at}")),
        Some(_) => return,
    };
    faults.push(fault(broken.0, read, broken.1));
}

fn is_in_the_log(
    case: &Case<'_>,
    read: &Read,
    kind: Kind,
    id: Option<MessageId>,
    faults: &mut Vec<Fault>,
) {
    let seq = read.seq;
    let seen = match case.meant(read.room, read.age, seq) {
        Meant::Gone => return,
        Meant::Nothing => format!("read {seq}, and the log is shorter"),
        Meant::Change(change) if Kind::of(&change.kind) == (kind, id) => return,
        Meant::Change(change) => format!("read {kind:?} as {seq}, which is {change:?}"),
    };
    faults.push(fault(Broken::Invented, read, seen).id(id.map(|id| id.0)));
}

fn is_at_the_end(
    case: &Case<'_>,
    end: &End,
    folds: &HashMap<Place, Fold>,
    faults: &mut Vec<Fault>,
) {
    let (Some(log), Some(fold)) = (case.logs.get(&end.room), folds.get(&end.room)) else { return };
    let new = |broken, seen: String| Fault::new(broken, seen).room(end.room).bot(end.bot);
    let head = log.changes.last().map_or(Seq(0), |change| change.seq);
    let epoch = case.story.epochs.get(usize::from(log.age.0)).copied();
    let at = end.cursor.map(|cursor| (Some(cursor.epoch), cursor.seq));
    if at != Some((epoch, head)) {
        let seen = format!("is at {:?} when the log's end is {head}", end.cursor);
        faults.push(new(Broken::Behind, seen));
    } else if let Some(id) = fold.differs_from(&end.fold, end.floor) {
        let seen = format!("has {:?} where the log gives {:?}", end.fold.get(id), fold.get(id));
        faults.push(new(Broken::Diverged, seen).id(id.0));
    }
}
