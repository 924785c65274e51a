//! The same over HTTP long-polling: payloads, and requests that belong to no session.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, StatusCode};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use parlour_tests::{chaos::random::Random, server::Server, waiting::within};

use super::{Tally, frames::nonsense};

/// Payloads before it is looked whether the session is still there.
const BATCH: usize = 6;

/// Somebody who floods the server with requests.
pub(super) struct Poller {
    url: String,
    client: Client<HttpConnector, Full<Bytes>>,
    random: Random,
    tally: Arc<Tally>,
}

impl Poller {
    pub(super) fn new(server: &Server, random: Random, tally: Arc<Tally>) -> Self {
        let url = format!("{}/socket.io/", server.url());
        // A connection for each request: the server ends one whose request it did not read to the end.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        Self { url, client, random, tally }
    }

    /// Floods until so many frames were read, by all together.
    pub(super) async fn run(mut self, total: u64) {
        while self.tally.frames() < total {
            let version = if self.random.below(4) == 0 { 3 } else { 4 };
            self.session(version, total).await;
            self.stray().await;
        }
    }

    async fn session(&mut self, version: u8, total: u64) {
        let query = format!("EIO={version}&transport=polling");
        let (status, body) = self.ask(Method::GET, &query, Bytes::new()).await;
        assert_eq!(status, StatusCode::OK, "another session is always let in: {body}");
        let sid = body.split(r#""sid":""#).nth(1).and_then(|rest| rest.split('"').next());
        let query = format!("{query}&sid={}", sid.expect("a handshake"));
        Tally::add(&self.tally.opened, 1);
        if version == 4 {
            self.ask(Method::POST, &query, "40".into()).await;
        }
        while self.tally.frames() < total {
            for _ in 0..=self.random.below(BATCH) {
                let payload = payload(&mut self.random, version);
                let (status, body) = self.ask(Method::POST, &query, payload.into()).await;
                Tally::add(&self.tally.frames, 1);
                if status != StatusCode::OK {
                    assert!(status.is_client_error(), "{status}: {body}");
                    Tally::add(&self.tally.refused, 1);
                    Tally::add(&self.tally.ended, 1);
                    return;
                }
            }
            // What came in between is taken out, or nothing more would find a place. A heartbeat
            // is there in time where nothing else is.
            let (status, _) = self.ask(Method::GET, &query, Bytes::new()).await;
            if status != StatusCode::OK {
                Tally::add(&self.tally.ended, 1);
                return;
            }
        }
    }

    /// A request that belongs to no session.
    async fn stray(&mut self) {
        let sid = self.random.draw();
        let queries = [
            format!("EIO=4&transport=polling&sid={sid}"),
            format!("EIO=4&transport=polling&sid={sid}&sid={sid}"),
            format!("EIO=4&transport=websocket&sid={sid}"),
            format!("EIO={sid}&transport=polling"),
            "EIO=4&transport=carrier-pigeon".to_owned(),
            "EIO=4".to_owned(),
            "transport=polling".to_owned(),
            String::new(),
            "EIO=4&transport=polling&sid=%00%ff".to_owned(),
            format!("EIO=4&transport=polling&sid={}", "x".repeat(5_000)),
        ];
        let query = self.random.pick(&queries).clone();
        let methods = [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH];
        let method = self.random.pick(&methods).clone();
        let body = payload(&mut self.random, 4);
        let (status, body) = self.ask(method.clone(), &query, body.into()).await;
        Tally::add(&self.tally.frames, 1);
        Tally::add(&self.tally.refused, 1);
        assert!(status.is_client_error(), "{method} ?{query}: {status} {body}");
    }

    async fn ask(&self, method: Method, query: &str, body: Bytes) -> (StatusCode, String) {
        let asked = format!("{method} ?{query} {:?}", String::from_utf8_lossy(&body));
        let request = Request::builder().method(method).uri(format!("{}?{query}", self.url));
        let request = request.header("content-type", "text/plain;charset=UTF-8");
        let request = request.body(Full::new(body)).expect("a request");
        let answer = within("an answer", self.client.request(request)).await;
        let answer = answer.unwrap_or_else(|error| panic!("{asked}: {error:?}"));
        let status = answer.status();
        let body = within("all of the answer", answer.into_body().collect()).await;
        let body = body.map(|body| body.to_bytes()).unwrap_or_default();
        (status, String::from_utf8_lossy(&body).into_owned())
    }
}

/// Packets in one body: as they should be, or not.
fn payload(random: &mut Random, version: u8) -> Vec<u8> {
    let mut payload = Vec::new();
    for number in 0..=random.below(4) {
        let packet = match random.below(4) {
            0 => "b!!!".to_owned(),
            1 => format!("4{}", random.below(10)),
            _ => nonsense(random),
        };
        if version == 3 {
            let length = packet.encode_utf16().count();
            let told = match random.below(8) {
                0 => (length + 1).to_string(),
                1 => length.saturating_sub(1).to_string(),
                2 => "-1".to_owned(),
                3 => "99999999999999999999".to_owned(),
                _ => length.to_string(),
            };
            payload.extend(format!("{told}:").into_bytes());
        } else if number > 0 {
            payload.push(0x1e);
        }
        payload.extend(packet.into_bytes());
    }
    for _ in 0..random.below(3) {
        let at = random.below(payload.len() + 1);
        match random.below(4) {
            0 => payload.truncate(at),
            1 => payload.insert(at, random.draw() as u8),
            2 => payload.insert(at, 0x1e),
            _ => {}
        }
    }
    payload
}
