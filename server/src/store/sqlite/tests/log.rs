//! Catching up, and paging through what was said.

use parlour_events::{Place as At, ResetReason, RoomHistory, limits::CATCH_UP_CHANGES};

use super::*;
use crate::store::TOO_FAR;

async fn with_messages(count: u64) -> (Place, UserId) {
    let place = Place::new();
    let ann = place.joined("Ann").await;
    let batch = |count| {
        (0..count)
            .map(|number| {
                let op = By { user: ann, event: message(&format!("message {number}")) };
                Write::Send(Asked { op, answer: Box::new(|sent| assert!(sent.is_ok())) })
            })
            .collect::<Vec<_>>()
    };
    let committed = place.store().commit(batch(count)).await;
    settle(committed);
    (place, ann)
}

fn why(answer: CatchUp) -> ResetReason {
    match answer.page {
        CatchUpPage::Reset { why, .. } => why,
        CatchUpPage::Changes { .. } => panic!("no reset"),
    }
}

#[tokio::test]
async fn a_reader_gets_what_is_missing_in_order_and_in_pages() {
    let (place, ann) = with_messages(500).await;
    let first = place.catch_up(ann, Some(Seq(10)), false).await;
    let CatchUpPage::Changes { changes } = first.page else { panic!("a reset") };
    assert!(changes.len() <= CATCH_UP_CHANGES && first.head == Seq(500));
    let all = place.log(ann).await;
    let seqs: Vec<u64> = all.iter().map(|change| change.seq.0).collect();
    assert_eq!(seqs, (1..=500).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_cursor_that_leads_nowhere_is_told() {
    let (place, ann) = with_messages(2_100).await;
    let epoch = place.store().epoch();
    assert_eq!(why(place.catch_up(ann, None, false).await), ResetReason::New);
    assert_eq!(why(place.catch_up(ann, Some(Seq(2_101)), true).await), ResetReason::Epoch);
    let other = Cursor { epoch: Epoch(Uuid::now_v7()), seq: Seq(1) };
    let room = RoomName::default();
    let answer = place.store().catch_up(ann, room.clone(), Some(other), None, true).await;
    assert_eq!(why(answer.unwrap()), ResetReason::Epoch);
    // Too far for a join, and not for whoever insists on reading everything.
    assert_eq!(why(place.catch_up(ann, Some(Seq(99)), false).await), ResetReason::TooFar);
    let near = place.catch_up(ann, Some(Seq(2_100 - TOO_FAR)), false).await;
    assert!(matches!(near.page, CatchUpPage::Changes { .. }));
    let cursor = Some(Cursor { epoch, seq: Seq(0) });
    let paged = place.store().catch_up(ann, room, cursor, Some(7), true).await.unwrap();
    let CatchUpPage::Changes { changes } = paged.page else { panic!("a reset") };
    assert_eq!(changes.len(), 7);
}

#[tokio::test]
async fn history_pages_both_ways_without_holes() {
    let (place, ann) = with_messages(250).await;
    let page = async |from| {
        let query = RoomHistory { room: RoomName::default(), from, limit: Some(40) };
        let page = place.store().history(ann, query).await.unwrap();
        let seqs: Vec<u64> = page.messages.iter().map(|message| message.seq.0).collect();
        (seqs, page.earlier, page.later)
    };
    let (mut all, mut earlier, later) = page(None).await;
    assert!(!later);
    while earlier {
        let before = At::Before(Seq(all[0]));
        let (mut more, still, later) = page(Some(before)).await;
        assert!(later);
        more.append(&mut all);
        (all, earlier) = (more, still);
    }
    assert_eq!(all, (1..=250).collect::<Vec<_>>());

    let (mut all, mut later) = (Vec::new(), true);
    while later {
        let after = At::After(Seq(all.last().copied().unwrap_or(0)));
        let (more, earlier, still) = page(Some(after)).await;
        assert_eq!(earlier, !all.is_empty());
        all.extend(more);
        later = still;
    }
    assert_eq!(all, (1..=250).collect::<Vec<_>>());

    assert_eq!(page(Some(At::Around(Seq(100)))).await, ((80..120).collect(), true, true));
    assert_eq!(page(Some(At::Around(Seq(3)))).await, ((1..23).collect(), false, true));
    let (seqs, ..) = page(Some(At::At(parlour_events::Timestamp(0)))).await;
    assert_eq!(seqs[0], 1);
}

#[tokio::test]
async fn only_members_read() {
    let (place, _) = with_messages(1).await;
    let eve = place.guest("Eve").await.kept.person.id;
    let room = RoomName::default();
    let store = place.store();
    assert_eq!(code(store.catch_up(eve, room.clone(), None, None, true).await), Code::NotJoined);
    let query = RoomHistory { room, from: None, limit: None };
    assert_eq!(code(store.history(eve, query).await), Code::NotJoined);
}
