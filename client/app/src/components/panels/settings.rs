//! What can be chosen.

use leptos::prelude::*;
use parlour_events::Nickname;

use super::{problem, sheet};
use crate::{
    browser::{language, language::t, notify},
    components::kit::{act, nothing, part, sent, ticked, typed, word, when},
    session::{Panel, Session},
    settings::{Density, Notify, Theme},
    words::{self, Key, Language},
};

pub(super) fn settings(session: Session) -> AnyView {
    let chosen = session.settings.get_untracked();
    let theme = [
        (Key::SETTINGS_THEME_SYSTEM, chosen.theme == Theme::System),
        (Key::SETTINGS_THEME_LIGHT, chosen.theme == Theme::Light),
        (Key::SETTINGS_THEME_DARK, chosen.theme == Theme::Dark),
    ];
    let choose_theme = move |at: usize| {
        let theme = [Theme::System, Theme::Light, Theme::Dark][at];
        session.choose(|settings| settings.theme = theme);
    };
    let density = [
        (Key::SETTINGS_DENSITY_COMFORTABLE, chosen.density == Density::Comfortable),
        (Key::SETTINGS_DENSITY_COMPACT, chosen.density == Density::Compact),
    ];
    let choose_density = move |at: usize| {
        let density = [Density::Comfortable, Density::Compact][at];
        session.choose(|settings| settings.density = density);
    };
    let notify = [
        (Key::SETTINGS_NOTIFICATIONS_OFF, chosen.notify == Notify::Off),
        (Key::SETTINGS_NOTIFICATIONS_MENTIONS, chosen.notify == Notify::Personal),
        (Key::SETTINGS_NOTIFICATIONS_ALL, chosen.notify == Notify::All),
    ];
    let blocked = RwSignal::new(false);
    let choose_notify = move |at: usize| {
        let wanted = [Notify::Off, Notify::Personal, Notify::All][at];
        session.choose(|settings| settings.notify = wanted);
        if wanted != Notify::Off {
            leptos::task::spawn_local(async move {
                blocked.try_set(!notify::ask().await);
            });
        }
    };
    let body = view! {
        {part(move || name(session))}
        {choice("theme", Key::SETTINGS_THEME, &theme, choose_theme)}
        {choice("density", Key::SETTINGS_DENSITY, &density, choose_density)}
        {choice("notify", Key::SETTINGS_NOTIFICATIONS, &notify, choose_notify)}
        {when(
            move || blocked.get(),
            || view! { <p class="error">{t(Key::NOTIFY_BLOCKED)}</p> }.into_any(),
        )}
        <label class="tick">
            <input
                id="sound"
                type="checkbox"
                checked=chosen.sound
                on:change=ticked(move |on| {
                    session.choose(|settings| settings.sound = on);
                    if on {
                        notify::sound();
                    }
                })
            />
            {word(Key::SETTINGS_SOUND)}
        </label>
        {languages()}
        <p class="buttons">
            <button
                id="open-shortcuts"
                type="button"
                class="quiet"
                on:click=act(move || session.ui.open(Panel::Shortcuts))
            >
                {word(Key::KEYS_TITLE)}
            </button>
            <button
                id="leave"
                type="button"
                class="quiet"
                on:click=act(move || session.leave())
            >
                {word(Key::SETTINGS_SIGN_OUT)}
            </button>
            <button
                id="end"
                type="button"
                class="quiet"
                on:click=act(move || session.end())
            >
                {word(Key::SETTINGS_END)}
            </button>
        </p>
        <p class="hint">{word(Key::SETTINGS_END_TEXT)}</p>
    }
    .into_any();
    sheet(session, "form", t(Key::SETTINGS_TITLE).to_owned(), body)
}

/// The nickname, for people who chose one.
fn name(session: Session) -> AnyView {
    let jwt = session.site.with_value(|site| site.auth == crate::browser::place::Auth::Jwt);
    if jwt {
        return nothing();
    }
    let before = session.me.with_untracked(|me| me.as_ref().map(|me| me.person.name.to_string()));
    let before = before.unwrap_or_default();
    let written = RwSignal::new(before.clone());
    let error = RwSignal::new(None::<String>);
    let rename = move || match written.with_untracked(|it| it.parse::<Nickname>()) {
        Ok(nickname) => session.rename(nickname, move |outcome| match outcome {
            Ok(()) => session.ui.say(t(Key::MOD_DONE), false),
            Err(sentence) => error.set(Some(sentence)),
        }),
        Err(wrong) => error.set(Some(words::nickname_error(&wrong))),
    };
    view! {
        <form on:submit=sent(rename)>
            <label for="rename">{t(Key::SETTINGS_NAME)}</label>
            <p class="field">
                <input
                    id="rename"
                    type="text"
                    dir="auto"
                    autocomplete="nickname"
                    value=before
                    on:input=typed(move |text| {
                        error.set(None);
                        written.set(text);
                    })
                />
                <button type="submit" class="quiet">{t(Key::SETTINGS_RENAME)}</button>
            </p>
            {problem(error)}
        </form>
    }
    .into_any()
}

/// One of several, as a row of buttons that exclude each other.
fn choice(
    group: &'static str,
    title: Key,
    options: &[(Key, bool)],
    choose: impl Fn(usize) + Copy + 'static,
) -> AnyView {
    let one = |(at, (label, on)): (usize, &(Key, bool))| {
        let (label, on) = (*label, *on);
        view! {
            <label class="option">
                <input
                    type="radio"
                    name=group
                    value=at.to_string()
                    checked=on
                    on:change=ticked(move |_| choose(at))
                />
                <span>{word(label)}</span>
            </label>
        }
        .into_any()
    };
    let all = options.iter().enumerate().map(one).collect_view();
    view! {
        <fieldset class="choice">
            <legend>{word(title)}</legend>
            <div class="options">{all}</div>
        </fieldset>
    }
    .into_any()
}

fn languages() -> AnyView {
    let chosen = language::chosen();
    let option = |language: Language| {
        let on = chosen == Some(language);
        view! { <option value=language.code() selected=on>{language.name()}</option> }.into_any()
    };
    let all = [Language::En, Language::De, Language::Es].map(option).into_iter().collect_view();
    let choose = typed(|code| language::choose(Language::from_code(&code)));
    view! {
        <label for="language">{word(Key::SETTINGS_LANGUAGE)}</label>
        <select id="language" on:change=choose>
            <option value="" selected={chosen.is_none()}>{word(Key::SETTINGS_LANGUAGE_SYSTEM)}</option>
            {all}
        </select>
        {when(
            language::has_failed,
            || view! { <p class="error">{t(Key::SETTINGS_LANGUAGE_FAILED)}</p> }.into_any(),
        )}
    }
    .into_any()
}
