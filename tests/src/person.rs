//! Somebody who uses all of `/chat`, by way of `socketio-client`: comes in with whatever
//! credentials, from whatever address, and keeps everything that the server tells, by its type.
//!
//! [`crate::member`] is the shorter way for tests of one room.

use std::fmt::Debug;

use parlour_events::{
    CatchUp, Change, ChangeKind, Event, JoinRoom, ListRooms, MessageId, Muted, Presence,
    ReadMarker, Refusal, Reply, Role, RoomChanges, RoomHead, RoomName, RoomUpdated, SendMessage,
    Sent, Session, SessionEnded, SomebodyTyping, Token, TopicChanged, Typing, UserId,
    chat::NAMESPACE,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use socketio_client::{Client, ConnectError, DisconnectReason, Socket};
use uuid::Uuid;

use crate::{
    member::options,
    news::{News, Teller, news},
    waiting::within,
};

/// What the server tells.
#[derive(Debug, Clone)]
pub enum Told {
    /// Who we are.
    Session(Session),
    /// That our session is over.
    Ended(SessionEnded),
    /// Changes of a room.
    Changes(RoomChanges),
    /// How long a room's log is.
    Head(RoomHead),
    /// That a room is new, or not as it was.
    Updated(RoomUpdated),
    /// Another topic.
    Topic(TopicChanged),
    /// That another connection of ours has read.
    Marker(ReadMarker),
    /// Who has come, and gone.
    Presence(Presence),
    /// Who types.
    Typing(SomebodyTyping),
    /// That we may not write for a while, or may again.
    Muted(Muted),
    /// Nothing any more: the connection is gone.
    Disconnected(DisconnectReason),
    /// That we are not let in.
    Refused(ConnectError),
    /// Something that breaks the contract.
    Nonsense(String),
}

/// How somebody comes in.
#[derive(Debug, Clone)]
#[must_use = "nobody comes in before `enter`"]
pub struct Door {
    url: String,
    auth: Value,
    address: Option<String>,
}

impl Door {
    /// To this server, saying nothing.
    pub fn to(url: &str) -> Self {
        Self { url: url.to_owned(), auth: json!({}), address: None }
    }

    /// With a nickname.
    pub fn nickname(self, nickname: &str) -> Self {
        self.says("nickname", nickname)
    }

    /// With a token.
    pub fn token(self, token: &Token) -> Self {
        self.says("token", token.as_str())
    }

    /// As if through a proxy that says this address. The server has to trust 127.0.0.1.
    pub fn from(mut self, address: &str) -> Self {
        self.address = Some(address.to_owned());
        self
    }

    /// Comes in.
    ///
    /// # Errors
    /// What the server says against it; it is final.
    ///
    /// # Panics
    /// If the server says nothing, or the client tries again by itself after a refusal.
    pub async fn try_enter(&self) -> Result<Person, Refusal> {
        let mut options = options(&self.url);
        if let Some(address) = &self.address {
            options = options.extra_header("x-forwarded-for", address);
        }
        let client = Client::new(options).expect("a runtime");
        let socket = client.socket(NAMESPACE).expect("a namespace");
        socket.set_auth(&self.auth).expect("JSON");
        let name = self.auth["nickname"].as_str().unwrap_or("somebody").to_owned();
        let (teller, mut news) = news(name);
        listen(&socket, &teller);
        socket.connect();
        let answer = |told: &Told| matches!(told, Told::Session(_) | Told::Refused(_));
        match news.expect("to be let in, or not", answer).await {
            Told::Session(session) => {
                if let Some(token) = &session.token {
                    // The nickname alone would be somebody else's wish for it.
                    socket.set_auth(&self.clone().token(token).auth).expect("JSON");
                }
                Ok(Person { socket, news, session, door: self.clone(), _client: client })
            }
            Told::Refused(error) => {
                assert!(!socket.active(), "it tries again what will not help: {error:?}");
                Err(Refusal::from_connect_error(&error.message))
            }
            other => panic!("only the two were waited for: {other:?}"),
        }
    }

    /// Comes in.
    ///
    /// # Panics
    /// If the server says anything against it.
    pub async fn enter(&self) -> Person {
        self.try_enter().await.unwrap_or_else(|refusal| panic!("{self:?} is refused: {refusal}"))
    }

    /// What the server says against coming in.
    ///
    /// # Panics
    /// If it says nothing against it.
    pub async fn refused(&self) -> Refusal {
        match self.try_enter().await {
            Ok(person) => panic!("{self:?} is let in as {:?}", person.session.person),
            Err(refusal) => refusal,
        }
    }

    fn says(mut self, name: &str, value: &str) -> Self {
        self.auth[name] = value.into();
        self
    }
}

/// Somebody who was let in. Leaves without a word on drop.
#[derive(Debug)]
pub struct Person {
    /// The namespace.
    pub socket: Socket,
    /// What the server tells, in order.
    pub news: News<Told>,
    /// Who that is, as first told.
    pub session: Session,
    door: Door,
    _client: Client,
}

impl Person {
    /// Comes in with a nickname.
    pub async fn enter(url: &str, nickname: &str) -> Self {
        Door::to(url).nickname(nickname).enter().await
    }

    /// The same, and is in the room that always exists.
    pub async fn chatting(url: &str, nickname: &str) -> Self {
        let person = Self::enter(url, nickname).await;
        person.join(&RoomName::default()).await;
        person
    }

    /// The same person over another connection, from the same place.
    pub async fn device(&self) -> Self {
        let device = self.door().enter().await;
        assert_eq!(device.id(), self.id(), "it is somebody else");
        device
    }

    /// How to come in again as the same person.
    pub fn door(&self) -> Door {
        match &self.session.token {
            Some(token) => self.door.clone().token(token),
            None => self.door.clone(),
        }
    }

    /// Names the person.
    pub fn id(&self) -> UserId {
        self.session.person.id
    }

    /// What they may do, as first told.
    pub fn role(&self) -> Role {
        self.session.role
    }

    /// The token.
    ///
    /// # Panics
    /// If the server gave none.
    pub fn token(&self) -> Token {
        self.session.token.clone().expect("guests have a token")
    }

    /// Makes a request.
    ///
    /// # Errors
    /// What the server says against it.
    ///
    /// # Panics
    /// If it is not answered.
    pub async fn ask<E, T>(&self, event: &E) -> Result<T, Refusal>
    where
        E: Event<Ack = Reply<T>>,
        T: Serialize + DeserializeOwned,
    {
        let request = self.socket.emit_with_ack::<_, Reply<T>>(E::NAME, event);
        within(E::NAME, request.send()).await.expect("an answer").into()
    }

    /// Makes a request that is allowed.
    ///
    /// # Panics
    /// If the server says anything against it.
    pub async fn may<E, T>(&self, event: &E) -> T
    where
        E: Event<Ack = Reply<T>> + Debug,
        T: Serialize + DeserializeOwned,
    {
        let done = self.ask(event).await;
        done.unwrap_or_else(|refusal| panic!("{event:?} is refused: {refusal}"))
    }

    /// Makes a request that is not allowed, and gives what the server says against it.
    ///
    /// # Panics
    /// If it says nothing against it.
    pub async fn may_not<E, T>(&self, event: &E) -> Refusal
    where
        E: Event<Ack = Reply<T>> + Debug,
        T: Serialize + DeserializeOwned + Debug,
    {
        match self.ask(event).await {
            Ok(done) => panic!("{event:?} is done: {done:?}"),
            Err(refusal) => refusal,
        }
    }

    /// Joins a room, knowing nothing of it.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn join(&self, room: &RoomName) -> CatchUp {
        self.may(&JoinRoom { room: room.clone(), after: None }).await
    }

    /// Posts a message; gives its name, and where it is in the log.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn say(&self, room: &RoomName, text: &str) -> (MessageId, Sent) {
        let message = text_in(room, text);
        (message.id, self.may(&message).await)
    }

    /// Waits for a message of the room with this text.
    pub async fn hears(&mut self, room: &RoomName, text: &str) -> Change {
        let what = format!("the message {text:?} in {room}");
        let fits = |told: &Told| posted(told, room).any(|(_, body)| body == text);
        match self.news.expect(&what, fits).await {
            Told::Changes(news) => {
                let found = news.changes.into_iter().find(|change| body(change) == Some(text));
                found.expect("it was there a moment ago")
            }
            other => panic!("only changes post something: {other:?}"),
        }
    }

    /// Waits until what was sent to this client before now has come: answers come behind it.
    /// Gives all of it that nobody asked for yet.
    pub async fn so_far(&mut self) -> Vec<Told> {
        self.may(&ListRooms::default()).await;
        self.news.rest()
    }

    /// Waits for what the session's end says, and for the end of the connection.
    ///
    /// # Panics
    /// If the client is not disconnected for good.
    pub async fn ended(&mut self) -> SessionEnded {
        let ended = self.news.expect("its end", |told| matches!(told, Told::Ended(_))).await;
        let gone = |told: &Told| matches!(told, Told::Disconnected(_));
        self.news.expect("to be disconnected", gone).await;
        assert!(!self.socket.connected() && !self.socket.active(), "it comes back");
        match ended {
            Told::Ended(ended) => ended,
            other => panic!("only an end was waited for: {other:?}"),
        }
    }

    /// Says that it types.
    ///
    /// # Panics
    /// If the client cannot send.
    pub fn types(&self, room: &RoomName) {
        self.socket.emit(Typing::NAME, &Typing { room: room.clone() }).expect("JSON");
    }
}

