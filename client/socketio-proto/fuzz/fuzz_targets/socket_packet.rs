//! Socket.IO packets in the default encoding.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| socketio_proto::fuzzing::socket_packet(data));
