//! Socket.IO packets in the encoding of `socket.io-msgpack-parser`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| socketio_proto::fuzzing::msgpack(data));
