//! Somebody in the chat, by way of `socketio-client`.

use std::time::Duration;

use parlour_events::{
    CatchUp, Change, ChangeKind, Credentials, Event, JoinRoom, Refusal, Reply, RoomChanges,
    RoomName, SendMessage, Sent, Session, Token, chat::NAMESPACE,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use socketio_client::{AckError, Client, ClientOptions, ConnectError, DisconnectReason, Socket};

use crate::{
    news::{News, Teller, news},
    person::text_in,
    waiting::within,
};

/// What a client hears.
#[derive(Debug, Clone)]
pub enum Heard {
    /// Connected, and this is who we are.
    Session(Session),
    /// A change of the room.
    Change(Change),
    /// The connection is gone.
    Disconnected(DisconnectReason),
    /// The server does not let us in.
    Refused(ConnectError),
    /// The server broke the contract.
    Nonsense(String),
}

impl Heard {
    /// Whether this is a message with this text.
    pub fn says(&self, text: &str) -> bool {
        self.message().is_some_and(|(_, body)| body == text)
    }

    /// Author and text, of a message.
    pub fn message(&self) -> Option<(&str, &str)> {
        match self {
            Self::Change(Change { kind: ChangeKind::Posted(posted), .. }) => {
                Some((posted.author.name.as_str(), posted.body.as_ref()?.as_str()))
            }
            _ => None,
        }
    }
}

/// A native client of `/chat`.
#[derive(Debug)]
pub struct Member {
    /// The namespace.
    pub socket: Socket,
    /// What it hears, in order.
    pub news: News<Heard>,
    /// Its token, once it was let in.
    pub token: Option<Token>,
    _client: Client,
}

/// Delays short enough for a test.
pub fn options(url: &str) -> ClientOptions {
    let ms = Duration::from_millis;
    ClientOptions::new(url).expect("an address").reconnection_delay(ms(50), ms(250))
}

impl Member {
    /// A client that does nothing yet, and says of itself whatever `auth` is.
    ///
    /// # Panics
    /// Never, with an address of a server.
    pub fn new(url: &str, name: &str, auth: &impl Serialize) -> Self {
        let client = Client::new(options(url)).expect("a runtime");
        let socket = client.socket(NAMESPACE).expect("a namespace");
        socket.set_auth(auth).expect("JSON");
        let (teller, news) = news(name);
        listen(&socket, &teller);
        Self { socket, news, token: None, _client: client }
    }

    /// Connects, and waits until the server has let us in.
    ///
    /// # Panics
    /// If it does not.
    pub async fn connected(url: &str, nickname: &str) -> Self {
        let auth =
            Credentials { nickname: Some(nickname.parse().expect("a nickname")), token: None };
        let mut member = Self::new(url, nickname, &auth);
        member.socket.connect();
        let session = |heard: &Heard| matches!(heard, Heard::Session(_));
        if let Heard::Session(session) = member.news.expect("its session", session).await {
            member.token = session.token;
            // The nickname alone would be somebody else's wish for it.
            let auth = Credentials { token: member.token.clone(), ..auth };
            member.socket.set_auth(&auth).expect("JSON");
        }
        member
    }

    /// Connects and joins the room.
    pub async fn joined(url: &str, nickname: &str) -> Self {
        let member = Self::connected(url, nickname).await;
        member.join(None).await;
        member
    }

    /// Joins the room.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn join(&self, after: Option<parlour_events::Cursor>) -> CatchUp {
        let join = JoinRoom { room: RoomName::default(), after };
        self.ask(&join).await.expect("joining is allowed")
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

    /// Makes a request with whatever payload, and gives what was acknowledged.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn ask_raw(&self, event: &str, payload: &Value) -> Result<Value, AckError> {
        let request = self.socket.emit_with_ack::<_, Value>(event, payload);
        within(event, request.send()).await
    }

    /// Posts a message and waits until it is in the log.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn say(&self, text: &str) -> Sent {
        self.ask(&message(text)).await.expect("saying that is allowed")
    }

    /// Waits for a message with this text, and gives its author.
    pub async fn hears(&mut self, text: &str) -> String {
        let what = format!("the message {text:?}");
        let heard = self.news.expect(&what, |heard| heard.says(text)).await;
        heard.message().expect("a message").0.to_owned()
    }
}

/// A message to the room under a new id.
///
/// # Panics
/// If the text is no message.
pub fn message(text: &str) -> SendMessage {
    text_in(&RoomName::default(), text)
}

fn listen(socket: &Socket, teller: &Teller<Heard>) {
    let tell = teller.clone();
    socket.on(Session::NAME, move |session| tell.tell(Heard::Session(session)));
    let tell = teller.clone();
    socket.on(RoomChanges::NAME, move |RoomChanges { changes, .. }| {
        changes.into_iter().for_each(|change| tell.tell(Heard::Change(change)));
    });
    let tell = teller.clone();
    socket.on_disconnect(move |reason| tell.tell(Heard::Disconnected(reason)));
    let tell = teller.clone();
    socket.on_connect_error(move |error| tell.tell(Heard::Refused(error)));
    let tell = teller.clone();
    socket.on_payload_error(move |error| tell.tell(Heard::Nonsense(error.to_string())));
}
