//! The bodies of HTTP long-polling (Engine.IO v4, "HTTP long-polling"): packets with a record
//! separator between them, bytes as base64.

use std::collections::VecDeque;

use crate::{
    engine::packet::{self, Packet},
    error::DecodeError,
};

/// Between two packets.
const SEPARATOR: char = '\x1e';

/// The packet that begins at `at` in a body, and where the next one does. A body is not empty.
pub(crate) fn read(body: &str, at: usize) -> (Result<Packet, DecodeError>, Option<usize>) {
    let rest = body.get(at..).unwrap_or_default();
    let len = rest.find(SEPARATOR).unwrap_or(rest.len());
    let packet = packet::read(rest.get(..len).unwrap_or_default().to_owned());
    (packet, (len < rest.len()).then_some(at + len + SEPARATOR.len_utf8()))
}

/// All packets of a body, in order.
#[cfg(any(test, fuzzing))]
pub(crate) fn read_all(body: &str) -> impl Iterator<Item = Result<Packet, DecodeError>> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let (packet, behind) = read(body, next?);
        next = behind;
        Some(packet)
    })
}

/// Takes packets from the front of `waiting` and writes them into one body that the server takes:
/// at most `max_payload` bytes (0: as many as there are), but never less than one packet.
pub(crate) fn take(waiting: &mut VecDeque<Packet>, max_payload: usize) -> String {
    let count = batch(waiting, max_payload);
    let mut body = String::new();
    for packet in std::iter::from_fn(|| waiting.pop_front()).take(count) {
        if !body.is_empty() {
            body.push(SEPARATOR);
        }
        match packet {
            Packet::Text(text) if body.is_empty() => body = text,
            Packet::Text(text) => body.push_str(&text),
            Packet::Binary(data) => packet::write_base64(&data, &mut body),
        }
    }
    body
}

/// How many packets go together: a digit and a separator for each, as the reference client counts
/// them, and bytes as long as their base64 is, which it takes for a little less.
fn batch(waiting: &VecDeque<Packet>, max_payload: usize) -> usize {
    if max_payload == 0 {
        return waiting.len();
    }
    let mut size = 1_usize;
    for (index, packet) in waiting.iter().enumerate() {
        size = size.saturating_add(match packet {
            // Without its digit.
            Packet::Text(text) => text.len().saturating_sub(1),
            Packet::Binary(data) => data.len().div_ceil(3).saturating_mul(4),
        });
        if index > 0 && size > max_payload {
            return index;
        }
        size = size.saturating_add(2);
    }
    waiting.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn text(text: &str) -> Packet {
        Packet::Text(text.to_owned())
    }

    /// The examples of the Engine.IO protocol document.
    #[test]
    fn the_documents_examples_are_read_and_written() {
        let packets = vec![text("4hello"), text("2"), text("4world")];
        let read_back: Vec<_> = read_all("4hello\x1e2\x1e4world").map(Result::unwrap).collect();
        assert_eq!(read_back, packets);
        assert_eq!(take(&mut packets.into(), 0), "4hello\x1e2\x1e4world");
        let packets = vec![text("4hello"), Packet::Binary(Bytes::from_static(&[1, 2, 3, 4]))];
        let read_back: Vec<_> = read_all("4hello\x1ebAQIDBA==").map(Result::unwrap).collect();
        assert_eq!(read_back, packets);
        assert_eq!(take(&mut packets.into(), 0), "4hello\x1ebAQIDBA==");
    }

    #[test]
    fn a_separator_has_a_packet_on_either_side() {
        assert_eq!(read_all("\x1e").count(), 2, "two empty packets, which are refused one by one");
        assert_eq!(read_all("6\x1e").count(), 2);
    }

    #[test]
    fn a_body_is_no_longer_than_the_server_takes() {
        let mut waiting: VecDeque<_> = (0..4).map(|_| text("4aaaa")).collect();
        // 1 + 4, then 2 + 4 for each further packet.
        assert_eq!(take(&mut waiting, 11), "4aaaa\x1e4aaaa");
        assert_eq!(take(&mut waiting, 10), "4aaaa");
        assert_eq!(take(&mut waiting, 1), "4aaaa", "one goes alone, however long");
        assert!(waiting.is_empty());
    }

    #[test]
    fn bytes_count_as_their_base64() {
        let binary = || Packet::Binary(Bytes::from(vec![0; 100]));
        let mut waiting = VecDeque::from([binary(), binary()]);
        assert_eq!(batch(&waiting, 1 + 136 + 2 + 135), 1);
        assert_eq!(batch(&waiting, 1 + 136 + 2 + 136), 2);
        assert_eq!(take(&mut waiting, 1 + 136 + 2 + 136).len(), 1 + 136 + 2 + 136);
    }
}
