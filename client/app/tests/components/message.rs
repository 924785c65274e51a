use std::sync::Arc;

use leptos::prelude::*;
use parlour_app::{
    components::message::message,
    live::Shared,
    state::{
        message::{Content, Said},
        outbox::Failure,
        rows::{Delivery, MessageRow, Waits},
    },
};
use parlour_events::{Attachment, AuthorKind, Code, Quote, Reaction, Refusal, Seq};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, Event, HtmlElement};

use super::{
    Chat, Stage,
    server::{AT, ann, bob, id},
    settled,
};

const HOSTILE: &str = r#"<img src=x onerror="document.title='hacked'"><script>alert(1)</script>"#;

fn row(body: &str) -> MessageRow {
    let mut author = bob();
    author.name = "<b>Bob</b>".parse().unwrap();
    MessageRow {
        id: id(1),
        seq: Some(Seq(7)),
        author,
        content: Content::text(Arc::new(body.parse().unwrap())),
        at: AT,
        first: true,
        mine: false,
        personal: false,
        delivery: Delivery::Sent,
    }
}

fn said(body: &str) -> Said {
    Said { body: Some(Arc::new(body.parse().unwrap())), ..Said::default() }
}

async fn drawn(row: MessageRow) -> (Stage, Shared<MessageRow>) {
    let session = Chat::new().await.session;
    let row = Shared::new(row);
    let shown = row.clone();
    let stage = Stage::draw(move || message(session, shown)).await;
    (stage, row)
}

async fn changed(row: &Shared<MessageRow>, change: impl FnOnce(&mut MessageRow)) {
    let mut changed = row.with_untracked(MessageRow::clone);
    change(&mut changed);
    row.set(changed);
    settled().await;
}

#[wasm_bindgen_test]
async fn hostile_html_is_text() {
    let (stage, _) = drawn(row(HOSTILE)).await;
    assert_eq!(stage.text(".body"), HOSTILE);
    assert_eq!(stage.text(".author"), "<b>Bob</b>");
    assert!(!stage.has("img, script, b"));
    assert_ne!(document().title(), "hacked");
}

#[wasm_bindgen_test]
async fn the_time_can_be_read_by_machines() {
    let (stage, _) = drawn(row("Hi")).await;
    assert_eq!(stage.attribute("time", "datetime").unwrap(), "2023-11-14T22:13:20.000Z");
    assert_ne!(stage.text("time"), "");
}

#[wasm_bindgen_test]
async fn a_row_says_whose_it_is() {
    let (stage, message) = drawn(row("Hi")).await;
    assert!(stage.attribute("li", "aria-label").unwrap().contains("<b>Bob</b>"));
    assert!(!stage.has(".guest"));
    assert!(stage.has("li.first:not(.personal)"));
    changed(&message, |row| {
        row.author.kind = AuthorKind::Guest;
        row.personal = true;
        row.first = false;
        row.mine = true;
    })
    .await;
    assert_eq!(stage.text(".guest"), "guest");
    assert!(stage.has("li.personal:not(.first)"));
    assert!(stage.attribute("li", "aria-label").unwrap().starts_with("You"));
}

#[wasm_bindgen_test]
async fn a_message_keeps_its_row_while_it_settles() {
    let delivery = Delivery::Sending(None);
    let (stage, message) = drawn(MessageRow { seq: None, delivery, ..row("Hi") }).await;
    let li: Element = stage.find("li").unwrap();
    let state = || li.get_attribute("data-state").unwrap();
    assert_eq!(state(), "sending");
    assert_eq!(li.get_attribute("data-seq").unwrap(), "");
    assert!(stage.has(".delivery") && !stage.has(".trouble"));

    changed(&message, |row| row.delivery = Delivery::Sending(Some(Waits::NoAnswer))).await;
    assert_ne!(stage.text(".trouble.waiting"), "");

    let refusal = Refusal::new(Code::Full, "full");
    let failed = Delivery::Failed(id(9).0, Failure::Refused(refusal));
    changed(&message, |row| row.delivery = failed).await;
    assert_eq!(state(), "failed");
    let trouble = stage.text(".trouble.failed");
    assert!(trouble.starts_with("Not sent"), "{trouble}");
    for (button, does) in [(".try-again", "again"), (".discard", "discard")] {
        assert_eq!(stage.attribute(button, "data-do").unwrap(), does);
        assert_eq!(stage.attribute(button, "data-at").unwrap(), id(9).to_string());
    }

    changed(&message, |row| {
        row.delivery = Delivery::Sent;
        row.seq = Some(Seq(8));
    })
    .await;
    assert_eq!(state(), "sent");
    assert_eq!(li.get_attribute("data-seq").unwrap(), "8");
    assert!(!stage.has(".trouble") && !stage.has(".delivery"));
    assert!(li.is_connected(), "the same element all the while");
}

