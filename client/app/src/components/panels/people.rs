//! What can be done with a person.

use crate::live::Live;
use parlour_events::{
    Author, AuthorKind, Ban, Kick, Member, Mute, Reason, Role, RoomKind, SetRole,
    limits::REASON_CHARS,
};

use super::{entry, is_ticked, list, list_or, problem, seek, sheet, written};
use crate::{
    browser::language::{t, tf},
    components::disc::disc,
    dom::{Html, Ref, hole, html, nothing, together},
    session::{Ask, Panel, Session},
    text::fold::fold,
    words::{Key, Pattern},
};

/// A mute has an end: a hundred years is the longest that the server takes.
const FOR_GOOD: u64 = 100 * 365 * 24 * 60 * 60;

/// How long somebody is muted or banned, in seconds; none for good.
const TIMES: [(Option<u64>, Key); 6] = [
    (Some(600), Key::MOD_FOR_10_MINUTES),
    (Some(3_600), Key::MOD_FOR_1_HOUR),
    (Some(86_400), Key::MOD_FOR_1_DAY),
    (Some(604_800), Key::MOD_FOR_1_WEEK),
    (Some(2_592_000), Key::MOD_FOR_30_DAYS),
    (None, Key::MOD_FOR_GOOD),
];

pub(super) fn person(session: Session, person: Author) -> Html {
    let me = session.me.get_untracked();
    let mine = me.as_ref().is_some_and(|me| me.person.id == person.id);
    let my_role = me.map_or(Role::Member, |me| me.role);
    let role = session.view.with_untracked(|view| {
        let known = view.people.iter().find(|member| member.person.id == person.id);
        known.map_or(Role::Member, |member| member.role)
    });
    let name = person.name.to_string();
    let user = person.id;
    let guest = person.kind == AuthorKind::Guest;
    let mut entries = Vec::new();
    if mine {
        let open = move || session.ui.open(Panel::Settings);
        entries.push(entry(session, "menu-settings", t(Key::SETTINGS_TITLE), open));
    } else if !guest {
        let label = tf(Pattern::PEOPLE_MESSAGE, [&name]);
        entries.push(entry(session, "menu-direct", &label, move || session.direct(user)));
    }
    let here = session.here.get_untracked();
    let owner = here.as_ref().is_some_and(|here| here.owned && here.kind != RoomKind::Direct);
    if !mine && (owner || (my_role > role && here.is_some())) {
        let who = person.clone();
        let put_out = move || session.ui.open(Panel::Ask(Ask::PutOut(who.clone())));
        entries.push(entry(session, "menu-remove", t(Key::PEOPLE_REMOVE), put_out));
    }
    let moderation = match !mine && my_role > role && my_role > Role::Member {
        true => moderate(session, &person, role, my_role),
        false => nothing(),
    };
    let kind = match (guest, role) {
        (true, _) => Key::PEOPLE_GUEST,
        (_, Role::Member) => Key::PEOPLE_ROLE_MEMBER,
        (_, Role::Moderator) => Key::PEOPLE_ROLE_MODERATOR,
        (_, Role::Admin) => Key::PEOPLE_ROLE_ADMIN,
    };
    let body = html(
        r#"<p class="person-head"><i _></i><span _></span></p><i _></i><i _></i>"#,
        vec![
            hole().instead(disc(&person.name)),
            hole().say(kind),
            hole().instead(list("menu", entries)),
            hole().instead(moderation),
        ],
    );
    sheet(session, "sheet menu-sheet", name, body)
}

