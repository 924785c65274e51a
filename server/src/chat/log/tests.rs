use uuid::Uuid;

use super::*;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn logs(limit: usize) -> Logs {
    Logs::new(Epoch(Uuid::now_v7()), limit)
}

fn draft(author: &str, id: u128, body: &str) -> Draft {
    Draft {
        room: RoomName::default(),
        id: MessageId(Uuid::from_u128(id)),
        author: Author { name: author.parse().unwrap(), kind: AuthorKind::Member },
        body: body.parse().unwrap(),
    }
}

/// Logs with so many messages of Ann, named 1, 2, 3, …
fn filled(limit: usize, messages: u64) -> Logs {
    let mut logs = logs(limit);
    for number in 1..=messages {
        logs.post(draft("Ann", number.into(), "x"), NOW).unwrap();
    }
    logs
}

fn after(logs: &Logs, seq: u64) -> Option<Cursor> {
    Some(Cursor { epoch: logs.epoch(), seq: Seq(seq) })
}

fn seqs(catch_up: &CatchUp) -> Vec<u64> {
    catch_up.changes.iter().map(|change| change.seq.0).collect()
}

fn catch_up(logs: &Logs, after: Option<Cursor>, limit: usize) -> CatchUp {
    logs.catch_up(&RoomName::default(), after, limit).unwrap()
}

#[test]
fn changes_are_numbered_from_one() {
    let logs = filled(10, 3);
    let all = catch_up(&logs, None, 10);
    assert_eq!((all.head, seqs(&all), all.reset), (Seq(3), vec![1, 2, 3], true));
    assert_eq!(all.epoch, logs.epoch());
}

#[test]
fn a_message_that_comes_again_gets_its_first_result() {
    let mut logs = filled(10, 1);
    let later = Timestamp(NOW.0 + 1);
    // The same person, in another case.
    let again = logs.post(draft("ANN", 1, "changed"), later).unwrap();
    assert_eq!(again, Posted::Again(Sent { seq: Seq(1), at: NOW }));
    assert_eq!(logs.head(&RoomName::default()), Seq(1));
    // Somebody else may have the same id.
    assert!(matches!(logs.post(draft("Bob", 1, "x"), later).unwrap(), Posted::New(_)));
}

#[test]
fn a_cursor_in_the_history_gets_what_follows() {
    let logs = filled(10, 5);
    let missed = catch_up(&logs, after(&logs, 2), 10);
    assert_eq!((seqs(&missed), missed.reset), (vec![3, 4, 5], false));
    let nothing = catch_up(&logs, after(&logs, 5), 10);
    assert_eq!((seqs(&nothing), nothing.reset), (vec![], false));
    let from_the_start = catch_up(&logs, after(&logs, 0), 10);
    assert_eq!((seqs(&from_the_start), from_the_start.reset), (vec![1, 2, 3, 4, 5], false));
}

#[test]
fn a_long_gap_is_closed_piece_by_piece() {
    let logs = filled(10, 5);
    let first = catch_up(&logs, after(&logs, 0), 2);
    assert_eq!((seqs(&first), first.head, first.reset), (vec![1, 2], Seq(5), false));
    let second = catch_up(&logs, after(&logs, 2), 2);
    assert_eq!(seqs(&second), [3, 4]);
    // None at all would never end.
    assert_eq!(seqs(&catch_up(&logs, after(&logs, 4), 0)), [5]);
}

#[test]
fn a_cursor_that_says_nothing_gets_the_latest_page() {
    let logs = filled(3, 5);
    let other = Cursor { epoch: Epoch(Uuid::nil()), seq: Seq(4) };
    for cursor in [None, Some(other), after(&logs, 0), after(&logs, 1), after(&logs, 6)] {
        let page = catch_up(&logs, cursor, 10);
        assert_eq!((seqs(&page), page.reset), (vec![3, 4, 5], true), "{cursor:?}");
    }
    // The oldest change kept follows this one.
    assert!(!catch_up(&logs, after(&logs, 2), 10).reset);
    assert_eq!(seqs(&catch_up(&logs, None, 2)), [4, 5]);
}

#[test]
fn an_empty_room_is_an_empty_page() {
    let logs = logs(3);
    let page = catch_up(&logs, None, 10);
    assert_eq!((seqs(&page), page.head, page.reset), (vec![], Seq(0), true));
    assert!(!catch_up(&logs, after(&logs, 0), 10).reset);
}

#[test]
fn what_is_forgotten_takes_no_memory() {
    let logs = filled(3, 100);
    let room = &logs.rooms[&RoomName::default()];
    assert_eq!((room.kept.len(), room.posted.len()), (3, 3));
    assert_eq!(room.head, Seq(100));
}

#[test]
fn an_answer_fits_a_frame() {
    let mut logs = logs(1_000);
    for number in 0..300_u128 {
        let body = match number % 3 {
            0 => "\"".repeat(4_000),
            1 => "😀".repeat(4_000),
            _ => "x\n".repeat(1_999) + "x",
        };
        logs.post(draft(&"\"".repeat(32), number, &body), NOW).unwrap();
    }
    let mut cursor = 0;
    while cursor < 300 {
        let piece = catch_up(&logs, after(&logs, cursor), usize::MAX);
        let size = serde_json::to_string(&piece).unwrap().len();
        assert!(size < 60 * 1024, "{size} bytes");
        assert_eq!(seqs(&piece).first(), Some(&(cursor + 1)));
        cursor += piece.changes.len() as u64;
    }
    let page = catch_up(&logs, None, usize::MAX);
    assert!(serde_json::to_string(&page).unwrap().len() < 60 * 1024);
    assert_eq!(seqs(&page).last(), Some(&300));
}

#[test]
fn the_number_of_changes_in_an_answer_is_bounded() {
    let logs = filled(1_000, 300);
    assert_eq!(catch_up(&logs, after(&logs, 0), usize::MAX).changes.len(), CATCH_UP_CHANGES);
}

#[test]
fn sizes_are_never_guessed_too_small() {
    for body in ["x", "\"\\\n\t<>&'/é😀\u{85}", &"\n\"".repeat(9)] {
        let Ok(body) = body.parse::<Body>() else { continue };
        let change = Change {
            seq: Seq(u64::MAX),
            at: Timestamp(u64::MAX),
            kind: ChangeKind::Posted {
                id: MessageId(Uuid::max()),
                author: Author { name: "\"é".parse().unwrap(), kind: AuthorKind::Member },
                body,
            },
        };
        assert!(serde_json::to_string(&change).unwrap().len() <= wire_size(&change));
    }
}

#[test]
fn other_rooms_are_unknown() {
    let mut logs = logs(3);
    let room: RoomName = "other".parse().unwrap();
    let refusal = logs.catch_up(&room, None, 1).unwrap_err();
    assert_eq!(refusal.code, Code::RoomUnknown);
    let refusal = logs.post(Draft { room, ..draft("Ann", 1, "x") }, NOW).unwrap_err();
    assert_eq!(refusal.code, Code::RoomUnknown);
}
