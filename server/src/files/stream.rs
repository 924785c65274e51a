//! A part of a file on disk as the body of an answer, read as fast as the client takes it.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::{
    fs::File,
    io::{AsyncRead, ReadBuf},
};

/// How much is read, and held for a client, at a time.
const CHUNK: usize = 64 * 1024;

pub(super) struct Stream {
    file: File,
    left: u64,
    chunk: Vec<u8>,
}

impl Stream {
    /// `length` bytes from where the file stands. An error ends the body if it has fewer.
    pub(super) fn new(file: File, length: u64) -> Self {
        Self { file, left: length, chunk: Vec::new() }
    }
}

impl Body for Stream {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = &mut *self;
        if this.left == 0 {
            return Poll::Ready(None);
        }
        let length = usize::try_from(this.left).map_or(CHUNK, |left| left.min(CHUNK));
        this.chunk.resize(length, 0);
        let mut buffer = ReadBuf::new(&mut this.chunk);
        ready!(Pin::new(&mut this.file).poll_read(context, &mut buffer))?;
        let read = buffer.filled().len();
        if read == 0 {
            this.left = 0;
            return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
        }
        this.left -= read as u64;
        this.chunk.truncate(read);
        let bytes = Bytes::from(std::mem::take(&mut this.chunk));
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
