//! What somebody tells, in the order in which it was told.

use std::{collections::VecDeque, fmt::Debug, time::Duration};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::waiting::{BOUND, within_bound};

/// The end that tells.
#[derive(Debug)]
pub struct Teller<T>(UnboundedSender<T>);

/// The end that is told. What was not asked for stays, and can be asked for later.
#[derive(Debug)]
pub struct News<T> {
    /// Who tells, for failures.
    name: String,
    receiver: UnboundedReceiver<T>,
    kept: VecDeque<T>,
}

/// Both ends.
pub fn news<T: Debug>(name: impl Into<String>) -> (Teller<T>, News<T>) {
    let (sender, receiver) = unbounded_channel();
    (Teller(sender), News { name: name.into(), receiver, kept: VecDeque::new() })
}

impl<T> Teller<T> {
    /// Tells. Nobody may be listening any more: the test is over then.
    pub fn tell(&self, item: T) {
        drop(self.0.send(item));
    }
}

impl<T> Clone for Teller<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Debug> News<T> {
    /// The next thing told, whatever it is.
    ///
    /// # Panics
    /// If nothing comes in time, or nobody is left to tell.
    pub async fn next(&mut self, what: &str) -> T {
        self.expect(what, |_| true).await
    }

    /// The first thing told that `fits`, among what was not asked for yet and what is to come.
    ///
    /// # Panics
    /// If it does not come in time, or nobody is left to tell; says what came instead.
    pub async fn expect(&mut self, what: &str, fits: impl Fn(&T) -> bool) -> T {
        self.expect_within(what, BOUND, fits).await
    }

    /// As [`News::expect`], with a bound of its own.
    ///
    /// # Panics
    /// As [`News::expect`].
    pub async fn expect_within(
        &mut self,
        what: &str,
        bound: Duration,
        fits: impl Fn(&T) -> bool,
    ) -> T {
        if let Some(at) = self.kept.iter().position(&fits) {
            return self.kept.remove(at).expect("the place was found a moment ago");
        }
        let Self { name, receiver, kept } = self;
        let search = async {
            while let Some(item) = receiver.recv().await {
                if fits(&item) {
                    return Some(item);
                }
                kept.push_back(item);
            }
            None
        };
        let found = tokio::time::timeout(bound, search).await;
        match found {
            Ok(Some(item)) => item,
            Ok(None) => panic!("{name} ended before {what}; it had told {kept:?}"),
            Err(_) => panic!("{name}: waited {bound:?} in vain for {what}; it has told {kept:?}"),
        }
    }

    /// Everything that was told so far and not asked for.
    pub fn rest(&mut self) -> Vec<T> {
        while let Ok(item) = self.receiver.try_recv() {
            self.kept.push_back(item);
        }
        self.kept.drain(..).collect()
    }

    /// Waits until nobody is left to tell; gives what was not asked for.
    ///
    /// # Panics
    /// If that takes too long.
    pub async fn end(mut self) -> Vec<T> {
        let what = format!("the end of {}", self.name);
        within_bound(&what, BOUND, async {
            while let Some(item) = self.receiver.recv().await {
                self.kept.push_back(item);
            }
        })
        .await;
        self.kept.into()
    }
}
