//! An HTTP server that does what the test says: each request waits until the test answers it.

use std::io::Cursor;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::{mpsc, oneshot},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    scripted::{Carrier, Connection, accept},
    util::within,
};

pub(crate) const HANDSHAKE: &str =
    r#"0{"sid":"e1","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}"#;

/// GETs, POSTs and WebSockets in three queues: which comes first is not told by the protocol.
pub(crate) struct HttpServer {
    url: String,
    gets: mpsc::UnboundedReceiver<Call>,
    posts: mpsc::UnboundedReceiver<Call>,
    upgrades: mpsc::UnboundedReceiver<Upgrade>,
}

impl HttpServer {
    pub(crate) async fn start() -> Self {
        Self::start_with(None).await
    }

    pub(crate) async fn start_with(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let (get, gets) = mpsc::unbounded_channel();
        let (post, posts) = mpsc::unbounded_channel();
        let (upgrade, upgrades) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                let Ok(carrier) = accept(&listener, tls.as_ref()).await else { continue };
                tokio::spawn(serve(carrier, get.clone(), post.clone(), upgrade.clone()));
            }
        });
        Self { url, gets, posts, upgrades }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    pub(crate) async fn get(&mut self) -> Call {
        within("a GET", self.gets.recv()).await.unwrap()
    }

    pub(crate) async fn post(&mut self) -> Call {
        within("a POST", self.posts.recv()).await.unwrap()
    }

    pub(crate) async fn upgrade(&mut self) -> Upgrade {
        within("a WebSocket", self.upgrades.recv()).await.unwrap()
    }

    /// Lets a client in that begins with HTTP long-polling; gives its poll, which waits.
    pub(crate) async fn welcome(&mut self, handshake: &str, namespace: &str) -> Call {
        self.get().await.answer(handshake);
        let connect = self.post().await;
        assert_eq!(connect.body, format!("40{namespace}"));
        connect.answer("ok");
        self.get().await.answer(&format!("40{namespace}{{\"sid\":\"s1\"}}"));
        self.get().await
    }
}

/// A request that waits for its answer.
pub(crate) struct Call {
    /// The request's line and its headers, in lower case.
    pub(crate) head: String,
    pub(crate) body: String,
    answer: oneshot::Sender<String>,
}

impl Call {
    pub(crate) fn answer(self, body: &str) {
        self.answer_with("200 OK", "", body);
    }

    /// `headers` end in CRLF each.
    pub(crate) fn answer_with(self, status: &str, headers: &str, body: &str) {
        let len = body.len();
        let answer = format!("HTTP/1.1 {status}\r\n{headers}content-length: {len}\r\n\r\n{body}");
        // A client that is gone does not care.
        drop(self.answer.send(answer));
    }

    /// The beginning of an answer whose end never comes.
    pub(crate) fn answer_without_end(self, body: &str) {
        let len = body.len() + 1;
        drop(self.answer.send(format!("HTTP/1.1 200 OK\r\ncontent-length: {len}\r\n\r\n{body}")));
    }

    /// Waits until the client has given it up.
    pub(crate) async fn aborted(&mut self) {
        within("the end of a request", self.answer.closed()).await;
    }
}

/// A WebSocket's handshake that waits to be accepted.
pub(crate) struct Upgrade {
    pub(crate) head: String,
    carrier: Box<dyn Carrier>,
}

impl Upgrade {
    pub(crate) async fn accept(self) -> Connection {
        Connection::accept(self.carrier).await
    }

    pub(crate) async fn refuse(mut self, status: &str) {
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        self.carrier.write_all(answer.as_bytes()).await.unwrap();
        self.carrier.shutdown().await.unwrap();
    }
}

/// Serves one connection until the client goes.
async fn serve(
    carrier: Box<dyn Carrier>,
    gets: mpsc::UnboundedSender<Call>,
    posts: mpsc::UnboundedSender<Call>,
    upgrades: mpsc::UnboundedSender<Upgrade>,
) {
    let mut carrier = BufReader::new(carrier);
    loop {
        let mut raw = Vec::new();
        while !raw.ends_with(b"\r\n\r\n") {
            let Ok(byte) = carrier.read_u8().await else { return };
            raw.push(byte);
        }
        let head = String::from_utf8(raw.clone()).unwrap().to_lowercase();
        if head.contains("\r\nupgrade: websocket") {
            let (read, write) = tokio::io::split(carrier);
            let carrier = Box::new(tokio::io::join(Cursor::new(raw).chain(read), write));
            drop(upgrades.send(Upgrade { head, carrier }));
            return;
        }
        let len = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let mut body = vec![0; len.map_or(0, |len| len.parse().unwrap())];
        carrier.read_exact(&mut body).await.unwrap();
        let body = String::from_utf8(body).unwrap();
        let queue = if head.starts_with("get") { &gets } else { &posts };
        let (answer, answered) = oneshot::channel();
        drop(queue.send(Call { head, body, answer }));
        let answer = tokio::select! {
            answer = answered => answer,
            // Nothing more comes while an answer is due, but the end.
            _ = carrier.read_u8() => return,
        };
        let Ok(answer) = answer else { return };
        if carrier.write_all(answer.as_bytes()).await.is_err() || carrier.flush().await.is_err() {
            return;
        }
    }
}
