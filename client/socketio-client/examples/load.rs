//! A load test for the classic chat (`chat message`, a string, sent to everybody): N clients
//! connect, each says something at a rate, and once a second it prints how many deliveries there
//! were and how long they took from mouth to ear.
//!
//! ```sh
//! cargo run --release --example load -- http://localhost:3000 100 2 10
//! #                                     server                clients, messages/s each, seconds
//! ```

#[cfg(not(target_arch = "wasm32"))]
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    native::run().await
}

/// For a native program only.
#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::{
        error::Error,
        sync::{
            Arc, Mutex, PoisonError,
            atomic::{AtomicUsize, Ordering},
        },
        time::{Duration, Instant},
    };

    use socketio_client::{Client, ClientOptions, Socket};
    use tokio::time::{interval, sleep};

    /// The latencies of one second, in microseconds.
    type Latencies = Arc<Mutex<Vec<u64>>>;

    struct Plan {
        server: String,
        clients: usize,
        per_second: f64,
        seconds: u32,
    }

    impl Plan {
        fn from_arguments() -> Result<Self, Box<dyn Error>> {
            let mut arguments = std::env::args().skip(1);
            let mut next = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
            let plan = Self {
                server: next("http://localhost:3000"),
                clients: next("100").parse()?,
                per_second: next("2").parse()?,
                seconds: next("10").parse()?,
            };
            if !(0.001..=100_000.0).contains(&plan.per_second) {
                return Err("the rate has to be between 0.001 and 100,000 a second".into());
            }
            Ok(plan)
        }
    }

    pub(super) async fn run() -> Result<(), Box<dyn Error>> {
        let plan = Plan::from_arguments()?;
        let start = Instant::now();
        let latencies = Latencies::default();
        let connected = Arc::new(AtomicUsize::new(0));
        let refused = Arc::new(AtomicUsize::new(0));

        let mut sockets = Vec::with_capacity(plan.clients);
        for _ in 0..plan.clients {
            sockets.push(listener(&plan.server, start, &latencies, &connected)?);
        }
        while connected.load(Ordering::Relaxed) < plan.clients {
            println!("{} of {} connected", connected.load(Ordering::Relaxed), plan.clients);
            sleep(Duration::from_millis(500)).await;
        }
        println!("all {} connected after {:.1?}", plan.clients, start.elapsed());

        let every = Duration::from_secs_f64(1.0 / plan.per_second);
        for (number, socket) in sockets.iter().enumerate() {
            let phase = every.mul_f64(number as f64 / plan.clients as f64);
            tokio::spawn(speak(socket.clone(), start, phase, every, Arc::clone(&refused)));
        }
        for _ in 0..plan.seconds {
            sleep(Duration::from_secs(1)).await;
            report(
                &latencies,
                connected.load(Ordering::Relaxed),
                refused.swap(0, Ordering::Relaxed),
            );
        }
        Ok(())
    }

    /// A client that notes how old each message is.
    fn listener(
        server: &str,
        start: Instant,
        latencies: &Latencies,
        connected: &Arc<AtomicUsize>,
    ) -> Result<Socket, Box<dyn Error>> {
        let client = Client::new(ClientOptions::new(server)?)?;
        let socket = client.socket("/")?;
        let latencies = Arc::clone(latencies);
        socket.on("chat message", move |text: String| {
            // Others may be talking, too.
            let Some(said) = text.strip_prefix("load ").and_then(|at| at.parse::<u64>().ok())
            else {
                return;
            };
            let age = micros(start).saturating_sub(said);
            latencies.lock().unwrap_or_else(PoisonError::into_inner).push(age);
        });
        let (here, gone) = (Arc::clone(connected), Arc::clone(connected));
        socket.on_connect(move || {
            here.fetch_add(1, Ordering::Relaxed);
        });
        socket.on_disconnect(move |_| {
            gone.fetch_sub(1, Ordering::Relaxed);
        });
        socket.on_connect_error(|error| {
            eprintln!("not let in: {error}");
            std::process::exit(1);
        });
        client.on_event(|event| {
            if let socketio_client::ManagerEvent::Failed(error) = event {
                eprintln!("{error}");
            }
        });
        socket.connect();
        Ok(socket)
    }

    /// Says the time, again and again.
    async fn speak(
        socket: Socket,
        start: Instant,
        phase: Duration,
        every: Duration,
        refused: Arc<AtomicUsize>,
    ) {
        sleep(phase).await;
        let mut ticks = interval(every);
        loop {
            ticks.tick().await;
            if socket.emit("chat message", &format!("load {}", micros(start))).is_err() {
                refused.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn micros(start: Instant) -> u64 {
        u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn report(latencies: &Latencies, connected: usize, refused: usize) {
        let mut second =
            std::mem::take(&mut *latencies.lock().unwrap_or_else(PoisonError::into_inner));
        second.sort_unstable();
        let at = |share: f64| {
            let place = (second.len() as f64 * share) as usize;
            let micros = second.get(place).or(second.last()).copied().unwrap_or_default();
            Duration::from_micros(micros)
        };
        println!(
            "{connected} connected, {} deliveries/s, p50 {:.1?}, p95 {:.1?}, p99 {:.1?}, max {:.1?}{}",
            second.len(),
            at(0.5),
            at(0.95),
            at(0.99),
            at(1.0),
            if refused > 0 { format!(", {refused} emits refused") } else { String::new() },
        );
    }
}
