//! Each guarantee, broken once. A checker that finds nothing in these proves nothing elsewhere.

use std::time::Duration;

use parlour_events::{
    Author, AuthorKind, ChangeKind, Code, Epoch, Posted, ResetReason, RoomName, Timestamp,
};

use super::*;
use crate::chaos::record::{Read, Seen, Told};
use crate::chaos::request::print_of;

const EPOCH: Epoch = Epoch(Uuid::from_u128(7));
const ROOM: Place = Place(0);
const AGE: Age = Age(0);
/// Ann asks, Ben only reads.
const ANN: BotNumber = 0;
const BEN: BotNumber = 1;

/// A run in which all went well: two messages, an edit, a reaction, a deletion.
struct Run {
    story: Story,
    log: Log,
    ends: Vec<End>,
    kept: Kept,
    requests: Vec<Request>,
}

fn person(bot: BotNumber) -> UserId {
    UserId(Uuid::from_u128(100 + bot as u128))
}

fn author(bot: BotNumber) -> Author {
    Author { id: person(bot), name: "Somebody".parse().unwrap(), kind: AuthorKind::Member }
}

fn change(seq: u64, request: &Request) -> Change {
    let id = request.message();
    let kind = match request {
        Request::Send(it) => ChangeKind::Posted(Posted {
            id,
            author: author(ANN),
            body: it.body.clone(),
            reply_to: None,
            attachments: Vec::new(),
            mentions: Vec::new(),
        }),
        Request::Edit(it) => ChangeKind::Edited { id, body: Some(it.body.clone()) },
        Request::Delete(_) => ChangeKind::Deleted { id, by: author(ANN) },
        Request::React(it) => {
            ChangeKind::Reacted { id, by: author(ANN), emoji: it.emoji.clone(), on: it.on }
        }
    };
    Change { seq: Seq(seq), at: Timestamp(0), kind }
}

impl Run {
    fn good() -> Self {
        let room = RoomName::default();
        let [one, two] = ["one", "two"].map(|text| Request::send(&room, text));
        let requests = vec![
            one.clone(),
            two.clone(),
            Request::edit(&room, one.message(), "one, and more"),
            Request::react(&room, one.message(), ":+1:", true),
            Request::delete(&room, two.message()),
        ];
        let changes: Vec<_> = (1..).zip(&requests).map(|(seq, it)| change(seq, it)).collect();
        let log = Log { room: ROOM, age: AGE, changes };
        let mut run = Self {
            story: Story {
                rooms: vec![room],
                epochs: vec![EPOCH],
                people: vec![Some(person(ANN)), Some(person(BEN))],
                ..Story::default()
            },
            ends: Vec::new(),
            kept: Kept::new(),
            log,
            requests,
        };
        for bot in [ANN, BEN] {
            run.reads(bot, 0, Seen::Reset(ResetReason::New));
            for change in run.log.changes.clone() {
                run.applies(bot, &change);
            }
            run.ends.push(End {
                bot,
                room: ROOM,
                cursor: Some(Cursor { epoch: EPOCH, seq: Seq(5) }),
                floor: Seq(0),
                fold: run.log.changes.iter().collect(),
            });
        }
        for (seq, request) in (1..).zip(run.requests.clone()) {
            let id = request.id();
            run.tells(What::Invoked(request));
            run.tells(What::Acknowledged { id, age: AGE, seq: Seq(seq) });
        }
        run
    }

    fn tells(&mut self, what: What) {
        self.story.told.push(Told { at: Duration::ZERO, bot: ANN, what });
    }

    fn reads(&mut self, bot: BotNumber, seq: u64, what: Seen) {
        let read = Read { at: 0, bot: bot as u16, room: ROOM, age: AGE, seq: Seq(seq), what };
        self.story.read.push(read);
    }

    fn applies(&mut self, bot: BotNumber, change: &Change) {
        let (kind, id) = Kind::of(&change.kind);
        let what = Seen::Applied { kind, id, print: print_of(&change.kind) };
        self.reads(bot, change.seq.0, what);
    }

    /// What is broken, each once, in the order of the first.
    fn broken(&self) -> Vec<Broken> {
        let logs = std::slice::from_ref(&self.log);
        let mut all = Vec::new();
        for fault in check(&self.story, logs, &self.ends, &self.kept) {
            if !all.contains(&fault.broken) {
                all.push(fault.broken);
            }
        }
        all
    }

