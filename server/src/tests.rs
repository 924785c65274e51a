use std::{env, fs, path::PathBuf, process};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;
use crate::testing::Here;

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(env::temp_dir().join(format!("parlour-server-{}-{name}", process::id())))
    }

    fn config(&self, listen: &str) -> Config {
        let data = self.0.to_str().unwrap();
        Config::read(["parlour", "--listen", listen, "--data", data]).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Not every test makes it.
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn ask(router: &Router, request: Request<Body>) -> (StatusCode, String) {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn get_request(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

/// A client that uses HTTP long-polling.
struct Polling {
    router: Router,
    path: String,
}

impl Polling {
    async fn open(app: &App) -> Self {
        let path = "/socket.io/?EIO=4&transport=polling";
        let (status, open) = ask(&app.router, get_request(path)).await;
        assert_eq!(status, StatusCode::OK);
        let open: serde_json::Value = serde_json::from_str(&open[1..]).unwrap();
        assert_eq!(open["maxPayload"], 65_536);
        let path = format!("{path}&sid={}", open["sid"].as_str().unwrap());
        Self { router: app.router.clone(), path }
    }

    async fn post(&self, packet: &str) {
        let request = Request::post(&self.path).body(Body::from(packet.to_owned())).unwrap();
        assert_eq!(ask(&self.router, request).await, (StatusCode::OK, "ok".into()));
    }

    /// Polls until this text has come. Answers with all that came.
    async fn wait_for(&self, text: &str) -> String {
        let mut all = String::new();
        while !all.contains(text) {
            let (status, packets) = ask(&self.router, get_request(&self.path)).await;
            assert_eq!(status, StatusCode::OK, "after {all}");
            all.push_str(&packets);
        }
        all
    }
}

#[tokio::test]
async fn it_says_that_it_is_well() {
    let app = Here::with(&[]);
    assert_eq!(ask(&app.router, get_request("/healthz")).await, (StatusCode::OK, "ok".into()));
}

/// The library's layer starts a new table of sessions each time it is applied; a router applies
/// layers of a fallback with every request.
#[tokio::test]
async fn a_session_is_known_to_the_next_request() {
    let app = Here::with(&[]);
    let client = Polling::open(&app).await;
    client.post("40").await;
    client.wait_for("40{\"sid\"").await;
    app.close().await;
}

#[tokio::test]
async fn an_unknown_namespace_is_refused_and_leaves_nothing_behind() {
    let app = Here::with(&[]);
    let namespaces = app.io.nsps().len();
    let client = Polling::open(&app).await;
    for name in ["/nowhere", "/no/where", "/chat/", "/{*name}"] {
        client.post(&format!("40{name},")).await;
        client.wait_for(&format!("44{name},{{\"message\":\"Invalid namespace\"}}")).await;
    }
    assert_eq!(app.io.nsps().len(), namespaces);
}

#[tokio::test(start_paused = true)]
async fn while_it_stops_no_namespace_is_called_invalid() {
    let app = Here::with(&[]);
    // A client that is in no namespace yet is not closed with the namespaces.
    let client = Polling::open(&app).await;
    app.close().await;
    client.post("40/chat,{\"nickname\":\"Ann\"}").await;
    client.post("40").await;
    // Until the time for connecting is over.
    let mut all = Vec::new();
    loop {
        let (status, packets) = ask(&client.router, get_request(&client.path)).await;
        if status != StatusCode::OK {
            break;
        }
        all.push(packets);
    }
    assert!(!all.is_empty());
    assert!(all.iter().all(|packets| !packets.contains("44")), "{all:?}");
}

#[tokio::test]
async fn a_post_beyond_the_limit_is_refused() {
    let app = Here::with(&[]);
    let client = Polling::open(&app).await;
    let long = format!("42[\"message\",\"{}\"]", "x".repeat(70_000));
    let request = Request::post(&client.path).body(Body::from(long)).unwrap();
    let (status, _) = ask(&app.router, request).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn the_url_has_the_port_that_was_taken() {
    let folder = Folder::new("url");
    let server = Server::bind(&folder.config("127.0.0.1:0")).await.unwrap();
    assert_eq!(server.url(), format!("http://{}", server.address));
    assert_ne!(server.address.port(), 0);
    let folder = Folder::new("everywhere");
    let everywhere = Server::bind(&folder.config("0.0.0.0:0")).await.unwrap();
    assert!(everywhere.url().starts_with("http://127.0.0.1:"), "{}", everywhere.url());
}

#[tokio::test]
async fn a_busy_port_is_one_line() {
    let folder = Folder::new("busy");
    let first = Server::bind(&folder.config("127.0.0.1:0")).await.unwrap();
    let address = first.address;
    let error = Server::bind(&folder.config(&address.to_string())).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "cannot listen on {address}: address already in use; \
             choose another address with --listen"
        )
    );
}

#[tokio::test]
async fn a_data_folder_that_is_a_file_is_one_line() {
    let file = Folder::new("file");
    fs::write(&file.0, "").unwrap();
    let error = Server::bind(&file.config("127.0.0.1:0")).await.unwrap_err().to_string();
    fs::remove_file(&file.0).unwrap();
    assert_eq!(
        error,
        format!(
            "cannot use the data folder {}: it is a file, not a folder; \
             choose another one with --data",
            file.0.display()
        )
    );
}

#[tokio::test]
async fn a_stop_ends_the_server() {
    let folder = Folder::new("stop");
    let server = Server::bind(&folder.config("127.0.0.1:0")).await.unwrap();
    let address = server.address;
    server.run(std::future::ready(())).await;
    // The address is free again.
    TcpListener::bind(address).await.unwrap();
}

#[tokio::test]
async fn with_a_certificate_the_url_and_the_headers_say_https() {
    let folder = Folder::new("https");
    fs::create_dir_all(&folder.0).unwrap();
    let made = tls::testing::Certificate::make(&folder.0, "cert");
    let mut config = folder.config("127.0.0.1:0");
    config.network.tls_cert = Some(made.file);
    config.network.tls_key = Some(made.key);
    let server = Server::bind(&config).await.unwrap();
    assert_eq!(server.url(), format!("https://{}", server.address));
    assert!(server.reload().reload().unwrap());
    let request = get_request("/healthz");
    let response = server.app.router.clone().oneshot(request).await.unwrap();
    assert!(response.headers().contains_key("strict-transport-security"));

    fs::write(config.network.tls_key.as_ref().unwrap(), "").unwrap();
    assert!(server.reload().reload().is_err());
    let line = Server::bind(&config).await.unwrap_err().to_string();
    assert!(line.ends_with("cert.key of --tls-key has no private key in it, as PEM"), "{line}");

    let folder = Folder::new("http");
    let plain = Server::bind(&folder.config("127.0.0.1:0")).await.unwrap();
    assert!(!plain.reload().reload().unwrap());
}

/// By way of the request that opened its session, whatever comes after that.
#[tokio::test]
async fn a_socket_knows_its_clients_address() {
    let app = Here::with(&["--trust-proxy", "127.0.0.1"]);
    let mut request = get_request("/socket.io/?EIO=4&transport=polling");
    request.extensions_mut().insert(peer::Connection {
        address: Ipv4Addr::LOCALHOST.into(),
        secure: false,
        place: seats::Place::default(),
    });
    request.headers_mut().insert("host", "localhost".parse().unwrap());
    request.headers_mut().insert("x-forwarded-for", "198.51.100.1".parse().unwrap());
    let (status, open) = ask(&app.router, request).await;
    assert_eq!(status, StatusCode::OK);
    let open: serde_json::Value = serde_json::from_str(&open[1..]).unwrap();
    let path = format!("/socket.io/?EIO=4&transport=polling&sid={}", open["sid"].as_str().unwrap());
    let client = Polling { router: app.router.clone(), path };
    client.post("40").await;
    client.wait_for("40{\"sid\"").await;

    let sockets = app.io.sockets();
    let address = sockets[0].req_parts().extensions.get::<peer::ClientAddress>();
    assert_eq!(address, Some(&peer::ClientAddress("198.51.100.1".parse().unwrap())));
    assert!(sockets[0].req_parts().extensions.get::<peer::Connection>().is_none());
    app.close().await;
}

#[tokio::test]
async fn a_websocket_over_https_is_closed_by_a_stop() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let folder = Folder::new("wss");
    fs::create_dir_all(&folder.0).unwrap();
    let made = tls::testing::Certificate::make(&folder.0, "cert");
    let mut config = folder.config("127.0.0.1:0");
    config.network.tls_cert = Some(made.file);
    config.network.tls_key = Some(made.key);
    let server = Server::bind(&config).await.unwrap();
    let address = server.address;
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async {
        stopped.await.unwrap();
    }));

    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let connector = tls::testing::connector(&made.der, &[]);
    let mut stream = connector.connect(tls::testing::localhost(), stream).await.unwrap();
    let request = format!(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: {address}\r\n\
         origin: https://{address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    while !String::from_utf8_lossy(&all).contains("0{\"sid\"") {
        assert_ne!(stream.read_buf(&mut all).await.unwrap(), 0, "it ends");
    }
    assert!(all.starts_with(b"HTTP/1.1 101 "));
    // "40", in a frame with an empty mask: into the namespace / .
    stream.write_all(&[0x81, 0x82, 0, 0, 0, 0, b'4', b'0']).await.unwrap();
    while !String::from_utf8_lossy(&all).contains("40{\"sid\"") {
        assert_ne!(stream.read_buf(&mut all).await.unwrap(), 0, "it ends");
    }

    stop.send(()).unwrap();
    all.clear();
    // With a WebSocket's own goodbye, a close frame; the library says none for TLS after it.
    let _ = stream.read_to_end(&mut all).await;
    assert!(all.contains(&0x88), "{all:?}");
    running.await.unwrap();
}
