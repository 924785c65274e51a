//! What can be chosen.

use crate::live::{Live, spawn};
use leptos::prelude::*;
use parlour_events::Nickname;

use super::{problem, sheet, written};
use crate::{
    browser::{
        language::{self, t},
        notify,
        place::Auth,
    },
    dom::{Hole, Html, Ref, hole, html, nothing, together},
    session::{Ask, Panel, Session},
    settings::{Density, Notify, Theme},
    words::{self, Key, Language},
};

pub(super) fn settings(session: Session) -> Html {
    const THEMES: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];
    const DENSITIES: [Density; 2] = [Density::Comfortable, Density::Compact];
    const NOTIFY: [Notify; 3] = [Notify::Off, Notify::Personal, Notify::All];
    let chosen = session.settings.get_untracked();
    let theme = choice(
        "theme",
        Key::SETTINGS_THEME,
        &[Key::SETTINGS_THEME_SYSTEM, Key::SETTINGS_THEME_LIGHT, Key::SETTINGS_THEME_DARK],
        THEMES.iter().position(|it| *it == chosen.theme),
        move |at| {
            let theme = THEMES.get(at).copied().unwrap_or_default();
            session.choose(|settings| settings.theme = theme);
        },
    );
    let density = choice(
        "density",
        Key::SETTINGS_DENSITY,
        &[Key::SETTINGS_DENSITY_COMFORTABLE, Key::SETTINGS_DENSITY_COMPACT],
        DENSITIES.iter().position(|it| *it == chosen.density),
        move |at| {
            let density = DENSITIES.get(at).copied().unwrap_or_default();
            session.choose(|settings| settings.density = density);
        },
    );
    let blocked = Live::new(false);
    let notify = choice(
        "notify",
        Key::SETTINGS_NOTIFICATIONS,
        &[
            Key::SETTINGS_NOTIFICATIONS_OFF,
            Key::SETTINGS_NOTIFICATIONS_MENTIONS,
            Key::SETTINGS_NOTIFICATIONS_ALL,
        ],
        NOTIFY.iter().position(|it| *it == chosen.notify),
        move |at| {
            let wanted = NOTIFY.get(at).copied().unwrap_or_default();
            session.choose(|settings| {
                settings.notify = wanted;
                settings.offered = true;
            });
            if wanted != Notify::Off {
                spawn(async move {
                    blocked.set(!notify::ask().await);
                });
            }
        },
    );
    let sound = move |on| {
        session.choose(|settings| settings.sound = on);
        if on {
            notify::sound();
        }
    };
    let body = html(
        r#"<i _></i>
        <p _ class="error" role="alert"></p>
        <label class="tick"><input _ id="sound" type="checkbox"><span _></span></label>
        <label _ for="language"></label>
        <select _ id="language"><option _ value=""></option></select>
        <p _ class="error" role="alert"></p>
        <p class="buttons">
            <button _ id="open-shortcuts" type="button" class="quiet"></button>
            <button _ id="leave" type="button" class="quiet"></button>
            <button _ id="end" type="button" class="quiet"></button>
        </p>
        <p _ class="hint"></p>"#,
        vec![
            hole().instead(together(vec![name(session), theme, density, notify])),
            told(move || blocked.get(), Key::NOTIFY_BLOCKED),
            hole().flag("checked", move || chosen.sound).ticked(sound),
            hole().say(Key::SETTINGS_SOUND),
            hole().say(Key::SETTINGS_LANGUAGE),
            hole().child(languages()).input(|code| language::choose(Language::from_code(&code))),
            hole().say(Key::SETTINGS_LANGUAGE_SYSTEM),
            told(language::has_failed, Key::SETTINGS_LANGUAGE_FAILED),
            hole().say(Key::KEYS_TITLE).click(move || session.ui.open(Panel::Shortcuts)),
            hole().say(Key::SETTINGS_SIGN_OUT).click(move || session.leave()),
            hole().say(Key::SETTINGS_END).click(move || session.ui.open(Panel::Ask(Ask::End))),
            hole().say(Key::SETTINGS_END_TEXT),
        ],
    );
    sheet(session, "sheet form", t(Key::SETTINGS_TITLE).to_owned(), body)
}

/// A sentence that is there while something is so, and is read out when it becomes so.
fn told(so: impl Fn() -> bool + 'static, sentence: Key) -> Hole {
    hole().text(move || if so() { t(sentence) } else { "" }.to_owned())
}

/// The nickname, for people who chose one.
fn name(session: Session) -> Html {
    if session.site.with_value(|site| site.auth == Auth::Jwt) {
        return nothing();
    }
    let before = session.me.with_untracked(|me| me.as_ref().map(|me| me.person.name.to_string()));
    let name = Ref::new();
    let error = Live::new(None::<String>);
    let rename = move || match written(name).parse::<Nickname>() {
        Ok(nickname) => session.rename(nickname, move |outcome| match outcome {
            Ok(()) => session.ui.say(t(Key::MOD_DONE), false),
            Err(sentence) => error.set(Some(sentence)),
        }),
        Err(wrong) => error.set(Some(words::nickname_error(&wrong))),
    };
    html(
        r#"<form _>
            <label _ for="rename"></label>
            <p class="field">
                <input _ id="rename" type="text" dir="auto" autocomplete="nickname">
                <button _ type="submit" class="quiet"></button>
            </p>
            <p _ class="error" role="alert"></p>
        </form>"#,
        vec![
            hole().submit(rename),
            hole().say(Key::SETTINGS_NAME),
            hole()
                .refer(name)
                .set("value", before.unwrap_or_default())
                .input(move |_| error.set(None)),
            hole().say(Key::SETTINGS_RENAME),
            problem(error),
        ],
    )
}

/// One of several, as a row of buttons that exclude each other.
fn choice(
    group: &'static str,
    title: Key,
    options: &[Key],
    chosen: Option<usize>,
    choose: impl Fn(usize) + 'static,
) -> Html {
    let one = |(at, label): (usize, &Key)| {
        let on = chosen == Some(at);
        html(
            r#"<label class="option"><input _ type="radio"><span _></span></label>"#,
            vec![
                hole().set("name", group).set("value", at.to_string()).flag("checked", move || on),
                hole().say(*label),
            ],
        )
    };
    html(
        r#"<fieldset _ class="choice"><legend _></legend><div _ class="options"></div></fieldset>"#,
        vec![
            // Of each of the buttons.
            hole().input(move |at| choose(at.parse().unwrap_or(0))),
            hole().say(title),
            hole().child(together(options.iter().enumerate().map(one))),
        ],
    )
}

/// The languages, behind what the browser prefers.
fn languages() -> Html {
    let chosen = language::chosen();
    let option = |language: Language| {
        let on = chosen == Some(language);
        html(
            "<option _></option>",
            vec![
                hole()
                    .set("value", language.code())
                    .flag("selected", move || on)
                    .put(language.name()),
            ],
        )
    };
    together([Language::En, Language::De, Language::Es].map(option))
}
