//! SIGHUP: the certificate is read again, and without one nothing happens.
#![cfg(unix)]

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName},
    },
};

/// Far longer than anything here takes; only a failure takes it.
const BOUND: Duration = Duration::from_secs(60);

/// The program, and what it says on both outputs.
struct Parlour {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Parlour {
    fn start(data: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_parlour"))
            .env_clear()
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let (teller, lines) = mpsc::channel();
        let outputs: [Box<dyn Read + Send>; 2] = [
            Box::new(child.stdout.take().expect("it is piped")),
            Box::new(child.stderr.take().expect("it is piped")),
        ];
        for output in outputs {
            let teller = teller.clone();
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let _ = teller.send(line);
                }
            });
        }
        Self { child, lines }
    }

    /// Waits for a line that contains this.
    fn says(&self, text: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(BOUND).unwrap_or_else(|_| panic!("never: {text}"));
            if line.contains(text) {
                return line;
            }
        }
    }

    fn hang_up(&self) {
        let command = format!("kill -HUP {}", self.child.id());
        assert!(
            Command::new("sh").args(["-c", &command]).status().is_ok_and(|status| status.success())
        );
    }
}

impl Drop for Parlour {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes a new certificate for `localhost` and its key.
fn renew(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a good name");
    let pem = |label: &str, der: &[u8]| {
        let body = BASE64_STANDARD.encode(der);
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    };
    for (name, text) in [
        ("cert", pem("CERTIFICATE", made.cert.der())),
        ("key", pem("PRIVATE KEY", &made.signing_key.serialize_der())),
    ] {
        fs::write(folder.join(name), text).expect("a folder for it");
    }
    made.cert.der().clone()
}

/// Whether there is a server there with this certificate.
async fn has(address: &str, certificate: &CertificateDer<'static>) -> bool {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).expect("a good certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.expect("it listens");
    let name = ServerName::try_from("localhost").expect("a good name");
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.is_ok()
}

#[tokio::test]
async fn the_certificate_is_read_again() {
    let folder = TempDir::new().unwrap();
    let first = renew(folder.path());
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (certificate, key) = (path("cert"), path("key"));
    let flags = ["--tls-cert", &certificate, "--tls-key", &key];
    let parlour = Parlour::start(&folder.path().join("data"), &flags);
    let line = parlour.says("Parlour is open at");
    let address = line.split_once("https://").unwrap().1;
    assert!(has(address, &first).await);

    let second = renew(folder.path());
    parlour.hang_up();
    parlour.says("SIGHUP: the certificate was read again");
    assert!(has(address, &second).await);
    assert!(!has(address, &first).await);

    fs::write(&key, "").unwrap();
    parlour.hang_up();
    let line = parlour.says("SIGHUP: the old certificate stays in use");
    assert!(line.contains("has no private key in it"), "{line}");
    assert!(has(address, &second).await);
}

#[tokio::test]
async fn without_a_certificate_it_goes_on() {
    let folder = TempDir::new().unwrap();
    let parlour = Parlour::start(&folder.path().join("data"), &[]);
    let line = parlour.says("Parlour is open at");
    parlour.hang_up();
    parlour.says("SIGHUP: nothing to read again");
    TcpStream::connect(line.split_once("http://").unwrap().1).await.unwrap();
}
