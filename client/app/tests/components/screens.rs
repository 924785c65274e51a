//! Everything is drawn once: the list of holes is as long as the template has holes (debug
//! assertions tell), what can be pressed has a name, ids are there once, and all of it goes again.

use std::time::Duration;

use leptos::prelude::*;
use parlour_app::{
    components::{
        announcer::announcer,
        chat::chat,
        landing::landing,
        panels::panels,
        search::search,
        strip::{notices, strip, toast},
    },
    dom::together,
    session::{Ask, Closed, Panel, Session},
    state::message::Content,
};
use parlour_events::{ChangeKind, RoomName};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlDialogElement, HtmlElement};

use super::{
    Chat, Stage, after,
    server::{ann, bob, id},
    settled,
    stage::dispatch,
    until,
};

/// What a screen reader says to something that can be pressed or written into.
fn name(stage: &Stage, element: &Element) -> String {
    let of = |name: &str| element.get_attribute(name).filter(|it| !it.trim().is_empty());
    let text = || element.text_content().filter(|it| !it.trim().is_empty());
    let label = || {
        let id = element.id();
        let named = stage.find::<Element>(&format!("label[for='{id}']"));
        let label = named.or_else(|| element.closest("label").unwrap())?;
        label.text_content().filter(|it| !it.trim().is_empty())
    };
    of("aria-label").or_else(text).or_else(label).unwrap_or_default()
}

fn check(stage: &Stage, what: &str) {
    for element in stage.all("button, a[href], input, select, textarea, [role=listbox]") {
        let hidden = element.closest("[hidden]").unwrap().is_some();
        if !hidden && element.get_attribute("aria-hidden").is_none() {
            let html = element.outer_html();
            assert_ne!(name(stage, &element), "", "{what}: no name for {html}");
        }
    }
    for element in stage.all("[aria-controls], [aria-labelledby], [aria-describedby]") {
        for name in ["aria-labelledby", "aria-describedby"] {
            // What is closed is not told of.
            if element.matches("dialog:not([open])").unwrap() {
                continue;
            }
            let ids = element.get_attribute(name).unwrap_or_default();
            for id in ids.split_whitespace() {
                assert!(stage.has(&format!("#{id}")), "{what}: {name} {id} leads nowhere");
            }
        }
    }
    let mut ids: Vec<String> = stage.all("[id]").iter().map(Element::id).collect();
    ids.sort();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "{what}: ids are there once: {ids:?}");
}

fn every(session: Session) -> Vec<Panel> {
    vec![
        Panel::Switcher,
        Panel::Settings,
        Panel::Shortcuts,
        Panel::Create,
        Panel::Browse,
        Panel::Topic,
        Panel::Date,
        Panel::Reactions(id(1)),
        Panel::Emoji,
        Panel::Message(id(1)),
        Panel::Message(id(2)),
        Panel::Delete(id(1)),
        Panel::Person(ann()),
        Panel::Person(bob()),
        Panel::Moderation,
        Panel::Invite,
        Panel::Room(session.room()),
    ]
}

#[wasm_bindgen_test]
async fn every_panel_is_drawn_and_names_what_it_has() {
    for role in ["member", "admin"] {
        let chat = Chat::with_role(role).await;
        let session = chat.session;
        chat.post(1, bob(), "Hi");
        chat.post(2, ann(), "Hi");
        until("messages are here", || session.message(id(2), |_| ()).is_some()).await;
        let mut stage = Stage::draw(move || panels(session)).await;
        let dialog: HtmlDialogElement = stage.find("dialog").unwrap();
        for panel in every(session) {
            session.ui.open(panel.clone());
            settled().await;
            let what = format!("{panel:?} of {role}");
            assert!(dialog.open(), "{what}");
            assert_ne!(stage.text("#panel-title"), "", "{what}");
            check(&stage, &what);
            let active = document().active_element();
            assert!(dialog.contains(active.as_ref().map(AsRef::as_ref)), "{what} has the focus");
            match stage.find::<Element>("[data-first]") {
                Some(first) => assert_eq!(active, Some(first), "{what}"),
                None => assert_ne!(active.unwrap().id(), "leave", "{what}"),
            }
        }
        // What asks the server has had its answer meanwhile.
        session.ui.open(Panel::Moderation);
        until("the bans are here", || stage.has(".records li") || role == "member").await;
        assert!(!stage.has(".records b b"), "a reason is a text");
        session.ui.close();
        settled().await;
        assert!(!dialog.open());
        assert_eq!(stage.text("dialog"), "");
        stage.clear();
    }
}

