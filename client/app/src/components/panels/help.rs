//! Which keys do what.

use leptos::prelude::*;

use super::sheet;
use crate::{
    browser::language::t,
    components::kit::{ticked, word},
    session::Session,
    words::Key,
};

/// The keys, and what they do. The first ones do it whatever is switched off.
const KEYS: [(&str, Key); 15] = [
    ("Enter", Key::KEYS_SEND),
    ("Shift+Enter", Key::KEYS_NEW_LINE),
    ("↑", Key::KEYS_EDIT_LAST),
    ("↑ ↓ Home End", Key::KEYS_MOVE),
    ("Esc", Key::KEYS_CLOSE),
    ("Ctrl+K", Key::KEYS_SWITCHER),
    ("Ctrl+Shift+F", Key::KEYS_SEARCH),
    ("Alt+↓", Key::KEYS_NEXT_ROOM),
    ("Alt+↑", Key::KEYS_PREVIOUS_ROOM),
    ("Alt+Shift+↓", Key::KEYS_NEXT_UNREAD),
    ("Alt+Shift+↑", Key::KEYS_PREVIOUS_UNREAD),
    ("r", Key::KEYS_REPLY),
    ("e", Key::MESSAGE_EDIT),
    ("+", Key::KEYS_REACT),
    ("?", Key::KEYS_HELP),
];

pub(super) fn shortcuts(session: Session) -> AnyView {
    let one = |(keys, does): &(&'static str, Key)| {
        let keys = *keys;
        view! {
            <dt><kbd>{keys}</kbd></dt>
            <dd>{t(*does)}</dd>
        }
        .into_any()
    };
    let all = KEYS.iter().map(one).collect_view();
    let on = session.settings.with_untracked(|settings| settings.shortcuts);
    let body = view! {
        <label class="tick">
            <input
                id="shortcuts"
                type="checkbox"
                checked=on
                on:change=ticked(move |on| session.choose(|settings| settings.shortcuts = on))
            />
            {word(Key::SETTINGS_SHORTCUTS)}
        </label>
        <dl class="keys">{all}</dl>
    }
    .into_any();
    sheet(session, "form", t(Key::KEYS_TITLE).to_owned(), body)
}
