//! How tests tell the proxies what to do: HTTP that any page may use.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `POST /proxy/{peer}` | | `{"id", "url"}`: a new proxy in front of that peer |
//! | `POST /proxy/{id}/cut` | `{"only": KIND, "reset": bool, "after": bytes, "direction": "up" or "down"}` | [`Counts`] |
//! | `POST /proxy/{id}/freeze` | `{"only": KIND, "present": bool}` | [`Counts`] |
//! | `POST /proxy/{id}/delay` | `{"up": ms, "down": ms}` | [`Counts`] |
//! | `POST /proxy/{id}/refuse` | | [`Counts`] |
//! | `POST /proxy/{id}/websocket` | `{"how": "pass", "close", "answer", "swallow" or "mute"}` | [`Counts`] |
//! | `POST /proxy/{id}/resume` | | [`Counts`] |
//! | `GET /proxy/{id}` | | [`Counts`] |
//! | `DELETE /proxy/{id}` | | [`Counts`], the last |
//! | `GET /peers` | | `{PEER: url}` |
//!
//! A KIND is `"http"` or `"websocket"`; every field may be left out, but for `how`. What an order
//! does is said at [`Order`]. Who asks for something else gets a status of 400 or 404 and a
//! sentence.

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{StatusCode, header::CONTENT_TYPE},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{
    cors,
    proxy::{Counts, Order, Proxy},
};

/// The server's routes, in front of these peers. With `log` it says on standard error what it is
/// told.
pub fn router(peers: BTreeMap<String, SocketAddr>, log: bool) -> Router {
    let control = Control(Arc::new(Inner { peers, log, proxies: Mutex::default() }));
    Router::new()
        .route("/peers", get(peers_there))
        .route("/proxy/{name}", post(make).get(look).delete(end))
        .route("/proxy/{name}/{action}", post(obey))
        .layer(middleware::from_fn(cors::open))
        .with_state(control)
}

#[derive(Clone)]
struct Control(Arc<Inner>);

struct Inner {
    peers: BTreeMap<String, SocketAddr>,
    log: bool,
    proxies: Mutex<Proxies>,
}

#[derive(Default)]
struct Proxies {
    made: u64,
    by_id: HashMap<String, Proxy>,
}

impl Control {
    fn proxies(&self) -> MutexGuard<'_, Proxies> {
        self.0.proxies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self, line: &str) {
        if self.0.log {
            eprintln!("interop-peers: {line}");
        }
    }

    fn with<R>(&self, id: &str, look: impl FnOnce(&Proxy) -> R) -> Result<R, Refusal> {
        self.proxies().by_id.get(id).map(look).ok_or_else(|| no_proxy(id))
    }
}

/// A status and a sentence.
type Refusal = (StatusCode, String);

fn no_proxy(id: &str) -> Refusal {
    (StatusCode::NOT_FOUND, format!("there is no proxy {id}"))
}

async fn peers_there(State(control): State<Control>) -> Response {
    answer(&control.0.peers.iter().map(|(name, address)| (name, url(*address))).collect::<Value>())
}

async fn make(
    State(control): State<Control>,
    Path(peer): Path<String>,
) -> Result<Response, Refusal> {
    let Some(target) = control.0.peers.get(&peer) else {
        let known: Vec<_> = control.0.peers.keys().map(String::as_str).collect();
        let sentence = format!("there is no peer {peer}, but {}", known.join(", "));
        return Err((StatusCode::NOT_FOUND, sentence));
    };
    let proxy = Proxy::start(*target).await.map_err(|error| {
        (StatusCode::INTERNAL_SERVER_ERROR, format!("the proxy has no port: {error}"))
    })?;
    let url = url(proxy.address());
    let mut proxies = control.proxies();
    proxies.made += 1;
    let id = format!("p{}", proxies.made);
    control.log(&format!("{id} is {url} in front of {peer}"));
    proxies.by_id.insert(id.clone(), proxy);
    Ok(answer(&json!({ "id": id, "url": url })))
}

async fn look(State(control): State<Control>, Path(id): Path<String>) -> Result<Response, Refusal> {
    control.with(&id, Proxy::counts).map(counted)
}

async fn end(State(control): State<Control>, Path(id): Path<String>) -> Result<Response, Refusal> {
    control.log(&format!("{id} ends"));
    let proxy = control.proxies().by_id.remove(&id).ok_or_else(|| no_proxy(&id))?;
    Ok(counted(proxy.counts()))
}

async fn obey(
    State(control): State<Control>,
    Path((id, action)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let order = read_order(&action, &body)
        .map_err(|error| (StatusCode::BAD_REQUEST, format!("cannot {action}: {error}")))?;
    control.log(&format!("{id}: {order:?}"));
    let counts = control.with(&id, |proxy| {
        proxy.obey(&order);
        proxy.counts()
    })?;
    Ok(counted(counts))
}

fn read_order(action: &str, body: &[u8]) -> Result<Order, serde_json::Error> {
    let about: Value = if body.is_empty() { json!({}) } else { serde_json::from_slice(body)? };
    serde_json::from_value(json!({ action: about }))
}

fn counted(counts: Counts) -> Response {
    answer(&json!(counts))
}

fn answer(json: &Value) -> Response {
    ([(CONTENT_TYPE, "application/json")], json.to_string()).into_response()
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}