#[wasm_bindgen_test]
async fn from_panel_to_panel_the_focus_does_not_land_on_something_else() {
    let chat = Chat::with_role("admin").await;
    let session = chat.session;
    chat.post(1, bob(), "Hi");
    until("it is here", || session.message(id(1), |_| ()).is_some()).await;
    let stage = Stage::draw(move || panels(session)).await;
    session.ui.open(Panel::Message(id(1)));
    settled().await;
    stage.find::<HtmlElement>("#menu-person").unwrap().focus().unwrap();
    stage.click("#menu-person").await;
    settled().await;
    assert_eq!(session.ui.panel.get_untracked(), Panel::Person(bob()));
    let active = document().active_element().unwrap();
    let id = active.id();
    assert!(!id.starts_with("mod-") && !id.starts_with("menu-"), "{id}");
    assert!(active.closest("dialog").unwrap().is_some(), "inside all the same");
}

#[wasm_bindgen_test]
async fn a_press_outside_closes_and_one_inside_does_not() {
    let chat = Chat::new().await;
    let session = chat.session;
    let stage = Stage::draw(move || panels(session)).await;
    session.ui.open(Panel::Shortcuts);
    settled().await;
    stage.click("#panel-title").await;
    assert_eq!(session.ui.panel.get_untracked(), Panel::Shortcuts);
    stage.click("dialog").await;
    assert_eq!(session.ui.panel.get_untracked(), Panel::None);
}

#[wasm_bindgen_test]
async fn the_chat_is_drawn_and_goes_again() {
    let session = Chat::new().await;
    session.post(1, bob(), "Hi @Ann");
    session.post(2, ann(), "Hi");
    let deleted = ChangeKind::Deleted { id: id(2), by: ann() };
    session.change(deleted);
    let session = session.session;
    let gone = move || session.message(id(2), |message| message.content == Content::Deleted);
    until("it is gone", move || gone() == Some(true)).await;
    let mut stage = Stage::draw(move || together([chat(session), announcer(session)])).await;
    until("messages are drawn", || stage.all(".message").len() == 2).await;
    until("people are drawn", || stage.all(".person").len() == 2).await;
    assert_eq!(stage.all(".room-link").len(), 1);
    assert_eq!(stage.attribute(".room-link", "aria-current").unwrap(), "page");
    check(&stage, "the chat");

    for (button, shown) in [("#search", "#search-pane"), ("#open-rooms", "#rooms.open")] {
        assert_eq!(stage.attribute(button, "aria-expanded").unwrap(), "false");
        stage.click(button).await;
        assert_eq!(stage.attribute(button, "aria-expanded").unwrap(), "true");
        assert!(stage.has(shown), "{button}");
        stage.click(button).await;
        assert!(!stage.has(shown), "{button}");
    }
    session.ui.open(Panel::Settings);
    settled().await;
    check(&stage, "the chat with its settings");
    // An event of the dialog comes after it is gone.
    session.ui.close();
    stage.clear();
    settled().await;
}

#[wasm_bindgen_test]
async fn the_door_is_drawn_and_says_what_is_wrong() {
    let session = Chat::new().await.session;
    session.nickname.set(None);
    let stage = Stage::draw(move || landing(session)).await;
    check(&stage, "the door");
    assert_eq!(stage.text("#landing-error"), "");
    stage.click("#enter").await;
    assert_ne!(stage.text("#landing-error"), "", "nobody comes in without a name");
    assert_eq!(stage.attribute("#nickname", "aria-invalid").unwrap(), "true");
    stage.write("#nickname", "Cy").await;
    assert_eq!(stage.text("#landing-error"), "");
    session.entry_error.set(Some("<b>taken</b>".to_owned()));
    settled().await;
    assert_eq!(stage.text("#landing-error"), "<b>taken</b>");
    assert_eq!(document().active_element(), stage.find("#nickname"));
}

