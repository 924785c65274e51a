use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use parlour_events::{Author, AuthorKind, Epoch, MessageId, Seq, limits::CATCH_UP_CHANGES};
use tokio::sync::{mpsc::UnboundedReceiver, oneshot};
use uuid::Uuid;

use super::*;

/// Far longer than anything here takes.
const BOUND: Duration = Duration::from_secs(60);

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(BOUND, future).await.expect("waited in vain for the hub")
}

async fn told(seen: &mut UnboundedReceiver<Told>) -> Option<Told> {
    within(seen.recv()).await
}

/// What the audience was told, in order.
#[derive(Debug, PartialEq)]
enum Told {
    Changes(Vec<u64>),
    Head(u64),
    /// Not by the hub: a message was acknowledged.
    Acknowledged(u64),
}

/// Passes everything on to the test; misses as many broadcasts as it is told to.
#[derive(Clone)]
struct Watched {
    told: mpsc::UnboundedSender<Told>,
    to_miss: Arc<AtomicUsize>,
}

impl Watched {
    fn tell(&self, told: Told) -> Delivery {
        self.told.send(told).unwrap();
        let one_less = |left: usize| left.checked_sub(1);
        match self.to_miss.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less) {
            Ok(_) => Delivery::Missed(1),
            Err(_) => Delivery::Complete,
        }
    }
}

impl Audience for Watched {
    async fn changes(&self, changes: RoomChanges) -> Delivery {
        self.tell(Told::Changes(changes.changes.iter().map(|change| change.seq.0).collect()))
    }

    async fn head(&self, head: RoomHead) -> Delivery {
        self.tell(Told::Head(head.head.0))
    }
}

fn start() -> (Hub, Watched, UnboundedReceiver<Told>) {
    let (told, seen) = mpsc::unbounded_channel();
    let audience = Watched { told, to_miss: Arc::default() };
    let hub = Hub::start(Logs::new(Epoch(Uuid::now_v7()), 1_000), audience.clone());
    (hub, audience, seen)
}

fn draft(id: u128, body: &str) -> Draft {
    Draft {
        room: RoomName::default(),
        id: MessageId(Uuid::from_u128(id)),
        author: Author { name: "Ann".parse().unwrap(), kind: AuthorKind::Member },
        body: body.parse().unwrap(),
    }
}

async fn post(hub: &Hub, draft: Draft) -> Result<Sent, Refusal> {
    let (sender, answer) = oneshot::channel();
    let answer_to = Box::new(move |result| sender.send(result).unwrap());
    hub.request(Request::Post { draft, via: Sid::ZERO, answer: answer_to }).await;
    within(answer).await.unwrap()
}

