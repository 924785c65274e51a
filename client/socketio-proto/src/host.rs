//! What sessions and namespaces need from the Manager: its options, timers and outputs.

use std::{collections::VecDeque, time::Duration};

use crate::{
    backoff::Jitter,
    config::ManagerOptions,
    engine::packet::{self, Packet},
    error::DecodeError,
    io::{Frame, Output, RequestId, TransportId},
    timer::TimerTable,
};

/// The Manager without its connection and its namespaces.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) options: ManagerOptions,
    pub(crate) timers: TimerTable,
    pub(crate) jitter: Jitter,
    outputs: VecDeque<Output>,
    /// Bytes of the frames in `outputs`.
    unsent: usize,
    /// The last id that was given to anything.
    ids: u64,
    /// Makes the URLs of this Manager differ from those of any other.
    nonce: u64,
}

impl Host {
    pub(crate) fn new(options: ManagerOptions, seed: u64) -> Self {
        Self {
            options,
            timers: TimerTable::default(),
            jitter: Jitter::new(seed),
            outputs: VecDeque::new(),
            unsent: 0,
            ids: 0,
            nonce: seed & 0xffff_ffff,
        }
    }

    pub(crate) fn next_id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    /// How long the present transport of an attempt may take.
    pub(crate) fn open_timeout(&self) -> Duration {
        let timeout = self.options.timeout;
        // The two that may be tried have the time of one attempt together.
        let shared = self.options.transports.has_both() && self.options.try_all_transports;
        if shared { timeout / 2 } else { timeout }
    }

    pub(crate) fn open(&mut self, url: String) -> TransportId {
        let transport = TransportId(self.next_id());
        self.push(Output::Open { transport, url });
        transport
    }

    pub(crate) fn close(&mut self, transport: TransportId) {
        self.push(Output::Close { transport });
    }

    pub(crate) fn send(&mut self, transport: TransportId, packet: Packet) {
        let frame = match packet {
            Packet::Text(text) => Frame::Text(text),
            Packet::Binary(data) if self.options.force_base64 => {
                let mut text = String::new();
                packet::write_base64(&data, &mut text);
                Frame::Text(text)
            }
            Packet::Binary(data) => Frame::Binary(data),
        };
        self.unsent += frame.len();
        self.push(Output::Send { transport, frame });
    }

    pub(crate) fn request(&mut self, url: String, body: Option<String>) -> RequestId {
        let request = RequestId(self.next_id());
        self.push(Output::Request { request, url, body });
        request
    }

    pub(crate) fn cancel(&mut self, request: RequestId) {
        self.push(Output::Cancel { request });
    }

    pub(crate) fn push(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    pub(crate) fn pop(&mut self) -> Option<Output> {
        let output = self.outputs.pop_front()?;
        if let Output::Send { frame, .. } = &output {
            self.unsent = self.unsent.saturating_sub(frame.len());
        }
        Some(output)
    }

    /// How many outputs the driver has not taken.
    pub(crate) fn outputs(&self) -> usize {
        self.outputs.len()
    }

    /// Bytes of frames that the driver has not taken.
    pub(crate) fn unsent(&self) -> usize {
        self.unsent
    }

    /// Whether a frame of this size is read.
    pub(crate) fn frame_fits(&self, bytes: usize) -> Result<(), DecodeError> {
        if bytes > self.options.limits.frame_bytes {
            return Err(self.frame_too_large(bytes));
        }
        Ok(())
    }

    pub(crate) fn frame_too_large(&self, bytes: usize) -> DecodeError {
        DecodeError::TooLarge { what: "a frame", bytes, limit: self.options.limits.frame_bytes }
    }

    pub(crate) fn add_cache_buster(&mut self, url: &mut String) {
        let id = self.next_id();
        url.push_str("&t=");
        url.push_str(itoa::Buffer::new().format(self.nonce));
        url.push('-');
        url.push_str(itoa::Buffer::new().format(id));
    }
}
