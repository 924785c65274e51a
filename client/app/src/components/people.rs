//! The people in the room.

use crate::live::{Live, derived, now_and_then};
use parlour_events::{Member, Role, RoomKind, UserId};

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
        r#"<aside _ id="people" class="people"><div class="rooms-title"><h2 _></h2><button _ id="invite" type="button" class="icon-button small"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 5v14M5 12h14"/></svg></button></div><ul _ tabindex="-1"></ul><p _ class="rooms-none"></p></aside>"#,
        vec![
            hole()
                .word("aria-label", Key::PEOPLE_TITLE)
                .class("open", move || ui.people_open.get())
                .class("folded", move || session.settings.with(|settings| !settings.people)),
            hole().text(move || match total() {
                // Before the server has told of the room.
                0 if session.here.with(Option::is_none) => t(Key::PEOPLE_TITLE).to_owned(),
                total => tn(Plural::ROOMS_MEMBERS, total, []),
            }),
            hole().label(Key::PEOPLE_INVITE).hidden(alone).click(move || ui.open(Panel::Invite)),
            hole().rows(
                move || people.with(|people| rows(people)),
                Row::key,
                move |row| match row {
                    Row::Title(title) => html("<li><h3 _></h3></li>", vec![hole().say(title)]),
                    Row::Person(member) => one(session, people, member),
                },
            ),
            hole().text(move || match total().saturating_sub(people.with(Vec::len) as u64) {
                0 => String::new(),
                more => tn(Plural::PEOPLE_OTHERS, more, []),
            }),
        ],
    )
}

/// A row of the list. Whoever comes or goes moves within it, and keeps the focus.
enum Row {
    /// Above those who are here, or away.
    Title(Key),
    Person(Member),
}

impl Row {
    fn key(&self) -> Result<UserId, Key> {
        match self {
            Self::Title(title) => Err(*title),
            Self::Person(member) => Ok(member.person.id),
        }
    }
}

/// Those who are here, and behind them those who are away.
fn rows(people: &[Member]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (here, title) in [(true, Key::PEOPLE_HERE), (false, Key::PEOPLE_AWAY)] {
        let title_at = rows.len();
        rows.extend(people.iter().filter(|it| it.here == here).cloned().map(Row::Person));
        if rows.len() > title_at {
            rows.insert(title_at, Row::Title(title));
        }
    }
    rows
}

/// Somebody keeps their row for as long as they are in the list.
fn one(session: Session, people: Live<Vec<Member>>, member: Member) -> Html {
    let id = member.person.id;
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
    let presence = move |member: &Member| {
        let presence = match member.here {
            true => Pattern::PEOPLE_IS_HERE,
            false => Pattern::PEOPLE_IS_AWAY,
        };
        tf(presence, [member.person.name.as_str()])
    };
    let open = move || {
        let person = member.with_untracked(|it| it.person.clone());
        session.ui.open(Panel::Person(person));
    };
    html(
        r#"<li><button _ type="button" class="person" aria-haspopup="dialog"><i _></i><bdi _ class="person-name"></bdi><span _ class="note"></span><span _ class="unseen"></span></button></li>"#,
        vec![
            hole().class("away", move || member.with(|it| !it.here)).click(open),
            hole().here(move || member.with(|it| disc(&it.person.name))),
            hole().text(move || member.with(|it| it.person.name.to_string())),
            hole().text(move || note().to_owned()),
            hole().text(move || member.with(presence)),
        ],
    )
}
