//! The listening socket, and what runs on each connection: TLS if there is a certificate, then
//! HTTP/1.1, and after an upgrade whatever the upgrade leads to.
//!
//! A connection above a limit, of all or of its address, is closed at once. Its client sees a
//! failed attempt and tries again later, as it would with a server that is down. A connection on
//! which no request comes for a while is closed as well.

use std::{
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, body::Body, serve::Listener};
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::timeout,
};
use tracing::{debug, warn};

use crate::{
    peer::{ClientAddress, Connection, Gate, plain_address},
    seats::{AddressSeat, Place, Seat, Seats},
    tls::Tls,
};

/// What every connection gets.
#[derive(Debug, Clone)]
pub(crate) struct Entrance {
    pub(crate) router: Router,
    pub(crate) seats: Seats,
    pub(crate) gate: Arc<Gate>,
    pub(crate) tls: Option<Tls>,
    /// For a handshake, and for the head of each request.
    pub(crate) header_timeout: Option<Duration>,
}

/// A connection, and the places it takes.
struct Seated {
    stream: TcpStream,
    _seat: Seat,
    _address_seat: Option<AddressSeat>,
    _place: Place,
}

/// Takes connections until `stop` is ready, and from then on none; returns once the requests that
/// were under way are answered. What upgrades led to goes on.
pub(crate) async fn serve(
    mut listener: TcpListener,
    entrance: Entrance,
    stop: impl Future<Output = ()>,
) {
    // Every connection's task has a receiver: it tells them to stop, and when all have.
    let stopping = watch::Sender::new(());
    let mut stop = pin!(stop);
    // Connections turned away since the last one that was let in.
    let mut turned_away = 0_u64;
    loop {
        let (stream, address) = tokio::select! {
            // Waits and tries again when the process is out of file descriptors.
            accepted = Listener::accept(&mut listener) => accepted,
            () = &mut stop => break,
        };
        let Some(seat) = entrance.seats.take() else {
            turned_away += 1;
            // One warning for a crowd, not one each.
            if turned_away == 1 {
                warn!(%address, "too many connections: turning new ones away");
            } else {
                debug!(%address, turned_away, "turned away");
            }
            continue;
        };
        turned_away = 0;
        let Some((seated, connection)) = entrance.seat(stream, address, seat) else { continue };
        let stopped = stopping.subscribe();
        tokio::spawn(entrance.clone().attend(seated, connection, stopped));
    }
    drop(listener);
    // Nobody listens if nobody is there.
    let _ = stopping.send(());
    stopping.closed().await;
}

impl Entrance {
    /// Gives a connection the place of its address, if there is one.
    fn seat(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        seat: Seat,
    ) -> Option<(Seated, Connection)> {
        let peer = plain_address(address.ip());
        let address_seat = match self.gate.trusts(peer) {
            // Counted by request, under the address that the proxy tells.
            true => None,
            false => Some(self.gate.seats.take(ClientAddress(peer).key())?),
        };
        // Small messages go out at once in place of waiting for more to go with them.
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "a connection keeps Nagle's delay");
        }
        let place = Place::default();
        let seated =
            Seated { stream, _seat: seat, _address_seat: address_seat, _place: place.clone() };
        Some((seated, Connection { address: peer, secure: self.tls.is_some(), place }))
    }

    /// Does everything that is to be done on a connection.
    async fn attend(
        self,
        seated: Seated,
        connection: Connection,
        mut stopped: watch::Receiver<()>,
    ) {
        let address = connection.address;
        let Some(tls) = &self.tls else {
            return self.speak_http(seated, connection, stopped).await;
        };
        let handshake = within(self.header_timeout, tls.accept(seated));
        let shaken = tokio::select! {
            shaken = handshake => shaken,
            // Nothing was asked yet, so that nothing is lost.
            _ = stopped.changed() => return,
        };
        match shaken {
            Some(Ok(stream)) => self.speak_http(stream, connection, stopped).await,
            Some(Err(error)) => debug!(%address, %error, "a TLS handshake failed"),
            None => debug!(%address, "a TLS handshake took too long"),
        }
    }

    async fn speak_http<S>(
        &self,
        stream: S,
        connection: Connection,
        mut stopped: watch::Receiver<()>,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let address = connection.address;
        let router = TowerToHyperService::new(self.router.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(connection.clone());
            router.call(request)
        });
        let http = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_timeout)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut http = pin!(http);
        let ended = tokio::select! {
            ended = http.as_mut() => ended,
            _ = stopped.changed() => {
                http.as_mut().graceful_shutdown();
                http.await
            }
        };
        if let Err(error) = ended {
            debug!(%address, %error, "a connection ended");
        }
    }
}

/// None if it took longer than that; no limit takes any time.
async fn within<T>(limit: Option<Duration>, future: impl Future<Output = T>) -> Option<T> {
    match limit {
        Some(limit) => timeout(limit, future).await.ok(),
        None => Some(future.await),
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
mod tests;
