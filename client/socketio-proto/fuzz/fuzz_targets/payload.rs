//! A payload of Engine.IO packets, as it comes in the answer to an HTTP request.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| socketio_proto::fuzzing::payload(data));
