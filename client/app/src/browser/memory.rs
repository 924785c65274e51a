//! What the browser remembers from one visit to the next.
//!
//! Storage may be forbidden, full or emptied at any time: then nothing is remembered, and
//! everything else goes on.

use crate::live::listen;
use parlour_events::{Nickname, Token, UserId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{json, settings::Settings, words::Language};

const PERSON: &str = "parlour.person";
const SETTINGS: &str = "parlour.settings";
const LANGUAGE: &str = "parlour.language";

/// Who the person is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// What the server knows them by, through all names.
    pub id: UserId,
    /// The name they go by.
    pub nickname: Nickname,
    /// What makes them the same person for the server.
    pub token: Option<Token>,
    /// Whether they are inside, and want to be there at the next visit without being asked.
    pub inside: bool,
}

/// Who was here last, if that is known.
pub fn person() -> Option<Person> {
    read(PERSON)
}

/// Remembers who is here.
pub fn keep_person(person: &Person) {
    write(PERSON, person);
}

/// What the person has chosen.
pub fn settings() -> Settings {
    read(SETTINGS).unwrap_or_default()
}

/// Remembers what the person has chosen.
pub fn keep_settings(settings: &Settings) {
    write(SETTINGS, settings);
}

/// Calls `changed` when another page of this browser remembers something else.
pub fn watch(changed: impl Fn() + 'static) {
    listen("storage", move |_| changed());
}

/// The language chosen; none for what the browser prefers.
pub fn language() -> Option<Language> {
    Language::from_code(&read::<String>(LANGUAGE)?)
}

/// Remembers the language.
pub fn keep_language(language: Option<Language>) {
    write(LANGUAGE, &language.map(Language::code));
}

fn storage() -> Option<web_sys::Storage> {
    // Asking for it throws where it is forbidden.
    web_sys::window()?.local_storage().ok()?
}

fn read<T: DeserializeOwned>(key: &str) -> Option<T> {
    let text = storage()?.get_item(key).ok()??;
    json::decode(&text).ok()
}

fn write<T: Serialize>(key: &str, value: &T) {
    if let Some(storage) = storage() {
        // Full or forbidden: it is not remembered.
        let _ = storage.set_item(key, json::encode(value).get());
    }
}
