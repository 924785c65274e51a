//! What is done by the clock: sessions are seen, messages indexed, old things forgotten.
//!
//! Each of these ends with the namespace, when the server stops.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use parlour_events::Timestamp;
use tokio::time::{MissedTickBehavior, interval};
use tracing::warn;

use super::{Books, Chat};
use crate::{
    clock,
    files::Files,
    store::{Asked, Store, Write},
};

/// How often it is written down that somebody is still connected. Sessions that were not seen for
/// twice this count as absent.
const SEEN: Duration = Duration::from_secs(4 * 60);

/// How often new messages are put into the index.
const INDEX: Duration = Duration::from_secs(2);

/// How often old things are looked for.
const PRUNE: Duration = Duration::from_secs(10 * 60);

/// Most sessions in one write.
const SESSIONS: usize = 500;

/// Begins all of it.
pub(super) fn start<S: Store>(chat: &Arc<Chat<S>>, files: &Files) {
    tokio::spawn(chat.presence.clone().run(chat.io.clone()));
    // Before any of them runs out.
    every(
        SEEN.min(chat.settings.session_lifetime / 3),
        chat,
        |chat| async move { seen(&chat).await },
    );
    every(INDEX, chat, |chat| async move {
        // Refusals are in the log already.
        while chat.store.index().await == Ok(true) {}
    });
    let files = files.clone();
    every(PRUNE, chat, move |chat| {
        let files = files.clone();
        async move {
            prune(&chat).await;
            if let Err(refusal) = files.sweep(&Books::new(&chat), Timestamp(clock::now())).await {
                warn!(%refusal, "files that nobody needs are still there; trying again later");
            }
        }
    });
}

/// Does something now and again, for as long as the chat is there.
fn every<S: Store, F>(
    time: Duration,
    chat: &Arc<Chat<S>>,
    work: impl Fn(Arc<Chat<S>>) -> F + Send + 'static,
) where
    F: Future<Output = ()> + Send,
{
    let chat: Weak<Chat<S>> = Arc::downgrade(chat);
    tokio::spawn(async move {
        let mut times = interval(time);
        times.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            times.tick().await;
            let Some(chat) = chat.upgrade() else { return };
            work(chat).await;
        }
    });
}

async fn seen<S: Store>(chat: &Chat<S>) {
    let members = chat.members.find(|_| true).into_iter();
    let sessions: Vec<_> = members.filter_map(|(_, member)| member.seen()).collect();
    for some in sessions.chunks(SESSIONS) {
        let answer = Box::new(|_| {});
        chat.hub.write(Write::Seen(Asked { op: some.to_vec(), answer })).await;
    }
}

async fn prune<S: Store>(chat: &Chat<S>) {
    let before = match chat.settings.keep {
        Some(keep) => {
            let keep = u64::try_from(keep.as_millis()).unwrap_or(u64::MAX);
            clock::now().saturating_sub(keep)
        }
        None => 0,
    };
    match chat.store.prune(before).await {
        Ok(()) => {}
        Err(refusal) => warn!(%refusal, "old messages are still there; trying again later"),
    }
}
