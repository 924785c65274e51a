//! A world: one client, one server, and the network between them, on a virtual clock.

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use socketio_proto::{
    AckOptions, Arguments, Event, Frame, Input, Instant, Manager, ManagerOptions, NamespaceName,
    Output, RequestId, SocketEvent, SocketId, TransportId, Transports,
};

use super::server::{Reply, Server};

/// What the network does wrong; probabilities in each tenth of a second, or in each attempt.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Faults {
    /// Everything that is open is cut, and the client is told.
    pub(super) cut: f64,
    /// Everything that is open falls silent, and nobody is told.
    pub(super) go_silent: f64,
    /// An attempt to open something is refused.
    pub(super) refuse: f64,
    /// A WebSocket is never opened and never refused.
    pub(super) swallow: f64,
    /// The device is told to be offline, and soon online again.
    pub(super) offline: f64,
    /// The program leaves now and then, and comes back at once.
    pub(super) leave: bool,
    /// Timers are served up to two seconds late.
    pub(super) late_timers: bool,
}

/// Something on its way.
#[derive(Debug, Clone)]
enum Way {
    ToServer(TransportId, String),
    Opens(TransportId, String),
    ToClient(TransportId, String),
    Closes(TransportId),
    Asks(RequestId, String, Option<String>),
    Answers(RequestId, u16, String),
    Fails(RequestId),
}

pub(super) struct World {
    manager: Manager,
    socket: SocketId,
    now: Instant,
    faults: Faults,
    rng: u64,
    server: Server,
    /// What arrives when; the second number keeps the order of what arrives at once.
    on_the_way: BTreeMap<(Instant, u64), Way>,
    sent: u64,
    /// When the last frame of a WebSocket arrives: frames do not overtake one another.
    last: BTreeMap<(TransportId, bool), Instant>,
    open: Vec<TransportId>,
    /// Of these the client has not heard that they are closed, and it has not closed them.
    known: HashSet<TransportId>,
    /// What the client still wants to hear of.
    requests: HashSet<RequestId>,
    emitted: u32,
    surely: u32,
    /// Numbers the client received.
    received: Vec<u32>,
    told: u32,
    timer_served: Option<Instant>,
}

impl World {
    pub(super) fn new(seed: u64, transports: Transports, faults: Faults) -> Self {
        let mut options = ManagerOptions::new("http://localhost".parse().unwrap());
        options.transports = transports;
        options.timeout = Duration::from_secs(4);
        let mut manager = Manager::new(options, seed);
        let socket = manager.socket(&NamespaceName::new("/").unwrap());
        let now = Instant::from_origin(Duration::ZERO);
        manager.connect(now, socket);
        let mut world = Self {
            manager,
            socket,
            now,
            faults,
            rng: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            server: Server::new(),
            on_the_way: BTreeMap::new(),
            sent: 0,
            last: BTreeMap::new(),
            open: Vec::new(),
            known: HashSet::new(),
            requests: HashSet::new(),
            emitted: 0,
            surely: 0,
            received: Vec::new(),
            told: 0,
            timer_served: None,
        };
        world.drain();
        world
    }

    pub(super) fn heal(&mut self) {
        self.faults = Faults::default();
    }

    /// Leaves, and checks that nothing is left behind.
    pub(super) fn leave(&mut self, what: &str) {
        self.manager.disconnect(self.now, self.socket);
        self.drain();
        self.pass(Duration::from_secs(10));
        assert!(self.manager.is_idle(), "{what}: something is still under way");
        assert_eq!(self.manager.poll_timeout(), None, "{what}: a timer is left");
        assert!(self.known.is_empty() && self.requests.is_empty(), "{what}: not closed");
    }

    pub(super) fn leave_and_come_back(&mut self) {
        self.manager.disconnect(self.now, self.socket);
        if self.chance(0.5) {
            self.drain();
        }
        self.manager.connect(self.now, self.socket);
        self.drain();
    }

