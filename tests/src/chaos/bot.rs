//! A person with one connection, who keeps to the contract whatever happens to it.
//!
//! What a bot is to do waits in its outbox, in order. It is sent once all rooms are joined, as
//! much at a time as the bot's window allows, and again under the same id after every passing
//! refusal and every lost connection, until it is answered. What it does and is told goes into the
//! record; nothing is judged here.

mod brain;
mod ideas;

use std::{collections::BTreeMap, time::Duration};

use parlour_events::{
    Credentials, Cursor, Event, MessageId, Nickname, Refusal, RoomChanges, RoomHead, RoomName,
    Sent, Session, SessionEnded, UserId,
};
use socketio_client::{Client, ConnectError, DisconnectReason, Limits, Socket};
use tokio::{
    sync::{
        mpsc::{self, UnboundedReceiver, UnboundedSender},
        oneshot, watch,
    },
    task::JoinHandle,
};

use self::brain::Brain;
use super::{
    checker::End,
    random::Random,
    record::{BotNumber, Record},
    request::Request,
};
use crate::{member::options, waiting::within};

/// How long an attempt to connect may take, on a network that does not answer.
const CONNECTING: Duration = Duration::from_secs(5);

/// How a bot is made.
#[derive(Debug, Clone)]
pub struct BotOptions {
    /// The nickname it comes in with.
    pub nickname: Nickname,
    /// Where the server is, or what stands in front of it.
    pub url: String,
    /// The rooms it is in.
    pub rooms: Vec<RoomName>,
    /// How many requests it has under way at a time. With more than one, what is refused for a
    /// while comes after what was sent behind it.
    pub window: usize,
    /// What it writes by itself is longer by so many characters.
    pub padding: usize,
    /// What it does when it is left to itself.
    pub random: Random,
}

/// A bot. Its task ends when this is dropped.
#[derive(Debug)]
pub struct Bot {
    /// Its number in the record.
    pub number: BotNumber,
    orders: UnboundedSender<Order>,
    status: watch::Receiver<Status>,
    task: JoinHandle<()>,
}

/// What a bot is told to do.
#[derive(Debug)]
enum Order {
    /// Whatever it likes.
    Anything,
    /// This.
    This(Request, Option<oneshot::Sender<Result<Sent, Refusal>>>),
    /// To say when it has come to this.
    Mark(oneshot::Sender<()>),
    /// To tell what it has.
    Tell(oneshot::Sender<Vec<(RoomName, Ending)>>),
}

/// What a bot has of a room; see [`End`].
type Ending = (Option<Cursor>, parlour_events::Seq, super::fold::Fold);

/// How a bot is doing.
#[derive(Debug, Clone, Default)]
pub struct Status {
    /// Who it is, once it was told.
    pub person: Option<UserId>,
    /// All its rooms are joined and caught up with.
    pub live: bool,
    /// What waits for an answer.
    pub outbox: usize,
    /// How often it was let in.
    pub connects: u64,
    /// Answers that it was given.
    pub acknowledged: u64,
    /// Passing refusals.
    pub refused: u64,
    /// How far it is.
    pub cursors: BTreeMap<RoomName, Cursor>,
    /// Something that no server says; the record has all of it.
    pub broken: Option<String>,
}

/// What a bot hears.
#[derive(Debug)]
enum Heard {
    Session(Session),
    Changes(RoomChanges),
    Head(RoomHead),
    Disconnected(DisconnectReason),
    Refused(ConnectError),
    Ended(SessionEnded),
    Nonsense(String),
}

impl Bot {
    /// A bot that comes in at once.
    ///
    /// # Panics
    /// If the URL is none.
    pub fn start(bot: BotOptions, record: &Record) -> Self {
        let number = record.enlist();
        // The outbox is the bot's own: what the client kept would be sent before the bot has joined.
        let mut limits = Limits::default();
        limits.buffered_packets = 0;
        let options = options(&bot.url).timeout(CONNECTING).limits(limits);
        let client = Client::new(options).expect("a runtime");
        let socket = client.socket(parlour_events::chat::NAMESPACE).expect("a namespace");
        let auth = Credentials { nickname: Some(bot.nickname.clone()), token: None };
        socket.set_auth(&auth).expect("JSON");
        let (hears, heard) = mpsc::unbounded_channel();
        listen(&socket, &hears);
        socket.connect();
        let (orders, ordered) = mpsc::unbounded_channel();
        let (tells, status) = watch::channel(Status::default());
        let brain = Brain::new(number, bot, client, socket, record.clone(), tells);
        let task = tokio::spawn(brain.live(ordered, heard));
        Self { number, orders, status, task }
    }

