//! What a bot does with what it is told and hears. One task; nothing here is shared.

use std::{
    collections::{BTreeMap, VecDeque},
    pin::Pin,
    time::Duration,
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use parlour_events::{
    CatchUp, Code, Credentials, Event, JoinRoom, Refusal, Reply, RoomName, Sent, Session, SyncRoom,
};
use socketio_client::{AckError, Client, Socket};
use tokio::{
    sync::{mpsc::UnboundedReceiver, oneshot, watch},
    time::{Instant, sleep_until},
};
use uuid::Uuid;

use super::{BotOptions, Heard, Hearing, Order, Status, ideas::Ideas};
use crate::chaos::{
    record::{BotNumber, Record, What},
    replica::{Ask, Replica, Step},
    request::Request,
};

/// Longer than any answer takes that comes at all; the connection was lost long before.
const ANSWER: Duration = Duration::from_secs(25);
/// After a refusal that says nothing of when to go on, and before coming in again.
const PAUSE: Duration = Duration::from_millis(100);

type Later<T> = FuturesUnordered<Pin<Box<dyn Future<Output = T> + Send>>>;

pub(super) struct Brain {
    number: BotNumber,
    bot: BotOptions,
    /// Kept for as long as the bot lives.
    _client: Client,
    socket: Socket,
    record: Record,
    status: watch::Sender<Status>,
    /// There while connected, as far as the bot has heard.
    session: Option<Session>,
    /// The connection that the session was told on. Nothing is sent on another one: the bot may
    /// have heard nothing yet of the end of the first.
    connection: Option<String>,
    rooms: BTreeMap<RoomName, Room>,
    outbox: VecDeque<Pending>,
    flying: Later<(Uuid, Result<Reply<Sent>, AckError>)>,
    asked: Later<(RoomName, u64, Result<Reply<CatchUp>, AckError>)>,
    /// Counts what was asked of rooms, so that an answer of a lost connection is told apart.
    asks: u64,
    /// Nothing is sent before.
    pause: Option<Instant>,
    ideas: Ideas,
}

struct Room {
    replica: Replica,
    /// Joined on this connection.
    joined: bool,
    /// What it waits for.
    asked: Option<u64>,
    /// When it is to ask again.
    again: Option<Instant>,
}

struct Pending {
    request: Request,
    flying: bool,
    answer: Option<oneshot::Sender<Result<Sent, Refusal>>>,
}

impl Brain {
    pub(super) fn new(
        number: BotNumber,
        bot: BotOptions,
        client: Client,
        socket: Socket,
        record: Record,
        status: watch::Sender<Status>,
    ) -> Self {
        let room = |name: &RoomName| {
            let replica = Replica::new(name.clone());
            (name.clone(), Room { replica, joined: false, asked: None, again: None })
        };
        Self {
            number,
            rooms: bot.rooms.iter().map(room).collect(),
            bot,
            _client: client,
            socket,
            record,
            status,
            session: None,
            connection: None,
            outbox: VecDeque::new(),
            flying: FuturesUnordered::new(),
            asked: FuturesUnordered::new(),
            asks: 0,
            pause: None,
            ideas: Ideas::default(),
        }
    }

    /// Lives until nobody gives orders any more.
    pub(super) async fn live(mut self, mut orders: UnboundedReceiver<Order>, mut heard: Hearing) {
        loop {
            self.go_on();
            self.tell_status();
            let wake = self.wake();
            // The answers of a lost connection are looked at before the next one's session.
            tokio::select! {
                biased;
                Some((id, answer)) = self.flying.next() => self.answered(id, answer),
                Some((room, ask, answer)) = self.asked.next() => self.caught_up(&room, ask, answer),
                Some(heard) = heard.recv() => self.hears(heard),
                order = orders.recv() => match order {
                    Some(order) => self.obey(order),
                    None => return,
                },
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {}
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Anything => {
                let request = self.ideas.next(&mut self.bot);
                self.invoke(request, None);
            }
            Order::This(request, answer) => self.invoke(request, answer),
            Order::Mark(reached) => {
                self.tell_status();
                let _ = reached.send(());
            }
            Order::Tell(answer) => {
                let rooms = self.rooms.iter().map(|(name, room)| {
                    let it = &room.replica;
                    (name.clone(), (it.cursor(), it.floor(), it.fold.clone()))
                });
                let _ = answer.send(rooms.collect());
            }
        }
    }

    fn invoke(&mut self, request: Request, answer: Option<oneshot::Sender<Result<Sent, Refusal>>>) {
        self.record.told(self.number, What::Invoked(request.clone()));
        self.outbox.push_back(Pending { request, flying: false, answer });
    }

    /// Asks and sends whatever may be asked and sent now.
    fn go_on(&mut self) {
        let now = Instant::now();
        if self.session.is_none() {
            if self.pause.is_some_and(|pause| pause <= now) {
                self.pause = None;
                self.socket.connect();
            }
            return;
        }
        if !self.is_connected() {
            return;
        }
        let is_due = |room: &Room| {
            room.asked.is_none() && room.again.map_or(!room.joined, |again| again <= now)
        };
        let due = self.rooms.iter().filter(|(_, room)| is_due(room));
        let due: Vec<_> = due.map(|(name, _)| name.clone()).collect();
        for name in due {
            if let Some(room) = self.rooms.get_mut(&name) {
                let ask = room.replica.ask(room.joined);
                self.ask(&name, ask);
            }
        }
        self.pause = self.pause.filter(|pause| *pause > now);
        if self.pause.is_some() || self.rooms.values().any(|room| !room.joined) {
            return;
        }
        for at in 0..self.bot.window.min(self.outbox.len()) {
            let is_connected = self.is_connected();
            let Some(pending) = self.outbox.get_mut(at).filter(|it| !it.flying) else { continue };
            if !is_connected {
                return;
            }
            let id = pending.request.id();
            pending.flying = true;
            self.record.told(self.number, What::Attempted(id));
            let answer = pending.request.emit(&self.socket, ANSWER);
            self.flying.push(Box::pin(async move { (id, answer.await) }));
        }
    }

    fn is_connected(&self) -> bool {
        self.connection.is_some() && self.connection == self.socket.id()
    }

    /// When to go on, if nothing happens before.
    fn wake(&self) -> Option<Instant> {
        if self.session.is_none() {
            return self.pause;
        }
        // Of the connection's end it will hear.
        if !self.is_connected() {
            return None;
        }
        let rooms = self.rooms.values().filter(|room| room.asked.is_none());
        rooms.filter_map(|room| room.again).chain(self.pause).min()
    }

    fn ask(&mut self, name: &RoomName, ask: Ask) {
        self.asks += 1;
        let (name, number) = (name.clone(), self.asks);
        if let Some(room) = self.rooms.get_mut(&name) {
            room.asked = Some(number);
            room.again = None;
        }
        let request = match &ask {
            Ask::Join(join) => self.socket.emit_with_ack::<_, Reply<CatchUp>>(JoinRoom::NAME, join),
            Ask::Sync(sync) => self.socket.emit_with_ack::<_, Reply<CatchUp>>(SyncRoom::NAME, sync),
        };
        let answer = request.timeout(ANSWER).send();
        self.asked.push(Box::pin(async move { (name, number, answer.await) }));
    }

    fn answered(&mut self, id: Uuid, answer: Result<Reply<Sent>, AckError>) {
        let Some(at) = self.outbox.iter().position(|it| it.request.id() == id) else { return };
        match answer.map(Result::from) {
            Ok(Ok(sent)) => {
                let Some(pending) = self.outbox.remove(at) else { return };
                match &self.session {
                    Some(session) => {
                        self.record.acknowledged(self.number, id, session.epoch, sent.seq);
                    }
                    None => self.broken(format!("{id} was acknowledged without a session")),
                }
                self.status.send_modify(|status| status.acknowledged += 1);
                self.ideas.learn(&pending.request);
                if let Some(answer) = pending.answer {
                    let _ = answer.send(Ok(sent));
                }
            }
            Ok(Err(refusal)) => {
                self.record.told(self.number, What::Refused { id, code: refusal.code });
                if refusal.code.is_passing() {
                    self.status.send_modify(|status| status.refused += 1);
                    self.later(at);
                    let pause = refusal.retry_after.map_or(PAUSE, Duration::from_millis);
                    self.pause = Some(Instant::now() + pause);
                } else if let Some(pending) = self.outbox.remove(at)
                    && let Some(answer) = pending.answer
                {
                    let _ = answer.send(Err(refusal));
                }
            }
            Err(AckError::Payload(error)) => {
                self.broken(format!("{id} was answered with {error}"));
                self.outbox.remove(at);
            }
            Err(_) => {
                self.record.told(self.number, What::Unanswered(id));
                self.later(at);
            }
        }
    }

    fn later(&mut self, at: usize) {
        if let Some(pending) = self.outbox.get_mut(at) {
            pending.flying = false;
        }
    }

    fn caught_up(&mut self, name: &RoomName, ask: u64, answer: Result<Reply<CatchUp>, AckError>) {
        let Some(room) = self.rooms.get_mut(name).filter(|room| room.asked == Some(ask)) else {
            return;
        };
        room.asked = None;
        match answer.map(Result::from) {
            Ok(Ok(answer)) => {
                room.joined = true;
                self.room_does(name, |replica, tell| replica.answer(answer, tell));
            }
            Ok(Err(refusal)) if refusal.code.is_passing() => {
                let pause = refusal.retry_after.map_or(PAUSE, Duration::from_millis);
                room.again = Some(Instant::now() + pause);
            }
            Ok(Err(refusal)) if refusal.code == Code::NotJoined && room.joined => {
                room.joined = false;
                self.broken(format!("{name} was joined, and is not"));
            }
            Ok(Err(refusal)) => self.broken(format!("catching up with {name}: {refusal}")),
            Err(AckError::Payload(error)) => self.broken(format!("catching up: {error}")),
            // The connection is gone, or about to be noticed to be.
            Err(_) => room.again = Some(Instant::now() + PAUSE),
        }
    }

    fn hears(&mut self, heard: Heard) {
        match heard {
            Heard::Session(session) => {
                self.record.is(self.number, session.person.id);
                self.record.told(self.number, What::Connected);
                let auth = Credentials {
                    nickname: Some(self.bot.nickname.clone()),
                    token: session.token.clone(),
                };
                self.socket.set_auth(&auth).expect("JSON");
                self.status.send_modify(|status| {
                    if status.person.is_some_and(|person| person != session.person.id) {
                        status.broken = Some("is somebody else now".to_owned());
                    }
                    status.person = Some(session.person.id);
                    status.connects += 1;
                });
                self.pause = None;
                self.session = Some(session);
                self.connection = self.socket.id();
            }
            Heard::Changes(changes) => {
                let name = changes.room.clone();
                self.room_does(&name, |replica, tell| replica.changes(changes, tell));
            }
            Heard::Head(head) => {
                let name = head.room.clone();
                self.room_does(&name, |replica, _| replica.head(&head));
            }
            Heard::Disconnected(reason) => {
                self.record.told(self.number, What::Disconnected(reason.to_string()));
                (self.session, self.connection) = (None, None);
                for room in self.rooms.values_mut() {
                    room.replica.lost();
                    (room.joined, room.asked, room.again) = (false, None, None);
                }
                // Whom the server sends away comes back all the same.
                self.pause = (!self.socket.active()).then(|| Instant::now() + PAUSE);
            }
            Heard::Refused(error) => {
                let refusal = Refusal::from_connect_error(&error.message);
                self.record.told(self.number, What::Disconnected(refusal.to_string()));
                if refusal.code.is_passing() {
                    self.pause = Some(Instant::now() + PAUSE);
                } else {
                    self.broken(format!("not let in: {error}"));
                }
            }
            Heard::Ended(ended) => self.broken(format!("the session is over: {ended:?}")),
            Heard::Nonsense(what) => self.broken(what),
        }
    }

    /// Lets a room take what it is told, takes down what it does, and asks what it wants to know.
    fn room_does(
        &mut self,
        name: &RoomName,
        act: impl FnOnce(&mut Replica, &mut dyn FnMut(Step<'_>)) -> Option<Ask>,
    ) {
        let Some(room) = self.rooms.get_mut(name) else {
            self.broken(format!("changes of {name}, where the bot is not"));
            return;
        };
        let (record, number) = (&self.record, self.number);
        let mut nonsense = None;
        let ask = act(&mut room.replica, &mut |step| match step {
            Step::Applied(epoch, change) => record.applied(number, name, epoch, change),
            Step::Reset { why, cursor } => record.reset(number, name, cursor, why),
            Step::Nonsense(what) => nonsense = Some(what),
        });
        if let Some(ask) = ask {
            self.ask(name, ask);
        }
        if let Some(what) = nonsense {
            self.broken(format!("{name}: {what}"));
        }
    }

    fn broken(&self, what: String) {
        self.record.told(self.number, What::Broken(what.clone()));
        self.status.send_modify(|status| status.broken = Some(what));
    }

    fn tell_status(&self) {
        self.status.send_modify(|status| {
            status.live = self.session.is_some()
                && self.rooms.values().all(|it| it.joined && it.replica.is_live());
            status.outbox = self.outbox.len();
            for (name, room) in &self.rooms {
                if let Some(cursor) = room.replica.cursor() {
                    match status.cursors.get_mut(name) {
                        Some(known) => *known = cursor,
                        None => drop(status.cursors.insert(name.clone(), cursor)),
                    }
                }
            }
        });
    }
}
