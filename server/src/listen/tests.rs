use std::time::Duration;

use axum::{extract::Extension, middleware::from_fn_with_state, routing::any};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};

use super::*;
use crate::{
    peer,
    tls::testing::{Certificate, connector, localhost},
};

/// Far longer than anything here takes; only a failure takes it.
const BOUND: Duration = Duration::from_secs(60);

/// A short time that the server has set for something.
const SHORT: Duration = Duration::from_millis(50);

const KEEP: &str = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
const UPGRADE: &str = "connection: upgrade\r\nupgrade: test\r\n";

/// A server that answers with the address of who asks.
struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    end: JoinHandle<()>,
}

/// Without limits.
fn entrance() -> Entrance {
    limited(&[], 0, 0)
}

fn limited(proxies: &[&str], connections: usize, of_an_address: usize) -> Entrance {
    let proxies = proxies.iter().map(|network| network.parse().unwrap()).collect();
    let gate = Arc::new(Gate::new(proxies, of_an_address));
    let router = Router::new()
        .route(
            "/",
            any(|Extension(client): Extension<ClientAddress>| async move { client.0.to_string() }),
        )
        .route("/upgrade", any(upgrade))
        .layer(from_fn_with_state(gate.clone(), peer::resolve));
    let seats = Seats::new(connections);
    Entrance { router, seats, gate, tls: None, header_timeout: None }
}

/// Switches to a protocol in which nothing is ever said.
async fn upgrade(request: Request<Body>) -> axum::response::Response {
    let upgraded = hyper::upgrade::on(request);
    tokio::spawn(async move {
        let mut upgraded = TokioIo::new(upgraded.await.unwrap());
        // Until the client is gone.
        let _ = upgraded.read(&mut [0]).await;
    });
    let response = axum::http::Response::builder().status(101);
    response.header("connection", "upgrade").header("upgrade", "test").body(Body::empty()).unwrap()
}

async fn start(entrance: Entrance) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let end = tokio::spawn(serve(listener, entrance, async {
        stopped.await.unwrap();
    }));
    Served { address, stop, end }
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// The answer to a request on a connection of its own, "" if there is none.
    async fn ask(&self, headers: &str) -> String {
        let mut stream = self.connect().await;
        let request =
            format!("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n");
        // It may be closed already.
        let _ = stream.write_all(request.as_bytes()).await;
        rest(&mut stream).await
    }

    /// Asks again until the answer has this in it.
    async fn ask_until(&self, headers: &str, text: &str) {
        let asking = async { while !self.ask(headers).await.contains(text) {} };
        timeout(BOUND, asking).await.expect("an answer in time");
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        timeout(BOUND, self.end).await.expect("an end in time").unwrap();
        assert!(TcpStream::connect(self.address).await.is_err());
    }
}

/// What comes until the server closes the connection.
async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut all = Vec::new();
    // A connection that is closed while something is on the way to it ends with an error.
    let _ = timeout(BOUND, stream.read_to_end(&mut all)).await.expect("an end in time");
    String::from_utf8(all).unwrap()
}

/// Sends this, and waits for the head of an answer and for a body that ends like that.
async fn exchange(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    request: &str,
    end: &str,
) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut all = String::new();
    let reading = async {
        while !(all.contains("\r\n\r\n") && all.ends_with(end)) {
            let mut buffer = [0; 1024];
            let length = stream.read(&mut buffer).await.unwrap();
            assert_ne!(length, 0, "it ends after {all:?}");
            all.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        }
    };
    timeout(BOUND, reading).await.expect("an answer in time");
    all
}

#[tokio::test]
async fn a_connection_too_many_is_closed_and_a_place_is_given_again() {
    let served = start(limited(&[], 1, 0)).await;
    let mut first = served.connect().await;
    exchange(&mut first, KEEP, "127.0.0.1").await;
    assert_eq!(served.ask("").await, "");
    drop(first);
    served.ask_until("", "HTTP/1.1 200 OK").await;
}