/// What a moderator can do to somebody of a lower role.
fn moderate(session: Session, person: &Author, role: Role, mine: Role) -> Html {
    let user = person.id;
    let name = person.name.as_str();
    let time = Live::new(0_usize);
    let (reason, addresses) = (Ref::new(), Ref::new());
    let seconds = move || TIMES.get(time.get_untracked()).and_then(|(seconds, _)| *seconds);
    let error = Live::new(None::<String>);
    // Why, if that can be a reason.
    let why = move || match written(reason).parse::<Reason>() {
        Ok(reason) => Some(reason),
        Err(_) => {
            error.set(Some(t(Key::MOD_REASON_WRONG).to_owned()));
            reason.focus();
            None
        }
    };
    let done = move || session.ui.panel.set(Panel::None);
    let said = Some(Key::MOD_DONE);
    let mute = move || {
        if let Some(reason) = why() {
            let seconds = seconds().unwrap_or(FOR_GOOD);
            session.order(&Mute { user, seconds, reason }, said);
            done();
        }
    };
    let unmute = move || {
        session.order(&Mute { user, seconds: 0, reason: Reason::default() }, said);
        done();
    };
    let ask = move |about: Ask| session.ui.open(Panel::Ask(about));
    let whom = person.clone();
    let kick = move || {
        if let Some(reason) = why() {
            ask(Ask::Kick(whom.clone(), Kick { user, reason }));
        }
    };
    let whom = person.clone();
    let ban = move || {
        if let Some(reason) = why() {
            let (seconds, addresses) = (seconds(), is_ticked(addresses));
            ask(Ask::Ban(whom.clone(), Ban { user, addresses, seconds, reason }));
        }
    };
    let raise = match mine {
        Role::Admin => {
            let (to, label) = match role {
                Role::Member => (Role::Moderator, Key::MOD_MAKE_MODERATOR),
                _ => (Role::Member, Key::MOD_MAKE_MEMBER),
            };
            let give = move || {
                session.order(&SetRole { user, role: to }, said);
                done();
            };
            html(
                r#"<button _ id="mod-role" type="button" class="quiet"></button>"#,
                vec![hole().say(label).click(give)],
            )
        }
        _ => nothing(),
    };
    let option = |(at, (_, label)): (usize, &(Option<u64>, Key))| {
        html("<option _></option>", vec![hole().set("value", at.to_string()).say(*label)])
    };
    html(
        r#"<section _ class="moderate">
            <h3 _></h3>
            <label _ for="mod-time"></label>
            <select _ id="mod-time"></select>
            <label _ for="mod-reason"></label>
            <input _ id="mod-reason" type="text" autocomplete="off" aria-describedby="mod-error">
            <p _ id="mod-error" class="error" role="alert"></p>
            <label class="tick"><input _ id="mod-addresses" type="checkbox"><span _></span></label>
            <p _ class="buttons">
                <button _ id="mod-mute" type="button" class="quiet"></button>
                <button _ id="mod-unmute" type="button" class="quiet"></button>
                <button _ id="mod-kick" type="button" class="quiet"></button>
                <button _ id="mod-ban" type="button" class="primary danger"></button>
            </p>
        </section>"#,
        vec![
            hole().word("aria-label", Key::MOD_TITLE),
            hole().say(Key::MOD_TITLE),
            hole().say(Key::MOD_FOR),
            hole()
                .child(together(TIMES.iter().enumerate().map(option)))
                .input(move |at| time.set(at.parse().unwrap_or(0))),
            hole().say(Key::MOD_REASON),
            hole()
                .refer(reason)
                .set("maxlength", REASON_CHARS.to_string())
                .word("placeholder", Key::MOD_REASON_HINT)
                .input(move |_| error.set(None)),
            problem(error),
            hole().refer(addresses),
            hole().say(Key::MOD_BAN_ADDRESSES),
            hole().child(raise),
            hole().put(tf(Pattern::MOD_MUTE_NAME, [name])).click(mute),
            hole().say(Key::MOD_UNMUTE).click(unmute),
            hole().put(tf(Pattern::MOD_KICK_NAME, [name])).click(kick),
            hole().put(tf(Pattern::MOD_BAN_NAME, [name])).click(ban),
        ],
    )
}

pub(super) fn invite(session: Session) -> Html {
    let query = Live::new(String::new());
    // Whoever is known from anywhere: there is no list of everybody.
    let people = session.people_known();
    let one = move |person: &Author| {
        let user = person.id;
        let press = move || {
            session.ui.panel.set(Panel::None);
            session.invite(user);
        };
        html(
            r#"<li><button _ type="button" class="menu-entry"><i _></i><bdi _></bdi></button></li>"#,
            vec![
                hole().click(press),
                hole().instead(disc(&person.name)),
                hole().put(person.name.as_str()),
            ],
        )
    };
    let inside: Vec<_> = session
        .view
        .with_untracked(|view| view.people.iter().map(|it: &Member| it.person.id).collect());
    let list = move || {
        let wanted = |person: &&Author| {
            let fits = query.with(|it| fold(person.name.as_str()).contains(it.as_str()));
            fits && !inside.contains(&person.id)
        };
        let all = people.iter().filter(wanted).take(20).map(one).collect();
        list_or("menu", all, Key::PEOPLE_NOBODY)
    };
    let body = html(
        r#"<input _ id="invite-name" type="search" data-first autocomplete="off"><i _></i>"#,
        vec![seek(Key::PEOPLE_INVITE_NAME, move |text| query.set(fold(&text))), hole().here(list)],
    );
    sheet(session, "sheet form", t(Key::PEOPLE_INVITE).to_owned(), body)
}
