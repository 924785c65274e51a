//! The line between a browser and a server: a proxy, which can be cut. It is the same for every
//! engine, where emulations of being offline are not.

use std::net::SocketAddr;

use crate::{
    interop::proxy::{Cut, Freeze, How, Order, Proxy, Refuse, Resume, WebSockets},
    kept::Kept,
    server::Server,
};

/// A way to a server that can be cut and mended. It closes on drop.
#[derive(Debug)]
pub struct Line {
    proxy: Kept<Proxy>,
    url: String,
    /// What becomes of WebSockets, unless they are forwarded.
    websockets: Option<WebSockets>,
}

/// What becomes of WebSockets on a line that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithoutWebSockets {
    /// They are answered with an error, as by a proxy that does not know them.
    Refused,
    /// They are never answered, as by a firewall.
    Swallowed,
}

impl Line {
    /// Lays one that lets no WebSocket through, and all other requests; mending it does not change
    /// that.
    ///
    /// # Panics
    /// If there is no port.
    pub async fn without_websockets(server: &Server, how: WithoutWebSockets) -> Self {
        let line = Self::to(server).await;
        let how = match how {
            WithoutWebSockets::Refused => How::Answer,
            WithoutWebSockets::Swallowed => How::Swallow,
        };
        let websockets = WebSockets { how };
        line.proxy.obey(&Order::Websocket(websockets));
        Self { websockets: Some(websockets), ..line }
    }

    /// Lays one. The server may be stopped and started again behind it.
    ///
    /// # Panics
    /// If there is no port.
    pub async fn to(server: &Server) -> Self {
        let target: SocketAddr = server.address().parse().expect("a numeric address");
        let proxy = Proxy::start(target).await.expect("a port");
        let url = format!("http://{}", proxy.address());
        Self { proxy: Kept::new(proxy), url, websockets: None }
    }

    /// Where a page is opened that comes this way.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Cuts it: connections end, and no new ones come through, as if the server were down.
    pub fn cut(&self) {
        self.proxy.obey(&Order::Refuse(Refuse::default()));
        self.proxy.obey(&Order::Cut(Cut { reset: true, ..Cut::default() }));
    }

    /// Nothing gets through any more and nobody is told so, as when a phone leaves its network.
    pub fn freeze(&self) {
        self.proxy.obey(&Order::Freeze(Freeze::default()));
    }

    /// Lets everything through again.
    pub fn mend(&self) {
        self.proxy.obey(&Order::Resume(Resume::default()));
        if let Some(websockets) = self.websockets {
            self.proxy.obey(&Order::Websocket(websockets));
        }
    }
}
