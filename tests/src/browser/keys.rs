//! Keys, as they are pressed.

use fantoccini::{
    actions::{InputSource, KeyAction, KeyActions},
    key::Key,
};

/// The actions of one stroke: keys that are held while the last one is pressed, `Control+k`.
/// Names are those of `KeyboardEvent.key`; everything else is the one character that it is.
///
/// # Panics
/// If there is no such key.
pub(super) fn stroke(stroke: &str) -> KeyActions {
    // The plus sign itself is a key, too.
    let (held, last) = match stroke.rsplit_once('+') {
        Some((held, "")) => (held.strip_suffix('+').unwrap_or_default(), "+"),
        Some((held, last)) => (held, last),
        None => ("", stroke),
    };
    let held: Vec<char> = held.split('+').filter(|name| !name.is_empty()).map(key).collect();
    let all = held.iter().copied().chain([key(last)]);
    let down = all.clone().map(|value| KeyAction::Down { value });
    let up = all.collect::<Vec<_>>().into_iter().rev().map(|value| KeyAction::Up { value });
    down.chain(up).fold(keyboard(), KeyActions::then)
}

/// The actions of writing a text, key by key.
pub(super) fn text(text: &str) -> KeyActions {
    text.chars().fold(keyboard(), |keys, value| {
        keys.then(KeyAction::Down { value }).then(KeyAction::Up { value })
    })
}

fn keyboard() -> KeyActions {
    KeyActions::new("keyboard".to_owned())
}

fn key(name: &str) -> char {
    let key = match name {
        "Alt" => Key::Alt,
        "ArrowDown" => Key::Down,
        "ArrowLeft" => Key::Left,
        "ArrowRight" => Key::Right,
        "ArrowUp" => Key::Up,
        "Backspace" => Key::Backspace,
        "Control" => Key::Control,
        "Delete" => Key::Delete,
        "End" => Key::End,
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "Home" => Key::Home,
        "Meta" => Key::Meta,
        "PageDown" => Key::PageDown,
        "PageUp" => Key::PageUp,
        "Shift" => Key::Shift,
        "Tab" => Key::Tab,
        _ => {
            let mut characters = name.chars();
            return match (characters.next(), characters.next()) {
                (Some(character), None) => character,
                _ => panic!("there is no key {name:?}"),
            };
        }
    };
    key.into()
}
