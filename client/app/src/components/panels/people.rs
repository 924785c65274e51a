//! What can be done with a person.

use leptos::prelude::*;
use parlour_events::{
    Author, AuthorKind, Ban, Kick, Member, Mute, Reason, Role, RoomKind, SetRole,
};

use super::{entry, sheet};
use crate::{
    browser::language::{t, tf},
    components::{
        disc::disc,
        kit::{act, nothing, part, ticked, typed, word},
    },
    session::{Panel, Session},
    text::fold::fold,
    words::{Key, Pattern},
};

/// How long somebody is muted or banned, in seconds; none for good.
const TIMES: [(Option<u64>, Key); 6] = [
    (Some(600), Key::MOD_FOR_10_MINUTES),
    (Some(3_600), Key::MOD_FOR_1_HOUR),
    (Some(86_400), Key::MOD_FOR_1_DAY),
    (Some(604_800), Key::MOD_FOR_1_WEEK),
    (Some(2_592_000), Key::MOD_FOR_30_DAYS),
    (None, Key::MOD_FOR_GOOD),
];

pub(super) fn person(session: Session, person: Author) -> AnyView {
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
        let direct = move || session.direct(user);
        let label = tf(Pattern::PEOPLE_MESSAGE, [&name]);
        let press = act(move || {
            session.ui.panel.set(Panel::None);
            direct();
        });
        entries.push(
            view! {
                <li>
                    <button id="menu-direct" type="button" class="menu-entry" on:click=press>
                        {label}
                    </button>
                </li>
            }
            .into_any(),
        );
    }
    let here = session.here.get_untracked();
    let owner = here.as_ref().is_some_and(|here| here.owned && here.kind != RoomKind::Direct);
    if !mine && (owner || (my_role > role && here.is_some())) {
        let put_out = move || session.put_out(user);
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
    let body = view! {
        <p class="person-head">
            {disc(&person.name)}
            <span>{t(kind)}</span>
        </p>
        <ul class="menu">{entries}</ul>
        {moderation}
    }
    .into_any();
    sheet(session, "menu-sheet", name, body)
}

/// What a moderator can do to somebody of a lower role.
fn moderate(session: Session, person: &Author, role: Role, mine: Role) -> AnyView {
    let user = person.id;
    let name = person.name.to_string();
    let (seconds, reason) = (RwSignal::new(Some(600_u64)), RwSignal::new(String::new()));
    let addresses = RwSignal::new(false);
    let why = move || reason.with_untracked(|it| it.parse::<Reason>()).unwrap_or_default();
    let done = move || session.ui.panel.set(Panel::None);
    let said = Some(Key::MOD_DONE);
    let mute = act(move || {
        // A mute has an end.
        let seconds = seconds.get_untracked().unwrap_or(2_592_000);
        session.order(&Mute { user, seconds, reason: why() }, said);
        done();
    });
    let unmute = act(move || {
        session.order(&Mute { user, seconds: 0, reason: Reason::default() }, said);
        done();
    });
    let kick = act(move || {
        session.order(&Kick { user, reason: why() }, said);
        done();
    });
    let ban = act(move || {
        let addresses = addresses.get_untracked();
        let seconds = seconds.get_untracked();
        session.order(&Ban { user, addresses, seconds, reason: why() }, said);
        done();
    });
    let raise = match mine {
        Role::Admin => {
            let (to, label) = match role {
                Role::Member => (Role::Moderator, Key::MOD_MAKE_MODERATOR),
                _ => (Role::Member, Key::MOD_MAKE_MEMBER),
            };
            let give = act(move || {
                session.order(&SetRole { user, role: to }, said);
                done();
            });
            view! {
                <button id="mod-role" type="button" class="quiet" on:click=give>{t(label)}</button>
            }
            .into_any()
        }
        _ => nothing(),
    };
    let option = |(at, (_, label)): (usize, &(Option<u64>, Key))| {
        view! { <option value=at.to_string()>{t(*label)}</option> }.into_any()
    };
    let times = TIMES.iter().enumerate().map(option).collect_view();
    let choose = typed(move |at| {
        let at = at.parse().unwrap_or(0_usize).min(TIMES.len() - 1);
        seconds.set(TIMES[at].0);
    });
    view! {
        <section class="moderate" aria-label=word(Key::MOD_TITLE)>
            <h3>{t(Key::MOD_TITLE)}</h3>
            <label for="mod-time">{t(Key::MOD_FOR)}</label>
            <select id="mod-time" on:change=choose>
                {times}
            </select>
            <label for="mod-reason">{t(Key::MOD_REASON)}</label>
            <input
                id="mod-reason"
                type="text"
                autocomplete="off"
                placeholder=t(Key::MOD_REASON_HINT)
                on:input=typed(move |text| reason.set(text))
            />
            <label class="tick">
                <input
                    id="mod-addresses"
                    type="checkbox"
                    on:change=ticked(move |on| addresses.set(on))
                />
                {t(Key::MOD_BAN_ADDRESSES)}
            </label>
            <p class="buttons">
                <button id="mod-mute" type="button" class="quiet" on:click=mute>
                    {tf(Pattern::MOD_MUTE_NAME, [&name])}
                </button>
                <button id="mod-unmute" type="button" class="quiet" on:click=unmute>
                    {t(Key::MOD_UNMUTE)}
                </button>
                <button id="mod-kick" type="button" class="quiet" on:click=kick>
                    {tf(Pattern::MOD_KICK_NAME, [&name])}
                </button>
                <button id="mod-ban" type="button" class="primary danger" on:click=ban>
                    {tf(Pattern::MOD_BAN_NAME, [&name])}
                </button>
                {raise}
            </p>
        </section>
    }
    .into_any()
}

pub(super) fn invite(session: Session) -> AnyView {
    let query = RwSignal::new(String::new());
    // Whoever is known from anywhere: there is no list of everybody.
    let people = session.people_known();
    let one = move |person: &Author| {
        let user = person.id;
        let (sign, name) = (disc(&person.name), person.name.to_string());
        let press = act(move || {
            session.ui.panel.set(Panel::None);
            session.invite(user);
        });
        view! {
            <li>
                <button type="button" class="menu-entry" on:click=press>
                    {sign}
                    <bdi>{name}</bdi>
                </button>
            </li>
        }
        .into_any()
    };
    let inside: Vec<_> = session
        .view
        .with_untracked(|view| view.people.iter().map(|it: &Member| it.person.id).collect());
    let body = view! {
        <input
            id="invite-name"
            type="search"
            data-first
            autocomplete="off"
            aria-label=word(Key::PEOPLE_INVITE_NAME)
            placeholder=word(Key::PEOPLE_INVITE_NAME)
            on:input=typed(move |text| query.set(fold(&text)))
        />
        {part(move || {
            let wanted = |person: &&Author| {
                let fits = query.with(|it| fold(person.name.as_str()).contains(it.as_str()));
                fits && !inside.contains(&person.id)
            };
            let all: Vec<_> = people.iter().filter(wanted).take(20).map(one).collect();
            match all.is_empty() {
                true => view! { <p class="hint">{t(Key::PEOPLE_NOBODY)}</p> }.into_any(),
                false => view! { <ul class="menu">{all}</ul> }.into_any(),
            }
        })}
    }
    .into_any();
    sheet(session, "form", t(Key::PEOPLE_INVITE).to_owned(), body)
}

