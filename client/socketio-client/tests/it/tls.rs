//! TLS, natively: whom the client trusts, and what it says about others.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use socketio_client::{Client, ClientError, ClientOptions, ManagerEvent, Transports};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

use crate::{
    http::{HANDSHAKE, HttpServer},
    scripted::Server,
    util::News,
};

/// A server's identity, and the root (DER) that it leads to.
fn authority() -> (TlsAcceptor, Vec<u8>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);

    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), root.der().to_vec())
}

/// What is told when such a client cannot connect.
async fn failure(options: ClientOptions) -> String {
    let client = Client::new(options.reconnection(false)).unwrap();
    let mut events = News::new();
    let tell = events.sender();
    client.on_event(move |event| tell(event.clone()));
    client.socket("/").unwrap().connect();
    loop {
        if let ManagerEvent::Failed(error) = events.next("the failure").await {
            return error.to_string();
        }
    }
}

#[tokio::test]
async fn a_websocket_to_a_stranger_fails_with_the_reason() {
    let (tls, _) = authority();
    let server = Server::start_tls(tls).await;
    let options = ClientOptions::new(&server.url()).unwrap();
    let options = options.transports(Transports::WebSocketOnly);
    let (error, ()) = tokio::join!(failure(options), server.refused());
    assert!(error.contains("invalid peer certificate: UnknownIssuer"), "{error}");
}

#[tokio::test]
async fn polling_at_a_stranger_fails_with_the_reason() {
    let (tls, _) = authority();
    let server = HttpServer::start_with(Some(tls)).await;
    let options = ClientOptions::new(&server.url()).unwrap();
    let error = failure(options.transports(Transports::PollingOnly)).await;
    assert!(error.contains("invalid peer certificate: UnknownIssuer"), "{error}");
}

/// Connects a client of these options, and waits until it is.
struct Connecting(Client, News<()>);

fn connect(options: ClientOptions) -> Connecting {
    let client = Client::new(options).unwrap();
    let socket = client.socket("/").unwrap();
    let news = News::new();
    let tell = news.sender();
    socket.on_connect(move || tell(()));
    socket.connect();
    Connecting(client, news)
}

#[tokio::test]
async fn a_websocket_to_an_authority_of_ones_own_is_opened() {
    let (tls, root) = authority();
    let server = Server::start_tls(tls).await;
    let options = ClientOptions::new(&server.url()).unwrap().add_root_certificate(root);
    let Connecting(_client, mut news) = connect(options);
    let _connection = server.welcome("").await;
    news.next("the connection").await;
}

#[tokio::test]
async fn polling_at_an_authority_of_ones_own_works() {
    let (tls, root) = authority();
    let mut server = HttpServer::start_with(Some(tls)).await;
    let options = ClientOptions::new(&server.url())
        .unwrap()
        .transports(Transports::PollingOnly)
        .add_root_certificate(root);
    let Connecting(_client, mut news) = connect(options);
    let _poll = server.welcome(HANDSHAKE, "").await;
    news.next("the connection").await;
}

#[tokio::test]
async fn a_certificate_of_another_host_is_refused_with_the_reason() {
    let (tls, root) = authority();
    let server = HttpServer::start_with(Some(tls)).await;
    let url = server.url().replace("127.0.0.1", "localhost");
    let options = ClientOptions::new(&url).unwrap().add_root_certificate(root);
    let error = failure(options.transports(Transports::WebSocketOnly)).await;
    assert!(error.contains("certificate not valid for name"), "{error}");
}

#[tokio::test]
async fn what_is_no_certificate_is_refused_at_once() {
    let options = ClientOptions::new("https://localhost").unwrap();
    let refused = Client::new(options.add_root_certificate(*b"no certificate"));
    assert!(matches!(refused, Err(ClientError::BadRootCertificate(_))), "{refused:?}");
}
