//! Waiting with a bound, and news from listeners, on both platforms.

use std::{pin::pin, time::Duration};

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::{
    StreamExt,
    future::{Either, select},
};

/// Far longer than anything here takes; only a failure waits so long.
const BOUND: Duration = Duration::from_secs(20);

/// The outcome of `future`, or a panic that says what was waited for.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match select(pin!(future), pin!(bound())).await {
        Either::Left((value, _)) => value,
        Either::Right(_) => panic!("waited in vain for {what}"),
    }
}

#[cfg(not(target_arch = "wasm32"))]
async fn bound() {
    tokio::time::sleep(BOUND).await;
}

#[cfg(target_arch = "wasm32")]
async fn bound() {
    let ms = u32::try_from(BOUND.as_millis()).unwrap();
    gloo_timers::future::TimeoutFuture::new(ms).await;
}

/// Carries what listeners see to the test.
pub(crate) struct News<T> {
    sender: UnboundedSender<T>,
    receiver: UnboundedReceiver<T>,
}

impl<T> News<T> {
    pub(crate) fn new() -> Self {
        let (sender, receiver) = unbounded();
        Self { sender, receiver }
    }

    pub(crate) fn sender(&self) -> impl Fn(T) + Clone + use<T> {
        let sender = self.sender.clone();
        // A test that is over does not listen any more.
        move |value| drop(sender.unbounded_send(value))
    }

    /// What has come and was not taken.
    pub(crate) fn waiting(&mut self) -> Vec<T> {
        std::iter::from_fn(|| self.receiver.try_recv().ok()).collect()
    }

    pub(crate) async fn next(&mut self, what: &str) -> T {
        within(what, self.receiver.next()).await.unwrap()
    }
}