#[wasm_bindgen_test]
async fn whoever_is_not_let_in_is_told_why_and_what_can_be_done() {
    let session = Chat::new().await.session;
    let stage = Stage::draw(move || landing(session)).await;
    for (door, says) in [(Closed::Full, "full"), (Closed::Banned, "cannot")] {
        session.closed.set(door);
        session.entry_error.set(Some("<b>Because.</b>".to_owned()));
        settled().await;
        assert!(stage.text("h1").contains(says), "{door:?}");
        assert_eq!(stage.text("#landing-error"), "<b>Because.</b>");
        check(&stage, "a closed door");
    }
    stage.click("#other-name").await;
    assert!(stage.has("#nickname") && !stage.has("#again"));
}

#[wasm_bindgen_test]
async fn what_cannot_be_undone_is_asked_first() {
    let session = Chat::new().await.session;
    let stage = Stage::draw(move || panels(session)).await;
    session.ui.open(Panel::Ask(Ask::End));
    settled().await;
    assert_eq!(document().active_element(), stage.find("#cancel"));
    stage.click("#cancel").await;
    assert_eq!(session.ui.panel.get_untracked(), Panel::None);
}

#[wasm_bindgen_test]
async fn a_room_keeps_its_row_when_something_is_new_in_it() {
    let chat = Chat::new().await;
    let session = chat.session;
    let stage = Stage::draw(move || parlour_app::components::rooms::rooms(session)).await;
    until("the room is there", || stage.has(".room-link")).await;
    let row: Element = stage.find(".room-link").unwrap();
    session.rooms.update(|rooms| rooms[0].unread += 1);
    settled().await;
    assert_eq!(stage.text(".badge"), "1");
    assert_eq!(stage.find(".room-link"), Some(row));
}

#[wasm_bindgen_test]
async fn what_comes_and_goes_is_drawn() {
    let chat = Chat::new().await;
    let session = chat.session;
    let stage = Stage::draw(move || {
        together([strip(session), toast(session), notices(session), search(session)])
    })
    .await;
    session.ui.say("<b>Done</b>", true);
    session.ui.newer.set(true);
    session.ui.search_open.set(true);
    settled().await;
    assert_eq!(stage.text("#toast"), "<b>Done</b>");
    assert!(stage.has("#toast.bad") && stage.has(".page-notice:not([hidden])"));
    check(&stage, "the search");
    session.line.update(|line| line.connected());
    let typing = parlour_events::SomebodyTyping { room: RoomName::default(), person: bob() };
    chat.tell(&typing);
    until("it is told who types", || stage.text(".strip").contains("Bob")).await;
}

#[wasm_bindgen_test]
async fn what_is_closed_gives_the_focus_back_or_leaves_it_to_the_composer() {
    let chat_of = Chat::new().await;
    let session = chat_of.session;
    chat_of.post(1, bob(), "Hi");
    let stage = Stage::draw(move || chat(session)).await;
    until("it is drawn", || stage.has(".body")).await;

    // The pointer goes from the bar into what it has opened.
    dispatch(&stage.find(".body").unwrap(), "pointerover");
    settled().await;
    let react: HtmlElement = stage.find(".toolbar button").unwrap();
    react.focus().unwrap();
    react.click();
    settled().await;
    assert_eq!(session.ui.panel.get_untracked(), Panel::Reactions(id(1)));
    dispatch(&stage.find("#log").unwrap(), "pointerleave");
    session.ui.close();
    settled().await;
    assert_eq!(document().active_element(), Some(react.into()));
    dispatch(&stage.find("#log").unwrap(), "pointerleave");
    settled().await;
    assert!(stage.shows(".toolbar"), "the focus is in it");
    stage.find::<HtmlElement>("#composer").unwrap().focus().unwrap();
    until("it goes", || !stage.shows(".toolbar")).await;

    // What has opened it is gone.
    let gone: HtmlElement = stage.find("#search").unwrap();
    gone.focus().unwrap();
    session.ui.open(Panel::Shortcuts);
    settled().await;
    gone.remove();
    session.ui.close();
    settled().await;
    assert_eq!(document().active_element(), stage.find("#composer"));
}

