use js_sys::{Array, Intl::PluralRules, Object};
use leptos::prelude::*;
use parlour_app::{
    browser::{
        clock,
        language::{self, t, tf, tn},
    },
    components::log::log,
    dom::{hole, html, together},
    words::{Category, Key, Language, Pattern, Plural},
};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    Chat, Stage,
    server::{AT, bob},
    settled, until,
};

const GERMAN: &str = include_str!("../../words/de.txt");

/// Back to English, however the test ends: the others compare English texts.
struct English;

impl Drop for English {
    fn drop(&mut self) {
        language::choose(Some(Language::En));
    }
}

#[wasm_bindgen_test]
async fn what_is_said_changes_in_place_with_the_language() {
    let _english = English;
    language::start();
    language::choose(Some(Language::En));
    let chat = Chat::new().await;
    let session = chat.session;
    session.today.set(clock::day(AT));
    chat.post(1, bob(), "Hi");
    let stage = Stage::draw(move || {
        let texts = html(
            r#"<p _ id="text"></p><p _ id="pattern"></p><p _ id="plural"></p>"#,
            vec![
                hole().say(Key::COMPOSER_SEND),
                hole().text(|| tf(Pattern::TYPING_SINGLE, ["Ann"])),
                hole().text(|| tn(Plural::UNREAD_NEW, 12_345, [])),
            ],
        );
        together([texts, log(session)])
    })
    .await;
    until("the day is there", || stage.has("h2")).await;
    let said = || ["#text", "#pattern", "#plural", "h2"].map(|part| stage.text(part));
    assert_eq!(said(), ["Send", "Ann is typing", "12,345 new messages", "Today"]);
    let heading: web_sys::Element = stage.find("h2").unwrap();

    // There is no server to ask for the file: it is handed over.
    language::choose(Some(Language::De));
    assert_eq!(language::chosen(), Some(Language::De));
    assert_eq!(t(Key::COMPOSER_SEND), "Send", "until the file is here");
    language::take(Language::De, Some(GERMAN)).unwrap();
    settled().await;
    assert_eq!(said(), ["Senden", "Ann schreibt", "12.345 neue Nachrichten", "Heute"]);
    assert!(heading.is_connected(), "the same element");
    let root = document().document_element().unwrap();
    assert_eq!(root.get_attribute("lang").as_deref(), Some("de"));
    assert_eq!(root.get_attribute("dir").as_deref(), Some("ltr"));

    // A file that comes late is of no use to whoever has chosen again.
    language::choose(Some(Language::En));
    language::take(Language::De, Some(GERMAN)).unwrap();
    settled().await;
    assert_eq!(said()[0], "Send");
    assert_eq!(root.get_attribute("lang").as_deref(), Some("en"));
}

#[wasm_bindgen_test]
fn plurals_are_those_of_the_browser() {
    for language in Language::ALL {
        let tags = Array::of1(&JsValue::from(language.code()));
        let rules = PluralRules::new(&tags, &Object::new());
        for n in [0_u64, 1, 2, 5, 11, 21, 100, 101, 1_000, 999_999, 1_000_000, 1_000_001, 3_000_000]
        {
            let category = match language.category(n) {
                Category::One => "one",
                Category::Many => "many",
                Category::Other => "other",
            };
            assert_eq!(String::from(rules.select(n as f64)), category, "{language:?} {n}");
        }
    }
}
