//! A session that is inside, and its server.
//!
//! The pages of one browser share the connection of the one that leads. Here the tests lead: the
//! session follows, and what it asks goes over the channel between pages to [`Chat`], which answers
//! as a server would. So there is no connection, and no other way into the session than the real
//! one.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;
use parlour_app::{
    browser::{channel::Channel, database::Database, emoji, locks::Locks},
    session::{Screen, Session},
};
use parlour_events::{
    Author, Change, ChangeKind, Event, MessageId, Refusal, RoomName, Seq, Session as Identity,
    Timestamp,
};
use serde_json::{Value, json};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{stage::start_leptos, until};

const ANN: &str = "01890a5d-ac96-774b-bcce-b302099a8001";
const BOB: &str = "01890a5d-ac96-774b-bcce-b302099a8002";
const EPOCH: &str = "01890a5d-ac96-774b-bcce-b302099a8003";

/// Whoever uses the page.
pub(crate) fn ann() -> Author {
    author(ANN, "Ann")
}

/// Somebody else.
pub(crate) fn bob() -> Author {
    author(BOB, "Bob")
}

fn author(id: &str, name: &str) -> Author {
    serde_json::from_value(json!({ "id": id, "name": name, "kind": "member" })).unwrap()
}

/// The name of a message, by number.
pub(crate) fn id(number: u64) -> MessageId {
    format!("01890a5d-ac96-774b-8000-{number:012}").parse().unwrap()
}

/// When all that the tests tell happened.
pub(crate) const AT: Timestamp = Timestamp(1_700_000_000_000);

/// A session, and what it asked of its server.
pub(crate) struct Chat {
    pub(crate) session: Session,
    server: Rc<Server>,
}

struct Server {
    channel: RefCell<Option<Channel>>,
    /// Names the page that follows.
    tab: RefCell<Option<String>>,
    asked: RefCell<Vec<(String, Value)>>,
    /// Requests that stay without an answer.
    silent: RefCell<Vec<&'static str>>,
    /// What is answered to the next request of a name, in place of what it asks for.
    instead: RefCell<Vec<(&'static str, Value)>>,
    role: &'static str,
    head: std::cell::Cell<u64>,
}

impl Chat {
    /// Ann is in the room that everybody is in; it is empty.
    pub(crate) async fn new() -> Self {
        Self::with_role("member").await
    }

    /// The same, and she may do what this role may.
    pub(crate) async fn with_role(role: &'static str) -> Self {
        start_leptos();
        forget_all().await;
        lead();
        let server = Rc::new(Server {
            channel: RefCell::default(),
            tab: RefCell::default(),
            asked: RefCell::default(),
            silent: RefCell::default(),
            instead: RefCell::default(),
            role,
            head: std::cell::Cell::new(0),
        });
        let hears = Rc::clone(&server);
        let channel = Channel::open("parlour", move |text: String| hears.take(&text));
        server.channel.replace(channel);
        let owner = Owner::new();
        let session = owner.with(Session::new);
        assert_eq!(session.screen.get_untracked(), Screen::Landing, "nobody is known here");
        session.enter("Ann".parse().unwrap());
        // It lives as long as the page, as a page's own does, and so does its server: what waits
        // in timers is not cut off when a test is over.
        std::mem::forget(owner);
        let chat = Self { session, server };
        until("Ann is inside", || chat.session.screen.get_untracked() == Screen::Chat).await;
        until("the room is here", || chat.session.here.get_untracked().is_some_and(|it| it.joined))
            .await;
        // The session asked for its database before: it has it by now.
        assert!(Database::open().await.is_some());
        chat
    }

    /// What was asked under this name, in order.
    pub(crate) fn asked(&self, name: &str) -> Vec<Value> {
        let asked = self.server.asked.borrow();
        asked.iter().filter(|(of, _)| of == name).map(|(_, payload)| payload.clone()).collect()
    }

    /// Texts that were sent.
    pub(crate) fn sent(&self) -> Vec<String> {
        let text = |payload: Value| payload["body"].as_str().map(ToOwned::to_owned);
        self.asked("message:send").into_iter().filter_map(text).collect()
    }

    /// Requests of this name are not answered from now on.
    pub(crate) fn leave_unanswered(&self, name: &'static str) {
        self.server.silent.borrow_mut().push(name);
    }

