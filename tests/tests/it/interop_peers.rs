//! The program `interop-peers`: its proxies do what they are told, and it leaves nothing behind.

use std::{
    io,
    net::SocketAddr,
    process::Stdio,
    time::{Duration, Instant},
};

use hyper::{Method, StatusCode};
use parlour_tests::{
    http::{ask, get},
    interop::proxy::{
        Counts, Cut, Delay, Direction, Freeze, How, Kind, Order, Proxy, Refuse, Resume, WebSockets,
    },
    waiting::{wait_for, within},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::timeout,
};

/// How long nothing may come before that counts as nothing.
const SILENCE: Duration = Duration::from_millis(100);

const UPGRADE: &str = "GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";

/// A server that says everything back, until the other side ends.
async fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut reads, mut writes) = stream.split();
                tokio::io::copy(&mut reads, &mut writes).await
            });
        }
    });
    address
}

async fn proxy() -> Proxy {
    Proxy::start(echo().await).await.unwrap()
}

async fn connect(proxy: &Proxy) -> TcpStream {
    within("a connection", TcpStream::connect(proxy.address())).await.unwrap()
}

/// A connection that says this and has heard it back.
async fn talking(proxy: &Proxy, first: &str) -> TcpStream {
    let mut stream = connect(proxy).await;
    says(&mut stream, first).await;
    stream
}

/// Says it and hears it.
async fn says(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
    hears(stream, text).await;
}

async fn hears(stream: &mut TcpStream, text: &str) {
    let mut heard = vec![0; text.len()];
    within(text, stream.read_exact(&mut heard)).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&heard), text);
}

async fn hears_nothing(stream: &mut TcpStream) {
    let heard = timeout(SILENCE, stream.read_u8()).await;
    assert!(heard.is_err(), "{heard:?}");
}

/// Where nobody is let in. That is told as early as by the connection itself, or by the first look.
async fn is_refused(address: &str) {
    let read = async { TcpStream::connect(address).await?.read_u8().await };
    let heard = within("the refusal", read).await;
    assert!(heard.is_err(), "{heard:?}");
}

/// What comes until the end, and whether it is an orderly one.
async fn last(stream: &mut TcpStream) -> (String, bool) {
    let mut heard = Vec::new();
    let result: io::Result<_> = within("the end", stream.read_to_end(&mut heard)).await;
    (String::from_utf8(heard).unwrap(), result.is_ok())
}

#[tokio::test]
async fn untold_it_forwards_everything_and_counts() {
    let proxy = proxy().await;
    let mut one = talking(&proxy, "hello").await;
    let _other = talking(&proxy, UPGRADE).await;
    let big = "x".repeat(3_000_000);
    let (mut reads, mut writes) = one.split();
    let send = async { writes.write_all(big.as_bytes()).await };
    let mut heard = vec![0; big.len()];
    let (sent, read) =
        within("3 MB", async { tokio::join!(send, reads.read_exact(&mut heard)) }).await;
    sent.unwrap();
    read.unwrap();
    assert!(heard.iter().all(|byte| *byte == b'x'));
    let bytes = (big.len() + "hello".len() + UPGRADE.len()) as u64;
    let counts = proxy.counts();
    let expected = Counts {
        open: 2,
        open_websockets: 1,
        accepted: 2,
        websockets: 1,
        requests: 1,
        up: bytes,
        down: bytes,
    };
    assert_eq!(counts, expected);

    // The end of a stream is forwarded as well, and only that.
    one.write_all(b"bye").await.unwrap();
    one.shutdown().await.unwrap();
    assert_eq!(last(&mut one).await, ("bye".to_owned(), true));
    wait_for("its place to be free", async || match proxy.counts().open {
        1 => Ok(()),
        open => Err(open),
    })
    .await;
}

#[tokio::test]
async fn a_cut_ends_the_connections_of_its_kind() {
    let proxy = proxy().await;
    let mut http = talking(&proxy, "GET / HTTP/1.1\r\n\r\n").await;
    let mut websocket = talking(&proxy, UPGRADE).await;
    proxy.obey(&Order::Cut(Cut { only: Some(Kind::Websocket), ..Cut::default() }));
    assert_eq!(last(&mut websocket).await, (String::new(), true));
    says(&mut http, "still").await;
    proxy.obey(&Order::Cut(Cut { reset: true, ..Cut::default() }));
    assert_eq!(last(&mut http).await, (String::new(), false));
    talking(&proxy, "a new one").await;
}

