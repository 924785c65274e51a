//! The page in a frame: whom it hears, what it says to whom, and what it shows meanwhile.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;
use parlour_app::{
    browser::channel::Channel,
    components::{composer::composer, landing::landing},
    session::{Closed, Session},
};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use super::{
    Stage,
    server::{forget_all, lead},
    settled, stage, until,
};

const SITE: &str = "https://site.example";

/// The page is in a frame of another one, which keeps what it is told, and is of the origin that it
/// says; afterwards the page stands alone again.
struct Around(JsValue, Element);

impl Around {
    fn new(meta: &str) -> Self {
        let around = run(
            "const frame = document.createElement('iframe');
            document.body.append(frame);
            const site = frame.contentWindow;
            site.told = [];
            site.postMessage = (message, target) => site.told.push([message, target]);
            window.parent = site;
            return site;",
            &JsValue::NULL,
        );
        Self(around, told_by_server(meta))
    }

    fn told(&self) -> String {
        run("return JSON.stringify(around.told)", &self.0).as_string().unwrap()
    }

    /// It says something.
    async fn says(&self, origin: &str, data: &str) {
        say(&self.0, origin, data).await;
    }
}

impl Drop for Around {
    fn drop(&mut self) {
        run("window.parent = window; around.frameElement.remove();", &self.0);
        self.1.remove();
    }
}

/// A message comes from a window, as of this origin.
async fn say(from: &JsValue, origin: &str, data: &str) {
    let event = format!("{{ source: around, origin: '{origin}', data: {data} }}");
    run(&format!("dispatchEvent(new MessageEvent('message', {event}))"), from);
    settled().await;
}

fn run(body: &str, around: &JsValue) -> JsValue {
    let function = js_sys::Function::new_with_args("around", body);
    function.call1(&JsValue::NULL, around).unwrap()
}

/// What the server writes into the page.
fn told_by_server(content: &str) -> Element {
    let meta = document().create_element("meta").unwrap();
    meta.set_attribute("name", "parlour").unwrap();
    meta.set_attribute("content", content).unwrap();
    document().head().unwrap().append_child(&meta).unwrap();
    meta
}

