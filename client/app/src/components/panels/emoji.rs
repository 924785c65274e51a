//! Choosing an emoji: for a message, as a reaction or for the text.

use crate::live::Live;
use parlour_events::MessageId;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use super::{hint, seek, sheet};
use crate::{
    browser::{emoji, language::t},
    components::composer::put_in,
    dom::{Html, hole, html, nothing, together},
    session::{Panel, Session},
    text::emoji::{Emojis, Group},
    words::Key,
};

/// Offered first, before somebody has used others.
const USUAL: [&str; 6] = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];

/// Most that are shown for a word.
const FOUND: usize = 60;

/// How it stands with the emoji.
#[derive(Clone, Copy)]
enum Come {
    /// They are on their way.
    Soon,
    /// They are here.
    Here,
    /// They cannot be had now.
    Not,
}

pub(super) fn reactions(session: Session, id: MessageId) -> Html {
    choose(session, Key::MESSAGE_REACT, Some(id))
}

pub(super) fn picker(session: Session) -> Html {
    choose(session, Key::COMPOSER_EMOJI, None)
}

fn choose(session: Session, title: Key, reacted: Option<MessageId>) -> Html {
    let query = Live::new(String::new());
    let come = Live::new(Come::Soon);
    let load = move || {
        come.set(Come::Soon);
        emoji::load(move || {
            come.set(if emoji::with(|_| ()).is_some() { Come::Here } else { Come::Not });
        });
    };
    load();
    // There are so many of them that what is around them listens, for all.
    let pressed = move |event: Event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(target) = target.filter(|target| target.class_name() == "emoji") {
            take(session, reacted, &target.text_content().unwrap_or_default());
        }
    };
    let recent = session.settings.with_untracked(|settings| {
        let mut recent = settings.emoji.clone();
        for usual in USUAL {
            if recent.len() < 8 && !recent.iter().any(|known| known == usual) {
                recent.push(usual.to_owned());
            }
        }
        recent
    });
    let list = move || match come.get() {
        Come::Here => {
            let list = query.with(|query| emoji::with(|all| found(all, query)));
            list.unwrap_or_else(nothing)
        }
        Come::Soon => hint(Key::APP_LOADING),
        Come::Not => html(
            r#"<p class="hint" role="alert"><span _></span> <button _ id="emoji-again" type="button" class="link-button"></button></p>"#,
            vec![hole().say(Key::EMOJI_MISSING), hole().say(Key::STRIP_TRY_AGAIN).click(load)],
        ),
    };
    let body = html(
        r#"<p _ class="emojis"></p>
        <input _ id="emoji-search" type="search" data-first autocomplete="off">
        <div _ class="emoji-list"></div>"#,
        vec![
            hole()
                .on("click", pressed)
                .child(together(recent.iter().map(|emoji| one(emoji, emoji)))),
            seek(Key::EMOJI_SEARCH, move |text| query.set(text)),
            hole().on("click", pressed).part(list),
        ],
    );
    sheet(session, "sheet emoji-sheet", t(title).to_owned(), body)
}

fn take(session: Session, reacted: Option<MessageId>, chosen: &str) {
    session.ui.panel.set(Panel::None);
    match (reacted, chosen.parse()) {
        (Some(id), Ok(emoji)) => session.react(id, emoji, true),
        (Some(_), Err(_)) => {}
        (None, _) => {
            put_in(session, chosen);
            session.ui.compose();
        }
    }
}

fn one(emoji: &str, name: &str) -> Html {
    html(
        r#"<button _ type="button" class="emoji"></button>"#,
        vec![hole().set("aria-label", name).set("title", name).put(emoji)],
    )
}

fn found(all: &Emojis, query: &str) -> Html {
    let draw = |number: usize| all.get(number).map(|emoji| one(emoji.emoji, emoji.name));
    if !query.trim().is_empty() {
        let found: Vec<_> = all.search(query, FOUND).into_iter().filter_map(draw).collect();
        if found.is_empty() {
            return hint(Key::SWITCHER_NONE);
        }
        return html(r#"<p _ class="emojis"></p>"#, vec![hole().child(together(found))]);
    }
    let group = |group: Group<'_>| {
        let members: Vec<_> = group.members.filter_map(draw).collect();
        html(
            r#"<h3 _></h3><p _ class="emojis"></p>"#,
            vec![hole().put(group.name), hole().child(together(members))],
        )
    };
    together(all.groups().map(group))
}
