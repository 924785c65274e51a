//! States at the edges, as they are designed: what is new, what is read out, who types, what is
//! not there; and that the focus stays where it is.

use std::time::Duration;

use leptos::prelude::*;
use parlour_app::{
    components::{
        announcer::announcer, composer::composer, log::log, panels::panels, people::people,
        rooms::rooms, search::search, strip::strip,
    },
    dom::together,
    keys,
    route::Route,
    session::Panel,
    state::Spot,
};
use parlour_events::{Author, Code, Refusal, RoomUpdated, Seq, SomebodyTyping};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

use super::{
    Chat, Stage, after,
    server::{ann, bob, id, without_connection},
    settled,
    stage::dispatch_to_window,
    until,
};

/// A chat with its list and its composer.
async fn draw() -> (Chat, Stage) {
    let chat = Chat::new().await;
    let session = chat.session;
    let stage = Stage::draw(move || together([log(session), composer(session)])).await;
    (chat, stage)
}

async fn shows(stage: &Stage, messages: usize) {
    until("messages are drawn", || stage.all(".message").len() == messages).await;
}

/// Somebody looks at the page, or elsewhere.
async fn look(at_the_page: bool) {
    js_sys::eval(&format!("document.hasFocus = () => {at_the_page}")).unwrap();
    dispatch_to_window(if at_the_page { "focus" } else { "blur" });
    settled().await;
}

#[wasm_bindgen_test]
async fn what_came_while_one_looked_elsewhere_has_a_line_before_it() {
    let (chat, stage) = draw().await;
    look(true).await;
    chat.post(1, bob(), "Before");
    shows(&stage, 1).await;
    until("it counts as read", || !chat.asked("room:read").is_empty()).await;
    after(Duration::from_millis(100)).await;
    assert!(!stage.has("#new"));
    look(false).await;
    chat.post(2, bob(), "While away");
    chat.post(3, bob(), "Another");
    shows(&stage, 3).await;
    assert_eq!(stage.text("#new h2"), "New");
    let after_line: Element = stage.find("#new + .message").unwrap();
    assert_eq!(after_line.get_attribute("data-message-id").unwrap(), id(2).to_string());
    look(true).await;
    assert!(stage.has("#new"), "it stays for whoever comes back");
    js_sys::eval("delete document.hasFocus").unwrap();
}

#[wasm_bindgen_test]
async fn what_was_seen_is_read_though_the_server_has_no_time_or_no_answer_comes() {
    let (chat, stage) = draw().await;
    look(true).await;
    let slowly = Refusal::new(Code::RateLimited, "Slowly.").retry_after(Duration::from_millis(50));
    chat.refuse_next("room:read", &slowly);
    let seq = chat.post(1, bob(), "Before");
    shows(&stage, 1).await;
    let marked = |seq: Seq| chat.asked("room:read").iter().filter(|it| it["seq"] == seq.0).count();
    until("it is told again", || marked(seq) == 2).await;

    chat.lose_next("room:read");
    let seq = chat.post(2, bob(), "After");
    shows(&stage, 2).await;
    look(false).await;
    until("it is told", || marked(seq) == 1).await;
    after(Duration::from_millis(100)).await;
    assert_eq!(marked(seq), 1, "who has no answer now may have none in a moment");
    chat.connect_again();
    until("it is told to the next connection", || marked(seq) == 2).await;
    js_sys::eval("delete document.hasFocus").unwrap();
}

#[wasm_bindgen_test]
async fn what_others_write_is_read_out_and_a_burst_in_one_sentence() {
    let chat = Chat::new().await;
    let session = chat.session;
    let stage = Stage::draw(move || announcer(session)).await;
    let said = || stage.text("[aria-live=polite]");
    assert_eq!(said(), "");
    chat.post(1, bob(), "Hi");
    until("it is read out", || said() == "Bob: Hi").await;
    chat.post(2, ann(), "My own");
    for number in 3..=6 {
        chat.post(number, bob(), &format!("Text {number}"));
    }
    until("the burst is", || said().starts_with("4 new messages")).await;
    assert_eq!(said(), "4 new messages. The last, Bob: Text 6");
}

