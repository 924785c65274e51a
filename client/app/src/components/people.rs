//! The people in the room.

use crate::live::{Live, derived, now_and_then};
use parlour_events::{Member, Role, RoomKind};

use super::disc::disc;
use crate::{
    browser::language::{t, tf, tn},
    dom::{Html, hole, html},
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
            hole().instead(group(session, people, true)),
            hole().instead(group(session, people, false)),
            hole().text(move || match total().saturating_sub(people.with(Vec::len) as u64) {
                0 => String::new(),
                more => tn(Plural::PEOPLE_OTHERS, more, []),
            }),
        ],
    )
}

fn group(session: Session, people: Live<Vec<Member>>, here: bool) -> Html {
    let in_group = move |it: &&Member| it.here == here;
    let none = move || people.with(|people| !people.iter().any(|it| in_group(&it)));
    let all = move || people.with(|people| people.iter().filter(in_group).cloned().collect());
    let title = if here { Key::PEOPLE_HERE } else { Key::PEOPLE_AWAY };
    html(
        "<h3 _></h3><ul _></ul>",
        vec![
            hole().hidden(none).say(title),
            hole().hidden(none).rows(
                all,
                |member| member.person.id,
                move |member| one(session, people, member),
            ),
        ],
    )
}

/// Somebody keeps their row for as long as they are in the list.
fn one(session: Session, people: Live<Vec<Member>>, member: Member) -> Html {
    let (id, here) = (member.person.id, member.here);
    let member = Live::new(member);
    now_and_then(move || {
        people.with(|people| {
            if let Some(now) = people.iter().find(|it| it.person.id == id) {
                member.put(now.clone());
            }
        });
    });
    let mine = move || session.me.with(|me| me.as_ref().is_some_and(|me| me.person.id == id));
    let note = move || match (mine(), member.with(|it| it.role)) {
        (true, _) => t(Key::PEOPLE_YOU),
        (_, Role::Moderator) => t(Key::PEOPLE_ROLE_MODERATOR),
        (_, Role::Admin) => t(Key::PEOPLE_ROLE_ADMIN),
        (_, Role::Member) => "",
    };
    let presence = if here { Pattern::PEOPLE_IS_HERE } else { Pattern::PEOPLE_IS_AWAY };
    let open = move || {
        let person = member.with_untracked(|it| it.person.clone());
        session.ui.open(Panel::Person(person));
    };
    html(
        r#"<li><button _ type="button" aria-haspopup="dialog"><i _></i><bdi _ class="person-name"></bdi><span _ class="note"></span><span _ class="unseen"></span></button></li>"#,
        vec![
            hole().set("class", if here { "person" } else { "person away" }).click(open),
            hole().here(move || member.with(|it| disc(&it.person.name))),
            hole().text(move || member.with(|it| it.person.name.to_string())),
            hole().text(move || note().to_owned()),
            hole().text(move || member.with(|it| tf(presence, [it.person.name.as_str()]))),
        ],
    )
}
