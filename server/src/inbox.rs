//! What a client asks for waits here, in the order in which it came, until its task gets to it.
//!
//! socketioxide starts every handler's future as a task of its own, which loses the order of
//! events; but it calls the handlers themselves in order. So a handler only puts a request into
//! its client's inbox, and one task a client takes the requests out.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{self, error::TrySendError};

/// The queue between a client's handlers and its task.
#[derive(Debug)]
pub(crate) struct Inbox<T> {
    ends: Mutex<Ends<T>>,
}

#[derive(Debug)]
struct Ends<T> {
    /// None once the client is gone.
    sender: Option<mpsc::Sender<T>>,
    /// None once the task has it.
    receiver: Option<mpsc::Receiver<T>>,
    /// The last request was refused because too many were waiting.
    overflowing: bool,
}

/// Why a request was not taken.
#[derive(Debug)]
pub(crate) enum Refused<T> {
    /// Too many requests are waiting.
    Full {
        /// The request, to be refused.
        request: T,
        /// The one before it was still taken.
        first: bool,
    },
    /// The client is gone.
    Closed,
}

impl<T> Inbox<T> {
    /// One in which so many requests may wait.
    pub(crate) fn new(waiting: usize) -> Self {
        let (sender, receiver) = mpsc::channel(waiting.max(1));
        let ends = Ends { sender: Some(sender), receiver: Some(receiver), overflowing: false };
        Self { ends: Mutex::new(ends) }
    }

    /// Puts a request at the end.
    pub(crate) fn push(&self, request: T) -> Result<(), Refused<T>> {
        let mut ends = self.lock();
        match ends.sender.as_ref().map(|sender| sender.try_send(request)) {
            Some(Ok(())) => {
                ends.overflowing = false;
                Ok(())
            }
            Some(Err(TrySendError::Full(request))) => {
                let first = !std::mem::replace(&mut ends.overflowing, true);
                Err(Refused::Full { request, first })
            }
            Some(Err(TrySendError::Closed(_))) | None => Err(Refused::Closed),
        }
    }

    /// The end that the client's task takes requests from; the first call gets it.
    pub(crate) fn receiver(&self) -> Option<mpsc::Receiver<T>> {
        self.lock().receiver.take()
    }

    /// The client is gone: nothing comes in any more. The task still gets what is waiting, then
    /// the end.
    pub(crate) fn close(&self) {
        self.lock().sender = None;
    }

    /// Whether the client is gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().sender.is_none()
    }

    fn lock(&self) -> MutexGuard<'_, Ends<T>> {
        // Nothing in here panics while it holds the lock.
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_come_out_in_order_and_the_last_ones_after_the_close() {
        let inbox = Inbox::new(8);
        let mut receiver = inbox.receiver().unwrap();
        assert!(inbox.receiver().is_none());
        for number in 0..3 {
            inbox.push(number).unwrap();
        }
        inbox.close();
        assert!(inbox.is_closed());
        assert!(matches!(inbox.push(3), Err(Refused::Closed)));
        let mut all = Vec::new();
        while let Some(number) = receiver.recv().await {
            all.push(number);
        }
        assert_eq!(all, [0, 1, 2]);
    }

    #[test]
    fn a_full_inbox_gives_the_request_back() {
        let inbox = Inbox::new(4);
        for number in 0..4 {
            inbox.push(number).unwrap();
        }
        assert!(matches!(inbox.push(999), Err(Refused::Full { request: 999, first: true })));
        assert!(matches!(inbox.push(999), Err(Refused::Full { request: 999, first: false })));
    }
}
