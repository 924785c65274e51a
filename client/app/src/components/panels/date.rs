//! Going to a day.

use leptos::prelude::*;
use parlour_events::Timestamp;

use super::sheet;
use crate::{
    browser::{clock, language::t},
    components::kit::{act, sent, typed, word},
    session::{Panel, Session},
    state::Spot,
    words::Key,
};

pub(super) fn date(session: Session) -> AnyView {
    let chosen = RwSignal::new(String::new());
    let go = move |spot: Spot| {
        session.ui.panel.set(Panel::None);
        session.read_at(spot);
    };
    let to_date = move || {
        if let Some(at) = chosen.with_untracked(|date| clock::start_of(date)) {
            go(Spot::Time(Timestamp(at)));
        }
    };
    let body = view! {
        <form on:submit=sent(to_date)>
            <label for="date">{word(Key::JUMP_DATE)}</label>
            <input
                id="date"
                type="date"
                data-first
                max=clock::date_of(clock::timestamp())
                on:input=typed(move |text| chosen.set(text))
            />
            <p class="buttons">
                <button
                    id="to-oldest"
                    type="button"
                    class="quiet"
                    on:click=act(move || go(Spot::Oldest))
                >
                    {word(Key::JUMP_OLDEST)}
                </button>
                <button id="to-date" type="submit" class="primary">{word(Key::JUMP_GO)}</button>
            </p>
        </form>
    }
    .into_any();
    sheet(session, "form", t(Key::JUMP_DATE).to_owned(), body)
}
