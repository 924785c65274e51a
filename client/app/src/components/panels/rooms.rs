//! Rooms: making one, finding one, and what one is about.

use crate::live::{Live, derived, soon};
use parlour_events::{RoomName, TextError, Topic, limits};

use super::{hint, is_ticked, problem, seek, sheet, written};
use crate::{
    browser::language::{t, tf, tn},
    dom::{Html, Ref, hole, html},
    route::Route,
    session::{Panel, RoomItem, Session},
    text::fold::fold,
    words::{self, Key, Pattern, Plural},
};

pub(super) fn create(session: Session) -> Html {
    let (name, topic, private) = (Ref::new(), Ref::new(), Ref::new());
    let error = Live::new(None::<String>);
    let make = move || {
        let (name, topic) = (written(name).parse::<RoomName>(), written(topic).parse::<Topic>());
        let (Ok(name), Ok(topic)) = (&name, &topic) else {
            let sentence = match name {
                Err(TextError::Empty) => t(Key::CREATE_NAME_NEEDED),
                Err(_) => t(Key::CREATE_NAME_WRONG),
                Ok(_) => t(Key::CREATE_TOPIC_WRONG),
            };
            return error.set(Some(sentence.to_owned()));
        };
        session.create(name.clone(), is_ticked(private), topic.clone(), done(session, error));
    };
    let limit = words::whole(limits::ROOM_NAME_CHARS as u64);
    let body = html(
        r#"<form _>
            <label _ for="create-name"></label>
            <input _ id="create-name" type="text" data-first dir="auto" autocomplete="off" aria-describedby="create-hint">
            <p _ id="create-hint" class="hint"></p>
            <label _ for="create-topic"></label>
            <input _ id="create-topic" type="text" dir="auto" autocomplete="off">
            <label class="tick"><input _ id="create-private" type="checkbox"><span _></span></label>
            <p _ class="error" role="alert"></p>
            <button _ id="create" type="submit" class="primary"></button>
        </form>"#,
        vec![
            hole().submit(make),
            hole().say(Key::CREATE_NAME),
            hole().refer(name).input(move |_| error.set(None)),
            hole().put(tf(Pattern::CREATE_NAME_HINT, [&limit])),
            hole().say(Key::CREATE_TOPIC),
            hole().refer(topic).word("placeholder", Key::CREATE_TOPIC_HINT),
            hole().refer(private),
            hole().say(Key::CREATE_PRIVATE),
            problem(error),
            hole().say(Key::CREATE_MAKE),
        ],
    );
    sheet(session, "sheet form", t(Key::CREATE_TITLE).to_owned(), body)
}

/// Closes the panel when the server has done it, and says why it has not.
fn done(
    session: Session,
    error: Live<Option<String>>,
) -> impl FnOnce(Result<(), String>) + 'static {
    move |outcome| match outcome {
        Ok(()) => session.ui.panel.set(Panel::None),
        Err(sentence) => error.set(Some(sentence)),
    }
}

pub(super) fn browse(session: Session) -> Html {
    soon(move || session.list_rooms());
    let query = Live::new(String::new());
    // A room keeps its row, whatever is told of it meanwhile.
    let one = move |room: RoomItem| {
        let name = room.name;
        let now = |read: fn(&RoomItem) -> String| {
            let of = name.clone();
            move || {
                session.rooms.with(|rooms| {
                    rooms.iter().find(|room| room.name == of).map(read).unwrap_or_default()
                })
            }
        };
        let members = now(|room| tn(Plural::ROOMS_MEMBERS, room.members, []));
        let topic = now(|room| room.topic.clone());
        let label = name.to_string();
        let go = move || {
            session.ui.panel.set(Panel::None);
            session.join(&name);
            session.go(Route::to(name.clone()));
            session.ui.settle_focus();
        };
        html(
            r#"<li><button _ type="button" class="menu-entry browse-entry"><b _ dir="auto"></b><span _ class="hint"></span><span _ class="hint" dir="auto"></span></button></li>"#,
            vec![hole().click(go), hole().put(label), hole().text(members), hole().text(topic)],
        )
    };
    let found = derived(move || {
        session.rooms.with(|rooms| {
            let wanted = |room: &&RoomItem| {
                !room.joined && query.with(|it| fold(room.name.as_str()).contains(it.as_str()))
            };
            rooms.iter().filter(wanted).cloned().collect::<Vec<_>>()
        })
    });
    let body = html(
        r#"<input _ id="browse-filter" type="search" data-first autocomplete="off"><ul _ class="menu" tabindex="-1"></ul><i _></i>"#,
        vec![
            seek(Key::ROOMS_FILTER, move |text| query.set(fold(&text))),
            hole().rows(move || found.get(), |room| room.name.clone(), one),
            hole().when(move || found.with(Vec::is_empty), || hint(Key::ROOMS_NO_MATCH)),
        ],
    );
    sheet(session, "sheet form", t(Key::ROOMS_BROWSE).to_owned(), body)
}

pub(super) fn topic(session: Session) -> Html {
    let before = session.here.get_untracked().map(|here| here.topic).unwrap_or_default();
    let topic = Ref::new();
    let error = Live::new(None::<String>);
    let save = move || match written(topic).parse::<Topic>() {
        Ok(topic) => session.set_topic(topic, done(session, error)),
        Err(_) => error.set(Some(t(Key::CREATE_TOPIC_WRONG).to_owned())),
    };
    let body = html(
        r#"<form _>
            <label _ for="topic"></label>
            <input _ id="topic" type="text" data-first dir="auto" autocomplete="off">
            <p _ class="error" role="alert"></p>
            <button _ type="submit" class="primary"></button>
        </form>"#,
        vec![
            hole().submit(save),
            hole().say(Key::CREATE_TOPIC),
            hole().refer(topic).set("value", before),
            problem(error),
            hole().say(Key::APP_SAVE),
        ],
    );
    sheet(session, "sheet form", t(Key::HEADER_EDIT_TOPIC).to_owned(), body)
}