fn jwt() -> String {
    format!(r#"{{"auth":"jwt","embed":["{SITE}"],"sign_in":"{SITE}/in","version":"1"}}"#)
}

/// A page at its door, and with what it wanted to come in.
async fn door() -> (Session, Stage, Rc<RefCell<Vec<String>>>, Channel) {
    stage::start_leptos();
    forget_all().await;
    lead();
    let wanted = Rc::<RefCell<Vec<String>>>::default();
    let heard = Rc::clone(&wanted);
    let channel = Channel::open("parlour", move |text: String| {
        let (head, json) = text.split_once('\n').unwrap();
        if head.starts_with("0\t") && !json.is_empty() {
            heard.borrow_mut().push(json.to_owned());
        }
    });
    let owner = Owner::new();
    let session = owner.with(Session::new);
    std::mem::forget(owner);
    let stage = Stage::draw(move || landing(session)).await;
    (session, stage, wanted, channel.unwrap())
}

const READY: &str = r#"[[{"type":"parlour:ready"},"https://site.example"]]"#;

#[wasm_bindgen_test]
async fn a_frame_waits_for_a_token_and_takes_it_from_whom_it_may() {
    let around = Around::new(&jwt());
    let (session, stage, wanted, _channel) = door().await;
    assert_eq!(around.told(), READY);
    assert_eq!(stage.text("h1"), "Waiting for your sign-in");
    assert_eq!(stage.attribute("a", "href").unwrap(), "https://site.example/in");
    assert_eq!(stage.attribute("a", "target").unwrap(), "_blank");
    assert!(!stage.has("input") && !stage.shows("#again"));

    let token = "{ type: 'parlour:token', token: 'a.b.c' }";
    around.says("https://other.example", token).await;
    around.says(&window().location().origin().unwrap(), token).await;
    say(&window().into(), SITE, token).await;
    for other in ["'a.b.c'", "null", "{ type: 'another', token: 'a.b.c' }", "{ token: 'a.b.c' }"] {
        around.says(SITE, other).await;
    }
    around.says(SITE, "{ type: 'parlour:token', token: 7 }").await;
    assert!(!session.entering.get_untracked());
    assert_eq!(around.told(), READY, "dropped without a word");

    around.says(SITE, token).await;
    assert!(session.entering.get_untracked());
    assert_eq!(stage.text(".welcome"), "Coming in …");
    until("the token is used", || !wanted.borrow().is_empty()).await;
    assert_eq!(*wanted.borrow(), [r#"{"token":"a.b.c"}"#]);
    let storage = window().local_storage().unwrap().unwrap();
    for at in 0..storage.length().unwrap() {
        let value = storage.get_item(&storage.key(at).unwrap().unwrap()).unwrap().unwrap();
        assert!(!value.contains("a.b.c"), "{value}");
    }
}

#[wasm_bindgen_test]
async fn what_is_no_token_is_told_once() {
    let around = Around::new(&jwt());
    let (session, _stage, _, _channel) = door().await;
    for _ in 0..2 {
        around.says(SITE, "{ type: 'parlour:token', token: '' }").await;
    }
    let needed = r#"[{"type":"parlour:token-needed","code":"invalid"},"https://site.example"]"#;
    assert_eq!(around.told(), READY.replace("]]", &format!("],{needed}]")));
    assert!(session.awaiting.get_untracked() && !session.entering.get_untracked());
}

#[wasm_bindgen_test]
async fn guests_in_a_frame_need_no_token() {
    let around = Around::new(&jwt().replace("jwt", "guests"));
    let (session, stage, _, _channel) = door().await;
    assert_eq!(around.told(), READY);
    around.says(SITE, "{ type: 'parlour:token', token: 'a.b.c' }").await;
    assert!(!session.entering.get_untracked());
    assert!(stage.has("#nickname"));
    assert_eq!(around.told(), READY);
}

#[wasm_bindgen_test]
async fn a_site_that_is_not_named_is_told_nothing() {
    let around = Around::new(r#"{"auth":"jwt","embed":[]}"#);
    let (_session, stage, _, _channel) = door().await;
    around.says(SITE, "{ type: 'parlour:token', token: 'a.b.c' }").await;
    assert_eq!(around.told(), "[]");
    assert!(!stage.has("a"));
}

#[wasm_bindgen_test]
async fn without_a_frame_the_page_says_where_to_sign_in() {
    let meta = told_by_server(&jwt());
    let (session, stage, wanted, _channel) = door().await;
    meta.remove();
    assert_eq!(stage.text("h1"), "This chat is entered from another page.");
    assert_eq!(stage.attribute("a", "href").unwrap(), "https://site.example/in");
    assert!(!stage.has("#nickname"));
    session.entry_error.set(Some("No.".to_owned()));
    session.closed.set(Closed::Banned);
    settled().await;
    assert_eq!(
        (stage.text("h1"), stage.text("#landing-error")),
        ("You cannot come in here".to_owned(), "No.".to_owned())
    );
    assert_eq!(wanted.borrow().len(), 0);
}

#[wasm_bindgen_test]
async fn who_is_banned_or_finds_the_server_full_is_told_at_the_door() {
    let (session, stage, _, _channel) = door().await;
    session.entry_error.set(Some("<b>Spam</b>".to_owned()));
    session.closed.set(Closed::Banned);
    settled().await;
    assert_eq!(stage.text("h1"), "You cannot come in here");
    assert_eq!(stage.text("#landing-error"), "<b>Spam</b>");
    assert_eq!(stage.text("#other-name"), "Take another name");
    assert!(!stage.has("#nickname"));
    stage.click("#other-name").await;
    assert!(stage.has("#nickname"));
    assert_eq!(stage.text("#landing-error"), "");

    session.closed.set(Closed::Full);
    settled().await;
    assert_eq!(stage.text("h1"), "The server is full");
    assert!(stage.text(".hint").starts_with("We ask again by ourselves"));
    assert!(stage.has("[role=alert]"));
    session.closed.set(Closed::No);
    settled().await;
    assert!(stage.has("#nickname"));
}

#[wasm_bindgen_test]
async fn a_frame_does_not_take_the_focus_from_the_page_around_it() {
    for (has_focus, takes) in [(false, false), (true, true)] {
        let around = Around::new(&jwt().replace("jwt", "guests"));
        run(&format!("document.hasFocus = () => {has_focus}"), &JsValue::NULL);
        let (session, stage, _, _channel) = door().await;
        let nickname = stage.find::<Element>("#nickname");
        assert_eq!(document().active_element() == nickname, takes, "the door");
        drop(stage);
        let stage = Stage::draw(move || composer(session)).await;
        let field = stage.find::<Element>("#composer");
        assert_eq!(document().active_element() == field, takes, "the composer");
        session.ui.compose();
        settled().await;
        assert_eq!(document().active_element(), stage.find("#composer"), "it is asked for");
        run("delete document.hasFocus", &JsValue::NULL);
        drop(around);
    }
}