/// A room's name.
///
/// # Panics
/// If it is none.
pub fn room(name: &str) -> RoomName {
    name.parse().expect("a room's name")
}

/// A message under a new id.
///
/// # Panics
/// If the text is no message.
pub fn text_in(room: &RoomName, text: &str) -> SendMessage {
    SendMessage {
        room: room.clone(),
        id: MessageId(Uuid::now_v7()),
        body: Some(text.parse().expect("a message")),
        reply_to: None,
        attachments: Vec::new(),
    }
}

/// Authors and texts of the messages of this room that are told of.
pub fn posted<'t>(
    told: &'t Told,
    room: &'t RoomName,
) -> impl Iterator<Item = (&'t str, &'t str)> + 't {
    let changes = match told {
        Told::Changes(news) if news.room == *room => news.changes.as_slice(),
        _ => &[],
    };
    changes.iter().filter_map(|change| match &change.kind {
        ChangeKind::Posted(posted) => {
            Some((posted.author.name.as_str(), posted.body.as_ref()?.as_str()))
        }
        _ => None,
    })
}

/// What a change posts.
pub fn body(change: &Change) -> Option<&str> {
    match &change.kind {
        ChangeKind::Posted(posted) => posted.body.as_ref().map(|body| body.as_str()),
        _ => None,
    }
}

