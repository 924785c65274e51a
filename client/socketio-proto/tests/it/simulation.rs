//! The Manager against a server and a network that are simulated: delays, answers that overtake
//! one another, losses that are told and losses that are not, timers that are served late. Many
//! worlds, each decided by its seed.
//!
//! Whatever the network does: what is emitted arrives in order and at most once, what is to be
//! retried arrives in order and at least once, and when the network is well again so is the
//! client.

mod network;
mod server;

use std::time::Duration;

use socketio_proto::Transports;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use network::{Faults, World};

const TRANSPORTS: [Transports; 4] = [
    Transports::WebSocketFirst,
    Transports::PollingFirst,
    Transports::WebSocketOnly,
    Transports::PollingOnly,
];

/// A minute and a half of trouble, and then time to recover.
fn live(seed: u64, transports: Transports, faults: Faults) -> World {
    let mut world = World::new(seed, transports, faults);
    for step in 0..900 {
        world.pass(Duration::from_millis(100));
        if step % 7 == 0 {
            world.emit();
        }
        if step % 13 == 0 {
            world.emit_surely();
        }
        if step % 5 == 0 {
            world.server_emits();
        }
        if faults.leave && step % 97 == 0 {
            world.leave_and_come_back();
        }
    }
    world.heal();
    world.pass(Duration::from_secs(60));
    world
}

fn check(faults: Faults) {
    for seed in 0..40 {
        for transports in TRANSPORTS {
            let mut world = live(seed, transports, faults);
            let what = format!("seed {seed}, {transports:?}");
            world.assert_well(&what);
            world.leave(&what);
        }
    }
}

#[test]
fn delays_and_overtaking_answers_change_nothing() {
    let faults = Faults::default();
    for seed in 0..20 {
        for transports in TRANSPORTS {
            let mut world = live(seed, transports, faults);
            let what = format!("seed {seed}, {transports:?}");
            world.assert_well(&what);
            world.assert_complete(&what);
            world.leave(&what);
        }
    }
}

#[test]
fn connections_that_are_cut_are_replaced() {
    check(Faults { cut: 0.02, ..Faults::default() });
}

#[test]
fn connections_that_die_without_a_word_are_noticed() {
    check(Faults { go_silent: 0.02, ..Faults::default() });
}

#[test]
fn attempts_that_fail_are_repeated() {
    check(Faults { cut: 0.01, refuse: 0.4, ..Faults::default() });
}

#[test]
fn websockets_that_never_open_are_given_up() {
    check(Faults { cut: 0.01, swallow: 0.5, ..Faults::default() });
}

#[test]
fn timers_may_be_late() {
    check(Faults { cut: 0.01, go_silent: 0.01, late_timers: true, ..Faults::default() });
}

#[test]
fn the_device_may_go_offline() {
    check(Faults { offline: 0.03, ..Faults::default() });
}

#[test]
fn the_program_may_leave_and_come_back_at_any_time() {
    check(Faults { cut: 0.01, leave: true, ..Faults::default() });
}
