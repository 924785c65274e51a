//! A TCP proxy in front of a peer, which fails in the ways networks fail.
//!
//! It is invisible until it is told otherwise, see [`Order`]: bytes go through as they come, and so
//! does the end of a stream.

mod connection;
mod head;
mod order;
mod state;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
    time::sleep,
};

pub use order::{Cut, Delay, Direction, Freeze, How, Kind, Order, Refuse, Resume, WebSockets};
pub use state::Counts;

use state::State;

/// A running proxy. When it is dropped, its port and its connections are closed.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Starts one on a free port of this machine.
    ///
    /// # Errors
    /// If there is no port.
    pub async fn start(target: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::default());
        let task = tokio::spawn(accept(listener, target, Arc::clone(&state)));
        Ok(Self { address, state, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Does as it is told, at once.
    pub fn obey(&self, order: &Order) {
        self.state.obey(order);
    }

    /// What went through so far.
    pub fn counts(&self) -> Counts {
        self.state.counts()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Each connection is a task of this one, and ends with it.
async fn accept(listener: TcpListener, target: SocketAddr, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => {
                    if let Some(link) = State::link(&state) {
                        connections.spawn(connection::run(client, target, link));
                    } else {
                        refuse(client);
                    }
                }
                // A client that was gone before it was accepted.
                Err(_) => sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// As a server that is down: it answers with a reset.
fn refuse(client: TcpStream) {
    drop(client.set_zero_linger());
}