#[wasm_bindgen_test]
async fn an_edit_changes_the_text_and_is_marked() {
    let (stage, message) = drawn(row("Hi")).await;
    assert!(!stage.has(".edited"));
    let edited = Content::Said(Said { edited: true, ..said(HOSTILE) });
    changed(&message, |row| row.content = edited).await;
    assert_eq!(stage.text(".body"), HOSTILE);
    assert_eq!(stage.text(".edited").trim(), "(edited)");
    assert!(!stage.has("img, script, b"));
}

#[wasm_bindgen_test]
async fn a_deleted_message_leaves_its_author_and_a_sentence() {
    let (stage, message) = drawn(row("Hi")).await;
    let li: Element = stage.find("li").unwrap();
    changed(&message, |row| row.content = Content::Deleted).await;
    assert_eq!(stage.text(".gone"), "This message was deleted.");
    assert_eq!(stage.text(".author"), "<b>Bob</b>");
    assert!(!stage.has(".body"));
    assert!(li.is_connected(), "the same row");
}

#[wasm_bindgen_test]
async fn reactions_are_buttons_that_tell_who_and_whether_one_has_pressed_them() {
    let reaction = |emoji: &str, count, mine, name: &str| Reaction {
        emoji: emoji.parse().unwrap(),
        count,
        mine,
        names: vec![name.parse().unwrap()],
    };
    let reactions = vec![reaction("👍", 1_234, true, "<i>Cy</i>"), reaction("🎉", 1, false, "Di")];
    let content = Content::Said(Said { reactions, ..said("Hi") });
    let (stage, message) = drawn(MessageRow { content, ..row("-") }).await;
    let buttons = stage.all("button.reaction");
    let of = |name: &str| -> Vec<String> {
        buttons.iter().map(|button| button.get_attribute(name).unwrap()).collect()
    };
    assert_eq!(of("data-at"), ["👍", "🎉"]);
    assert_eq!(of("aria-pressed"), ["true", "false"]);
    assert_eq!(of("title"), ["<i>Cy</i>", "Di"]);
    assert!(of("aria-label")[0].contains("1,234"), "{:?}", of("aria-label"));
    assert_eq!(stage.text(".reaction-count"), "1,234");

    changed(&message, |row| row.content = Content::Said(said("Hi"))).await;
    assert!(!stage.has(".reactions"));
}

#[wasm_bindgen_test]
async fn a_quote_leads_to_what_it_quotes() {
    let quote =
        Quote { id: id(3), seq: Seq(3), author: bob(), excerpt: "**<u>x</u>** `y`".to_owned() };
    let gone = Quote { excerpt: String::new(), ..quote.clone() };
    let content = Content::Said(Said { reply_to: Some(Arc::new(quote)), ..said("Hi") });
    let (stage, message) = drawn(MessageRow { content, ..row("-") }).await;
    assert_eq!(stage.text(".quote b"), "Bob");
    assert_eq!(stage.text(".quote span"), "<u>x</u> y");
    assert!(stage.attribute(".quote", "href").unwrap().ends_with("/m/3"));
    assert_eq!(stage.attribute(".quote", "data-at").unwrap(), "3");
    assert!(!stage.has("u, strong"));

    let content = Content::Said(Said { reply_to: Some(Arc::new(gone)), ..said("Hi") });
    changed(&message, |row| row.content = content).await;
    assert_ne!(stage.text(".quote span"), "", "a sentence in its place");
}

fn file(name: &str, mime: &str, pixels: Option<(u32, u32)>) -> Content {
    let file = Attachment {
        file: "f".repeat(64).parse().unwrap(),
        name: name.parse().unwrap(),
        mime: mime.to_owned(),
        size: 1,
        pixels,
    };
    Content::Said(Said { files: Arc::new([file]), ..Said::default() })
}

