//! What is asked before something is done that cannot be undone, or only by others.

use parlour_events::MessageId;

use super::sheet;
use crate::{
    browser::language::{t, tf},
    dom::{Html, hole, html},
    session::{Ask, Panel, Session},
    words::{Key, Pattern},
};

pub(super) fn delete(session: Session, id: MessageId) -> Html {
    let title = t(Key::MESSAGE_DELETE_TITLE).to_owned();
    let does = move || session.delete(id);
    sure(session, title, Key::MESSAGE_DELETE_TEXT, Key::MESSAGE_DELETE, Box::new(does))
}

pub(super) fn ask(session: Session, about: Ask) -> Html {
    let room = session.label_of(&session.room());
    let (title, text, label) = match &about {
        Ask::Leave(room) => {
            let title = tf(Pattern::ROOMS_LEAVE_ASK, [&session.label_of(room)]);
            (title, Key::ROOMS_LEAVE_TEXT, Key::ROOMS_LEAVE)
        }
        Ask::End => {
            (t(Key::SETTINGS_END_ASK).to_owned(), Key::SETTINGS_END_TEXT, Key::SETTINGS_END)
        }
        Ask::PutOut(person) => {
            let title = tf(Pattern::PEOPLE_REMOVE_ASK, [person.name.as_str(), &room]);
            (title, Key::PEOPLE_REMOVE_TEXT, Key::PEOPLE_REMOVE)
        }
        Ask::Kick(person, _) => {
            (tf(Pattern::MOD_KICK_ASK, [person.name.as_str()]), Key::MOD_KICK_TEXT, Key::MOD_KICK)
        }
        Ask::Ban(person, _) => {
            (tf(Pattern::MOD_BAN_ASK, [person.name.as_str()]), Key::MOD_BAN_TEXT, Key::MOD_BAN)
        }
    };
    let does = move || match &about {
        Ask::Leave(room) => session.leave_room(room),
        Ask::End => session.end(),
        Ask::PutOut(person) => session.put_out(person.id),
        Ask::Kick(_, kick) => session.order(kick, Some(Key::MOD_DONE)),
        Ask::Ban(_, ban) => session.order(ban, Some(Key::MOD_DONE)),
    };
    sure(session, title, text, label, Box::new(does))
}

/// Asks. Whoever goes on by pressing Enter has done nothing.
fn sure(session: Session, title: String, text: Key, label: Key, does: Box<dyn Fn()>) -> Html {
    let close = move || session.ui.panel.set(Panel::None);
    let body = html(
        r#"<p _></p>
        <p class="buttons">
            <button _ id="cancel" type="button" class="quiet" data-first></button>
            <button _ id="delete" type="button" class="primary danger"></button>
        </p>"#,
        vec![
            hole().say(text),
            hole().say(Key::APP_CANCEL).click(close),
            hole().say(label).click(move || {
                close();
                does();
            }),
        ],
    );
    sheet(session, "sheet form", title, body)
}
