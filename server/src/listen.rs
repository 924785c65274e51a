//! The listening socket: a bounded number of TCP connections, each without Nagle's delay.
//!
//! A connection above the limit is closed at once. Its client sees a failed attempt and tries
//! again later, as it would with a server that is down.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use axum::serve::Listener;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};
use tracing::{debug, warn};

use crate::seats::{Seat, Seats};

/// A [`TcpListener`] with a limit on the connections that are open at a time.
pub(crate) struct Bounded {
    listener: TcpListener,
    seats: Seats,
    /// Connections turned away since the last one that was let in.
    turned_away: u64,
}

/// A connection, and the place it takes.
pub(crate) struct Seated {
    stream: TcpStream,
    _seat: Seat,
}

impl Bounded {
    pub(crate) fn new(listener: TcpListener, seats: Seats) -> Self {
        Self { listener, seats, turned_away: 0 }
    }
}

impl Listener for Bounded {
    type Io = Seated;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Seated, SocketAddr) {
        loop {
            // Waits and tries again when the process is out of file descriptors.
            let (stream, address) = Listener::accept(&mut self.listener).await;
            if let Some(seat) = self.seats.take() {
                self.turned_away = 0;
                return (Seated { stream, _seat: seat }, address);
            }
            self.turned_away += 1;
            // One warning for a crowd, not one each.
            if self.turned_away == 1 {
                warn!(%address, "too many connections: turning new ones away");
            } else {
                debug!(%address, turned_away = self.turned_away, "turned away");
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Seated {
    /// Small messages go out at once in place of waiting for more to go with them.
    pub(crate) fn send_at_once(&mut self) {
        if let Err(error) = self.stream.set_nodelay(true) {
            debug!(%error, "a connection keeps Nagle's delay");
        }
    }
}

impl AsyncRead for Seated {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Seated {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn a_connection_too_many_is_closed_and_a_place_is_given_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut bounded = Bounded::new(listener, Seats::new(1));

        let first = TcpStream::connect(address).await.unwrap();
        let (mut seated, _) = bounded.accept().await;
        seated.send_at_once();
        assert!(seated.stream.nodelay().unwrap());

        let mut second = TcpStream::connect(address).await.unwrap();
        let mut buffer = [0];
        tokio::select! {
            _ = bounded.accept() => panic!("there is no place"),
            read = second.read(&mut buffer) => assert!(matches!(read, Ok(0) | Err(_))),
        }

        drop((seated, first));
        let third = TcpStream::connect(address).await.unwrap();
        let (_, from) = bounded.accept().await;
        assert_eq!(from, third.local_addr().unwrap());
    }
}