#[wasm_bindgen_test]
async fn many_who_type_are_a_short_sentence() {
    let chat = Chat::new().await;
    let session = chat.session;
    let stage = Stage::draw(move || strip(session)).await;
    session.line.update(|line| line.connected());
    for number in 0..200 {
        let person: Author = serde_json::from_value(serde_json::json!({
            "id": format!("01890a5d-ac96-774b-bcce-{number:012}"), "name": format!("P{number}"),
            "kind": "guest",
        }))
        .unwrap();
        chat.tell(&SomebodyTyping { room: session.room(), person });
    }
    until("it is told", || stage.text(".strip-text") == "Several people are typing").await;
}

#[wasm_bindgen_test]
async fn whoever_was_put_out_keeps_what_they_read_and_has_no_place_to_write() {
    let (chat, stage) = draw().await;
    let session = chat.session;
    chat.post(1, bob(), "Hi");
    shows(&stage, 1).await;
    let now = serde_json::json!({
        "room": session.room(), "kind": "public", "topic": "", "members": 1, "head": 1,
        "joined": false, "read": 0, "unread": 0, "mentions": 0,
    });
    let now = Some(serde_json::from_value(now).unwrap());
    chat.tell(&RoomUpdated { room: session.room(), now });
    until("there is a way back", || stage.has("#join")).await;
    assert!(!session.can_write.get_untracked());
}

#[wasm_bindgen_test]
async fn what_is_seen_after_a_jump_counts_as_read() {
    let (chat, stage) = draw().await;
    look(true).await;
    for number in 1..=3 {
        chat.post(number, bob(), "Hi");
    }
    shows(&stage, 3).await;
    // All of it is in sight: there is nothing to be scrolled.
    chat.session.read_at(Spot::Message(Seq(3)));
    until("it is there", || stage.has(".message.target")).await;
    // Whoever is at a message with the keyboard reads that one.
    stage.find::<HtmlElement>("#composer").unwrap().focus().unwrap();
    settled().await;
    let seq = chat.post(4, bob(), "Ho");
    let marked = || chat.asked("room:read").iter().any(|it| it["seq"] == seq.0);
    until("it counts as read", marked).await;
    js_sys::eval("delete document.hasFocus").unwrap();
}

#[wasm_bindgen_test]
async fn whoever_comes_back_as_somebody_new_is_in_the_room_that_everybody_is_in() {
    let (chat, _stage) = draw().await;
    let before = chat.asked("room:join").len();
    chat.connect_as_new();
    until("it is joined", || chat.asked("room:join").len() > before).await;
    until("there is a place to write", || chat.session.can_write.get_untracked()).await;
}

#[wasm_bindgen_test]
async fn a_room_that_is_gone_or_never_was_says_so() {
    let (chat, stage) = draw().await;
    let before = window().location().pathname().unwrap();
    chat.session.go(Route::to("nowhere".parse().unwrap()));
    until("it says so", || stage.text(".empty-title") == "There is no such room").await;
    assert!(!chat.session.can_write.get_untracked(), "nothing can be written there");
    parlour_app::browser::place::go(&before, false);
}

#[wasm_bindgen_test]
async fn before_the_first_answer_nothing_is_said_of_rooms_and_people() {
    let sides = |session| together([rooms(session), people(session)]);
    {
        // Whoever comes back while the server is away.
        let session = without_connection().await;
        let stage = Stage::draw(move || sides(session)).await;
        assert!(!stage.has(".rooms-lists .rooms-none:not([hidden])"));
        assert_eq!(stage.text("#people h2"), "People");
    }
    let session = Chat::new().await.session;
    let stage = Stage::draw(move || sides(session)).await;
    let none = || stage.all(".rooms-lists .rooms-none:not([hidden])");
    until("there is a room, and no conversation", || none().len() == 1).await;
    assert_eq!(none()[0].text_content().unwrap(), "Nobody has written to you directly yet.");
    until("people are counted", || stage.text("#people h2") == "2 members").await;
    session.rooms.update(|rooms| rooms[0].joined = false);
    settled().await;
    assert_eq!(none()[0].text_content().unwrap(), "You are in no room yet.");
}

#[wasm_bindgen_test]
async fn a_search_without_hits_says_so() {
    let chat = Chat::new().await;
    let session = chat.session;
    let stage = Stage::draw(move || search(session)).await;
    session.ui.search_open.set(true);
    settled().await;
    stage.write("#query", "<b>tea").await;
    let form: Element = stage.find("#search-pane form").unwrap();
    super::stage::dispatch(&form, "submit");
    let none = "Nothing was found for “<b>tea”.";
    until("it says so", || stage.text("#search-pane [role=status]") == none).await;
}

