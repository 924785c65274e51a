//! Searching messages.

use crate::live::{Live, effect, soon};
use leptos::prelude::untrack;
use parlour_events::{Found, Hit, Query, Search};

use super::disc::disc;
use crate::{
    browser::{
        clock,
        language::{t, tf, tn},
        place,
    },
    dom::{Html, Ref, hole, html, text, together},
    layout::Over,
    route::Route,
    session::Session,
    text::{highlight, markdown},
    words::{Key, Pattern, Plural},
};

/// The search, beside the messages.
pub fn search(session: Session) -> Html {
    let open = session.ui.search_open;
    html("<i _></i>", vec![hole().when(move || open.get(), move || pane(session))])
}

fn pane(session: Session) -> Html {
    let field = Ref::new();
    soon(move || field.focus());
    effect(move || {
        session.ui.to_search.track();
        field.focus();
    });
    let query = Live::new(String::new());
    let asked = Live::new(None::<Search>);
    let everywhere = Live::new(false);
    let hits = Live::new(Vec::<Hit>::new());
    // Of another query they are marked otherwise: those are other rows.
    let turn = Live::new(0_u32);
    let next = Live::new(None::<u64>);
    let state = Live::new(String::new());
    let ask = move |request: Search| {
        state.set(t(Key::SEARCH_RUNNING).to_owned());
        asked.set(Some(request.clone()));
        session.request(&request.clone(), move |outcome: Result<Found, String>| {
            if asked.try_get_untracked() != Some(Some(request.clone())) {
                return;
            }
            match outcome {
                Ok(found) => {
                    hits.update(|hits| {
                        if request.after.is_none() {
                            turn.update(|turn| *turn += 1);
                            hits.clear();
                        }
                        hits.extend(found.hits);
                    });
                    next.set(found.next);
                    state.set(match hits.with_untracked(Vec::len) {
                        0 => tf(Pattern::SEARCH_NONE, [request.query.as_str()]),
                        count => tn(Plural::SEARCH_HITS, count as u64, []),
                    });
                }
                Err(sentence) => state.set(sentence),
            }
        });
    };
    let search = move || {
        if let Ok(query) = query.with_untracked(|query| query.parse::<Query>()) {
            let room = (!everywhere.get_untracked()).then(|| session.room());
            ask(Search { query, room, after: None, limit: None });
        }
    };
    let more = move || {
        // Of the room that was searched, whichever is looked at by now.
        if let (Some(asked), Some(after)) = (asked.get_untracked(), next.get_untracked()) {
            // The button goes when nothing more is there.
            field.focus();
            ask(Search { after: Some(after), ..asked });
        }
    };
    let found = move || {
        let turn = turn.get_untracked();
        hits.with(|hits| hits.iter().map(|hit| (turn, hit.clone())).collect())
    };
    let draw = move |(_, hit): (u32, Hit)| {
        asked.with_untracked(|asked| {
            one(session, &hit, asked.as_ref().map_or("", |asked| asked.query.as_str()))
        })
    };
    html(
        r#"<section _ id="search-pane" class="search"><form _ role="search"><input _ id="query" type="search" autocomplete="off" enterkeyhint="search"><button _ type="button" class="icon-button"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg></button></form><label class="tick"><input _ type="checkbox"> <span _></span></label><p _ class="hint" role="status"></p><ol _ class="hits"></ol><button _ type="button" class="quiet"></button></section>"#,
        vec![
            hole().word("aria-label", Key::SEARCH_TITLE),
            hole().submit(search),
            hole()
                .refer(field)
                .word("aria-label", Key::SEARCH_PLACEHOLDER)
                .word("placeholder", Key::SEARCH_PLACEHOLDER)
                .input(move |text| query.set(text)),
            hole().label(Key::APP_CLOSE).click(move || close(session)),
            hole().ticked(move |on| {
                everywhere.set(on);
                search();
            }),
            hole().say(Key::SEARCH_EVERYWHERE),
            hole().text(move || state.get()),
            hole().rows(found, |(turn, hit)| (*turn, hit.message.seq, hit.room.clone()), draw),
            hole().hidden(move || next.get().is_none()).say(Key::SEARCH_MORE).click(more),
        ],
    )
}

/// Closes the search. The focus goes to what opened it, where it lay over the messages.
fn close(session: Session) {
    let over = untrack(|| session.ui.over());
    session.ui.search_open.set(false);
    if over != Over::Search {
        session.ui.compose();
    }
}

fn one(session: Session, hit: &Hit, query: &str) -> Html {
    let author = &hit.message.posted.author;
    let said = hit.message.posted.body.as_ref().map(|body| markdown::plain(body.as_str()));
    let said = said.unwrap_or_default();
    let route = Route { room: hit.room.clone(), message: Some(hit.message.seq) };
    let here = session.room() == hit.room;
    let room = if here { String::new() } else { session.label_of(&hit.room) };
    html(
        r#"<li><a _ class="hit"><span class="byline"><i _></i><b _ dir="auto"></b><bdi _></bdi><time _></time></span><span _ class="hit-text" dir="auto"></span></a></li>"#,
        vec![
            hole().set("href", route.path()).on("click", move |event| {
                if place::is_plain(&event) {
                    event.prevent_default();
                    // Where it lies over the messages it would lie over this one.
                    if untrack(|| session.ui.over()) == Over::Search {
                        session.ui.search_open.set(false);
                    }
                    session.go(route.clone());
                }
            }),
            hole().instead(disc(&author.name)),
            hole().put(author.name.as_str()),
            hole().put(room),
            hole().put(clock::in_full(hit.message.at)),
            hole().child(marked(&said, query)),
        ],
    )
}

/// A text with what was searched for set off.
fn marked(said: &str, query: &str) -> Html {
    let mut parts = Vec::new();
    let mut at = 0;
    for found in highlight::find(said, query) {
        parts.push(text(&said[at..found.start]));
        parts.push(html("<mark _></mark>", vec![hole().put(&said[found.start..found.end])]));
        at = found.end;
    }
    parts.push(text(&said[at..]));
    together(parts)
}
