//! Searching messages.

use leptos::prelude::*;
use parlour_events::{Found, Hit, Query, Search};

use super::{
    disc::disc,
    icons::Close,
    kit::{act, nothing, part, sent, text, ticked, typed, when, word},
};
use crate::{
    browser::{
        clock,
        language::{t, tf, tn},
    },
    route::Route,
    session::Session,
    text::{highlight, markdown},
    words::{Key, Pattern, Plural},
};

/// The search, beside the messages.
#[component]
pub fn SearchPane(
    /// The chat that it is part of.
    session: Session,
) -> impl IntoView {
    let open = session.ui.search_open;
    when(move || open.get(), move || pane(session))
}

fn pane(session: Session) -> AnyView {
    let query = RwSignal::new(String::new());
    let asked = RwSignal::new(None::<Query>);
    let everywhere = RwSignal::new(false);
    let hits = RwSignal::new(Vec::<Hit>::new());
    let next = RwSignal::new(None::<u64>);
    let state = RwSignal::new(String::new());
    let ask = move |query: Query, after: Option<u64>| {
        let room = (!everywhere.get_untracked()).then(|| session.room());
        state.set(t(Key::SEARCH_RUNNING).to_owned());
        asked.set(Some(query.clone()));
        let request = Search { query: query.clone(), room, after, limit: None };
        session.request(&request, move |outcome: Result<Found, String>| {
            if asked.try_with_untracked(|it| it.as_ref() == Some(&query)) != Some(true) {
                return;
            }
            match outcome {
                Ok(found) => {
                    hits.update(|hits| {
                        if after.is_none() {
                            hits.clear();
                        }
                        hits.extend(found.hits);
                    });
                    next.set(found.next);
                    state.set(match hits.with_untracked(Vec::len) {
                        0 => tf(Pattern::SEARCH_NONE, [query.as_str()]),
                        count => tn(Plural::SEARCH_HITS, count as u64, []),
                    });
                }
                Err(sentence) => state.set(sentence),
            }
        });
    };
    let search = move || {
        if let Ok(query) = query.with_untracked(|query| query.parse::<Query>()) {
            ask(query, None);
        }
    };
    let more = move || {
        if let (Some(query), Some(after)) = (asked.get_untracked(), next.get_untracked()) {
            ask(query, Some(after));
        }
    };
    view! {
        <section id="search-pane" class="search" aria-label=word(Key::SEARCH_TITLE)>
            <form role="search" on:submit=sent(search)>
                <input
                    id="query"
                    type="search"
                    autofocus
                    autocomplete="off"
                    enterkeyhint="search"
                    aria-label=word(Key::SEARCH_PLACEHOLDER)
                    placeholder=word(Key::SEARCH_PLACEHOLDER)
                    on:input=typed(move |text| query.set(text))
                />
                <button
                    type="button"
                    class="icon-button"
                    aria-label=word(Key::APP_CLOSE)
                    on:click=act(move || {
                        session.ui.search_open.set(false);
                        session.ui.compose();
                    })
                >
                    <Close />
                </button>
            </form>
            <label class="tick">
                <input
                    type="checkbox"
                    on:change=ticked(move |on| {
                        everywhere.set(on);
                        search();
                    })
                />
                {word(Key::SEARCH_EVERYWHERE)}
            </label>
            <p class="hint" role="status">{text(move || state.get())}</p>
            {part(move || {
                let query = asked.get();
                let query = query.as_ref().map_or("", |query| query.as_str());
                let all = hits.with(|it| {
                    it.iter().map(|hit| one(session, hit, query)).collect_view()
                });
                view! { <ol class="hits">{all}</ol> }.into_any()
            })}
            {part(move || match next.get() {
                None => nothing(),
                Some(_) => view! {
                    <button type="button" class="quiet" on:click=act(more)>
                        {t(Key::SEARCH_MORE)}
                    </button>
                }
                .into_any(),
            })}
        </section>
    }
    .into_any()
}

fn one(session: Session, hit: &Hit, query: &str) -> AnyView {
    let author = &hit.message.posted.author;
    let said = hit.message.posted.body.as_ref().map(|body| markdown::plain(body.as_str()));
    let said = said.unwrap_or_default();
    let route = Route { room: hit.room.clone(), message: Some(hit.message.seq) };
    let href = route.path();
    let go = Box::new(move |event: leptos::ev::MouseEvent| {
        if !event.ctrl_key() && !event.meta_key() {
            event.prevent_default();
            session.go(route.clone());
        }
    }) as super::kit::Act;
    let here = session.room() == hit.room;
    let room = if here { String::new() } else { session.label_of(&hit.room) };
    let (sign, name, time) =
        (disc(&author.name), author.name.to_string(), clock::in_full(hit.message.at));
    view! {
        <li>
            <a class="hit" href=href on:click=go>
                <span class="byline">
                    {sign}
                    <b dir="auto">{name}</b>
                    <bdi>{room}</bdi>
                    <time>{time}</time>
                </span>
                <span class="hit-text" dir="auto">{marked(&said, query)}</span>
            </a>
        </li>
    }
    .into_any()
}

/// A text with what was searched for set off.
fn marked(said: &str, query: &str) -> AnyView {
    let mut parts = Vec::new();
    let mut at = 0;
    for found in highlight::find(said, query) {
        parts.push(said[at..found.start].to_owned().into_any());
        let word = said[found.start..found.end].to_owned();
        parts.push(view! { <mark>{word}</mark> }.into_any());
        at = found.end;
    }
    parts.push(said[at..].to_owned().into_any());
    parts.into_any()
}
