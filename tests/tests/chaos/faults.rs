//! The networks between the bots and the server fail in every way that networks do: connections
//! are cut, half-open, delayed, refused, cut in the middle of what is told.

use std::time::Duration;

use parlour_tests::{
    chaos::{
        arena::{Arena, QUICK},
        random::{Random, times},
        swarm::Crowd,
    },
    interop::proxy::{
        Cut, Delay, Direction, Freeze, How, Order, Proxy, Refuse, Resume, WebSockets,
    },
    server::Launch,
};
use tokio::time::sleep;

const BOTS: usize = 20;
const ROOMS: usize = 4;
const RATE: u32 = 200;
/// Bots are behind one of these, each.
const NETWORKS: usize = 4;

/// What a network is told, and for how long before it is well again.
fn fault(random: &mut Random) -> (Vec<Order>, Duration) {
    let cut = Order::Cut(Cut { reset: random.below(2) == 0, ..Cut::default() });
    let after = Some(random.draw() % 4_096);
    let later = |direction| Order::Cut(Cut { after, direction, ..Cut::default() });
    match random.below(9) {
        0 => (vec![cut], random.millis(0, 100)),
        // The answer is lost, in the middle of it perhaps, and not what was asked.
        1 => (vec![later(Direction::Down)], random.millis(100, 500)),
        // And the other way round.
        2 => (vec![later(Direction::Up)], random.millis(100, 500)),
        // Until nobody believes in the connections any more.
        3 => (vec![Order::Freeze(Freeze::default())], random.millis(2_500, 3_500)),
        // Those that come meanwhile are well.
        4 => (
            vec![Order::Freeze(Freeze { present: true, ..Freeze::default() })],
            Duration::from_secs(3),
        ),
        // All that waited comes at once.
        5 => (vec![Order::Freeze(Freeze::default())], random.millis(100, 800)),
        6 => {
            let delay = Delay { up: random.draw() % 200, down: random.draw() % 200 };
            (vec![Order::Delay(delay)], random.millis(200, 1_000))
        }
        7 => (vec![Order::Refuse(Refuse {}), cut], random.millis(100, 1_500)),
        // It falls back to polling.
        _ => {
            let how = *random.pick(&[How::Close, How::Answer]);
            (vec![Order::Websocket(WebSockets { how }), cut], random.millis(100, 1_000))
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_networks_fail() {
    let faults = times("PARLOUR_CHAOS_FAULTS", 25);
    let launch = Launch::default().unlimited().quiet().flags(&QUICK);
    let mut arena = Arena::open("faults", launch, ROOMS).await;
    let target = arena.server.address().parse().unwrap();
    let mut networks = Vec::new();
    for _ in 0..NETWORKS {
        networks.push(Proxy::start(target).await.unwrap());
    }
    let urls: Vec<_> = networks.iter().map(|it| format!("http://{}", it.address())).collect();
    let swarm = arena.swarm(Crowd::new(BOTS, &urls)).await;
    let load = swarm.load(RATE, arena.random.split());
    // Several networks fail at a time: each goes its own way.
    let share =
        |network: u64| faults / NETWORKS as u64 + u64::from(network < faults % NETWORKS as u64);
    let each = networks.iter().zip(0..).map(|(network, number)| {
        let (mut random, faults) = (arena.random.split(), share(number));
        async move {
            for _ in 0..faults {
                sleep(random.millis(0, 1_000)).await;
                let (orders, time) = fault(&mut random);
                orders.iter().for_each(|order| network.obey(order));
                sleep(time).await;
                network.obey(&Order::Resume(Resume {}));
            }
        }
    });
    futures_util::future::join_all(each.collect::<Vec<_>>()).await;
    let offered = load.stop().await;
    println!("{faults} faults in {NETWORKS} networks, {offered} requests offered");
    let figures = arena.conclude(swarm, &[]).await;
    assert_eq!(figures.invoked as u64, offered);
    assert!(figures.disconnects > 0, "nobody noticed a fault");
}
