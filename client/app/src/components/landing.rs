//! The door: a nickname, and you are in.

use leptos::{html::Input, prelude::*};
use parlour_events::Nickname;

use super::{
    icons::Mark,
    kit::{flag, part, sent, text, typed, word, yes},
};
use crate::{
    browser::{language::t, place::Auth},
    line::Status,
    session::Session,
    words::{self, Key},
};

/// Asks for a nickname, says what is wrong with it, and comes in. Where people come in with a token
/// of another system, says how.
#[component]
pub fn Landing(
    /// The chat to come into.
    session: Session,
) -> impl IntoView {
    match session.site.with_value(|site| site.auth) {
        Auth::Guests => door(session),
        Auth::Jwt => elsewhere(session),
    }
}

fn door(session: Session) -> AnyView {
    let known = session.nickname.get_untracked().map(String::from).unwrap_or_default();
    let written = RwSignal::new(known);
    let input = NodeRef::<Input>::new();
    // An empty field is not wrong before somebody tries to come in with it.
    let error = RwSignal::new(None::<String>);
    let check = move |typed: &str| match typed.parse::<Nickname>() {
        Err(wrong) if !typed.trim().is_empty() => Some(words::nickname_error(&wrong)),
        _ => None,
    };
    let changed = typed(move |typed| {
        error.set(check(&typed));
        session.entry_error.set(None);
        written.set(typed);
    });
    let enter = move || match written.with_untracked(|text| text.parse::<Nickname>()) {
        Ok(nickname) => session.enter(nickname),
        Err(wrong) => {
            error.set(Some(words::nickname_error(&wrong)));
            focus(input);
        }
    };
    let wrong = move || error.get().or_else(|| session.entry_error.get());
    Effect::new(move |_| focus(input));
    Effect::new(move |_| {
        if session.entry_error.with(Option::is_some) {
            focus(input);
        }
    });
    view! {
        <main class="landing">
            <form
                class="door"
                novalidate
                on:submit=sent(enter)
                aria-busy=yes(move || session.entering.get())
            >
                <Mark />
                <h1>"Parlour"</h1>
                <p class="welcome">{word(Key::LANDING_WELCOME)}</p>
                <label for="nickname">{word(Key::LANDING_NICKNAME)}</label>
                <input
                    id="nickname"
                    name="nickname"
                    type="text"
                    autocomplete="nickname"
                    autocapitalize="words"
                    spellcheck="false"
                    dir="auto"
                    aria-describedby="landing-error landing-status"
                    aria-invalid=yes(move || wrong().is_some())
                    node_ref=input
                    prop:value=text(move || written.get())
                    on:input=changed
                />
                <p id="landing-error" class="error" role="alert">
                    {text(move || wrong().unwrap_or_default())}
                </p>
                <button
                    id="enter"
                    type="submit"
                    class="primary"
                    disabled=flag(move || session.entering.get())
                >
                    {text(move || match session.entering.get() {
                        true => t(Key::LANDING_ENTERING),
                        false => t(Key::LANDING_ENTER),
                    }.to_owned())}
                </button>
                <p id="landing-status" class="hint" role="status">
                    {text(move || status(session))}
                </p>
            </form>
        </main>
    }
    .into_any()
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
fn elsewhere(session: Session) -> AnyView {
    let refused = move || session.entry_error.get();
    let title = text(move || {
        let key = if refused().is_some() { Key::LANDING_REFUSED } else { Key::LANDING_ELSEWHERE };
        t(key).to_owned()
    });
    let how = text(move || {
        refused().unwrap_or_else(|| match session.entering.get() {
            true => t(Key::LANDING_ENTERING).to_owned(),
            false => t(Key::LANDING_ELSEWHERE_HOW).to_owned(),
        })
    });
    view! {
        <main class="landing">
            <div class="door">
                <Mark />
                <h1>{title}</h1>
                <p class="welcome" role="status">{how}</p>
                {part(move || {
                    let link = session.site.with_value(|site| site.sign_in.clone());
                    match link {
                        Some(link) => view! {
                            <a class="primary button" href=link>{t(Key::LANDING_SIGN_IN)}</a>
                        }
                        .into_any(),
                        None => ().into_any(),
                    }
                })}
            </div>
        </main>
    }
    .into_any()
}

fn focus(input: NodeRef<Input>) {
    if let Some(input) = input.get_untracked() {
        let _ = input.focus();
    }
}

