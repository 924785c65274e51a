//! What was asked for, and how it was answered: what is acknowledged is in the log, under that
//! number and in the order in which it was asked for; and everything is answered.

use std::collections::{HashMap, HashSet};

use parlour_events::{Change, Seq};
use uuid::Uuid;

use super::{Broken, Case, Fault, Meant};
use crate::chaos::{
    record::{Age, BotNumber, Place, What},
    request::{Kind, Request},
};

/// An acknowledgement.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ack {
    age: Age,
    seq: Seq,
}

pub(super) fn check(case: &Case<'_>, faults: &mut Vec<Fault>) {
    let mut acks: HashMap<Uuid, Ack> = HashMap::new();
    let mut refused: HashSet<Uuid> = HashSet::new();
    for told in &case.story.told {
        match &told.what {
            What::Acknowledged { id, age, seq } => {
                let ack = Ack { age: *age, seq: *seq };
                let first = *acks.entry(*id).or_insert(ack);
                if first.age == ack.age && first.seq != ack.seq {
                    let seen = format!("acknowledged as {} and as {seq}", first.seq);
                    faults.push(Fault::new(Broken::WrongSeq, seen).bot(told.bot).id(*id));
                }
            }
            What::Refused { id, code } if !code.is_passing() => {
                refused.insert(*id);
                let seen = format!("refused with {code}");
                faults.push(Fault::new(Broken::Refused, seen).bot(told.bot).id(*id));
            }
            What::Broken(what) => {
                faults.push(Fault::new(Broken::Nonsense, what.clone()).bot(told.bot));
            }
            _ => {}
        }
    }
    each(case, &acks, &refused, faults);
    order(case, &acks, faults);
}

fn each(
    case: &Case<'_>,
    acks: &HashMap<Uuid, Ack>,
    refused: &HashSet<Uuid>,
    faults: &mut Vec<Fault>,
) {
    let mut taken: HashMap<(Place, Age, Seq), Uuid> = HashMap::new();
    for (id, (bot, room, request)) in &case.asked {
        let fault = |broken, seen: String| Fault::new(broken, seen).room(*room).bot(*bot).id(*id);
        let Some(ack) = acks.get(id) else {
            if !refused.contains(id) {
                faults.push(fault(Broken::Unanswered, "never answered".to_owned()));
            }
            continue;
        };
        if let Some(other) = taken.insert((*room, ack.age, ack.seq), *id) {
            let seen = format!("{} was acknowledged for {other} as well", ack.seq);
            faults.push(fault(Broken::WrongSeq, seen));
        }
        match case.meant(*room, ack.age, ack.seq) {
            Meant::Gone => {}
            Meant::Change(change) if is_made_by(request, change) => {}
            Meant::Change(_) | Meant::Nothing => {
                let log = case.logs.get(room).expect("a number means something there");
                let elsewhere = log.changes.iter().find(|change| is_made_by(request, change));
                faults.push(match elsewhere {
                    Some(change) => {
                        let seen = format!("acknowledged as {}, is {}", ack.seq, change.seq);
                        fault(Broken::WrongSeq, seen)
                    }
                    None => fault(Broken::Lost, format!("acknowledged as {}", ack.seq)),
                });
            }
        }
    }
    for id in acks.keys().filter(|id| !case.asked.contains_key(id)) {
        let seen = "acknowledged, and never asked for";
        faults.push(Fault::new(Broken::Nonsense, seen).id(*id));
    }
}

fn is_made_by(request: &Request, change: &Change) -> bool {
    Kind::of(&change.kind) == (request.kind(), Some(request.message()))
}

/// A bot asks for one thing in a room after the other.
fn order(case: &Case<'_>, acks: &HashMap<Uuid, Ack>, faults: &mut Vec<Fault>) {
    let mut last: HashMap<(BotNumber, Place), (Ack, Uuid)> = HashMap::new();
    for told in &case.story.told {
        let What::Invoked(request) = &told.what else { continue };
        let id = request.id();
        let (Some(ack), Some((bot, room, _))) = (acks.get(&id), case.asked.get(&id)) else {
            continue;
        };
        let before = last.insert((*bot, *room), (*ack, id));
        if let Some((before, other)) = before
            && before.age == ack.age
            && before.seq >= ack.seq
        {
            let seen =
                format!("asked for after {other}, which is {}, and is {}", before.seq, ack.seq);
            faults.push(Fault::new(Broken::Reordered, seen).room(*room).bot(*bot).id(id));
        }
    }
}
