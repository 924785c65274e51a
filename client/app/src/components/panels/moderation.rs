//! Who is banned, and what moderators did.

use leptos::prelude::*;
use parlour_events::{Audit, AuditEntry, BanEntry, Bans, ListAudit, ListBans, Role, Unban};

use super::sheet;
use crate::{
    browser::{
        clock,
        language::{t, tf},
    },
    components::kit::{act, nothing, part, word},
    session::Session,
    words::{Key, Pattern},
};

pub(super) fn moderation(session: Session) -> AnyView {
    let bans = RwSignal::new(None::<Vec<BanEntry>>);
    let audit = RwSignal::new(None::<Vec<AuditEntry>>);
    let ui = session.ui;
    let read = move || {
        session.request(&ListBans { before: None }, move |outcome: Result<Bans, String>| {
            match outcome {
                Ok(answer) => {
                    bans.try_set(Some(answer.bans));
                }
                Err(sentence) => ui.say(sentence, true),
            }
        });
    };
    read();
    let admin = session.me.with_untracked(|me| me.as_ref().is_some_and(|it| it.role == Role::Admin));
    if admin {
        session.request(&ListAudit { before: None }, move |outcome: Result<Audit, String>| {
            if let Ok(answer) = outcome {
                audit.try_set(Some(answer.entries));
            }
        });
    }
    let ban = move |entry: &BanEntry| {
        let number = entry.ban;
        let who = match &entry.address {
            Some(address) => format!("{} · {address}", entry.person.name),
            None => entry.person.name.to_string(),
        };
        let until = match entry.until {
            Some(until) => tf(Pattern::MOD_UNTIL, [&clock::in_full(until)]),
            None => t(Key::MOD_FOR_GOOD).to_owned(),
        };
        let reason = entry.reason.to_string();
        let lift = act(move || {
            session.order(&Unban { ban: number }, Some(Key::MOD_DONE));
            bans.update(|bans| {
                if let Some(bans) = bans {
                    bans.retain(|known| known.ban != number);
                }
            });
        });
        view! {
            <li>
                <b dir="auto">{who}</b>
                <span class="hint">{until}</span>
                <span dir="auto">{reason}</span>
                <button type="button" class="link-button" on:click=lift>{t(Key::MOD_UNBAN)}</button>
            </li>
        }
        .into_any()
    };
    let body = view! {
        <h3>{word(Key::MOD_BANS)}</h3>
        {part(move || bans.with(|bans| match bans {
            None => view! { <p class="hint">{t(Key::APP_LOADING)}</p> }.into_any(),
            Some(bans) if bans.is_empty() => {
                view! { <p class="hint">{t(Key::MOD_NO_BANS)}</p> }.into_any()
            }
            Some(bans) => {
                let all = bans.iter().map(ban).collect_view();
                view! { <ul class="records">{all}</ul> }.into_any()
            }
        }))}
        {part(move || audit.with(|audit| match audit {
            None => nothing(),
            Some(entries) => {
                let all = entries.iter().map(record).collect_view();
                view! {
                    <h3>{t(Key::MOD_AUDIT)}</h3>
                    <ul class="records">{all}</ul>
                }
                .into_any()
            }
        }))}
    }
    .into_any();
    sheet(session, "form", t(Key::MOD_TITLE).to_owned(), body)
}

fn record(entry: &AuditEntry) -> AnyView {
    let by = match &entry.by {
        Some(by) => tf(Pattern::MOD_BY, [by.name.as_str()]),
        None => t(Key::MOD_BY_SERVER).to_owned(),
    };
    let action = match entry.action.as_str() {
        "mod:mute" => Key::MOD_ACTION_MUTE,
        "mod:kick" => Key::MOD_ACTION_KICK,
        "mod:ban" => Key::MOD_ACTION_BAN,
        "mod:unban" => Key::MOD_ACTION_UNBAN,
        "mod:role" => Key::MOD_ACTION_ROLE,
        "message:delete" => Key::MOD_ACTION_DELETE,
        "room:remove" => Key::MOD_ACTION_REMOVE,
        _ => Key::MOD_TITLE,
    };
    let to = entry.to.as_ref().map(|to| to.name.to_string()).unwrap_or_default();
    let (time, detail) = (clock::in_full(entry.at), entry.detail.clone());
    view! {
        <li>
            <b>{t(action)}</b>
            " "
            <bdi>{to}</bdi>
            <span class="hint">{by} " · " {time}</span>
            <span dir="auto">{detail}</span>
        </li>
    }
    .into_any()
}