#[wasm_bindgen_test]
async fn the_longest_message_is_folded() {
    let (chat, stage) = draw().await;
    let text = "word ".repeat(800);
    chat.post(1, bob(), text.trim());
    shows(&stage, 1).await;
    assert!(stage.has(".said.folded"));
    assert_eq!(stage.text("button.fold"), "Show all");
    stage.click("button.fold").await;
    assert!(!stage.has(".folded"));
    assert_eq!(stage.text(".body").trim(), text.trim());
}

#[wasm_bindgen_test]
async fn a_folded_message_unfolds_for_a_link_in_it() {
    let (chat, stage) = draw().await;
    let text = "word ".repeat(300) + "https://example.org/";
    chat.post(1, bob(), &text);
    shows(&stage, 1).await;
    stage.find::<HtmlElement>(".folded a").unwrap().focus().unwrap();
    settled().await;
    assert!(!stage.has(".folded"));
    assert_eq!(document().active_element(), stage.find(".said a"));
}

#[wasm_bindgen_test]
async fn texts_have_their_own_direction_and_lone_emoji_are_larger() {
    let (chat, stage) = draw().await;
    chat.post(1, bob(), "مرحبا بالعالم\n\n- שלום");
    chat.post(2, bob(), "🎉 👍🏽");
    shows(&stage, 2).await;
    for element in stage.all(".body p, .body li p, .author") {
        assert_eq!(element.get_attribute("dir").unwrap(), "auto", "{}", element.outer_html());
    }
    assert_eq!(stage.all(".only-emoji").len(), 1);
    assert_eq!(stage.text(".only-emoji .body"), "🎉 👍🏽");
    assert_eq!(stage.attribute("#composer", "dir").unwrap(), "auto");
}

#[wasm_bindgen_test]
async fn keys_are_listed_behind_a_question_mark_and_can_be_switched_off() {
    let chat = Chat::new().await;
    let session = chat.session;
    let stage = Stage::draw(move || {
        keys::start(session);
        together([panels(session), composer(session)])
    })
    .await;
    let panel = move || session.ui.panel.get_untracked();
    assert!(stage.press("#composer", "?", |_| {}).await, "it goes into the text");
    assert_eq!(panel(), Panel::None);
    assert!(!stage.press("#send", "?", |_| {}).await);
    assert_eq!(panel(), Panel::Shortcuts);
    assert!(stage.all(".keys dt").len() > 10);
    assert!(stage.find::<Element>("#shortcuts").unwrap().matches(":checked").unwrap());
    stage.click("#shortcuts").await;
    session.ui.close();
    settled().await;
    assert!(stage.press("#send", "?", |_| {}).await, "it is switched off");
    assert!(stage.press("#send", "k", |key| key.set_ctrl_key(true)).await);
    assert_eq!(panel(), Panel::None);
    session.ui.search_open.set(true);
    assert!(!stage.press("#send", "Escape", |_| {}).await, "what is open can be closed");
    assert!(!session.ui.search_open.get_untracked());
}

#[wasm_bindgen_test]
async fn what_comes_never_moves_the_focus() {
    let (chat, stage) = draw().await;
    chat.post(1, bob(), "One");
    shows(&stage, 1).await;
    let row = format!("[data-message-id='{}']", id(1));
    for (at, place) in ["#composer", &row, ".author", "#log"].into_iter().enumerate() {
        let place: HtmlElement = stage.find(place).unwrap();
        place.focus().unwrap();
        let number = at as u64 + 2;
        let mention = serde_json::json!({
            "type": "posted", "id": id(number), "author": bob(), "body": "Hi @Ann",
            "mentions": [ann().id],
        });
        chat.change_to(mention);
        shows(&stage, number as usize).await;
        after(Duration::from_millis(30)).await;
        let active = document().active_element().unwrap();
        assert!(active == *place.as_ref(), "it was at {}", active.outer_html());
    }
}

