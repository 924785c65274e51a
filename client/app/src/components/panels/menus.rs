//! What can be done with a message, and with a room.

use parlour_events::{MessageId, Reaction, Role, RoomKind, RoomName};

use super::{entry, list, sheet};
use crate::{
    browser::{clipboard, language::t},
    components::message::who,
    dom::{Html, hole, html, nothing, together},
    session::{Ask, Panel, Session},
    words::Key,
};

pub(super) fn message(session: Session, id: MessageId) -> Html {
    let about = session.message(id, |message| {
        let said = message.content.said();
        let reactions = said.map(|said| said.reactions.to_vec()).unwrap_or_default();
        (message.author.clone(), message.seq, said.is_some(), reactions)
    });
    let Some((author, seq, said, reactions)) = about else {
        session.ui.panel.set(Panel::None);
        return nothing();
    };
    let me = session.me.get_untracked();
    let mine = me.as_ref().is_some_and(|me| me.person.id == author.id);
    let moderates = me.as_ref().is_some_and(|me| me.role > Role::Member);
    let has_text = session.text_of(id).is_some();
    let ui = session.ui;
    let mut entries = Vec::new();
    if said {
        let open = move || ui.open(Panel::Reactions(id));
        entries.push(entry(session, "menu-react", t(Key::MESSAGE_REACT), open));
        let reply = move || session.reply_to(id);
        entries.push(entry(session, "menu-reply", t(Key::MESSAGE_REPLY), reply));
    }
    if mine && has_text {
        let edit = move || session.edit(id);
        entries.push(entry(session, "menu-edit", t(Key::MESSAGE_EDIT), edit));
    }
    if has_text {
        let copy = move || {
            clipboard::copy(session, &session.text_of(id).unwrap_or_default());
        };
        entries.push(entry(session, "menu-copy", t(Key::MESSAGE_COPY_TEXT), copy));
    }
    let link = move || clipboard::copy(session, &session.link_to(seq));
    entries.push(entry(session, "menu-link", t(Key::MESSAGE_COPY_LINK), link));
    if said && (mine || moderates) {
        let delete = move || ui.open(Panel::Delete(id));
        entries.push(entry(session, "menu-delete", t(Key::MESSAGE_DELETE), delete));
    }
    if !mine && moderates {
        let open = move || ui.open(Panel::Person(author.clone()));
        entries.push(entry(session, "menu-person", t(Key::MOD_TITLE), open));
    }
    // With a pointer it is seen at the reaction; here it can be read with a finger or keys too.
    let one = |reaction: &Reaction| {
        let text = [reaction.emoji.as_str(), " ", &who(reaction)].concat();
        html(r#"<p _ class="hint" dir="auto"></p>"#, vec![hole().put(text)])
    };
    let reacted = together(reactions.iter().map(one));
    let title = t(Key::MESSAGE_ACTIONS).to_owned();
    sheet(session, "sheet menu-sheet", title, together([list("menu", entries), reacted]))
}

pub(super) fn room(session: Session, room: RoomName) -> Html {
    let ui = session.ui;
    let here = session.here.get_untracked();
    let role = session.me.with_untracked(|me| me.as_ref().map_or(Role::Member, |me| me.role));
    let mut entries = Vec::new();
    if let Some(here) = here.as_ref().filter(|here| here.joined) {
        let direct = here.kind == RoomKind::Direct;
        if here.owned || direct || role > Role::Member {
            let open = move || ui.open(Panel::Topic);
            entries.push(entry(session, "menu-topic", t(Key::HEADER_EDIT_TOPIC), open));
        }
        if !direct {
            let open = move || ui.open(Panel::Invite);
            entries.push(entry(session, "menu-invite", t(Key::PEOPLE_INVITE), open));
        }
        let open = move || ui.open(Panel::Date);
        entries.push(entry(session, "menu-date", t(Key::JUMP_DATE), open));
        let name = room.clone();
        let read = move || session.mark_all_read(&name);
        entries.push(entry(session, "menu-read", t(Key::UNREAD_MARK_READ), read));
        let label = if here.muted { Key::SETTINGS_UNMUTE_ROOM } else { Key::SETTINGS_MUTE_ROOM };
        let (name, muted) = (room.clone(), here.muted);
        let mute = move || {
            session.choose(|settings| {
                settings.muted.retain(|known| *known != name);
                if !muted {
                    settings.muted.push(name.clone());
                }
            });
            session.draw_soon();
        };
        entries.push(entry(session, "menu-mute", t(label), mute));
        let name = room.clone();
        let private = here.kind == RoomKind::Private;
        let leave = move || match private {
            true => ui.open(Panel::Ask(Ask::Leave(name.clone()))),
            false => session.leave_room(&name),
        };
        entries.push(entry(session, "menu-leave", t(Key::ROOMS_LEAVE), leave));
    }
    if role > Role::Member {
        let open = move || ui.open(Panel::Moderation);
        entries.push(entry(session, "menu-moderation", t(Key::MOD_TITLE), open));
    }
    // In the header there is not always room for all of it.
    let topic = here.as_ref().map(|here| here.topic.clone()).unwrap_or_default();
    let topic = html(r#"<p _ class="hint whole-topic" dir="auto"></p>"#, vec![hole().put(topic)]);
    let title = here.map_or_else(|| room.to_string(), |here| here.label());
    sheet(session, "sheet menu-sheet", title, together([topic, list("menu", entries)]))
}
