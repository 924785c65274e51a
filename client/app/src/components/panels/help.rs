//! Which keys do what.

use super::sheet;
use crate::{
    browser::language::t,
    dom::{Html, hole, html, together},
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

pub(super) fn shortcuts(session: Session) -> Html {
    let one = |(keys, does): &(&'static str, Key)| {
        html("<dt><kbd _></kbd></dt><dd _></dd>", vec![hole().put(*keys), hole().say(*does)])
    };
    let on = session.settings.with_untracked(|settings| settings.shortcuts);
    let body = html(
        r#"<label class="tick"><input _ id="shortcuts" type="checkbox"><span _></span></label>
        <dl _ class="keys"></dl>"#,
        vec![
            hole()
                .flag("checked", move || on)
                .ticked(move |on| session.choose(|settings| settings.shortcuts = on)),
            hole().say(Key::SETTINGS_SHORTCUTS),
            hole().child(together(KEYS.iter().map(one))),
        ],
    );
    sheet(session, "sheet form", t(Key::KEYS_TITLE).to_owned(), body)
}
