//! Going to a day.

use parlour_events::Timestamp;

use super::{sheet, written};
use crate::{
    browser::{clock, language::t},
    dom::{Html, Ref, hole, html},
    session::{Panel, Session},
    state::Spot,
    words::Key,
};

pub(super) fn date(session: Session) -> Html {
    let date = Ref::new();
    let go = move |spot: Spot| {
        session.ui.panel.set(Panel::None);
        session.read_at(spot);
    };
    let to_date = move || {
        if let Some(at) = clock::start_of(&written(date)) {
            go(Spot::Time(Timestamp(at)));
        }
    };
    let body = html(
        r#"<form _>
            <label _ for="date"></label>
            <input _ id="date" type="date" data-first>
            <p class="buttons">
                <button _ id="to-oldest" type="button" class="quiet"></button>
                <button _ id="to-date" type="submit" class="primary"></button>
            </p>
        </form>"#,
        vec![
            hole().submit(to_date),
            hole().say(Key::JUMP_DATE),
            hole().set("max", clock::date_of(clock::timestamp())).refer(date),
            hole().say(Key::JUMP_OLDEST).click(move || go(Spot::Oldest)),
            hole().say(Key::JUMP_GO),
        ],
    );
    sheet(session, "sheet form", t(Key::JUMP_DATE).to_owned(), body)
}