#[tokio::test]
async fn a_cut_waits_for_its_bytes_and_comes_once() {
    let proxy = proxy().await;
    let mut stream = talking(&proxy, "before").await;
    proxy.obey(&Order::Cut(Cut { after: Some(7), ..Cut::default() }));
    says(&mut stream, "1234").await;
    stream.write_all(b"567890").await.unwrap();
    assert_eq!(last(&mut stream).await.0, "567");

    let mut stream = talking(&proxy, "not again, whatever is said").await;
    proxy.obey(&Order::Cut(Cut { after: Some(3), direction: Direction::Up, ..Cut::default() }));
    stream.write_all(b"abcdef").await.unwrap();
    let (heard, _) = last(&mut stream).await;
    assert!("abc".starts_with(&heard), "{heard}");
}

#[tokio::test]
async fn frozen_connections_stay_open_and_go_on_later() {
    let proxy = proxy().await;
    let mut present = talking(&proxy, "hello").await;
    proxy.obey(&Order::Freeze(Freeze::default()));
    present.write_all(b"one").await.unwrap();
    hears_nothing(&mut present).await;
    let mut new = connect(&proxy).await;
    new.write_all(b"two").await.unwrap();
    hears_nothing(&mut new).await;
    proxy.obey(&Order::Resume(Resume {}));
    hears(&mut present, "one").await;
    hears(&mut new, "two").await;

    proxy.obey(&Order::Freeze(Freeze { present: true, ..Freeze::default() }));
    let mut newer = talking(&proxy, "three").await;
    hears_nothing(&mut present).await;
    // That the other side is gone does not get through either.
    present.shutdown().await.unwrap();
    hears_nothing(&mut present).await;
    proxy.obey(&Order::Cut(Cut::default()));
    for stream in [&mut present, &mut new, &mut newer] {
        last(stream).await;
    }
}

#[tokio::test]
async fn a_freeze_may_be_for_websockets_only() {
    let proxy = proxy().await;
    let mut present = talking(&proxy, UPGRADE).await;
    proxy.obey(&Order::Freeze(Freeze { only: Some(Kind::Websocket), present: false }));
    present.write_all(b"frame").await.unwrap();
    hears_nothing(&mut present).await;
    let mut new = connect(&proxy).await;
    new.write_all(UPGRADE.as_bytes()).await.unwrap();
    hears_nothing(&mut new).await;
    talking(&proxy, "something else").await;
}

#[tokio::test]
async fn a_delay_adds_up_both_ways_and_keeps_the_pace() {
    let proxy = proxy().await;
    let mut stream = talking(&proxy, "hello").await;
    proxy.obey(&Order::Delay(Delay { up: 150, down: 50 }));
    let start = Instant::now();
    for _ in 0..20 {
        stream.write_all(b"x").await.unwrap();
        tokio::task::yield_now().await;
    }
    hears(&mut stream, &"x".repeat(20)).await;
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(200), "{took:?}");
    // One after the other it would be 4 s.
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[tokio::test]
async fn nobody_new_is_let_in_until_it_resumes() {
    let proxy = proxy().await;
    let mut present = talking(&proxy, "hello").await;
    proxy.obey(&Order::Refuse(Refuse {}));
    is_refused(&proxy.address().to_string()).await;
    says(&mut present, "still here").await;
    proxy.obey(&Order::Resume(Resume {}));
    talking(&proxy, "in").await;
    assert_eq!(proxy.counts().accepted, 3);
}

#[tokio::test]
async fn websockets_fail_in_each_way_and_requests_do_not() {
    let proxy = proxy().await;
    let how = |how| proxy.obey(&Order::Websocket(WebSockets { how }));

    how(How::Close);
    let mut stream = connect(&proxy).await;
    stream.write_all(UPGRADE.as_bytes()).await.unwrap();
    assert_eq!(last(&mut stream).await.0, "");

    how(How::Answer);
    let mut stream = connect(&proxy).await;
    stream.write_all(UPGRADE.as_bytes()).await.unwrap();
    assert!(last(&mut stream).await.0.starts_with("HTTP/1.1 400 "));

    how(How::Swallow);
    let mut stream = connect(&proxy).await;
    // In two parts, as networks like to deliver it.
    let (one, two) = UPGRADE.split_at(20);
    stream.write_all(one.as_bytes()).await.unwrap();
    hears_nothing(&mut stream).await;
    stream.write_all(two.as_bytes()).await.unwrap();
    hears_nothing(&mut stream).await;

    how(How::Mute);
    let mut stream = talking(&proxy, UPGRADE).await;
    stream.write_all(b"a frame").await.unwrap();
    hears_nothing(&mut stream).await;

    talking(&proxy, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    how(How::Pass);
    let mut stream = talking(&proxy, UPGRADE).await;
    says(&mut stream, "a frame").await;
    assert_eq!(proxy.counts().websockets, 5);
}

#[tokio::test]
async fn a_dropped_proxy_closes_everything() {
    let proxy = proxy().await;
    let address = proxy.address();
    let mut stream = talking(&proxy, "hello").await;
    drop(proxy);
    last(&mut stream).await;
    wait_for("the port to be closed", async || match TcpStream::connect(address).await {
        Ok(_) => Err("open"),
        Err(_) => Ok(()),
    })
    .await;
}

/// The program as it is started, and where it is told what to do.
async fn program() -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_interop-peers"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = within("its line", lines.next_line()).await.unwrap().expect("a line");
    let said: Value = serde_json::from_str(&line).unwrap();
    (child, said["control"].as_str().unwrap().to_owned())
}

