//! The header: the room, the line, and what can be opened.

use crate::live::derived;

use crate::{
    dom::{Html, hole, html},
    session::{Panel, Session},
    words::Key,
};

/// The header.
pub fn bar(session: Session) -> Html {
    let ui = session.ui;
    let status = derived(move || session.line.with(|line| line.status()));
    let name = move || match session.here.get() {
        Some(here) => here.label(),
        None => session.route.with(|route| route.room.to_string()),
    };
    let topic = move || session.here.get().map(|here| here.topic).unwrap_or_default();
    let people_shown = move || match ui.room.get().people_are_a_drawer() {
        true => ui.people_open.get(),
        false => session.settings.with(|settings| settings.people),
    };
    html(
        r#"<header class="bar"><button _ id="open-rooms" type="button" class="icon-button narrow" aria-controls="rooms"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 6h16M4 12h16M4 18h16"/></svg><span _ class="dot-badge"></span></button><div class="room-head"><h1 class="room-name"><button _ id="room-menu" type="button" dir="auto" aria-haspopup="dialog"></button></h1><p _ class="topic" dir="auto"></p></div><p _ id="connection" class="connection"><span class="dot" aria-hidden="true"></span><span _ class="connection-label"></span></p><button _ id="search" type="button" class="icon-button"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.500 4.500"/></svg></button><button _ id="open-people" type="button" class="icon-button" aria-controls="people"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM3 20c0-4 2.500-6 6-6s6 2 6 6M16 4.500a3.500 3.500 0 0 1 0 6.500M17.500 14.300c2.300.7 3.500 2.700 3.500 5.700"/></svg></button></header>"#,
        vec![
            hole()
                .label(Key::APP_OPEN_ROOMS)
                .yes("aria-expanded", move || ui.rooms_open.get())
                .click(move || ui.rooms_open.update(|open| *open = !*open)),
            hole().hidden(move || !session.elsewhere.get()),
            hole().text(name).click(move || ui.open(Panel::Room(session.room()))),
            hole().text(topic),
            hole().attr("data-state", move || status.get().as_str().to_owned()),
            hole().text(move || status.get().label().to_owned()),
            hole()
                .label(Key::HEADER_SEARCH)
                .yes("aria-expanded", move || ui.search_open.get())
                .click(move || ui.search_open.update(|open| *open = !*open)),
            hole()
                .label(Key::HEADER_PEOPLE)
                .yes("aria-expanded", people_shown)
                .click(move || session.toggle_people()),
        ],
    )
}
