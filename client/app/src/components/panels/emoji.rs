//! Choosing an emoji: for a message, as a reaction or for the text.

use std::sync::Arc;

use leptos::prelude::*;
use parlour_events::MessageId;

use super::sheet;
use crate::{
    browser::{emoji, language::t},
    components::kit::{act, part, typed, word},
    session::{Panel, Session},
    text::emoji::Emojis,
    words::Key,
};

/// Offered first, before somebody has used others.
const USUAL: [&str; 6] = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];

/// Most that are shown for a word.
const FOUND: usize = 60;

pub(super) fn reactions(session: Session, id: MessageId) -> AnyView {
    let take = move |chosen: &str| {
        session.ui.panel.set(Panel::None);
        if let Ok(emoji) = chosen.parse() {
            session.react(id, emoji, true);
        }
    };
    choose(session, Key::MESSAGE_REACT, take)
}

pub(super) fn picker(session: Session) -> AnyView {
    let take = move |chosen: &str| {
        session.ui.panel.set(Panel::None);
        session.ui.draft.update(|draft| draft.push_str(chosen));
        session.ui.compose();
    };
    choose(session, Key::COMPOSER_EMOJI, take)
}

fn choose(session: Session, title: Key, take: impl Fn(&str) + Send + Sync + 'static) -> AnyView {
    let query = RwSignal::new(String::new());
    let here = RwSignal::new(emoji::with(|_| ()).is_some());
    if !here.get_untracked() {
        emoji::load(move || {
            here.try_set(true);
        });
    }
    let take: Arc<dyn Fn(&str) + Send + Sync> = Arc::new(take);
    let one = move |emoji: &str, name: &str| {
        let (take, chosen) = (Arc::clone(&take), emoji.to_owned());
        let (shown, name) = (chosen.clone(), name.to_owned());
        view! {
            <button
                type="button"
                class="emoji"
                aria-label=name.clone()
                title=name
                on:click=act(move || take(&chosen))
            >
                {shown}
            </button>
        }
        .into_any()
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
    let first = recent.iter().map(|emoji| one(emoji, emoji)).collect_view();
    let body = view! {
        <p class="emojis">{first}</p>
        <input
            id="emoji-search"
            type="search"
            data-first
            autocomplete="off"
            aria-label=word(Key::EMOJI_SEARCH)
            placeholder=word(Key::EMOJI_SEARCH)
            on:input=typed(move |text| query.set(text))
        />
        <div class="emoji-list">
            {part(move || {
                here.track();
                let list = query.with(|query| emoji::with(|all| found(all, query, &one)));
                list.unwrap_or_else(|| {
                    view! { <p class="hint">{t(Key::APP_LOADING)}</p> }.into_any()
                })
            })}
        </div>
    }
    .into_any();
    sheet(session, "emoji-sheet", t(title).to_owned(), body)
}

fn found(all: &Emojis, query: &str, one: &dyn Fn(&str, &str) -> AnyView) -> AnyView {
    let draw = |number: usize| all.get(number).map(|emoji| one(emoji.emoji, emoji.name));
    if !query.trim().is_empty() {
        let found: Vec<_> = all.search(query, FOUND).into_iter().filter_map(draw).collect();
        if found.is_empty() {
            return view! { <p class="hint">{t(Key::SWITCHER_NONE)}</p> }.into_any();
        }
        return view! { <p class="emojis">{found}</p> }.into_any();
    }
    let group = |group: crate::text::emoji::Group<'_>| {
        let name = group.name.to_owned();
        let members: Vec<_> = group.members.filter_map(draw).collect();
        view! {
            <h3>{name}</h3>
            <p class="emojis">{members}</p>
        }
        .into_any()
    };
    all.groups().map(group).collect_view().into_any()
}