    /// At most once: only while connected, so that nothing waits in a buffer.
    pub(super) fn emit(&mut self) {
        if self.manager.is_connected(self.socket) {
            let event = Arguments::event("n", &self.emitted).unwrap();
            self.emitted += 1;
            self.manager.emit(self.now, self.socket, event).unwrap();
            self.drain();
        }
    }

    /// At least once.
    pub(super) fn emit_surely(&mut self) {
        let event = Arguments::event("sure", &self.surely).unwrap();
        self.surely += 1;
        let options = AckOptions { timeout: Some(Duration::from_secs(2)), retries: Some(u32::MAX) };
        self.manager.emit_with_ack(self.now, self.socket, event, options).unwrap();
        self.drain();
    }

    pub(super) fn server_emits(&mut self) {
        if let Some(replies) = self.server.emit(self.told) {
            self.told += 1;
            self.reply(replies);
        }
    }

    /// Lets this much time pass, in which everything happens that is due.
    pub(super) fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        self.break_something();
        loop {
            let way = self.on_the_way.first_key_value().map(|(key, _)| key.0);
            let timer = self.manager.poll_timeout().map(|at| self.timer_at(at));
            let server = Some(self.server.next_ping());
            let Some(next) = [way, timer, server].into_iter().flatten().min() else { break };
            if next > end {
                break;
            }
            self.now = next.max(self.now);
            if way.is_some_and(|at| at <= next) {
                let (_, way) = self.on_the_way.pop_first().unwrap();
                self.arrive(way);
            } else if server.is_some_and(|at| at <= next) {
                let replies = self.server.ping(self.now);
                self.reply(replies);
            } else {
                self.timer_served = None;
                self.manager.handle_input(self.now, Input::Timeout);
            }
            self.drain();
        }
        self.now = end;
    }

    /// The client is connected, has nothing left to do, and nothing arrived out of place.
    pub(super) fn assert_well(&self, what: &str) {
        assert!(self.manager.is_connected(self.socket), "{what}: not connected in the end");
        assert_eq!(self.manager.buffered(self.socket), 0, "{what}: something waits for ever");
        assert!(is_ascending(&self.server.received), "{what}: {:?}", self.server.received);
        assert!(is_ascending(&self.received), "{what}: {:?}", self.received);
        let mut first = Vec::new();
        for number in &self.server.surely {
            if !first.contains(number) {
                first.push(*number);
            }
        }
        assert_eq!(first, (0..self.surely).collect::<Vec<_>>(), "{what}");
    }

    /// Nothing was lost either.
    pub(super) fn assert_complete(&self, what: &str) {
        assert_eq!(self.server.received, (0..self.emitted).collect::<Vec<_>>(), "{what}");
        assert_eq!(self.received, (0..self.told).collect::<Vec<_>>(), "{what}");
        assert_eq!(self.server.surely, (0..self.surely).collect::<Vec<_>>(), "{what}");
    }

    /// When a timer is served that was due at this time.
    fn timer_at(&mut self, due: Instant) -> Instant {
        if !self.faults.late_timers {
            return due;
        }
        let delay = self.random() * 2.0;
        *self.timer_served.get_or_insert(due + Duration::from_secs_f64(delay))
    }

    fn break_something(&mut self) {
        if self.chance(self.faults.cut) {
            self.lose_everything(true);
        }
        if self.chance(self.faults.go_silent) {
            self.lose_everything(false);
        }
        if self.chance(self.faults.offline) {
            self.manager.handle_input(self.now, Input::Offline);
            self.drain();
            if self.chance(0.5) {
                self.manager.handle_input(self.now, Input::Online);
                self.drain();
            }
        }
    }

    /// What is on its way is lost, and the server's sessions with it.
    fn lose_everything(&mut self, tell: bool) {
        self.on_the_way.clear();
        self.server.forget();
        let open = std::mem::take(&mut self.open);
        if tell {
            for transport in open {
                self.send(Way::Closes(transport));
            }
            let mut requests: Vec<_> = self.requests.iter().copied().collect();
            requests.sort();
            for request in requests {
                self.send(Way::Fails(request));
            }
        }
    }

    fn arrive(&mut self, way: Way) {
        match way {
            Way::Opens(transport, url) => {
                let replies = self.server.opened(transport, &url);
                self.manager.handle_input(self.now, Input::Opened { transport });
                self.reply(replies);
            }
            Way::ToServer(transport, text) => {
                let replies = self.server.text(transport, &text);
                self.reply(replies);
            }
            Way::ToClient(transport, text) => {
                self.manager.handle_input(self.now, Input::Text { transport, text });
            }
            Way::Closes(transport) => {
                self.open.retain(|open| *open != transport);
                self.known.remove(&transport);
                self.manager.handle_input(self.now, Input::Closed { transport, code: None });
            }
            Way::Asks(request, url, body) => {
                let replies = self.server.request(request, &url, body.as_deref());
                self.reply(replies);
            }
            Way::Answers(request, status, body) => {
                self.requests.remove(&request);
                self.manager.handle_input(self.now, Input::Response { request, status, body });
            }
            Way::Fails(request) => {
                self.requests.remove(&request);
                let detail = "reset".to_owned();
                self.manager.handle_input(self.now, Input::RequestFailed { request, detail });
            }
        }
    }

    fn reply(&mut self, replies: Vec<Reply>) {
        for reply in replies {
            match reply {
                Reply::Text(transport, text) => self.send(Way::ToClient(transport, text)),
                Reply::Answer(request, status, body) => {
                    self.send(Way::Answers(request, status, body));
                }
                Reply::Close(transport) => self.send(Way::Closes(transport)),
            }
        }
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.manager.poll_output() {
            match output {
                Output::Open { transport, url } => {
                    self.open.push(transport);
                    self.known.insert(transport);
                    if self.chance(self.faults.refuse) {
                        self.send(Way::Closes(transport));
                    } else if !self.chance(self.faults.swallow) {
                        self.send(Way::Opens(transport, url));
                    }
                }
                Output::Send { transport, frame: Frame::Text(text) } => {
                    assert!(self.known.contains(&transport), "sent on a closed WebSocket: {text}");
                    self.send(Way::ToServer(transport, text));
                }
                Output::Close { transport } => {
                    self.open.retain(|open| *open != transport);
                    self.known.remove(&transport);
                    let replies = self.server.closed(transport);
                    self.reply(replies);
                }
                Output::Request { request, url, body } => {
                    assert!(self.requests.insert(request));
                    if self.chance(self.faults.refuse) {
                        self.send(Way::Fails(request));
                    } else {
                        self.send(Way::Asks(request, url, body));
                    }
                }
                Output::Cancel { request } => {
                    self.requests.remove(&request);
                }
                Output::Event(Event::Socket { event: SocketEvent::Received(event), .. }) => {
                    self.received.push(event.args().unwrap());
                }
                _ => {}
            }
        }
    }

    /// Sends something on its way, which takes up to 0.2 s.
    fn send(&mut self, way: Way) {
        let delay = Duration::from_secs_f64(self.random() * 0.2);
        let mut at = self.now + delay;
        let stream = match &way {
            Way::Opens(transport, _) | Way::ToServer(transport, _) => Some((*transport, true)),
            Way::ToClient(transport, _) | Way::Closes(transport) => Some((*transport, false)),
            Way::Asks(..) | Way::Answers(..) | Way::Fails(_) => None,
        };
        if let Some(stream) = stream {
            let last = self.last.entry(stream).or_insert(at);
            at = at.max(*last);
            *last = at;
        }
        self.sent += 1;
        self.on_the_way.insert((at, self.sent), way);
    }

    fn chance(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.random() < probability
    }

    /// In 0..1 (xorshift).
    fn random(&mut self) -> f64 {
        self.rng ^= self.rng << 13;
        self.rng ^= self.rng >> 7;
        self.rng ^= self.rng << 17;
        (self.rng >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn is_ascending(numbers: &[u32]) -> bool {
    numbers.windows(2).all(|pair| pair[0] < pair[1])
}
