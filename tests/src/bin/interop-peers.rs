//! Socket.IO servers, and proxies in front of them, for tests that can start and cut nothing
//! themselves. See `parlour_tests::interop`.
//!
//! It says on standard output where it is told what to do, `{"control": "http://.."}`, and ends
//! when its standard input does. With `--log` it says on standard error what it is told.

use std::{env, net::Ipv4Addr};

use parlour_tests::interop::{control, peers::Peers};
use serde_json::json;
use tokio::{
    io::{copy, sink, stdin},
    net::TcpListener,
};

#[tokio::main]
async fn main() {
    let log = env::args().any(|argument| argument == "--log");
    let mut peers = Peers::start().await;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let router = control::router(peers.addresses().clone(), log);
    println!("{}", json!({ "control": format!("http://{address}") }));
    tokio::select! {
        // However it ends, whoever started this is gone.
        _over = async { copy(&mut stdin(), &mut sink()).await } => {}
        served = async { axum::serve(listener, router).await } => panic!("control: {served:?}"),
        why = peers.end() => panic!("{why}"),
    }
}