    fn is_broken(&self, broken: Broken) {
        let all = self.broken();
        assert!(all.contains(&broken), "found {all:?} in place of {broken:?}");
    }
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    assert_eq!(Run::good().broken(), []);
}

#[test]
fn what_is_acknowledged_and_not_there_is_lost() {
    let mut run = Run::good();
    let request = Request::send(&RoomName::default(), "three");
    let id = request.id();
    run.tells(What::Invoked(request));
    run.tells(What::Acknowledged { id, age: AGE, seq: Seq(6) });
    assert_eq!(run.broken(), [Broken::Lost]);
}

#[test]
fn an_edit_that_is_acknowledged_and_not_there_is_lost() {
    let mut run = Run::good();
    let two = run.requests[1].message();
    let request = Request::edit(&RoomName::default(), two, "two, and more");
    let id = request.id();
    run.tells(What::Invoked(request));
    run.tells(What::Acknowledged { id, age: AGE, seq: Seq(6) });
    assert_eq!(run.broken(), [Broken::Lost]);
}

#[test]
fn what_is_posted_twice_is_duplicated() {
    let mut run = Run::good();
    run.log.changes.push(change(6, &run.requests[0]));
    run.is_broken(Broken::Duplicated);
}

#[test]
fn an_edit_that_is_there_more_often_than_asked_for_is_duplicated() {
    let mut run = Run::good();
    run.log.changes.push(change(6, &run.requests[2]));
    run.is_broken(Broken::Duplicated);
}

#[test]
fn another_number_than_acknowledged_is_wrong() {
    let mut run = Run::good();
    let id = run.requests[4].id();
    run.story.told.pop();
    run.tells(What::Acknowledged { id, age: AGE, seq: Seq(9) });
    assert_eq!(run.broken(), [Broken::WrongSeq]);
}

#[test]
fn a_repeated_request_has_one_answer() {
    let mut run = Run::good();
    let id = run.requests[4].id();
    run.tells(What::Acknowledged { id, age: AGE, seq: Seq(4) });
    assert_eq!(run.broken(), [Broken::WrongSeq]);
}

#[test]
fn two_requests_have_two_numbers() {
    let mut run = Run::good();
    let request = Request::edit(&RoomName::default(), run.requests[0].message(), "more");
    let id = request.id();
    run.tells(What::Invoked(request));
    run.tells(What::Acknowledged { id, age: AGE, seq: Seq(3) });
    run.is_broken(Broken::WrongSeq);
}

#[test]
fn what_is_turned_around_is_reordered() {
    let mut run = Run::good();
    // Everybody was told so all along: only the order of asking says otherwise.
    run.story.told.swap(0, 2);
    run.story.told.swap(1, 3);
    assert_eq!(run.broken(), [Broken::Reordered]);
}

#[test]
fn what_nobody_asked_for_is_invented() {
    let mut run = Run::good();
    let six = change(6, &Request::send(&RoomName::default(), "from nowhere"));
    run.log.changes.push(six);
    run.is_broken(Broken::Invented);
}

#[test]
fn what_is_read_and_not_in_the_log_is_invented() {
    let mut run = Run::good();
    let request = Request::send(&RoomName::default(), "never committed");
    run.applies(BEN, &change(6, &request));
    run.is_broken(Broken::Invented);
}

#[test]
fn another_text_is_altered() {
    let mut run = Run::good();
    if let ChangeKind::Posted(posted) = &mut run.log.changes[0].kind {
        posted.body = Some("another".parse().unwrap());
    }
    run.is_broken(Broken::Altered);
}

#[test]
fn another_author_is_altered() {
    let mut run = Run::good();
    if let ChangeKind::Posted(posted) = &mut run.log.changes[0].kind {
        posted.author = author(BEN);
    }
    run.is_broken(Broken::Altered);
}

#[test]
fn a_text_that_a_reader_was_given_and_nobody_wrote_is_altered() {
    let mut run = Run::good();
    let Seen::Applied { print, .. } = &mut run.story.read[1].what else { panic!("a change") };
    *print += 1;
    assert_eq!(run.broken(), [Broken::Altered]);
}

