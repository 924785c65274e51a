//! Stock Socket.IO peers: processes that speak JSON lines, see `tests/peers`.

use std::{ffi::OsString, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStdin, Command},
};

use crate::{
    news::{News, news},
    settings,
    transcript::Transcript,
    waiting::within,
};

/// npm's client of today.
pub const CLIENT_4: &str = "socket.io-client";
/// npm's client of 2021 and before: Engine.IO protocol 3.
pub const CLIENT_2: &str = "socket.io-client-2";

/// A running peer. It is killed on drop.
#[derive(Debug)]
pub struct Peer {
    _child: Child,
    stdin: ChildStdin,
    news: News<String>,
    /// Shown when the test fails.
    _transcript: Transcript,
}

impl Peer {
    /// An npm client with these options, listening to these events.
    pub fn npm_client(package: &str, url: &str, options: &Value, events: &[&str]) -> Self {
        let arguments = [package, url, &options.to_string()];
        Self::start(package, node("client.js"), &[&arguments, events].concat())
    }

    /// A Python client, listening to these events. `transports` is a list, or null for its
    /// default.
    pub fn python_client(url: &str, transports: &Value, events: &[&str]) -> Self {
        let mut command = Command::new(settings::path("PARLOUR_PYTHON"));
        command.arg(script("client.py"));
        let arguments = [url, &transports.to_string()];
        Self::start("python-socketio", command, &[&arguments, events].concat())
    }

    /// An npm server on this port, listening already.
    pub async fn npm_server(port: u16) -> Self {
        let mut peer = Self::start("socket.io", node("server.js"), &[&port.to_string()]);
        peer.expect("listening", &json!({})).await;
        peer
    }

    /// The chat of socket.io's tutorial, page and server, on this port, listening already.
    pub async fn tutorial(port: u16) -> Self {
        let mut peer = Self::start("the tutorial", node("tutorial.js"), &[&port.to_string()]);
        peer.expect("listening", &json!({})).await;
        peer
    }

    /// npm's parser on its own.
    pub fn npm_parser() -> Self {
        Self::start("socket.io-parser", node("parser.js"), &[])
    }

    fn start(name: &str, mut command: Command, arguments: &[&str]) -> Self {
        command.args(arguments).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        let (teller, lines) = news(name);
        let transcript = Transcript::new(name);
        transcript.follow(child.stderr.take().expect("it is piped"));
        transcript.follow_and_tell(child.stdout.take().expect("it is piped"), teller);
        let stdin = child.stdin.take().expect("it is piped");
        Self { _child: child, stdin, news: lines, _transcript: transcript }
    }

    /// Tells it to do something: `{"do": ..}` with more.
    ///
    /// # Panics
    /// If it has ended.
    pub async fn order(&mut self, order: &Value) {
        let line = format!("{order}\n");
        within("the peer to listen", self.stdin.write_all(line.as_bytes())).await.expect("a peer");
    }

    /// Tells a client to emit an event.
    pub async fn emit(&mut self, name: &str, args: &Value) {
        self.order(&json!({ "do": "emit", "name": name, "args": args })).await;
    }

    /// Waits for something of this kind in which all of `about` is as it says; gives all of it.
    ///
    /// # Panics
    /// If it does not come.
    pub async fn expect(&mut self, event: &str, about: &Value) -> Value {
        self.expect_within(event, about, crate::waiting::BOUND).await
    }

    /// As [`Peer::expect`], with a bound of its own.
    ///
    /// # Panics
    /// If it does not come.
    pub async fn expect_within(&mut self, event: &str, about: &Value, bound: Duration) -> Value {
        let fits = |line: &String| {
            let told = read(line);
            let about = about.as_object().expect("an object");
            told["event"] == event && about.iter().all(|(name, value)| told[name] == *value)
        };
        read(&self.news.expect_within(&format!("{event} {about}"), bound, fits).await)
    }

    /// Waits for an event of the server with this one string.
    pub async fn hears(&mut self, name: &str, text: &str) {
        self.expect("event", &json!({ "name": name, "args": [text] })).await;
    }

    /// Everything that it told and that was not expected.
    pub fn rest(&mut self) -> Vec<Value> {
        self.news.rest().iter().map(|line| read(line)).collect()
    }
}

/// Whatever else is written, a debugger's greeting for example, is no JSON and tells nothing.
fn read(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_default()
}

/// A script of this folder in Node.js, to be spoken to. It is killed on drop; what it says to
/// standard error is shown.
pub(crate) fn spawn_node(name: &str) -> Child {
    let mut command = node(name);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn node(name: &str) -> Command {
    let mut command = Command::new(settings::path("PARLOUR_NODE"));
    command.env("NODE_PATH", settings::path("NODE_PATH")).arg(script(name));
    command
}

fn script(name: &str) -> OsString {
    settings::workspace().join("tests/peers").join(name).into()
}
