//! The store, asked as the hub asks it, in folders of its own.

mod backups;
mod faults;
mod log;
mod messages;
mod people;
mod retention;
mod rooms;
mod writer;

use parlour_events::{
    CatchUp, CatchUpPage, Change, Code, Cursor, Emoji, JoinRoom, MessageId, React, Refusal, Room,
    RoomName, SendMessage, Sent, Seq, UserId,
};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::{
    identity::{new_token, session_key},
    store::{
        Answer, Asked, News, Step, signed,
        write::{AsWhom, By, Enter, Entered},
    },
};

/// A store in a folder of its own.
struct Place {
    folder: TempDir,
    settings: Settings,
    store: Option<Sqlite>,
}

impl Place {
    fn new() -> Self {
        Self::with(Settings::default())
    }

    fn with(settings: Settings) -> Self {
        let folder = TempDir::new().unwrap();
        let store = Some(Sqlite::open(folder.path(), settings.clone()).unwrap());
        Self { folder, settings, store }
    }

    fn store(&self) -> &Sqlite {
        self.store.as_ref().unwrap()
    }

    /// Closes the store, and opens it again.
    fn reopen(&mut self) {
        self.store = None;
        self.store = Some(Sqlite::open(self.folder.path(), self.settings.clone()).unwrap());
    }

    /// One write in a commit of its own.
    async fn ask<O, T: Send + 'static>(
        &self,
        write: impl FnOnce(Asked<O, T>) -> Write,
        op: O,
    ) -> Result<T, Refusal> {
        self.ask_for_news(write, op).await.0
    }

    /// The same, with what others are to be told.
    async fn ask_for_news<O, T: Send + 'static>(
        &self,
        write: impl FnOnce(Asked<O, T>) -> Write,
        op: O,
    ) -> (Result<T, Refusal>, Vec<News>) {
        let (sender, mut receiver) = tokio::sync::oneshot::channel();
        let answer: Answer<T> = Box::new(move |result| drop(sender.send(result)));
        let committed = self.store().commit(vec![write(Asked { op, answer })]).await;
        let news = settle(committed);
        (receiver.try_recv().expect("answered with the commit"), news)
    }

    /// A new guest.
    async fn guest(&self, name: &str) -> Entered {
        self.enter(Some(name), None).await.unwrap()
    }

    async fn enter(
        &self,
        name: Option<&str>,
        token: Option<&parlour_events::Token>,
    ) -> Result<Entered, Refusal> {
        let fresh = new_token().unwrap();
        let as_whom = AsWhom::Guest {
            nickname: name.map(|name| name.parse().unwrap()),
            token: token.map(|token| (session_key(token), token.clone())),
            fresh: (session_key(&fresh), fresh),
        };
        let op = Enter { as_whom, address: "192.0.2.1".to_owned(), fresh: Uuid::now_v7() };
        self.ask(Write::Enter, op).await
    }

    /// A guest who has joined the room `chat`.
    async fn joined(&self, name: &str) -> UserId {
        let user = self.guest(name).await.kept.person.id;
        self.join(user, "chat").await.unwrap();
        user
    }

    async fn join(&self, user: UserId, room: &str) -> Result<(), Refusal> {
        let event = JoinRoom { room: room.parse().unwrap(), after: None };
        self.ask(Write::Join, By { user, event }).await.map(drop)
    }

    /// A room as this person sees it.
    async fn room(&self, user: UserId, room: RoomName) -> Result<Room, Refusal> {
        let seen =
            move |tx: &tx::Tx<'_>| super::rooms::seen_by(tx, &tx.room(&room)?, &tx.user(user)?);
        self.store().read(seen).await
    }

    async fn say(&self, user: UserId, text: &str) -> Result<Sent, Refusal> {
        self.send(user, message(text)).await
    }

    async fn send(&self, user: UserId, event: SendMessage) -> Result<Sent, Refusal> {
        self.ask(Write::Send, By { user, event }).await
    }

    async fn react(&self, user: UserId, event: React) -> Result<Sent, Refusal> {
        self.ask(Write::React, By { user, event }).await
    }

    /// Every change of the room that is kept, by paging.
    async fn log(&self, user: UserId) -> Vec<Change> {
        let mut all: Vec<Change> = Vec::new();
        loop {
            let after = all.last().map_or(Seq(0), |last| last.seq);
            let page = self.catch_up(user, Some(after), true).await;
            let CatchUpPage::Changes { changes } = page.page else { panic!("a reset") };
            if changes.is_empty() {
                assert_eq!(page.head, after);
                return all;
            }
            all.extend(changes);
        }
    }

    async fn catch_up(&self, user: UserId, after: Option<Seq>, paging: bool) -> CatchUp {
        let epoch = self.store().epoch();
        let after = after.map(|seq| Cursor { epoch, seq });
        let room = RoomName::default();
        self.store().catch_up(user, room, after, None, paging).await.unwrap()
    }
}

/// Calls the answers, and gives the news.
fn settle(committed: Committed) -> Vec<News> {
    let mut news = Vec::new();
    for step in committed.steps {
        match step {
            Step::Answer(answer) => answer(),
            Step::News(it) => news.push(it),
        }
    }
    news
}

fn message(text: &str) -> SendMessage {
    SendMessage {
        room: RoomName::default(),
        id: MessageId(Uuid::now_v7()),
        body: Some(text.parse().unwrap()),
        reply_to: None,
        attachments: Vec::new(),
    }
}

fn reaction(message: MessageId, emoji: &str, on: bool) -> React {
    React {
        room: RoomName::default(),
        id: parlour_events::ChangeId(Uuid::now_v7()),
        message,
        emoji: emoji.parse::<Emoji>().unwrap(),
        on,
    }
}

fn code<T>(result: Result<T, Refusal>) -> Code {
    match result {
        Ok(_) => panic!("it was done"),
        Err(refusal) => refusal.code,
    }
}