    /// Lets it do something of its own choice.
    pub fn anything(&self) {
        let _ = self.orders.send(Order::Anything);
    }

    /// Lets it ask for this, after all that it has to do already.
    pub fn ask(&self, request: Request) {
        let _ = self.orders.send(Order::This(request, None));
    }

    /// Lets it ask for this, and waits for the answer.
    ///
    /// # Errors
    /// What the server says against it for good.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn asks(&self, request: Request) -> Result<Sent, Refusal> {
        let what = format!("the answer to {request:?}");
        let (answer, answered) = oneshot::channel();
        let _ = self.orders.send(Order::This(request, Some(answer)));
        within(&what, answered).await.expect("a bot that lives")
    }

    /// Posts a message and waits until that is acknowledged.
    ///
    /// # Panics
    /// If it is not.
    pub async fn says(&self, room: &RoomName, text: &str) -> (MessageId, Sent) {
        let request = Request::send(room, text);
        let id = request.message();
        (id, self.asks(request).await.expect("saying that is allowed"))
    }

    /// How it is doing at the moment.
    pub fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    /// Waits until it is doing as it should.
    ///
    /// # Panics
    /// If that does not happen within the bound, or the server breaks the contract meanwhile.
    pub async fn is(&self, what: &str, bound: Duration, fits: impl Fn(&Status) -> bool) {
        let mut status = self.status.clone();
        let wait = status.wait_for(|status| status.broken.is_some() || fits(status));
        let outcome = tokio::time::timeout(bound, wait).await.map(|it| it.map(|it| it.clone()));
        match outcome {
            Ok(Ok(Status { broken: None, .. })) => {}
            Ok(Ok(Status { broken: Some(broken), .. })) => panic!("bot {}: {broken}", self.number),
            Ok(Err(_)) => panic!("bot {} is dead", self.number),
            Err(_) => panic!(
                "bot {}: waited {bound:?} in vain for {what}; it is {:?}",
                self.number,
                self.status(),
            ),
        }
    }

    /// Waits until all that it was told to do so far is done, and it knows all that it was told.
    ///
    /// # Panics
    /// If that takes longer than the bound.
    pub async fn is_done(&self, bound: Duration) {
        // What it was told last may not be in its outbox yet.
        let (reached, mark) = oneshot::channel();
        let _ = self.orders.send(Order::Mark(reached));
        within("a bot to take its orders", mark).await.expect("a bot that lives");
        let done = |status: &Status| status.live && status.outbox == 0;
        self.is("everything to be answered", bound, done).await;
    }

    /// What it has of its rooms.
    ///
    /// # Panics
    /// If it does not say.
    pub async fn end(&self, record: &mut super::record::Story) -> Vec<End> {
        let (answer, answered) = oneshot::channel();
        let _ = self.orders.send(Order::Tell(answer));
        let rooms = within("what a bot has", answered).await.expect("a bot that lives");
        let end = |(room, (cursor, floor, fold))| End {
            bot: self.number,
            room: record.place(&room),
            cursor,
            floor,
            fold,
        };
        rooms.into_iter().map(end).collect()
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn listen(socket: &Socket, hears: &UnboundedSender<Heard>) {
    // Nobody may be listening any more: the bot's task has ended then.
    let hear = || {
        let hears = hears.clone();
        move |heard| drop(hears.send(heard))
    };
    let tell = hear();
    socket.on(Session::NAME, move |it| tell(Heard::Session(it)));
    let tell = hear();
    socket.on(RoomChanges::NAME, move |it| tell(Heard::Changes(it)));
    let tell = hear();
    socket.on(RoomHead::NAME, move |it| tell(Heard::Head(it)));
    let tell = hear();
    socket.on(SessionEnded::NAME, move |it| tell(Heard::Ended(it)));
    let tell = hear();
    socket.on_disconnect(move |reason| tell(Heard::Disconnected(reason)));
    let tell = hear();
    socket.on_connect_error(move |error| tell(Heard::Refused(error)));
    let tell = hear();
    socket.on_payload_error(move |error| tell(Heard::Nonsense(error.to_string())));
}

/// What a bot hears, in order.
type Hearing = UnboundedReceiver<Heard>;