#[wasm_bindgen_test]
async fn what_comes_leaves_lists_alone_that_somebody_chooses_from() {
    let session = Chat::new().await.session;
    let stage = Stage::draw(move || panels(session)).await;
    let first = session.rooms.with_untracked(|rooms| rooms[0].clone());
    let named = |name: &str, joined| {
        let name = name.parse().unwrap();
        parlour_app::session::RoomItem { name, joined, ..first.clone() }
    };
    session.ui.open(Panel::Browse);
    settled().await;
    // Whatever else is told by then.
    after(Duration::from_millis(100)).await;
    session.rooms.set(vec![first.clone(), named("tea", false), named("zoo", false)]);
    settled().await;
    let rows = stage.all(".browse-entry");
    assert_eq!(rows.len(), 2);
    rows[1].unchecked_ref::<HtmlElement>().focus().unwrap();
    session.rooms.update(|rooms| {
        rooms[0].unread += 1;
        rooms[2].members = 7;
        rooms.push(named("attic", false));
    });
    settled().await;
    assert_eq!(document().active_element().as_ref(), Some(&rows[1]));
    assert_eq!(
        rows[1].query_selector(".hint").unwrap().unwrap().text_content().unwrap(),
        "7 members"
    );
    assert_eq!(stage.all(".browse-entry").len(), 3);

    session.rooms.set(vec![first.clone(), named("tea", true), named("zoo", true)]);
    session.ui.open(Panel::Switcher);
    settled().await;
    after(Duration::from_millis(100)).await;
    session.rooms.set(vec![first.clone(), named("tea", true), named("zoo", true)]);
    settled().await;
    let chosen = || stage.find::<Element>("#goals [aria-selected=true]").unwrap();
    for _ in 0..4 {
        if chosen().text_content().unwrap() != "tea" {
            stage.press("#switcher", "ArrowDown", |_| {}).await;
        }
    }
    let before = chosen();
    assert_eq!(before.text_content().unwrap(), "tea");
    session.rooms.update(|rooms| rooms[2].unread += 1);
    settled().await;
    assert_eq!(chosen(), before, "neither another one nor another element");
}

#[wasm_bindgen_test]
async fn all_bans_can_be_seen_and_one_goes_when_it_is_lifted_and_not_before() {
    let chat = Chat::with_role("moderator").await;
    let session = chat.session;
    let stage = Stage::draw(move || panels(session)).await;
    let bans = |number: u64, more| {
        let ban = serde_json::json!({ "ban": number, "person": bob(), "reason": "spam" });
        serde_json::json!({ "ok": { "bans": [ban], "more": more } })
    };
    chat.answer_next("mod:bans", bans(9, true));
    session.ui.open(Panel::Moderation);
    let count = || stage.all(".records li").len();
    until("the newest are here", || count() == 1).await;
    chat.answer_next("mod:bans", bans(4, false));
    chat.answer_next("mod:bans", bans(4, false));
    stage.click(".records + .quiet").await;
    stage.click(".records + .quiet").await;
    until("so are the older ones", || count() == 2).await;
    assert_eq!(chat.asked("mod:bans")[1]["before"], 9);
    assert!(!stage.shows(".records + .quiet"));

    let lift: HtmlElement = stage.find(".records button").unwrap();
    lift.focus().unwrap();
    chat.lose_next("mod:unban");
    lift.click();
    until("it is told", || session.ui.toast.with_untracked(Option::is_some)).await;
    assert_eq!(count(), 2, "it is not known to be lifted");
    lift.click();
    until("it is lifted", || count() == 1).await;
    assert_eq!(chat.asked("mod:unban")[1]["ban"], 9);
    assert_eq!(document().active_element(), stage.find(".records"));
}

#[wasm_bindgen_test]
async fn the_chat_may_go_while_its_field_has_the_focus() {
    let chat_of = Chat::new().await;
    let session = chat_of.session;
    let stage = Stage::draw(move || chat(session)).await;
    until("it is drawn", || stage.has("#composer")).await;
    stage.find::<HtmlElement>("#composer").unwrap().focus().unwrap();
    settled().await;
    js_sys::eval("window.wrong = []; window.onerror = told => window.wrong.push(told)").unwrap();
    drop(stage);
    settled().await;
    let wrong = js_sys::eval("window.onerror = null; window.wrong.join()").unwrap();
    assert_eq!(wrong.as_string().unwrap(), "");
}
