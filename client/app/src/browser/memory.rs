//! What the browser remembers from one visit to the next.
//!
//! Storage may be forbidden, full or emptied at any time: then nothing is remembered, and
//! everything else goes on.

use parlour_events::{Nickname, Token, UserId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::json;

const PERSON: &str = "parlour.person";
const THEME: &str = "parlour.theme";

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

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the device has it.
    #[default]
    System,
    /// Paper.
    Light,
    /// Ink.
    Dark,
}

/// Who was here last, if that is known.
pub fn person() -> Option<Person> {
    read(PERSON)
}

/// Remembers who is here.
pub fn keep_person(person: &Person) {
    write(PERSON, person);
}

/// The theme chosen.
pub fn theme() -> Theme {
    read(THEME).unwrap_or_default()
}

/// Remembers the theme.
pub fn keep_theme(theme: Theme) {
    write(THEME, &theme);
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