#[wasm_bindgen_test]
async fn who_reads_with_the_keyboard_keeps_the_focus_however_much_comes() {
    for read in [2, 3] {
        let (chat, stage) = draw().await;
        for number in 1..=3 {
            chat.post(number, bob(), "Before");
        }
        shows(&stage, 3).await;
        let row = format!("[data-message-id='{}']", id(read));
        stage.find::<HtmlElement>(&row).unwrap().focus().unwrap();
        settled().await;
        for number in 4..=123 {
            chat.post(number, bob(), "A burst");
        }
        let last = format!("[data-message-id='{}']", id(123));
        until("the burst is drawn", || stage.has(&last)).await;
        after(Duration::from_millis(300)).await;
        let active = document().active_element().unwrap();
        assert!(active.closest("#log").unwrap().is_some(), "it was at {}", active.outer_html());
        // Whoever is at the newest message follows what comes, until it is no longer that.
        if read == 2 {
            assert_eq!(active.get_attribute("data-message-id").unwrap(), id(read).to_string());
            assert!(stage.shows("#to-bottom"));
            stage.find::<HtmlElement>("#composer").unwrap().focus().unwrap();
            until("the end is there again", || !stage.shows("#to-bottom")).await;
        }
    }
}

#[wasm_bindgen_test]
async fn keys_of_the_page_are_left_to_what_is_open() {
    let chat = Chat::new().await;
    let session = chat.session;
    let stage = Stage::draw(move || {
        keys::start(session);
        panels(session)
    })
    .await;
    session.ui.open(Panel::Settings);
    settled().await;
    assert!(stage.press("#language", "ArrowDown", |key| key.set_alt_key(true)).await);
    assert!(stage.press("#language", "ArrowUp", |key| key.set_alt_key(true)).await);
    assert!(stage.press("#leave", "?", |_| {}).await);
    let search = |key: &web_sys::KeyboardEventInit| {
        key.set_ctrl_key(true);
        key.set_shift_key(true);
    };
    assert!(stage.press("#leave", "F", search).await);
    assert!(!session.ui.search_open.get_untracked());
    assert_eq!(session.ui.panel.get_untracked(), Panel::Settings);
    assert!(!stage.press("#leave", "k", |key| key.set_ctrl_key(true)).await);
    assert_eq!(session.ui.panel.get_untracked(), Panel::Switcher);
}

#[wasm_bindgen_test]
async fn whoever_comes_keeps_their_row_with_the_focus_in_it() {
    let session = Chat::new().await.session;
    let stage = Stage::draw(move || people(session)).await;
    until("people are drawn", || stage.all(".person").len() == 2).await;
    let of_bob: HtmlElement = stage.find(".person.away").unwrap();
    of_bob.focus().unwrap();
    let bob_is = |here| {
        session.view.update(|view| {
            view.people.iter_mut().filter(|it| it.person == bob()).for_each(|it| it.here = here);
        });
    };
    bob_is(true);
    settled().await;
    assert_eq!(document().active_element().as_ref(), Some(of_bob.as_ref()));
    assert_eq!((of_bob.class_name().as_str(), stage.all("h3").len()), ("person", 1));
    assert_eq!(stage.text("li:last-child .unseen"), "Bob is here");
    bob_is(false);
    settled().await;
    assert_eq!(document().active_element().as_ref(), Some(of_bob.as_ref()));
    assert_eq!(stage.all("h3").len(), 2);
    session.view.update(|view| view.people.retain(|it| it.person != bob()));
    settled().await;
    assert_eq!(document().active_element(), stage.find("#people ul"), "nobody else has it");
}

#[wasm_bindgen_test]
async fn more_results_are_of_the_room_that_was_searched() {
    let chat = Chat::new().await;
    let session = chat.session;
    let before = window().location().pathname().unwrap();
    let room = session.room();
    let stage = Stage::draw(move || search(session)).await;
    session.ui.search_open.set(true);
    settled().await;
    let some = serde_json::json!({ "ok": { "hits": [], "next": 5 } });
    chat.answer_next("message:search", some);
    stage.write("#query", "tea").await;
    super::stage::dispatch(&stage.find("#search-pane form").unwrap(), "submit");
    until("there is more", || stage.shows("#search-pane .quiet")).await;
    session.go(Route::to("other".parse().unwrap()));
    stage.click("#search-pane .quiet").await;
    until("it is asked for", || chat.asked("message:search").len() == 2).await;
    let asked = chat.asked("message:search").remove(1);
    assert_eq!((&asked["room"], &asked["after"]), (&room.as_str().into(), &5.into()));
    parlour_app::browser::place::go(&before, false);
}
