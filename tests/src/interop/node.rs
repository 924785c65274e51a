//! npm's socket.io: one process, a server a kind. See `tests/peers/interop.js`.

use std::collections::BTreeMap;

use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdin},
};

use crate::{peer, waiting::within};

/// The process. It is killed on drop, and ends when this program does.
#[derive(Debug)]
pub struct Node {
    child: Child,
    /// It ends when this does. Apart, because waiting for a child closes its standard input.
    _stdin: ChildStdin,
    /// The port of each kind.
    pub ports: BTreeMap<String, u16>,
}

/// What it says first.
#[derive(Deserialize)]
struct Listening {
    ports: BTreeMap<String, u16>,
}

impl Node {
    /// Starts it, listening already.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start() -> Self {
        let mut child = peer::spawn_node("interop.js");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let line = within("the ports of npm's servers", lines.next_line()).await;
        let line = line.expect("its output").expect("it to go on");
        let Listening { ports } = serde_json::from_str(&line).expect("ports");
        let stdin = child.stdin.take().expect("it is piped");
        Self { child, _stdin: stdin, ports }
    }

    /// Waits until it has ended.
    ///
    /// # Panics
    /// If that cannot be told.
    pub async fn end(&mut self) -> String {
        let status = self.child.wait().await.expect("the status of a child");
        format!("npm's servers ended with {status}")
    }
}
