//! The final logs by themselves: numbered without gaps, each message once, nothing made up.

use std::collections::HashMap;

use parlour_events::{ChangeKind, MessageId};

use super::{Broken, Case, Fault, Log};
use crate::chaos::request::{Kind, print_of};

pub(super) fn check(case: &Case<'_>, faults: &mut Vec<Fault>) {
    let mut posted: HashMap<MessageId, u64> = HashMap::new();
    for log in case.logs.values() {
        numbers(log, faults);
        let mut changes: HashMap<(Kind, MessageId), usize> = HashMap::new();
        for change in &log.changes {
            let (kind, id) = Kind::of(&change.kind);
            let fault = |broken, seen: &str| {
                let seen = format!("{seen}: {change:?}");
                Fault::new(broken, seen).room(log.room).id(id.map(|id| id.0))
            };
            let Some(id) = id else {
                faults.push(fault(Broken::Invented, "no kind that anybody asked for"));
                continue;
            };
            if let ChangeKind::Posted(_) = change.kind {
                let times = posted.entry(id).or_default();
                *times += 1;
                if *times == 2 {
                    faults.push(fault(Broken::Duplicated, "posted twice"));
                }
            } else {
                *changes.entry((kind, id)).or_default() += 1;
            }
            let requests = case.about.get(&id).map_or(&[][..], Vec::as_slice);
            let there = requests.iter().any(|(_, request)| {
                request.kind() == kind
                    && case.story.rooms.get(usize::from(log.room.0)) == Some(request.room())
            });
            if !there {
                faults.push(fault(Broken::Invented, "nobody asked for this here"));
            } else if !case.may_say(kind, id).contains(&print_of(&change.kind)) {
                faults.push(fault(Broken::Altered, "nobody said so"));
            }
        }
        for ((kind, id), times) in changes {
            let requests = case.about.get(&id).map_or(&[][..], Vec::as_slice);
            let asked = requests.iter().filter(|(_, request)| request.kind() == kind).count();
            if asked > 0 && times > asked {
                let seen = format!("{kind:?} {times} times, asked for {asked} times");
                faults.push(Fault::new(Broken::Duplicated, seen).room(log.room).id(id.0));
            }
        }
    }
}

fn numbers(log: &Log, faults: &mut Vec<Fault>) {
    for (expected, change) in (1..).zip(&log.changes) {
        if change.seq.0 != expected {
            let seen = format!("{} stands where {expected} should", change.seq);
            faults.push(Fault::new(Broken::Gap, seen).room(log.room));
            // Everything behind it is shifted.
            return;
        }
    }
}