    /// The next request of this name is refused so.
    pub(crate) fn refuse_next(&self, name: &'static str, refusal: &Refusal) {
        self.answer_next(name, json!({ "error": refusal }));
    }

    /// The answer to the next request of this name gets lost.
    pub(crate) fn lose_next(&self, name: &'static str) {
        self.answer_next(name, Value::Null);
    }

    /// The next request of this name has this answer.
    pub(crate) fn answer_next(&self, name: &'static str, answer: Value) {
        self.server.instead.borrow_mut().push((name, answer));
    }

    /// There is another connection.
    pub(crate) fn connect_again(&self) {
        self.server.let_in(&ann());
    }

    /// The server takes Ann for somebody whom it has not seen before.
    pub(crate) fn connect_as_new(&self) {
        self.server.let_in(&author("01890a5d-ac96-774b-bcce-b302099a8004", "Ann"));
    }

    /// The server says something unasked.
    pub(crate) fn tell<E: Event>(&self, news: &E) {
        self.server.news(E::NAME, serde_json::to_value(news).unwrap());
    }

    /// Changes are made in the room.
    pub(crate) fn change(&self, kind: ChangeKind) -> Seq {
        self.server.change(kind)
    }

    /// Somebody posts a text.
    pub(crate) fn post(&self, number: u64, by: Author, text: &str) -> Seq {
        self.change_to(json!({ "type": "posted", "id": id(number), "author": by, "body": text }))
    }

    /// A change is made, which is told as the protocol has it.
    pub(crate) fn change_to(&self, kind: Value) -> Seq {
        self.change(kind_of(kind))
    }
}

/// What kind of a change this is.
fn kind_of(kind: Value) -> ChangeKind {
    let mut change = kind;
    change["seq"] = 1.into();
    change["at"] = json!(AT);
    serde_json::from_value::<Change>(change).unwrap().kind
}

// The kinds of notes between pages, as `session::tabs` numbers them.
const HELLO: &str = "0";
const ASK: &str = "2";
const ANSWER: u8 = 5;
const NEWS: u8 = 6;

impl Server {
    fn take(&self, text: &str) {
        let (head, payload) = text.split_once('\n').unwrap();
        let [kind, from, _, number, _, _, name] = head.split('\t').collect::<Vec<_>>()[..] else {
            panic!("no note: {head}");
        };
        let payload: Value = serde_json::from_str(payload).unwrap_or_default();
        match kind {
            // The first: pages of other tests are of no interest.
            HELLO if self.tab.borrow().is_none() && payload.is_object() => {
                self.tab.replace(Some(from.to_owned()));
                self.let_in(&ann());
            }
            ASK if self.tab.borrow().as_deref() == Some(from) => {
                self.asked.borrow_mut().push((name.to_owned(), payload.clone()));
                if self.silent.borrow().contains(&name) {
                    return;
                }
                let mut instead = self.instead.borrow_mut();
                let answer = match instead.iter().position(|(of, _)| *of == name) {
                    Some(at) => instead.remove(at).1,
                    None => self.answer(name, &payload),
                };
                self.say(ANSWER, number, "", &answer);
            }
            _ => {}
        }
    }

    fn let_in(&self, person: &Author) {
        let limits =
            json!({ "message_chars": 4000, "upload_bytes": 1_000_000, "messages_per_minute": 0 });
        let identity =
            json!({ "person": person, "role": self.role, "epoch": EPOCH, "limits": limits });
        self.news(Identity::NAME, identity);
    }

