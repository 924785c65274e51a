//! socketioxide, with the same events as npm's servers.

use std::{
    collections::HashMap,
    convert::Infallible,
    fmt,
    future::{pending, ready},
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{Router, middleware, serve::ListenerExt};
use serde::Serialize;
use serde_json::{Map, Value, json};
use socketioxide::{
    AckError, SendError, SocketError, SocketIo, TransportType,
    adapter::Adapter,
    extract::{AckSender, Data, SocketRef, TryData},
    handler::{self, ConnectHandler, FromMessageParts},
    socket::Socket,
};
use tokio::{net::TcpListener, time::sleep};

use super::{args::Args, cors};

/// As npm's servers have it.
const PING_INTERVAL: Duration = Duration::from_millis(300);
const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// Packets that may wait for a client. What goes beyond is dropped by the library, which is not
/// what is tested here.
const QUEUE: usize = 8_192;

/// Starts it; it goes on until the runtime ends.
///
/// # Panics
/// If it does not start.
pub async fn start() -> SocketAddr {
    let (layer, io) = SocketIo::builder()
        .ping_interval(PING_INTERVAL)
        .ping_timeout(PING_TIMEOUT)
        .max_payload(1_000_000)
        .max_buffer_size(QUEUE)
        .build_layer();
    let memory = Memory::default();
    let entering = || {
        let memory = memory.clone();
        move |socket: SocketRef, TryData(auth): TryData<Value>| {
            enter(&socket, auth.unwrap_or_default(), &memory);
            ready(())
        }
    };
    io.ns("/", entering());
    io.ns("/other", entering());
    io.ns("/refused", entering().with(|| ready(Err::<(), _>(Refusal("not today")))));
    io.ns("/token", entering().with(check_token));
    io.ns("/never", entering().with(pending::<Result<(), Refusal>>));

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("its address");
    // As npm's servers have it; without, small packets wait for each other.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let app = Router::new().layer(layer).layer(middleware::from_fn(cors::open));
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

#[derive(Debug)]
struct Refusal(&'static str);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

fn check_token(TryData(auth): TryData<Value>) -> impl Future<Output = Result<(), Refusal>> {
    let auth = auth.unwrap_or_default();
    ready(match auth.get("token") {
        Some(token) if token == "right" => Ok(()),
        Some(_) => Err(Refusal("a wrong token")),
        None => Err(Refusal("no token")),
    })
}

/// What outlives connections, by the test's own id.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    notes: HashMap<String, Vec<Value>>,
    seen: HashMap<String, u32>,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Handlers that must keep the order of events are no async ones, which get a task each.
fn enter(socket: &SocketRef, auth: Value, memory: &Memory) {
    socket.on("echo", |socket: SocketRef, Data(args): Data<Args>, wanted: Wanted, ack| {
        if wanted.0 {
            answer(ack, &args);
        } else {
            check(socket.emit("echo", &args));
        }
        ready(())
    });
    socket.on("ask", async |socket: SocketRef, Data(args): Data<Args>| {
        let Ok(answer) = socket.emit_with_ack::<_, Args>("question", &args) else { return };
        match answer.await {
            Ok(answer) => emit(&socket, "answered", &answer).await,
            Err(AckError::Timeout | AckError::Socket(_)) => {}
            Err(error) => eprintln!("socketioxide cannot read an answer: {error}"),
        }
    });
    socket.on("count", async |socket: SocketRef, Data(n): Data<u64>| {
        for i in 0..n {
            emit(&socket, "number", &i).await;
        }
    });
    socket.on("tick", async |socket: SocketRef, Data((n, every)): Data<(u64, u64)>| {
        for i in 0..n {
            sleep(Duration::from_millis(every)).await;
            emit(&socket, "tick", &i).await;
        }
    });
    socket.on("silent", || ready(()));
    socket.on("slow", async |Data((ms, value)): Data<(u64, Value)>, ack: AckSender| {
        sleep(Duration::from_millis(ms)).await;
        answer(ack, &(value,));
    });
    socket.on("leave", |socket: SocketRef| {
        if let Err(error @ SocketError::InternalChannelFull) = socket.disconnect() {
            eprintln!("socketioxide cannot say goodbye: {error}");
        }
        ready(())
    });
    about(socket, auth);
    remember(socket, memory);
}

/// Events that ask for what the server knows of the connection.
fn about(socket: &SocketRef, auth: Value) {
    socket.on("headers", |socket: SocketRef, ack: AckSender| {
        let request = socket.req_parts();
        let headers: Map<String, Value> = request
            .headers
            .iter()
            .map(|(name, value)| {
                (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into())
            })
            .collect();
        let query: Map<String, Value> = request
            .uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        answer(ack, &(headers, query));
        ready(())
    });
    socket.on("transport", |socket: SocketRef, ack: AckSender| {
        let name = match socket.transport_type() {
            TransportType::Polling => "polling",
            TransportType::Websocket => "websocket",
        };
        answer(ack, name);
        ready(())
    });
    socket.on("auth", move |ack: AckSender| {
        // As npm's has it where the client says nothing.
        let auth = if auth.is_null() { json!({}) } else { auth.clone() };
        answer(ack, &(auth,));
        ready(())
    });
}

/// Events whose memory outlives the connection.
fn remember(socket: &SocketRef, memory: &Memory) {
    let kept = memory.clone();
    socket.on("flaky", move |Data((id, failures)): Data<(String, u32)>, ack: AckSender| {
        let mut kept = kept.lock();
        let times = kept.seen.entry(id).or_default();
        *times += 1;
        if *times > failures {
            answer(ack, times);
        }
        ready(())
    });
    let kept = memory.clone();
    socket.on("note", move |Data((id, value)): Data<(String, Value)>, ack: AckSender| {
        kept.lock().notes.entry(id).or_default().push(value);
        answer(ack, &[(); 0]);
        ready(())
    });
    let kept = memory.clone();
    socket.on("seen", move |Data(id): Data<String>, ack: AckSender| {
        let notes = kept.lock().notes.get(&id).cloned().unwrap_or_default();
        answer(ack, &notes);
        ready(())
    });
}

/// Whether the client wants an acknowledgement, which the library does not tell otherwise.
struct Wanted(bool);

impl<A: Adapter> FromMessageParts<A> for Wanted {
    type Error = Infallible;

    fn from_message_parts(
        _: &Arc<Socket<A>>,
        _: &mut handler::Value,
        ack_id: &Option<i64>,
    ) -> Result<Self, Infallible> {
        Ok(Self(ack_id.is_some()))
    }
}

/// Emits, waiting while the client is behind.
async fn emit<T: Serialize + ?Sized>(socket: &SocketRef, event: &str, data: &T) {
    while let Err(SendError::Socket(SocketError::InternalChannelFull)) = socket.emit(event, data) {
        sleep(Duration::from_millis(1)).await;
    }
}

fn answer<T: Serialize + ?Sized>(ack: AckSender, data: &T) {
    check(ack.send(data));
}

/// A client that is gone is no fault; a packet that was dropped would look like one of the client.
fn check(result: Result<(), SendError>) {
    match result {
        Ok(()) | Err(SendError::Socket(SocketError::Closed)) => {}
        Err(error) => eprintln!("socketioxide dropped a packet: {error}"),
    }
}
