//! The door: a nickname, and you are in.

use leptos::{ev::SubmitEvent, html::Input, prelude::*};
use parlour_events::Nickname;

use super::icons::Mark;
use crate::{
    browser::{clock, language::t},
    line::Status,
    session::Session,
    words::{self, Key},
};

/// Asks for a nickname, says what is wrong with it, and comes in.
#[component]
pub fn Landing(
    /// The chat to come into.
    session: Session,
) -> impl IntoView {
    let known = session.nickname.get_untracked().map(String::from).unwrap_or_default();
    let text = RwSignal::new(known);
    let input = NodeRef::<Input>::new();
    // An empty field is not wrong before somebody tries to come in with it.
    let error = RwSignal::new(None::<String>);
    let check = move |typed: &str| match typed.parse::<Nickname>() {
        Err(wrong) if !typed.trim().is_empty() => Some(words::nickname_error(&wrong)),
        _ => None,
    };
    let typed = move |event| {
        let typed = event_target_value(&event);
        error.set(check(&typed));
        session.entry_error.set(None);
        text.set(typed);
    };
    let enter = move |event: SubmitEvent| {
        event.prevent_default();
        match text.with_untracked(|text| text.parse::<Nickname>()) {
            Ok(nickname) => session.enter(nickname),
            Err(wrong) => {
                error.set(Some(words::nickname_error(&wrong)));
                focus(input);
            }
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
            <form class="door" novalidate on:submit=enter aria-busy=move || {
                session.entering.get().to_string()
            }>
                <Mark />
                <h1>{move || t(Key::APP_NAME)}</h1>
                <p class="welcome">{move || t(Key::LANDING_WELCOME)}</p>
                <label for="nickname">{move || t(Key::LANDING_NICKNAME)}</label>
                <input
                    id="nickname"
                    name="nickname"
                    type="text"
                    autocomplete="nickname"
                    autocapitalize="words"
                    spellcheck="false"
                    dir="auto"
                    aria-describedby="landing-error landing-status"
                    aria-invalid=move || wrong().is_some().to_string()
                    node_ref=input
                    prop:value=move || text.get()
                    on:input=typed
                />
                <p id="landing-error" class="error" role="alert">
                    {wrong}
                </p>
                <button id="enter" type="submit" class="primary">
                    {move || {
                        let is_entering = session.entering.get();
                        t(if is_entering { Key::LANDING_ENTERING } else { Key::LANDING_ENTER })
                    }}
                </button>
                <p id="landing-status" class="hint" role="status">
                    <Waiting session />
                </p>
            </form>
        </main>
    }
}

/// What keeps somebody at the door, while they wait there.
#[component]
pub fn Waiting(
    /// The chat they wait for.
    session: Session,
) -> impl IntoView {
    move || {
        let line = session.line.get();
        if !session.entering.get() {
            return None;
        }
        match line.status() {
            Status::Reconnecting => Some(t(Key::LANDING_NO_ANSWER).to_owned()),
            Status::Offline => line.strip(clock::now(), 0).map(|strip| strip.text),
            _ => None,
        }
    }
}

fn focus(input: NodeRef<Input>) {
    if let Some(input) = input.get_untracked() {
        let _ = input.focus();
    }
}