async fn catch_up(hub: &Hub, after: Option<Cursor>) -> CatchUp {
    let (sender, answer) = oneshot::channel();
    let answer_to = Box::new(move |result: Result<_, _>| sender.send(result).unwrap());
    let (room, limit) = (RoomName::default(), CATCH_UP_CHANGES);
    hub.request(Request::CatchUp { room, after, limit, answer: answer_to }).await;
    within(answer).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_message_is_acknowledged_and_everybody_is_told() {
    let (hub, _, mut seen) = start();
    assert_eq!(post(&hub, draft(1, "one")).await.unwrap().seq, Seq(1));
    assert_eq!(told(&mut seen).await, Some(Told::Changes(vec![1])));
    let all = catch_up(&hub, None).await;
    assert_eq!((all.head, all.changes.len()), (Seq(1), 1));
}

#[tokio::test]
async fn a_message_that_comes_again_is_told_once() {
    let (hub, _, mut seen) = start();
    let first = post(&hub, draft(1, "one")).await.unwrap();
    assert_eq!(post(&hub, draft(1, "one")).await.unwrap(), first);
    post(&hub, draft(2, "two")).await.unwrap();
    assert_eq!(told(&mut seen).await, Some(Told::Changes(vec![1])));
    assert_eq!(told(&mut seen).await, Some(Told::Changes(vec![2])));
}

#[tokio::test]
async fn what_waits_together_is_acknowledged_then_told_in_one_frame() {
    let (hub, audience, mut seen) = start();
    // The hub's task has no chance to run before all are in its queue.
    for id in 0..50 {
        let acknowledged = audience.clone();
        let answer = Box::new(move |result: Result<Sent, Refusal>| {
            acknowledged.tell(Told::Acknowledged(result.unwrap().seq.0));
        });
        let request = Request::Post { draft: draft(id, "x"), via: Sid::ZERO, answer };
        hub.requests.try_send(request).unwrap_or_else(|_| panic!("the queue has room"));
    }
    for seq in 1..=50 {
        assert_eq!(told(&mut seen).await, Some(Told::Acknowledged(seq)));
    }
    assert_eq!(told(&mut seen).await, Some(Told::Changes((1..=50).collect())));
}

#[tokio::test]
async fn frames_are_bounded() {
    let (hub, _, mut seen) = start();
    let long = "x".repeat(4_000);
    for id in 0..(BATCH as u128) {
        let body = if id < 120 { "short" } else { &long };
        let answer = Box::new(|result: Result<Sent, Refusal>| assert!(result.is_ok()));
        let request = Request::Post { draft: draft(id, body), via: Sid::ZERO, answer };
        hub.requests.try_send(request).unwrap_or_else(|_| panic!("the queue has room"));
    }
    let mut next = 1;
    let mut frames = 0;
    while next <= BATCH as u64 {
        let Some(Told::Changes(seqs)) = told(&mut seen).await else { panic!("a frame of changes") };
        assert!(seqs.len() <= FRAME_CHANGES);
        assert_eq!(seqs, (next..next + seqs.len() as u64).collect::<Vec<_>>());
        next += seqs.len() as u64;
        frames += 1;
    }
    assert!(frames > BATCH / FRAME_CHANGES, "{frames}");
}

#[tokio::test(start_paused = true)]
async fn whoever_missed_a_frame_is_told_the_head_until_it_arrives() {
    let (hub, audience, mut seen) = start();
    // The frame and the first two reminders are missed.
    audience.to_miss.store(3, Ordering::SeqCst);
    post(&hub, draft(1, "one")).await.unwrap();
    assert_eq!(told(&mut seen).await, Some(Told::Changes(vec![1])));
    let missed = Instant::now();
    assert_eq!(told(&mut seen).await, Some(Told::Head(1)));
    assert!(missed.elapsed() >= FIRST_REMINDER);
    // A frame that everybody gets does not cancel the reminders: the gap is still there.
    post(&hub, draft(2, "two")).await.unwrap();
    assert_eq!(told(&mut seen).await, Some(Told::Changes(vec![2])));
    assert_eq!(told(&mut seen).await, Some(Told::Head(2)));
    drop(hub);
    drop(audience);
    // The last reminder arrived; the hub ends with its last handle and tells nothing more.
    assert_eq!(told(&mut seen).await, None);
}

#[test]
fn reminders_come_less_and_less_often() {
    let (mut reminders, room, start) = (Reminders::default(), RoomName::default(), Instant::now());
    assert!(reminders.add(&room, start));
    assert!(!reminders.add(&room, start), "one is enough");
    let mut now = start;
    let mut pauses = Vec::new();
    for _ in 0..6 {
        let due = reminders.next().unwrap();
        assert!(reminders.take_due(due - Duration::from_millis(1)).is_empty());
        pauses.push((due - now).as_secs());
        now = due;
        let (room, pause) = reminders.take_due(due).remove(0);
        reminders.again(room, now, pause);
    }
    assert_eq!(pauses, [1, 2, 4, 8, 8, 8]);
}

#[tokio::test]
async fn a_hub_that_has_ended_refuses() {
    let (sender, requests) = mpsc::channel(1);
    drop(requests);
    let hub = Hub { requests: sender };
    assert_eq!(post(&hub, draft(1, "one")).await.unwrap_err().code, Code::Busy);
}