    fn answer(&self, name: &str, payload: &Value) -> Value {
        let head = self.head.get();
        let room = json!({
            "room": RoomName::default(), "kind": "public", "topic": "Talk", "members": 2,
            "head": head, "joined": true, "read": head, "unread": 0, "mentions": 0,
        });
        let ok = match name {
            "room:list" => json!({ "rooms": [room], "more": false }),
            "room:join" | "room:sync" => json!({
                "epoch": EPOCH, "head": head, "type": "reset", "why": "new", "messages": [],
                "earlier": false,
            }),
            "room:members" => json!({
                "members": [
                    { "person": ann(), "role": self.role, "here": true },
                    { "person": bob(), "role": "member", "here": false },
                ],
                "more": false,
            }),
            "room:read" => json!({
                "room": RoomName::default(), "read": payload["seq"], "unread": 0, "mentions": 0,
            }),
            "message:send" => {
                let mut posted = payload.clone();
                posted["type"] = "posted".into();
                posted["author"] = json!(ann());
                // What the message answers to is told whole, and is of no interest here.
                posted.as_object_mut().unwrap().remove("reply_to");
                let files = posted.get_mut("attachments").and_then(Value::as_array_mut);
                for file in files.into_iter().flatten() {
                    file["mime"] = "image/png".into();
                    file["size"] = 1.into();
                }
                let seq = self.change(kind_of(posted));
                json!({ "seq": seq, "at": AT })
            }
            "message:edit" => {
                let edited = ChangeKind::Edited {
                    id: serde_json::from_value(payload["message"].clone()).unwrap(),
                    body: serde_json::from_value(payload["body"].clone()).unwrap(),
                };
                json!({ "seq": self.change(edited), "at": AT })
            }
            "message:react" => {
                let reacted = ChangeKind::Reacted {
                    id: serde_json::from_value(payload["message"].clone()).unwrap(),
                    by: ann(),
                    emoji: serde_json::from_value(payload["emoji"].clone()).unwrap(),
                    on: payload["on"].as_bool().unwrap(),
                };
                json!({ "seq": self.change(reacted), "at": AT })
            }
            "message:search" => json!({ "hits": [] }),
            "mod:bans" => json!({
                "bans": [{ "ban": 1, "person": bob(), "until": AT, "reason": "<b>spam</b>" }],
                "more": false,
            }),
            "mod:audit" => json!({
                "entries": [{ "entry": 1, "at": AT, "action": "mod:ban", "to": bob(), "detail": "" }],
                "more": false,
            }),
            _ => json!({}),
        };
        json!({ "ok": ok })
    }

    fn change(&self, kind: ChangeKind) -> Seq {
        let seq = Seq(self.head.get() + 1);
        self.head.set(seq.0);
        let changes = vec![Change { seq, at: AT, kind }];
        let room = RoomName::default();
        self.news("room:changes", json!({ "room": room, "epoch": EPOCH, "changes": changes }));
        seq
    }

    fn news(&self, name: &str, payload: Value) {
        self.say(NEWS, "0", name, &payload);
    }

    fn say(&self, kind: u8, number: &str, name: &str, payload: &Value) {
        let to = self.tab.borrow().clone().unwrap_or_default();
        if let Some(channel) = &*self.channel.borrow() {
            channel.say(&format!("{kind}\tserver\t{to}\t{number}\t\t0\t{name}\n{payload}"));
        }
    }
}

/// The list of emoji is here, which the server of these tests does not serve.
pub(crate) async fn emoji_come() {
    let list = include_str!("../../assets/emoji.txt");
    let answer = js_sys::Function::new_with_args(
        "list",
        "window.emojiFetch = window.fetch; window.fetch = async () => new Response(list)",
    );
    answer.call1(&JsValue::NULL, &list.into()).unwrap();
    let here = || {
        // What another test has asked for may have to fail first.
        emoji::load(|| {});
        emoji::with(|_| ()).is_some()
    };
    until("the emoji are here", here).await;
    js_sys::eval("window.fetch = window.emojiFetch").unwrap();
}

/// Ann's page, of somebody who comes back, and nobody has a connection.
pub(crate) async fn without_connection() -> Session {
    start_leptos();
    forget_all().await;
    lead();
    let owner = Owner::new();
    let session = owner.with(Session::new);
    session.enter("Ann".parse().unwrap());
    std::mem::forget(owner);
    session
}

/// No page of these tests leads: they do.
pub(crate) fn lead() {
    thread_local! {
        static LEADING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }
    if !LEADING.replace(true) {
        Locks::get().unwrap().hold("parlour.leader", || {});
    }
}

/// What the browser keeps from the test before is gone.
pub(crate) async fn forget_all() {
    window().local_storage().unwrap().unwrap().clear().unwrap();
    let forgetting = js_sys::eval(
        "new Promise(done => {
            const asked = indexedDB.deleteDatabase('parlour');
            asked.onsuccess = asked.onerror = asked.onblocked = () => done();
        })",
    );
    JsFuture::from(forgetting.unwrap().unchecked_into::<js_sys::Promise>()).await.unwrap();
}
