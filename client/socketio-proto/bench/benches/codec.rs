//! Decode an event up to its typed arguments, and encode an emit. See the library beside it for
//! what each codec does.

use std::hint::black_box;

use bytes::Bytes;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use serde::{Deserialize, Serialize};
use socketio_proto_bench::{
    Ours, rust_engineio_decode, rust_engineio_encode, socketioxide_decode, socketioxide_encode,
};

/// A chat message.
#[derive(Debug, Serialize, Deserialize)]
struct Message {
    id: u64,
    from: String,
    text: String,
}

fn message(text: String) -> Message {
    Message { id: 1_700_000_000_123, from: "Ann".to_owned(), text }
}

fn decode(c: &mut Criterion) {
    let short = format!(r#"["chat message",{}]"#, json("hello, everybody".to_owned()));
    let long = format!(r#"["chat message",{}]"#, json("lorem ipsum ".repeat(85)));
    let cases = [
        ("short", "/", "2", short.clone()),
        ("1 kB", "/", "2", long),
        ("ack id and namespace", "/chat", "2/chat,17", short),
    ];
    for (name, namespace, head, payload) in cases {
        let mut group = c.benchmark_group(format!("decode/{name}"));
        let frame = format!("4{head}{payload}");
        let mut ours = Ours::new(namespace);
        group.bench_function("ours", |b| {
            b.iter_batched(
                || frame.clone(),
                |text| black_box(ours.decode::<Message>(text, None)),
                BatchSize::SmallInput,
            )
        });
        let packet = frame.split_at(1).1;
        group.bench_function("socketioxide", |b| {
            b.iter_batched(
                || packet.to_owned(),
                |text| black_box(socketioxide_decode::<Message>(text, None)),
                BatchSize::SmallInput,
            )
        });
        group.bench_function("rust_engineio (no JSON)", |b| {
            b.iter_batched(
                || Bytes::from(frame.clone()),
                |frame| black_box(rust_engineio_decode(frame)),
                BatchSize::SmallInput,
            )
        });
    }

    let mut group = c.benchmark_group("decode/attachment");
    let packet = r#"51-["file","a.png",{"_placeholder":true,"num":0}]"#;
    let data = Bytes::from(vec![0x89; 1_000]);
    let mut ours = Ours::new("/");
    group.bench_function("ours", |b| {
        b.iter_batched(
            || (format!("4{packet}"), data.clone()),
            |(text, data)| black_box(ours.decode::<(String, Bytes)>(text, Some(data))),
            BatchSize::SmallInput,
        )
    });
    group.bench_function("socketioxide", |b| {
        b.iter_batched(
            || (packet.to_owned(), data.clone()),
            |(text, data)| black_box(socketioxide_decode::<(String, Bytes)>(text, Some(data))),
            BatchSize::SmallInput,
        )
    });
}

fn json(text: String) -> String {
    let message = message(text);
    format!(r#"{{"id":{},"from":"{}","text":"{}"}}"#, message.id, message.from, message.text)
}

fn encode(c: &mut Criterion) {
    for (name, text) in
        [("short", "hello, everybody".to_owned()), ("1 kB", "lorem ipsum ".repeat(85))]
    {
        let payload = message(text);
        for namespace in ["/", "/chat"] {
            let mut group = c.benchmark_group(format!("encode/{name}, {namespace}"));
            let mut ours = Ours::new(namespace);
            group.bench_function("ours", |b| {
                b.iter(|| ours.encode(black_box("chat message"), black_box(&payload)))
            });
            group.bench_function("socketioxide", |b| {
                b.iter(|| {
                    socketioxide_encode(namespace, black_box("chat message"), black_box(&payload))
                })
            });
        }
        let written = Bytes::from(format!(r#"2["chat message",{}]"#, json(payload.text.clone())));
        c.bench_function(&format!("encode/{name}/rust_engineio (no JSON)"), |b| {
            b.iter_batched(
                || written.clone(),
                |json| black_box(rust_engineio_encode(json)),
                BatchSize::SmallInput,
            )
        });
    }
    let mut group = c.benchmark_group("encode/attachment");
    let payload = ("a.png", Bytes::from(vec![0x89; 1_000]));
    let mut ours = Ours::new("/");
    group.bench_function("ours", |b| b.iter(|| ours.encode("file", black_box(&payload))));
    group.bench_function("socketioxide", |b| {
        b.iter(|| socketioxide_encode("/", "file", black_box(&payload)))
    });
}

criterion_group!(codec, decode, encode);
criterion_main!(codec);
