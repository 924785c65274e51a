//! A page that is to speak another language starts: it asks for the language before anything is
//! shown, and Leptos does not run by then. In a file of its own, since other tests start Leptos.
#![cfg(target_arch = "wasm32")]

use leptos::prelude::document;
use parlour_app::{
    browser::{language, memory},
    words::{self, Language},
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn a_language_is_asked_for_before_anything_is_shown() {
    memory::keep_language(Some(Language::De));
    language::start();
    memory::keep_language(None);
    assert_eq!(language::chosen(), Some(Language::De));
    assert_eq!(words::language(), Language::En, "until the file is here");
    let root = document().document_element().expect("a page has a root");
    assert_eq!(root.get_attribute("lang").as_deref(), Some("en"));
}
