//! The people in the room.

use crate::live::derived;
use parlour_events::{Member, Role, RoomKind};

use super::disc::disc;
use crate::{
    browser::language::{t, tf, tn},
    dom::{Html, hole, html, nothing, together},
    session::{Panel, Session},
    words::{Key, Pattern, Plural},
};

/// The list of people.
pub fn people(session: Session) -> Html {
    let ui = session.ui;
    let people = derived(move || session.view.with(|view| view.people.clone()));
    // The list of rooms is told of who joins a while later than the room itself.
    let total = move || {
        let known = people.with(Vec::len) as u64;
        session.here.get().map_or(0, |here| here.members).max(known)
    };
    let alone = move || session.here.get().is_none_or(|it| it.kind == RoomKind::Direct);
    html(
        r#"<aside _ id="people" class="people"><div class="rooms-title"><h2 _></h2><button _ id="invite" type="button" class="icon-button small"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 5v14M5 12h14"/></svg></button></div><i _></i><i _></i><p _ class="rooms-none"></p></aside>"#,
        vec![
            hole()
                .word("aria-label", Key::PEOPLE_TITLE)
                .class("open", move || ui.people_open.get())
                .class("folded", move || session.settings.with(|settings| !settings.people)),
            hole().text(move || tn(Plural::ROOMS_MEMBERS, total(), [])),
            hole().label(Key::PEOPLE_INVITE).hidden(alone).click(move || ui.open(Panel::Invite)),
            hole().here(move || people.with(|people| group(session, people, true))),
            hole().here(move || people.with(|people| group(session, people, false))),
            hole().text(move || match total().saturating_sub(people.with(Vec::len) as u64) {
                0 => String::new(),
                more => tn(Plural::PEOPLE_OTHERS, more, []),
            }),
        ],
    )
}

fn group(session: Session, people: &[Member], here: bool) -> Html {
    let members = people.iter().filter(|it| it.here == here);
    let all = together(members.map(|member| one(session, member)));
    if all.is_empty() {
        return nothing();
    }
    let title = if here { Key::PEOPLE_HERE } else { Key::PEOPLE_AWAY };
    html("<h3 _></h3><ul _></ul>", vec![hole().put(t(title)), hole().child(all)])
}

fn one(session: Session, member: &Member) -> Html {
    let person = member.person.clone();
    let name = person.name.as_str();
    let mine = session.me.with(|me| me.as_ref().is_some_and(|me| me.person.id == person.id));
    let presence = match member.here {
        true => tf(Pattern::PEOPLE_IS_HERE, [name]),
        false => tf(Pattern::PEOPLE_IS_AWAY, [name]),
    };
    let note = match (mine, member.role) {
        (true, _) => t(Key::PEOPLE_YOU),
        (_, Role::Moderator) => t(Key::PEOPLE_ROLE_MODERATOR),
        (_, Role::Admin) => t(Key::PEOPLE_ROLE_ADMIN),
        (_, Role::Member) => "",
    };
    let opened = person.clone();
    html(
        r#"<li><button _ type="button" aria-haspopup="dialog"><i _></i><bdi _ class="person-name"></bdi><span _ class="note"></span><span _ class="unseen"></span></button></li>"#,
        vec![
            hole()
                .set("class", if member.here { "person" } else { "person away" })
                .click(move || session.ui.open(Panel::Person(opened.clone()))),
            hole().instead(disc(&person.name)),
            hole().put(name),
            hole().put(note),
            hole().put(presence),
        ],
    )
}
