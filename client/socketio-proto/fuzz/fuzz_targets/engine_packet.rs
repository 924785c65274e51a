//! One Engine.IO packet, as it comes in a WebSocket's frame.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| socketio_proto::fuzzing::engine_packet(data));
