//! All peers, by name.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
};

use super::{node::Node, oxide};

/// Running servers. They end with this.
#[derive(Debug)]
pub struct Peers {
    node: Node,
    addresses: BTreeMap<String, SocketAddr>,
}

impl Peers {
    /// Starts all of them, listening already.
    pub async fn start() -> Self {
        let node = Node::start().await;
        let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut addresses: BTreeMap<_, _> =
            node.ports.iter().map(|(kind, port)| (kind.clone(), local(*port))).collect();
        addresses.insert("socketioxide".to_owned(), oxide::start().await);
        Self { node, addresses }
    }

    /// Where each of them listens: npm's `node`, `node-recovery`, `node-msgpack`, `node-polling`,
    /// `node-websocket` and `node-small`, and `socketioxide`.
    pub fn addresses(&self) -> &BTreeMap<String, SocketAddr> {
        &self.addresses
    }

    /// Waits until one of them has ended, which none does by itself; says which.
    pub async fn end(&mut self) -> String {
        self.node.end().await
    }
}
