//! The door: a nickname, and you are in.

use crate::live::{Live, derived, effect, soon};
use leptos::prelude::*;
use parlour_events::Nickname;

use super::strip::ticking;
use crate::{
    browser::{
        clock,
        language::{t, tf},
        place::{self, Auth},
    },
    dom::{Html, Ref, hole, html, nothing},
    line::Status,
    session::{Closed, Session},
    words::{self, Key, Pattern},
};

/// The sign over the door.
const MARK: &str = r#"<svg class="mark" viewBox="0 0 64 64" aria-hidden="true"><rect class="mark-ground" width="64" height="64" rx="15"/><path class="mark-sign" d="M18 51V29a15 15 0 1 1 15 15h-5.500z M33 39a10 10 0 1 0-10-10 10 10 0 0 0 10 10z" fill-rule="evenodd"/></svg>"#;

/// Asks for a nickname, says what is wrong with it, and comes in. Where people come in with a token
/// of another system, says how; where nobody comes in, says why.
pub fn landing(session: Session) -> Html {
    let make = move || {
        let closed = session.closed.get();
        untrack(|| match (closed, session.site.with_value(|site| site.auth)) {
            (Closed::No, Auth::Guests) => door(session),
            (Closed::No, Auth::Jwt) => elsewhere(session),
            _ => shut(session, closed),
        })
    };
    html("<i _></i>", vec![hole().here(make)])
}

fn door(session: Session) -> Html {
    let known = session.nickname.get_untracked().map(String::from).unwrap_or_default();
    let written = Live::new(known);
    let input = Ref::new();
    // An empty field is not wrong before somebody tries to come in with it.
    let error = Live::new(None::<String>);
    let check = move |typed: &str| match typed.parse::<Nickname>() {
        Err(wrong) if !typed.trim().is_empty() => Some(words::nickname_error(&wrong)),
        _ => None,
    };
    let changed = move |typed: String| {
        error.set(check(&typed));
        session.entry_error.set(None);
        written.set(typed);
    };
    let enter = move || match written.with_untracked(|text| text.parse::<Nickname>()) {
        Ok(nickname) => session.enter(nickname),
        Err(wrong) => {
            error.set(Some(words::nickname_error(&wrong)));
            input.focus();
        }
    };
    let wrong = move || error.get().or_else(|| session.entry_error.get());
    soon(move || focus(input));
    effect(move || {
        if session.entry_error.with(Option::is_some) {
            focus(input);
        }
    });
    html(
        r#"<main class="landing"><form _ class="door" novalidate><i _></i><h1>Parlour</h1><p _ class="welcome"></p><label _ for="nickname"></label><input _ id="nickname" name="nickname" type="text" autocomplete="nickname" autocapitalize="words" spellcheck="false" dir="auto" aria-describedby="landing-error landing-status"><p _ id="landing-error" class="error" role="alert"></p><button _ id="enter" type="submit" class="primary"></button><p _ id="landing-status" class="hint" role="status"></p></form></main>"#,
        vec![
            hole().submit(enter).yes("aria-busy", move || session.entering.get()),
            hole().instead(html(MARK, Vec::new())),
            hole().say(Key::LANDING_WELCOME),
            hole().say(Key::LANDING_NICKNAME),
            hole()
                .refer(input)
                .property("value", move || written.get())
                .yes("aria-invalid", move || wrong().is_some())
                .input(changed),
            hole().text(move || wrong().unwrap_or_default()),
            hole().flag("disabled", move || session.entering.get()).text(move || {
                let key = match session.entering.get() {
                    true => Key::LANDING_ENTERING,
                    false => Key::LANDING_ENTER,
                };
                t(key).to_owned()
            }),
            hole().text(move || status(session)),
        ],
    )
}

/// Gives the focus to what is to be done here, as far as the page may.
fn focus(to: Ref) {
    if place::may_focus() {
        to.focus();
    }
}