#[wasm_bindgen_test]
async fn files_are_links_with_their_names_as_text() {
    let name = "<b>50% & more?<b> #1.png";
    // A page that says it is an image is none without a size in pixels.
    let content = file(name, "text/html", None);
    let (stage, _) = drawn(MessageRow { content, ..row("-") }).await;
    let encoded = "%3Cb%3E50%25%20%26%20more%3F%3Cb%3E%20%231.png";
    let href = stage.attribute(".files a", "href").unwrap();
    assert!(href.ends_with(&format!("/files/{}?name={encoded}", "f".repeat(64))), "{href}");
    assert_eq!(stage.attribute(".files a", "rel").unwrap(), "noopener");
    assert_eq!(stage.attribute(".files a", "target").unwrap(), "_blank");
    assert_eq!(stage.text(".files bdi"), name);
    assert!(!stage.has("b, .body, img"));
}

#[wasm_bindgen_test]
async fn an_image_has_its_size_before_it_is_loaded_and_a_sentence_if_it_does_not_load() {
    let content = file("\"onload=x.png", "image/png", Some((4_200, 1_000)));
    let (stage, _) = drawn(MessageRow { content, ..row("-") }).await;
    let image: Element = stage.find("img").unwrap();
    let of = |name| image.get_attribute(name).unwrap_or_default();
    assert_eq!((of("width").as_str(), of("height").as_str()), ("420", "100"));
    assert!(of("alt").contains("\"onload=x.png"), "{}", of("alt"));
    assert_eq!(of("onload"), "");
    image.dispatch_event(&Event::new("error").unwrap()).unwrap();
    assert!(!stage.has("img"));
    assert!(stage.text(".image-failed").contains("\"onload=x.png"));
}

#[wasm_bindgen_test]
async fn a_long_text_is_folded_until_one_asks_for_it() {
    let (stage, _) = drawn(row(&"word ".repeat(300))).await;
    assert!(stage.has(".said.folded"));
    let folded = stage.text("button.fold");
    let li: Element = stage.find("li").unwrap();
    let unfold = || {
        li.dispatch_event(&Event::new("unfold").unwrap()).unwrap();
    };
    unfold();
    settled().await;
    assert!(stage.has(".said:not(.folded)"));
    assert_ne!(stage.text("button.fold"), folded);
    unfold();
    settled().await;
    assert!(stage.has(".said.folded"));
}

#[wasm_bindgen_test]
async fn markup_is_drawn_as_elements() {
    let text = "**a** *b* ~~c~~ `d` https://example.org/e @Bob\n> f\n\n1. g\n\n```rs\n<h>\n```";
    let session = Chat::new().await;
    session.session.names.update(|names| {
        let mut known = parlour_app::text::mention::Names::default();
        known.add("Bob", 0);
        *names = Arc::new(known);
    });
    let chat = session.session;
    let stage =
        Stage::draw(move || message(chat, Shared::new(MessageRow { author: ann(), ..row(text) })))
            .await;
    for (selector, says) in [
        ("strong", "a"),
        ("em", "b"),
        ("s", "c"),
        ("p code", "d"),
        (".body a", "https://example.org/e"),
        (".mention", "@Bob"),
        ("blockquote", "f"),
        ("ol.list li", "g"),
        ("pre code", "<h>"),
    ] {
        assert_eq!(stage.text(selector).trim(), says, "{selector}");
    }
    assert_eq!(stage.attribute(".body a", "rel").unwrap(), "noopener noreferrer nofollow");
    assert_eq!(stage.attribute("pre", "data-language").unwrap(), "rs");
    assert!(!stage.has("h"));
}

#[wasm_bindgen_test]
async fn whoever_comes_and_goes_leaves_texts_alone_that_name_nobody() {
    let chat = Chat::new().await.session;
    let rows = [row("Hi\n\n```\ncode\n```"), row("Hi @Cy\n\n```\ncode\n```")];
    let stage = Stage::draw(move || {
        parlour_app::dom::together(rows.map(|row| message(chat, Shared::new(row))))
    })
    .await;
    let before = stage.all("pre");
    before[1].unchecked_ref::<HtmlElement>().focus().unwrap();
    chat.names.update(|names| {
        let mut known = parlour_app::text::mention::Names::default();
        known.add("Cy", 0);
        *names = Arc::new(known);
    });
    settled().await;
    let after = stage.all("pre");
    assert_eq!(stage.text(".mention"), "@Cy");
    assert_eq!(after[0], before[0], "the same element");
    assert_ne!(after[1], before[1]);
    assert_eq!(document().active_element().as_ref(), Some(&after[1]), "the focus is in it again");
}
