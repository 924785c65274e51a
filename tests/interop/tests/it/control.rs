//! The program `interop-peers`, which starts the servers and breaks the connections to them. What
//! it can be asked for is told in `parlour_tests::interop::control`.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    platform::{Method, http, peers, sleep},
    util::within,
};

/// How often counts are looked at that are waited for.
const LOOK: Duration = Duration::from_millis(20);
/// Longer than the time between two heartbeats of the peers, each of which takes two requests.
const SILENCE: Duration = Duration::from_millis(450);

/// A proxy of this test's own in front of a peer. It is invisible until it is told otherwise.
#[derive(Debug, Deserialize)]
pub(crate) struct Proxy {
    id: String,
    url: String,
}

/// What went through a proxy so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Counts {
    /// Connections that are open now.
    pub(crate) open: u64,
    /// Those of them that are WebSockets.
    pub(crate) open_websockets: u64,
    /// Connections that were accepted.
    pub(crate) accepted: u64,
    /// Those of them that asked for a WebSocket.
    pub(crate) websockets: u64,
    /// Requests that were forwarded.
    pub(crate) requests: u64,
}

impl Proxy {
    pub(crate) async fn to(peer: &str) -> Self {
        ask(Method::Post, peer, &json!({})).await
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// No other test has it: an id for what the peers remember.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Ends connections; which and when is said in JSON, and nothing said is all and now.
    pub(crate) async fn cut(&self, how: &Value) {
        self.order("cut", how).await;
    }

    /// Forwards nothing any more, and closes nothing.
    pub(crate) async fn freeze(&self) {
        self.order("freeze", &json!({})).await;
    }

    /// Forwards nothing of the connections that there are, and closes none of them.
    pub(crate) async fn freeze_present(&self) {
        self.order("freeze", &json!({ "present": true })).await;
    }

    /// Forwards everything so many milliseconds later.
    pub(crate) async fn delay(&self, up: u64, down: u64) {
        self.order("delay", &json!({ "up": up, "down": down })).await;
    }

    /// Does this with WebSockets, from the next one on: `pass`, `close`, `answer`, `swallow` or
    /// `mute`.
    pub(crate) async fn websockets(&self, how: &str) {
        self.order("websocket", &json!({ "how": how })).await;
    }

    /// Lets nobody in.
    pub(crate) async fn refuse(&self) {
        self.order("refuse", &json!({})).await;
    }

    /// Is invisible again.
    pub(crate) async fn resume(&self) {
        self.order("resume", &json!({})).await;
    }

    pub(crate) async fn counts(&self) -> Counts {
        ask(Method::Get, &self.id, &Value::Null).await
    }

    /// Waits until what went through is as wanted.
    pub(crate) async fn wait_for(&self, what: &str, fits: impl Fn(&Counts) -> bool) {
        within(what, async {
            while !fits(&self.counts().await) {
                sleep(LOOK).await;
            }
        })
        .await;
    }

    /// Waits until there is no session any more. Over HTTP that is told by nobody asking for as
    /// long as some heartbeats take: the connections themselves are kept for another time.
    pub(crate) async fn wait_for_silence(&self) {
        within("the session to be closed", async {
            let mut before = None;
            loop {
                let Counts { open_websockets, requests, .. } = self.counts().await;
                if open_websockets == 0 && before == Some(requests) {
                    return;
                }
                before = Some(requests);
                sleep(SILENCE).await;
            }
        })
        .await;
    }

    async fn order(&self, action: &str, about: &Value) {
        let _counts: Counts = ask(Method::Post, &format!("{}/{action}", self.id), about).await;
    }
}

async fn ask<T: for<'de> Deserialize<'de>>(method: Method, path: &str, body: &Value) -> T {
    let control = peers().expect(
        "PARLOUR_PEERS is not set: these tests need servers to talk to; \
         run `cargo xtask test interop`",
    );
    let url = format!("{control}/proxy/{path}");
    let (status, answer) = within(&url, http(method, &url, body.to_string())).await;
    assert_eq!(status, 200, "{url}: {answer}");
    serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{url}: {answer}: {error}"))
}
