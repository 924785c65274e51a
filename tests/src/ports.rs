//! Free ports.

use std::{
    net::{Ipv4Addr, TcpListener},
    process,
    sync::atomic::{AtomicU16, Ordering},
};

/// Below what systems give to outgoing connections. A port up there may be taken by anybody while
/// a server is down; a client that tries to reach it may even be connected to itself.
const FIRST: u16 = 15_000;
const COUNT: u16 = 17_000;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// A port on which nobody listens and which stays free while its server is down. No two calls of
/// a test run give the same one.
///
/// # Panics
/// If there is none.
pub fn free() -> u16 {
    // Two test runs at a time begin at different places.
    let start = u16::try_from(process::id() % u32::from(COUNT)).unwrap_or_default();
    for _ in 0..COUNT {
        let turn = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + (u32::from(start) + u32::from(turn)).rem_euclid(u32::from(COUNT)) as u16;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free from {FIRST} on");
}