async fn post(url: &str, body: &Value) -> Value {
    let answer = ask(Method::POST, url, &[], &body.to_string()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    serde_json::from_str(answer.text()).unwrap()
}

#[tokio::test]
async fn every_peer_is_reached_through_a_proxy_that_obeys() {
    let (_child, control) = program().await;
    let peers: Value =
        serde_json::from_str(get(&format!("{control}/peers"), &[]).await.text()).unwrap();
    let names: Vec<_> = peers.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "node",
        "node-msgpack",
        "node-polling",
        "node-recovery",
        "node-small",
        "node-websocket",
        "socketioxide",
    ];
    assert_eq!(names, expected);
    for name in names.into_iter().filter(|name| *name != "node-websocket") {
        let made = post(&format!("{control}/proxy/{name}"), &json!({})).await;
        let url = made["url"].as_str().unwrap();
        let origin = [("origin", "http://a.page")];
        let answer = get(&format!("{url}/socket.io/?EIO=4&transport=polling"), &origin).await;
        assert!(answer.text().starts_with("0{"), "{name}: {}", answer.text());
        assert_eq!(answer.header("access-control-allow-origin"), "http://a.page", "{name}");
        assert_eq!(answer.header("access-control-allow-credentials"), "true", "{name}");

        let proxy = format!("{control}/proxy/{}", made["id"].as_str().unwrap());
        let counts = post(&format!("{proxy}/cut"), &json!({ "only": "http", "reset": true })).await;
        assert_eq!((&counts["accepted"], &counts["requests"]), (&json!(1), &json!(1)), "{name}");
        post(&format!("{proxy}/refuse"), &json!({})).await;
        is_refused(url.strip_prefix("http://").unwrap()).await;
        let ended = ask(Method::DELETE, &proxy, &[], "").await;
        assert_eq!(ended.status, StatusCode::OK, "{name}");
        assert_eq!(get(&proxy, &[]).await.status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn what_it_cannot_do_it_says() {
    let (_child, control) = program().await;
    let made = post(&format!("{control}/proxy/node"), &json!({})).await;
    let id = made["id"].as_str().unwrap();
    for (path, body, status, named) in [
        ("/proxy/nobody", "", StatusCode::NOT_FOUND, "nobody"),
        ("/proxy/p99/cut", "", StatusCode::NOT_FOUND, "p99"),
        (&format!("/proxy/{id}/burn"), "", StatusCode::BAD_REQUEST, "burn"),
        (&format!("/proxy/{id}/cut"), r#"{"aftr":1}"#, StatusCode::BAD_REQUEST, "aftr"),
        (&format!("/proxy/{id}/websocket"), "{}", StatusCode::BAD_REQUEST, "how"),
        (&format!("/proxy/{id}/delay"), "soon", StatusCode::BAD_REQUEST, "delay"),
    ] {
        let answer = ask(Method::POST, &format!("{control}{path}"), &[], body).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.text().contains(named), "{path}: {}", answer.text());
    }
    // A page asks first.
    let headers = [
        ("origin", "http://a.page"),
        ("access-control-request-method", "DELETE"),
        ("access-control-request-headers", "content-type"),
    ];
    let answer = ask(Method::OPTIONS, &format!("{control}/proxy/{id}"), &headers, "").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.header("access-control-allow-origin"), "http://a.page");
    assert!(answer.header("access-control-allow-methods").contains("DELETE"));
    assert_eq!(answer.header("access-control-allow-headers"), "content-type");
}

#[tokio::test]
async fn it_ends_with_its_standard_input_and_takes_the_peers_with_it() {
    let (mut child, control) = program().await;
    let peers: Value =
        serde_json::from_str(get(&format!("{control}/peers"), &[]).await.text()).unwrap();
    drop(child.stdin.take());
    let status = within("its end", child.wait()).await.unwrap();
    assert!(status.success(), "{status}");
    for (name, url) in peers.as_object().unwrap() {
        let address = url.as_str().unwrap().strip_prefix("http://").unwrap();
        wait_for(&format!("{name} to be gone"), async || match TcpStream::connect(address).await {
            Ok(_) => Err("there"),
            Err(_) => Ok(()),
        })
        .await;
    }
}