#[test]
fn a_message_may_be_read_as_it_is_later() {
    let mut run = Run::good();
    if let ChangeKind::Posted(posted) = &mut run.log.changes[0].kind {
        posted.body = Some("one, and more".parse().unwrap());
    }
    if let ChangeKind::Posted(posted) = &mut run.log.changes[1].kind {
        posted.body = None;
    }
    assert_eq!(run.broken(), []);
}

#[test]
fn a_number_that_is_missing_is_a_gap() {
    let mut run = Run::good();
    run.log.changes.remove(2);
    run.is_broken(Broken::Gap);
}

#[test]
fn a_log_that_turned_around_is_a_gap() {
    let mut run = Run::good();
    run.log.changes.swap(2, 3);
    run.is_broken(Broken::Gap);
}

#[test]
fn a_change_that_a_reader_passed_over_is_skipped() {
    let mut run = Run::good();
    // Ben's third change.
    run.story.read.remove(6 + 3);
    assert_eq!(run.broken(), [Broken::Skipped]);
}

#[test]
fn a_reader_who_is_told_misses_nothing() {
    let mut run = Run::good();
    run.story.read[6 + 3].what = Seen::Reset(ResetReason::TooFar);
    assert_eq!(run.broken(), []);
}

#[test]
fn a_change_that_was_applied_twice_is_repeated() {
    let mut run = Run::good();
    let again = run.story.read[6 + 3];
    run.story.read.insert(6 + 4, again);
    assert_eq!(run.broken(), [Broken::Repeated]);
}

#[test]
fn a_reader_who_is_not_at_the_end_is_behind() {
    let mut run = Run::good();
    run.story.read.pop();
    run.ends[BEN].cursor = Some(Cursor { epoch: EPOCH, seq: Seq(4) });
    assert_eq!(run.broken(), [Broken::Behind]);
}

#[test]
fn a_state_that_does_not_come_of_the_log_has_diverged() {
    let forgets = |seq: usize| {
        let mut run = Run::good();
        let others = run.log.changes.iter().enumerate().filter(|(at, _)| *at != seq);
        run.ends[BEN].fold = others.map(|(_, change)| change).collect();
        run.broken()
    };
    // The second message is deleted later, and a reader need not know what it said.
    for seq in [0, 1, 2, 3, 4] {
        assert_eq!(forgets(seq), [Broken::Diverged], "without {}", seq + 1);
    }
}

#[test]
fn what_was_before_a_readers_time_it_need_not_know() {
    let mut run = Run::good();
    run.ends[BEN].fold = run.log.changes.iter().skip(1).collect();
    run.ends[BEN].floor = Seq(1);
    assert_eq!(run.broken(), []);
}

#[test]
fn what_is_never_answered_is_told() {
    let mut run = Run::good();
    run.tells(What::Invoked(Request::send(&RoomName::default(), "hello?")));
    assert_eq!(run.broken(), [Broken::Unanswered]);
}

#[test]
fn only_passing_refusals_may_be() {
    let mut run = Run::good();
    let id = run.requests[0].id();
    run.tells(What::Refused { id, code: Code::Storage });
    assert_eq!(run.broken(), []);
    run.tells(What::Refused { id, code: Code::Internal });
    assert_eq!(run.broken(), [Broken::Refused]);
}

#[test]
fn a_broken_contract_is_told() {
    let mut run = Run::good();
    run.tells(What::Broken("no answer at all".to_owned()));
    assert_eq!(run.broken(), [Broken::Nonsense]);
}

#[test]
fn what_a_backup_did_not_have_may_be_gone() {
    // The log goes on in another history from the third change on; the backup had two.
    let mut run = Run::good();
    let epoch = Epoch(Uuid::from_u128(8));
    run.story.epochs.push(epoch);
    run.log.age = Age(1);
    run.log.changes.truncate(2);
    for end in &mut run.ends {
        end.cursor = Some(Cursor { epoch, seq: Seq(2) });
        end.fold = run.log.changes.iter().collect();
    }
    run.kept.insert((AGE, ROOM), Seq(2));
    assert_eq!(run.broken(), []);
    // Had it three, the third would be lost.
    run.kept.insert((AGE, ROOM), Seq(3));
    run.is_broken(Broken::Lost);
}