/// What is the matter with the line, while somebody waits at the door.
fn status(session: Session) -> String {
    if !session.entering.get() {
        return String::new();
    }
    session.line.with(|line| match line.status() {
        Status::Reconnecting | Status::Offline => t(Key::LANDING_NO_ANSWER).to_owned(),
        _ => String::new(),
    })
}

/// People come in from another page, which has their token.
fn elsewhere(session: Session) -> Html {
    let refused = move || session.entry_error.get();
    let title = move || {
        let key = match (refused(), session.awaiting.get()) {
            (Some(_), _) => Key::LANDING_REFUSED,
            (None, true) => Key::LANDING_WAITING,
            (None, false) => Key::LANDING_ELSEWHERE,
        };
        t(key).to_owned()
    };
    let how = move || {
        let key = match (session.entering.get(), session.awaiting.get()) {
            (true, _) => Key::LANDING_ENTERING,
            (false, true) => Key::LANDING_WAITING_HOW,
            (false, false) => Key::LANDING_ELSEWHERE_HOW,
        };
        refused().unwrap_or_else(|| t(key).to_owned())
    };
    let sign_in = match session.site.with_value(|site| site.sign_in.clone()) {
        Some(link) => html(
            r#"<a _ class="primary button" target="_blank" rel="noopener"></a>"#,
            vec![hole().set("href", link).say(Key::LANDING_SIGN_IN)],
        ),
        None => nothing(),
    };
    html(
        r#"<main class="landing"><div class="door"><i _></i><h1 _></h1><p _ class="welcome" role="status"></p><i _></i><button _ id="again" type="button" class="quiet"></button></div></main>"#,
        vec![
            hole().instead(html(MARK, Vec::new())),
            hole().text(title),
            hole().text(how),
            hole().instead(sign_in),
            hole()
                .hidden(move || refused().is_none())
                .say(Key::LANDING_AGAIN)
                .click(move || session.come_in_by_token()),
        ],
    )
}

/// Nobody comes in here now, under whatever name: says why, when it is tried again, and what else
/// can be done.
fn shut(session: Session, closed: Closed) -> Html {
    let guests = session.site.with_value(|site| site.auth) == Auth::Guests;
    let banned = closed == Closed::Banned;
    let again = Ref::new();
    soon(move || focus(again));
    let waits = derived(move || session.line.with(|line| line.asks_again_at().is_some()));
    let now = ticking(waits);
    // The seconds are not read out: they change too often.
    let left = move || {
        let now = now.get().max(clock::now());
        let left = session.line.with(|line| line.asks_again_in(now));
        left.map_or_else(String::new, |left| tf(Pattern::LANDING_AGAIN_IN, [&words::whole(left)]))
    };
    let try_again = move || match (banned, guests, session.nickname.get_untracked()) {
        (false, ..) => session.try_now(),
        (true, true, Some(nickname)) => session.enter(nickname),
        (true, true, None) => session.take_another_name(),
        (true, false, _) => session.come_in_by_token(),
    };
    let title = if banned { Key::LANDING_BANNED } else { Key::LANDING_FULL };
    html(
        r#"<main class="landing"><div class="door"><i _></i><h1 _></h1><p _ id="landing-error" class="why" role="alert" dir="auto"></p><p _ class="hint"></p><p _ class="hint" aria-hidden="true"></p><button _ id="again" type="button" class="primary"></button><button _ id="other-name" type="button" class="quiet"></button></div></main>"#,
        vec![
            hole().instead(html(MARK, Vec::new())),
            hole().say(title),
            hole().text(move || session.entry_error.get().unwrap_or_default()),
            hole().hidden(move || banned).say(Key::LANDING_FULL_WAIT),
            hole().text(left),
            hole().refer(again).say(Key::LANDING_AGAIN).click(try_again),
            hole()
                .hidden(move || !guests)
                .say(Key::LANDING_OTHER_NAME)
                .click(move || session.take_another_name()),
        ],
    )
}
