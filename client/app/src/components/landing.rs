//! The door: a nickname, and you are in.

use crate::live::{Live, derived, effect, soon};
use leptos::prelude::*;
use parlour_events::Nickname;

use super::strip::ticking;
use crate::{
    browser::{
        clock,
        language::{t, tf},
        place::Auth,
    },
    dom::{Html, Ref, hole, html, nothing},
    entry::Door,
    line::Status,
    session::Session,
    words::{self, Key, Pattern},
};

/// Asks for a nickname, says what is wrong with it, and comes in. Where people come in with a token
/// of another system, says how.
pub fn landing(session: Session) -> Html {
    match session.site.with_value(|site| site.auth) {
        Auth::Guests => html(
            r#"<main class="landing"><i _></i></main>"#,
            vec![hole().here(move || match session.door.get() {
                Door::Name => untrack(|| door(session)),
                Door::Full => closed(session, Key::LANDING_FULL),
                Door::Banned => closed(session, Key::LANDING_BANNED),
                Door::Refused => closed(session, Key::LANDING_REFUSED),
            })],
        ),
        Auth::Jwt => elsewhere(session),
    }
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
    soon(move || input.focus());
    effect(move || {
        if session.entry_error.with(Option::is_some) {
            input.focus();
        }
    });
    html(
        r#"<form _ class="door" novalidate><svg class="mark" viewBox="0 0 64 64" aria-hidden="true"><rect class="mark-ground" width="64" height="64" rx="15"/><path class="mark-sign" d="M18 51V29a15 15 0 1 1 15 15h-5.500z M33 39a10 10 0 1 0-10-10 10 10 0 0 0 10 10z" fill-rule="evenodd"/></svg><h1>Parlour</h1><p _ class="welcome"></p><label _ for="nickname"></label><input _ id="nickname" name="nickname" type="text" autocomplete="nickname" autocapitalize="words" spellcheck="false" dir="auto" aria-describedby="landing-error landing-status"><p _ id="landing-error" class="error" role="alert"></p><button _ id="enter" type="submit" class="primary"></button><p _ id="landing-status" class="hint" role="status"></p></form>"#,
        vec![
            hole().submit(enter).yes("aria-busy", move || session.entering.get()),
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

/// The person is not let in, whatever their name: says why, for how long, and what can be done.
fn closed(session: Session, title: Key) -> Html {
    let again = Ref::new();
    soon(move || again.focus());
    let waits = derived(move || session.line.with(|line| line.asks_again_at().is_some()));
    let now = ticking(waits);
    // The seconds are not read out: they change too often.
    let left = move || {
        let now = now.get().max(clock::now());
        let left = session.line.with(|line| line.asks_again_in(now));
        left.map_or_else(String::new, |left| tf(Pattern::LANDING_AGAIN_IN, [&words::whole(left)]))
    };
    let enter = move || match session.nickname.get_untracked() {
        Some(nickname) => session.enter(nickname),
        None => session.take_another_name(),
    };
    html(
        r#"<div class="door"><svg class="mark" viewBox="0 0 64 64" aria-hidden="true"><rect class="mark-ground" width="64" height="64" rx="15"/><path class="mark-sign" d="M18 51V29a15 15 0 1 1 15 15h-5.500z M33 39a10 10 0 1 0-10-10 10 10 0 0 0 10 10z" fill-rule="evenodd"/></svg><h1 _></h1><p _ id="landing-error" class="why" role="alert" dir="auto"></p><p _ class="hint"></p><p _ class="hint" aria-hidden="true"></p><button _ id="again" type="button" class="primary"></button><button _ id="other-name" type="button" class="quiet"></button></div>"#,
        vec![
            hole().say(title),
            hole().text(move || session.entry_error.get().unwrap_or_default()),
            hole().hidden(move || !waits.get()).say(Key::LANDING_FULL_WAIT),
            hole().text(left),
            hole()
                .refer(again)
                .flag("disabled", move || session.entering.get())
                .text(move || {
                    let entering = session.entering.get();
                    t(if entering { Key::LANDING_ENTERING } else { Key::LANDING_AGAIN }).to_owned()
                })
                .click(enter),
            hole().say(Key::LANDING_OTHER_NAME).click(move || session.take_another_name()),
        ],
    )
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
        let key = if refused().is_some() { Key::LANDING_REFUSED } else { Key::LANDING_ELSEWHERE };
        t(key).to_owned()
    };
    let how = move || {
        refused().unwrap_or_else(|| match session.entering.get() {
            true => t(Key::LANDING_ENTERING).to_owned(),
            false => t(Key::LANDING_ELSEWHERE_HOW).to_owned(),
        })
    };
    let sign_in = match session.site.with_value(|site| site.sign_in.clone()) {
        Some(link) => html(
            r#"<a _ class="primary button" target="_blank" rel="noopener"></a>"#,
            vec![hole().set("href", link).say(Key::LANDING_SIGN_IN)],
        ),
        None => nothing(),
    };
    html(
        r#"<main class="landing"><div class="door"><svg class="mark" viewBox="0 0 64 64" aria-hidden="true"><rect class="mark-ground" width="64" height="64" rx="15"/><path class="mark-sign" d="M18 51V29a15 15 0 1 1 15 15h-5.500z M33 39a10 10 0 1 0-10-10 10 10 0 0 0 10 10z" fill-rule="evenodd"/></svg><h1 _></h1><p _ class="welcome" role="status"></p><i _></i></div></main>"#,
        vec![hole().text(title), hole().text(how), hole().instead(sign_in)],
    )
}
