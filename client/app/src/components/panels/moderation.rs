//! Who is banned, and what moderators did.

use crate::live::Live;
use parlour_events::{Audit, AuditEntry, BanEntry, Bans, Done, ListAudit, ListBans, Role, Unban};

use super::{hint, sheet};
use crate::{
    browser::{
        clock,
        language::{t, tf},
    },
    dom::{Html, Ref, hole, html, nothing},
    session::Session,
    words::{Key, Pattern},
};

pub(super) fn moderation(session: Session) -> Html {
    let bans = Live::new(None::<Vec<BanEntry>>);
    let audit = Live::new(None::<Vec<AuditEntry>>);
    let (more_bans, more_audit) = (Live::new(false), Live::new(false));
    let (ban_list, audit_list) = (Ref::new(), Ref::new());
    let ui = session.ui;
    let last_ban = move || Some(bans.try_get_untracked()??.last()?.ban);
    let read_bans = move || {
        let before = last_ban();
        session.request(&ListBans { before }, move |outcome: Result<Bans, String>| match outcome {
            // What was asked for twice is taken once.
            Ok(_) if last_ban() != before => {}
            Ok(answer) => {
                bans.update(|bans| bans.get_or_insert_default().extend(answer.bans));
                more_bans.set(answer.more);
            }
            Err(sentence) => ui.say(sentence, true),
        });
    };
    read_bans();
    let last_entry = move || Some(audit.try_get_untracked()??.last()?.entry);
    let read_audit = move || {
        let before = last_entry();
        session.request(&ListAudit { before }, move |outcome: Result<Audit, String>| {
            if let Ok(answer) = outcome
                && last_entry() == before
            {
                audit.update(|audit| audit.get_or_insert_default().extend(answer.entries));
                more_audit.set(answer.more);
            }
        });
    };
    let admin =
        session.me.with_untracked(|me| me.as_ref().is_some_and(|it| it.role == Role::Admin));
    if admin {
        read_audit();
    }
    let lift = move |ban: u64| {
        session.request(&Unban { ban }, move |outcome: Result<Done, String>| match outcome {
            Ok(Done {}) => {
                bans.update(|bans| bans.iter_mut().for_each(|it| it.retain(|it| it.ban != ban)));
                ui.say(t(Key::MOD_DONE), false);
            }
            Err(sentence) => ui.say(sentence, true),
        });
    };
    let ban = move |entry: BanEntry| {
        let number = entry.ban;
        let who = match &entry.address {
            Some(address) => format!("{} · {address}", entry.person.name),
            None => entry.person.name.to_string(),
        };
        let until = match entry.until {
            Some(until) => tf(Pattern::MOD_UNTIL, [&clock::in_full(until)]),
            None => t(Key::MOD_FOR_GOOD).to_owned(),
        };
        html(
            r#"<li><b _ dir="auto"></b><span _ class="hint"></span><span _ dir="auto"></span><button _ type="button" class="link-button"></button></li>"#,
            vec![
                hole().put(who),
                hole().put(until),
                hole().put(entry.reason.as_str()),
                hole().say(Key::MOD_UNBAN).click(move || lift(number)),
            ],
        )
    };
    let none = move || match bans.with(|bans| bans.as_ref().map(Vec::len)) {
        None => hint(Key::APP_LOADING),
        Some(0) => hint(Key::MOD_NO_BANS),
        Some(_) => nothing(),
    };
    // A button that goes, with the ban that it has lifted or when all is here, leaves the focus to
    // its list.
    let older = |more: Live<bool>, list: Ref, read: Box<dyn Fn()>| {
        hole().hidden(move || !more.get()).say(Key::MOD_OLDER).click(move || {
            list.focus();
            read();
        })
    };
    let body = html(
        r#"<h3 _></h3><i _></i><ul _ class="records" tabindex="-1"></ul><button _ type="button" class="quiet"></button><h3 _></h3><ul _ class="records" tabindex="-1"></ul><button _ type="button" class="quiet"></button>"#,
        vec![
            hole().say(Key::MOD_BANS),
            hole().here(none),
            hole().refer(ban_list).rows(
                move || bans.get().unwrap_or_default(),
                |entry| entry.ban,
                ban,
            ),
            older(more_bans, ban_list, Box::new(read_bans)),
            hole().hidden(move || audit.with(Option::is_none)).say(Key::MOD_AUDIT),
            hole().refer(audit_list).rows(
                move || audit.get().unwrap_or_default(),
                |entry| entry.entry,
                record,
            ),
            older(more_audit, audit_list, Box::new(read_audit)),
        ],
    );
    sheet(session, "sheet form", t(Key::MOD_TITLE).to_owned(), body)
}

fn record(entry: AuditEntry) -> Html {
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
