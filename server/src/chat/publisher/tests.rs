use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use parlour_events::{
    Author, AuthorKind, Body, ChangeKind, MessageId, Posted, Timestamp, Topic, UserId,
};
use tokio::sync::mpsc::UnboundedReceiver;
use uuid::Uuid;

use super::*;

/// Far longer than anything here takes.
const BOUND: Duration = Duration::from_secs(60);

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(BOUND, future).await.expect("waited in vain for the publisher")
}

/// What the audience was told, in order.
#[derive(Debug, PartialEq)]
enum Told {
    Answer(u64),
    Changes(Vec<u64>),
    Head(u64),
    Topic,
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

    async fn other(&self, _: News) {
        self.tell(Told::Topic);
    }
}

struct Stage {
    committed: mpsc::Sender<Committed>,
    audience: Watched,
    seen: UnboundedReceiver<Told>,
}

impl Stage {
    fn new() -> Self {
        let (told, seen) = mpsc::unbounded_channel();
        let audience = Watched { told, to_miss: Arc::default() };
        let (committed, untold) = mpsc::channel(16);
        let publisher = Publisher::new(Epoch(Uuid::nil()), audience.clone());
        tokio::spawn(publisher.run(untold));
        Self { committed, audience, seen }
    }

    /// One commit with these changes, each with an answer.
    async fn commit(&self, seqs: impl Iterator<Item = u64>, body: &str) {
        let mut committed = Committed::default();
        for seq in seqs {
            let audience = self.audience.clone();
            committed.steps.push(Step::Answer(Box::new(move || {
                audience.told.send(Told::Answer(seq)).unwrap();
            })));
            let news = News::Change(RoomName::default(), change(seq, body));
            committed.steps.push(Step::News(news));
        }
        self.committed.send(committed).await.unwrap();
    }

    async fn told(&mut self) -> Told {
        within(self.seen.recv()).await.expect("the publisher is there")
    }
}

fn ann() -> Author {
    let id = UserId(Uuid::nil());
    Author { id, name: "Ann".parse().unwrap(), kind: AuthorKind::Member }
}

fn change(seq: u64, body: &str) -> Change {
    let posted = Posted {
        id: MessageId(Uuid::from_u128(seq.into())),
        author: ann(),
        body: Some(body.parse::<Body>().unwrap()),
        reply_to: None,
        attachments: Vec::new(),
        mentions: Vec::new(),
    };
    Change { seq: Seq(seq), at: Timestamp(0), kind: ChangeKind::Posted(posted) }
}

#[tokio::test]
async fn answers_come_before_the_news_and_both_in_order() {
    let mut stage = Stage::new();
    stage.commit(1..=3, "x").await;
    stage.commit(4..=4, "x").await;
    for seq in 1..=3 {
        assert_eq!(stage.told().await, Told::Answer(seq));
    }
    assert_eq!(stage.told().await, Told::Changes(vec![1, 2, 3]));
    assert_eq!(stage.told().await, Told::Answer(4));
    assert_eq!(stage.told().await, Told::Changes(vec![4]));
}

#[tokio::test]
async fn frames_are_bounded_in_bytes() {
    let mut stage = Stage::new();
    stage.commit(1..=40, &"x".repeat(500)).await;
    let mut next = 1;
    while next <= 40 {
        match stage.told().await {
            Told::Answer(_) => {}
            Told::Changes(seqs) => {
                assert!(seqs.len() < 8, "{seqs:?}");
                assert_eq!(seqs, (next..next + seqs.len() as u64).collect::<Vec<_>>());
                next += seqs.len() as u64;
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn other_news_keep_their_place_among_changes() {
    let mut stage = Stage::new();
    let room = RoomName::default();
    let news = vec![
        News::Change(room.clone(), change(1, "x")),
        News::Topic(room.clone(), Topic::default(), ann()),
        News::Change(room, change(2, "x")),
    ];
    let steps = news.into_iter().map(Step::News).collect();
    stage.committed.send(Committed { steps }).await.unwrap();
    assert_eq!(stage.told().await, Told::Changes(vec![1]));
    assert_eq!(stage.told().await, Told::Topic);
    assert_eq!(stage.told().await, Told::Changes(vec![2]));
}

#[tokio::test]
async fn an_answer_keeps_its_place_among_other_news() {
    let mut stage = Stage::new();
    let room = RoomName::default();
    let answer = |number| {
        let told = stage.audience.told.clone();
        Step::Answer(Box::new(move || told.send(Told::Answer(number)).unwrap()))
    };
    let topic = || Step::News(News::Topic(room.clone(), Topic::default(), ann()));
    // Whoever leaves a room and joins it in one batch: what the first does is told before the
    // second is answered.
    let steps = vec![answer(1), topic(), answer(2), topic(), answer(3)];
    stage.committed.send(Committed { steps }).await.unwrap();
    for step in 1..=3 {
        assert_eq!(stage.told().await, Told::Answer(step));
        if step < 3 {
            assert_eq!(stage.told().await, Told::Topic);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_missed_a_frame_is_told_the_head_until_the_queue_takes_it() {
    let mut stage = Stage::new();
    stage.audience.to_miss.store(1, Ordering::SeqCst);
    stage.commit(1..=1, "x").await;
    assert_eq!(stage.told().await, Told::Answer(1));
    assert_eq!(stage.told().await, Told::Changes(vec![1]));
    stage.commit(2..=2, "x").await;
    assert_eq!(stage.told().await, Told::Answer(2));
    assert_eq!(stage.told().await, Told::Changes(vec![2]));
    // The newest head counts, and a full queue is tried again.
    stage.audience.to_miss.store(2, Ordering::SeqCst);
    for _ in 0..3 {
        assert_eq!(stage.told().await, Told::Head(2));
    }
    // After that everybody knows.
    stage.commit(3..=3, "x").await;
    assert_eq!(stage.told().await, Told::Answer(3));
    assert_eq!(stage.told().await, Told::Changes(vec![3]));
    let silence = tokio::time::timeout(4 * LAST_REMINDER, stage.seen.recv()).await;
    assert!(silence.is_err(), "{silence:?}");
}