fn listen(socket: &Socket, teller: &Teller<Told>) {
    tell::<Session>(socket, teller, Told::Session);
    tell::<SessionEnded>(socket, teller, Told::Ended);
    tell::<RoomChanges>(socket, teller, Told::Changes);
    tell::<RoomHead>(socket, teller, Told::Head);
    tell::<RoomUpdated>(socket, teller, Told::Updated);
    tell::<TopicChanged>(socket, teller, Told::Topic);
    tell::<ReadMarker>(socket, teller, Told::Marker);
    tell::<Presence>(socket, teller, Told::Presence);
    tell::<SomebodyTyping>(socket, teller, Told::Typing);
    tell::<Muted>(socket, teller, Told::Muted);
    let to = teller.clone();
    socket.on_disconnect(move |reason| to.tell(Told::Disconnected(reason)));
    let to = teller.clone();
    socket.on_connect_error(move |error| to.tell(Told::Refused(error)));
    let to = teller.clone();
    socket.on_payload_error(move |error| to.tell(Told::Nonsense(error.to_string())));
}

fn tell<E: Event + 'static>(socket: &Socket, teller: &Teller<Told>, told: fn(E) -> Told) {
    let teller = teller.clone();
    socket.on(E::NAME, move |event: E| teller.tell(told(event)));
}
