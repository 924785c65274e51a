//! One connection through a proxy.

use std::{future::pending, io, net::SocketAddr};

use bytes::{Bytes, BytesMut};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::mpsc,
    time::{Instant, sleep_until},
};

use super::{
    head,
    order::{Direction, How},
    state::Link,
};

/// Most bytes that are read at once.
const CHUNK: usize = 16 * 1024;
/// Chunks that may wait, in each direction: while frozen, and for their delay. Then the sender has
/// to wait, as with a real network.
const CHUNKS: usize = 64;

const NO_WEBSOCKETS: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Carries bytes both ways until both streams have ended, one breaks, or the proxy cuts.
pub(super) async fn run(mut client: TcpStream, target: SocketAddr, link: Link) {
    let mut server = None;
    let reset = tokio::select! {
        _over = carry_all(&mut client, &mut server, target, &link) => false,
        reset = link.ends() => reset,
    };
    if reset {
        for stream in [Some(client), server].into_iter().flatten() {
            // Fails only on a stream that is over.
            drop(stream.set_zero_linger());
        }
    }
}

async fn carry_all(
    client: &mut TcpStream,
    server: &mut Option<TcpStream>,
    target: SocketAddr,
    link: &Link,
) -> io::Result<()> {
    client.set_nodelay(true)?;
    let (first, is_websocket) = head::read(client).await?;
    if first.is_empty() {
        return Ok(());
    }
    let how = if is_websocket { link.is_websocket() } else { How::Pass };
    match how {
        How::Pass | How::Mute => {}
        How::Close => return Ok(()),
        How::Answer => {
            client.write_all(NO_WEBSOCKETS).await?;
            return client.shutdown().await;
        }
        How::Swallow => {
            let mut unread = [0; 1024];
            while client.read(&mut unread).await? > 0 {}
            return Ok(());
        }
    }
    let server = server.insert(TcpStream::connect(target).await?);
    server.set_nodelay(true)?;
    let (client_reads, client_writes) = client.split();
    let (server_reads, server_writes) = server.split();
    let up = Way { direction: Direction::Up, link, mutes: false };
    let down = Way { direction: Direction::Down, link, mutes: how == How::Mute };
    tokio::try_join!(
        up.carry(first.freeze(), client_reads, server_writes),
        down.carry(Bytes::new(), server_reads, client_writes),
    )?;
    Ok(())
}

/// One direction of a connection.
struct Way<'a> {
    direction: Direction,
    link: &'a Link,
    /// Freezes the connection behind the first thing it carries: the answer to a WebSocket's
    /// request.
    mutes: bool,
}

/// What was read and when it is to be written. Nothing read is the end of the stream.
type Due = (Instant, Bytes);

impl Way<'_> {
    /// Carries `first` and all that comes, and the end. An error is one of writing: nobody reads
    /// there any more.
    async fn carry(&self, first: Bytes, from: ReadHalf<'_>, to: WriteHalf<'_>) -> io::Result<()> {
        let (sender, receiver) = mpsc::channel(CHUNKS);
        let read = async {
            self.read(first, from, sender).await;
            Ok(())
        };
        tokio::try_join!(read, self.write(receiver, to)).map(drop)
    }

    /// Ends with the stream. That it broke is told as its end, when it is its turn.
    async fn read(&self, first: Bytes, mut from: ReadHalf<'_>, queue: mpsc::Sender<Due>) {
        let due = |chunk| (Instant::now() + self.link.delay(self.direction), chunk);
        if !first.is_empty() && queue.send(due(first)).await.is_err() {
            return;
        }
        loop {
            let mut chunk = BytesMut::with_capacity(CHUNK);
            let ended = !matches!(from.read_buf(&mut chunk).await, Ok(1..));
            // Nobody writes any more if that fails.
            if queue.send(due(chunk.freeze())).await.is_err() || ended {
                return;
            }
        }
    }

    async fn write(&self, mut queue: mpsc::Receiver<Due>, mut to: WriteHalf<'_>) -> io::Result<()> {
        while let Some((due, mut chunk)) = queue.recv().await {
            sleep_until(due).await;
            self.link.goes().await;
            if chunk.is_empty() {
                break;
            }
            if self.direction == Direction::Up && head::begins_request(&chunk) {
                self.link.saw_request();
            }
            if self.mutes {
                // What the server sends first may have come together with its answer.
                chunk.truncate(head::end(&chunk));
            }
            let (allowed, cut) = self.link.pass(self.direction, chunk.len());
            chunk.truncate(allowed);
            to.write_all(&chunk).await?;
            if let Some(cut) = cut {
                self.link.cut(cut);
                // Until this connection is ended, which comes next.
                pending::<()>().await;
            }
            if self.mutes {
                self.link.freeze();
            }
        }
        to.shutdown().await
    }
}