#[tokio::test]
async fn an_address_with_too_many_connections_is_closed_out_and_no_other() {
    let served = start(limited(&[], 0, 1)).await;
    let mut first = served.connect().await;
    exchange(&mut first, KEEP, "127.0.0.1").await;
    assert_eq!(served.ask("").await, "");
    // Every address that begins with 127 is this machine, there.
    #[cfg(target_os = "linux")]
    {
        let other = tokio::net::TcpSocket::new_v4().unwrap();
        other.bind("127.0.0.2:0".parse().unwrap()).unwrap();
        let mut other = other.connect(served.address).await.unwrap();
        exchange(&mut other, KEEP, "127.0.0.2").await;
    }
    // An upgrade keeps the place, too.
    let request = format!("GET /upgrade HTTP/1.1\r\nhost: localhost\r\n{UPGRADE}\r\n");
    let answer = exchange(&mut first, &request, "\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    assert_eq!(served.ask("").await, "");
    drop(first);
    served.ask_until("", "HTTP/1.1 200 OK").await;
}

#[tokio::test]
async fn what_a_stranger_forwards_is_ignored() {
    let served = start(entrance()).await;
    let answer = served.ask("x-forwarded-for: 198.51.100.1\r\n").await;
    assert!(answer.ends_with("\r\n\r\n127.0.0.1"), "{answer}");
}

#[tokio::test]
async fn clients_of_a_proxy_are_told_apart() {
    let served = start(limited(&["127.0.0.1/32"], 0, 1)).await;
    let one = "x-forwarded-for: 198.51.100.1\r\n";
    let other = "x-forwarded-for: 198.51.100.2\r\n";
    let answer = served.ask(one).await;
    assert!(answer.ends_with("\r\n\r\n198.51.100.1"), "{answer}");

    // A connection of a proxy carries many clients, one after the other, and is nobody's place.
    let mut proxy = served.connect().await;
    for client in ["198.51.100.1", "198.51.100.2", "198.51.100.1"] {
        let request =
            format!("GET / HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {client}\r\n\r\n");
        exchange(&mut proxy, &request, client).await;
    }

    // An upgrade takes the place of its client for as long as it is there.
    let mut socket = served.connect().await;
    let request = format!("GET /upgrade HTTP/1.1\r\nhost: localhost\r\n{one}{UPGRADE}\r\n");
    let answer = exchange(&mut socket, &request, "\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    let refused = served.ask(one).await;
    assert!(refused.starts_with("HTTP/1.1 429"), "{refused}");
    assert!(refused.contains("\"code\":\"limit\""), "{refused}");
    assert!(served.ask(other).await.starts_with("HTTP/1.1 200"));
    drop(socket);
    served.ask_until(one, "HTTP/1.1 200 OK").await;
}

#[tokio::test]
async fn a_request_that_does_not_name_its_host_is_a_bad_one() {
    let served = start(entrance()).await;
    for (request, status) in [
        ("GET / HTTP/1.1\r\nconnection: close\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nconnection: close\r\nhost: a\r\nhost: b\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nconnection: close\r\nhost: a/b\r\n\r\n", "400"),
        ("GET / HTTP/1.0\r\n\r\n", "200"),
        ("nonsense\r\n\r\n", "400"),
    ] {
        let mut stream = served.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = rest(&mut stream).await;
        assert_eq!(answer.split(' ').nth(1), Some(status), "{request:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_connection_on_which_no_request_comes_is_closed() {
    let served = start(Entrance { header_timeout: Some(SHORT), ..entrance() }).await;
    // Not a byte; half a request; one, and then no other.
    for (said, answered) in [("", false), ("GET / HTTP/1.1\r\nhost: loc", false), (KEEP, true)] {
        let mut stream = served.connect().await;
        stream.write_all(said.as_bytes()).await.unwrap();
        let answer = rest(&mut stream).await;
        assert_eq!(answer.starts_with("HTTP/1.1 200"), answered, "{said:?}: {answer}");
    }
}

#[tokio::test]
async fn an_upgraded_connection_may_be_quiet() {
    let served = start(Entrance { header_timeout: Some(SHORT), ..entrance() }).await;
    let mut upgraded = served.connect().await;
    let request = format!("GET /upgrade HTTP/1.1\r\nhost: localhost\r\n{UPGRADE}\r\n");
    exchange(&mut upgraded, &request, "\r\n\r\n").await;
    // One that came after it is closed, and it is not.
    let mut silent = served.connect().await;
    assert_eq!(rest(&mut silent).await, "");
    let mut buffer = [0];
    tokio::select! {
        biased;
        read = upgraded.read(&mut buffer) => panic!("it ends: {read:?}"),
        () = std::future::ready(()) => {}
    }
}

#[tokio::test]
async fn quiet_connections_do_not_hold_up_a_stop() {
    let folder = TempDir::new().unwrap();
    let certificate = Certificate::make(folder.path(), "cert");
    let tls = Tls::load(&certificate.file, &certificate.key).unwrap();
    for tls in [None, Some(tls)] {
        let encrypted = tls.is_some();
        let served = start(Entrance { tls, ..entrance() }).await;
        let mut silent = served.connect().await;
        let mut idle = served.connect().await;
        if !encrypted {
            exchange(&mut idle, KEEP, "127.0.0.1").await;
        }
        served.stop().await;
        assert_eq!(rest(&mut silent).await, "");
        assert_eq!(rest(&mut idle).await, "");
    }
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_end() {
    let (arrived, mut arrives) = tokio::sync::mpsc::channel(1);
    let (go_on, may_go_on) = watch::channel(());
    let slow = move || {
        let (arrived, mut may_go_on) = (arrived.clone(), may_go_on.clone());
        async move {
            arrived.send(()).await.unwrap();
            may_go_on.changed().await.unwrap();
            "at last"
        }
    };
    let router = Router::new().route("/", any(slow));
    let served = start(Entrance { router, ..entrance() }).await;
    let mut stream = served.connect().await;
    stream.write_all(KEEP.as_bytes()).await.unwrap();
    arrives.recv().await.unwrap();
    served.stop.send(()).unwrap();
    go_on.send(()).unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.ends_with("at last"), "{answer}");
    timeout(BOUND, served.end).await.expect("an end in time").unwrap();
}

#[tokio::test]
async fn with_a_certificate_it_is_https_and_a_new_one_disturbs_nobody() {
    let folder = TempDir::new().unwrap();
    let first = Certificate::make(folder.path(), "cert");
    let tls = Tls::load(&first.file, &first.key).unwrap();
    let served = start(Entrance { tls: Some(tls.clone()), ..entrance() }).await;

    let shaken = async |der, protocols: &[&[u8]]| {
        connector(der, protocols).connect(localhost(), served.connect().await).await
    };
    let mut stream = shaken(&first.der, &[b"h2", b"http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    exchange(&mut stream, KEEP, "127.0.0.1").await;
    shaken(&first.der, &[]).await.unwrap();

    let second = Certificate::make(folder.path(), "cert");
    assert_ne!(first.der, second.der);
    tls.reload().unwrap();
    shaken(&second.der, &[]).await.unwrap();
    shaken(&first.der, &[]).await.unwrap_err();
    // Who was there before stays.
    exchange(&mut stream, KEEP, "127.0.0.1").await;

    std::fs::write(&second.file, "nonsense").unwrap();
    assert!(tls.reload().unwrap_err().to_string().contains("has no certificate in it"));
    shaken(&second.der, &[]).await.unwrap();

    // HTTP without the S gets nowhere, and does no harm.
    let answer = served.ask("").await;
    assert!(!answer.contains("HTTP"), "{answer}");
    shaken(&second.der, &[]).await.unwrap();
    served.stop().await;
}

#[tokio::test]
async fn a_handshake_that_does_not_come_is_not_waited_for() {
    let folder = TempDir::new().unwrap();
    let certificate = Certificate::make(folder.path(), "cert");
    let tls = Some(Tls::load(&certificate.file, &certificate.key).unwrap());
    let served = start(Entrance { tls, header_timeout: Some(SHORT), ..entrance() }).await;
    assert_eq!(rest(&mut served.connect().await).await, "");
}

#[tokio::test]
async fn small_messages_are_sent_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap());
    let (accepted, _client) = tokio::join!(listener.accept(), client);
    let (stream, address) = accepted.unwrap();
    let entrance = entrance();
    let seat = entrance.seats.take().unwrap();
    let (seated, connection) = entrance.seat(stream, address, seat).unwrap();
    assert!(seated.stream.nodelay().unwrap());
    assert_eq!(connection.address, address.ip());
}
