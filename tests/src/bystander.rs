//! Somebody who goes on chatting while others do what they should not, and must notice nothing.

use std::time::Duration;

use tokio::{
    sync::oneshot,
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use crate::{
    member::{Heard, Member},
    waiting::within,
};

/// Between two messages: a conversation, not a load test.
const PACE: Duration = Duration::from_millis(50);

/// A chatting task. See [`Bystander::noticed_nothing`].
#[derive(Debug)]
#[must_use = "it tells at the end what it noticed"]
pub struct Bystander {
    stop: oneshot::Sender<()>,
    task: JoinHandle<u64>,
}

impl Bystander {
    /// Joins the room and begins.
    pub async fn arrive(url: &str) -> Self {
        let member = Member::joined(url, "Bystander").await;
        let (stop, stopped) = oneshot::channel();
        Self { stop, task: tokio::spawn(chat(member, stopped)) }
    }

    /// Ends the chatting, after one more message.
    ///
    /// # Panics
    /// If anything was out of order: a disconnect, a refusal, a message that did not come back.
    pub async fn noticed_nothing(self) {
        let _ = self.stop.send(());
        let messages = within("the bystander's end", self.task).await.expect("nothing noticed");
        assert!(messages > 1, "the bystander said nothing all the while");
    }
}

async fn chat(mut member: Member, mut stopped: oneshot::Receiver<()>) -> u64 {
    let id = member.socket.id();
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut said = 0;
    let mut last_seq = None;
    loop {
        let last = stopped.try_recv().is_ok();
        said += 1;
        let text = format!("bystander's message {said}");
        let sent = member.say(&text).await;
        // Everything in between counts too: the log has no gaps.
        loop {
            let heard = member.news.next(&text).await;
            let Heard::Change(change) = &heard else { panic!("the bystander noticed {heard:?}") };
            assert!(last_seq.is_none_or(|last| change.seq.0 == last + 1), "a gap: {change:?}");
            last_seq = Some(change.seq.0);
            if change.seq == sent.seq {
                assert!(heard.says(&text), "another message came back: {heard:?}");
                break;
            }
        }
        assert_eq!(member.socket.id(), id, "the bystander was reconnected");
        if last {
            return said;
        }
        pace.tick().await;
    }
}
