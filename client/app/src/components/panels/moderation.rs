//! Who is banned, and what moderators did.

use crate::live::Live;
use parlour_events::{Audit, AuditEntry, BanEntry, Bans, ListAudit, ListBans, Role, Unban};

use super::{hint, list, list_or, sheet};
use crate::{
    browser::{
        clock,
        language::{t, tf},
    },
    dom::{Html, hole, html, nothing},
    session::Session,
    words::{Key, Pattern},
};

pub(super) fn moderation(session: Session) -> Html {
    let bans = Live::new(None::<Vec<BanEntry>>);
    let audit = Live::new(None::<Vec<AuditEntry>>);
    let ui = session.ui;
    let read = move || {
        session.request(&ListBans { before: None }, move |outcome: Result<Bans, String>| {
            match outcome {
                Ok(answer) => {
                    bans.set(Some(answer.bans));
                }
                Err(sentence) => ui.say(sentence, true),
            }
        });
    };
    read();
    let admin =
        session.me.with_untracked(|me| me.as_ref().is_some_and(|it| it.role == Role::Admin));
    if admin {
        session.request(&ListAudit { before: None }, move |outcome: Result<Audit, String>| {
            if let Ok(answer) = outcome {
                audit.set(Some(answer.entries));
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
        let lift = move || {
            session.order(&Unban { ban: number }, Some(Key::MOD_DONE));
            bans.update(|bans| {
                if let Some(bans) = bans {
                    bans.retain(|known| known.ban != number);
                }
            });
        };
        html(
            r#"<li><b _ dir="auto"></b><span _ class="hint"></span><span _ dir="auto"></span><button _ type="button" class="link-button"></button></li>"#,
            vec![
                hole().put(who),
                hole().put(until),
                hole().put(entry.reason.as_str()),
                hole().set("data-at", number.to_string()).say(Key::MOD_UNBAN).click(lift),
            ],
        )
    };
    let banned = move || {
        bans.with(|bans| match bans {
            None => hint(Key::APP_LOADING),
            Some(bans) => list_or("records", bans.iter().map(ban).collect(), Key::MOD_NO_BANS),
        })
    };
    let done = move || {
        audit.with(|audit| match audit {
            None => nothing(),
            Some(entries) => html(
                "<h3 _></h3><i _></i>",
                vec![
                    hole().say(Key::MOD_AUDIT),
                    hole().instead(list("records", entries.iter().map(record).collect())),
                ],
            ),
        })
    };
    let body = html(
        "<h3 _></h3><i _></i><i _></i>",
        vec![hole().say(Key::MOD_BANS), hole().here(banned), hole().here(done)],
    );
    sheet(session, "sheet form", t(Key::MOD_TITLE).to_owned(), body)
}

fn record(entry: &AuditEntry) -> Html {
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
    let to = entry.to.as_ref().map_or("", |to| to.name.as_str());
    html(
        r#"<li><b _></b> <bdi _></bdi><span _ class="hint"></span><span _ dir="auto"></span></li>"#,
        vec![
            hole().say(action),
            hole().put(to),
            hole().put([by.as_str(), " · ", &clock::in_full(entry.at)].concat()),
            hole().put(entry.detail.as_str()),
        ],
    )
}
