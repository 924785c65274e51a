//! The list of rooms and conversations.

use crate::live::{Live, derived, now_and_then};
use parlour_events::RoomKind;

use super::{disc::disc, icons};
use crate::{
    browser::language::{t, tn},
    dom::{Html, hole, html, nothing, together},
    layout::Over,
    route::Route,
    session::{Panel, RoomItem, Session},
    words::{self, Key, Plural},
};

/// The list, with what leads to further rooms.
pub fn rooms(session: Session) -> Html {
    let ui = session.ui;
    html(
        r#"<nav _ id="rooms" class="rooms"><div class="rooms-head"><p class="site">Parlour</p><button _ id="go-to" type="button" class="icon-button"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.500 4.500"/></svg></button></div><div class="rooms-lists"><div class="rooms-title"><h2 _></h2><button _ id="new-room" type="button" class="icon-button small"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 5v14M5 12h14"/></svg></button></div><i _></i><button _ id="browse" type="button" class="link-button"></button><div class="rooms-title"><h2 _></h2></div><i _></i></div><div class="rooms-foot"><span _ class="me"></span><button _ id="settings" type="button" class="icon-button"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM19.400 13.500a7.600 7.600 0 0 0 0-3l2-1.500-2-3.500-2.300 1a7.600 7.600 0 0 0-2.600-1.500L14.200 2.500h-4l-.4 2.500a7.600 7.600 0 0 0-2.600 1.500l-2.300-1-2 3.500 2 1.500a7.600 7.600 0 0 0 0 3l-2 1.500 2 3.500 2.300-1a7.600 7.600 0 0 0 2.600 1.500l.4 2.500h4l.4-2.500a7.600 7.600 0 0 0 2.600-1.500l2.300 1 2-3.500z"/></svg></button></div></nav>"#,
        vec![
            hole()
                .word("aria-label", Key::ROOMS_TITLE)
                .class("open", move || ui.rooms_open.get())
                .flag("inert", move || matches!(ui.over(), Over::People | Over::Search)),
            hole().label(Key::SWITCHER_TITLE).click(move || ui.open(Panel::Switcher)),
            hole().say(Key::ROOMS_TITLE),
            hole().label(Key::ROOMS_NEW).click(move || ui.open(Panel::Create)),
            hole().instead(list(session, false)),
            hole().say(Key::ROOMS_BROWSE).click(move || ui.open(Panel::Browse)),
            hole().say(Key::ROOMS_DIRECT),
            hole().instead(list(session, true)),
            hole().part(move || me(session)),
            hole().label(Key::SETTINGS_TITLE).click(move || ui.open(Panel::Settings)),
        ],
    )
}

fn me(session: Session) -> Html {
    let Some(me) = session.me.get() else { return nothing() };
    let name = me.person.name;
    html(
        r#"<i _></i><bdi _ id="me" class="me-name"></bdi>"#,
        vec![hole().instead(disc(&name)), hole().put(name.as_str())],
    )
}

/// The rooms, or the conversations. A room keeps its row whatever is new in it: a press that begins
/// as a message comes ends where it began.
fn list(session: Session, direct: bool) -> Html {
    // A private room that one is not in is known by an invitation.
    let is_mine = |item: &RoomItem| item.joined || item.kind == RoomKind::Private;
    let of_kind =
        move |item: &&RoomItem| (item.kind == RoomKind::Direct) == direct && is_mine(item);
    // There is a room that everybody knows of: where none is known, none was told of yet.
    let any = move || {
        session.rooms.with(|rooms| rooms.is_empty() || rooms.iter().find(of_kind).is_some())
    };
    let mine = move || session.rooms.with(|rooms| rooms.iter().filter(of_kind).cloned().collect());
    let none = if direct { Key::ROOMS_NO_DIRECT } else { Key::ROOMS_NONE };
    html(
        r#"<p _ class="rooms-none"></p><ul _></ul>"#,
        vec![
            hole().hidden(any).say(none),
            hole().hidden(move || !any()).rows(
                mine,
                |item| item.name.clone(),
                move |item| row(session, item),
            ),
        ],
    )
}

fn row(session: Session, item: RoomItem) -> Html {
    let name = item.name.clone();
    let route = Route::to(name.clone());
    let item = Live::new(item);
    let of = name.clone();
    now_and_then(move || {
        session.rooms.with(|rooms| {
            if let Some(now) = rooms.iter().find(|item| item.name == of) {
                item.put(now.clone());
            }
        });
    });
    let here = derived(move || session.route.with(|route| route.room == name));
    let link = hole()
        .set("href", route.path())
        .set("class", "room-link")
        .class("unread", move || item.with(|item| item.unread > 0 && !item.muted))
        .attr("aria-current", move || (if here.get() { "page" } else { "false" }).to_owned())
        .on("click", move |event| {
            // A new tab, or window, is the browser's business.
            if crate::browser::place::is_plain(&event) {
                event.prevent_default();
                session.go(route.clone());
                session.ui.rooms_open.set(false);
                session.ui.settle_focus();
            }
        });
    html(
        r#"<li><a _><i _></i><bdi _ class="room-label"></bdi><i _></i><i _></i><i _></i></a></li>"#,
        vec![
            link,
            hole().here(move || {
                item.with(|item| match (&item.with, item.kind) {
                    (Some(with), _) => disc(&with.name),
                    (None, RoomKind::Private) => icons::lock(),
                    _ => icons::hash(),
                })
            }),
            hole().text(move || item.with(RoomItem::label)),
            hole().when(
                move || item.with(|item| item.muted),
                || together([icons::muted(), unseen(t(Key::ROOMS_MUTED))]),
            ),
            hole().when(
                move || item.with(|item| item.failed),
                || {
                    let sign = r#"<span class="badge failed-badge" aria-hidden="true">!</span>"#;
                    together([html(sign, Vec::new()), unseen(t(Key::ROOMS_FAILED))])
                },
            ),
            hole().here(move || item.with(badge)),
        ],
    )
}

/// How much of a room was not read.
fn badge(item: &RoomItem) -> Html {
    let personal = if item.with.is_some() { item.unread } else { item.mentions };
    if !item.joined {
        return html(
            r#"<span _ class="badge mention-badge"></span>"#,
            vec![hole().put(t(Key::ROOMS_INVITED))],
        );
    }
    let (class, count, label) = match (personal, item.unread) {
        (0, 0) => return nothing(),
        (0, count) if item.muted => ("badge quiet-badge", count, Plural::ROOMS_UNREAD),
        (0, count) => ("badge", count, Plural::ROOMS_UNREAD),
        (count, _) => ("badge mention-badge", count, Plural::ROOMS_MENTIONS),
    };
    let badge = html(
        r#"<span _ aria-hidden="true"></span>"#,
        vec![hole().set("class", class).put(words::whole(count))],
    );
    together([badge, unseen(&tn(label, count, []))])
}

fn unseen(text: &str) -> Html {
    html(r#"<span _ class="unseen"></span>"#, vec![hole().put(text)])
}

/// What lies over the chat while a drawer is open on a narrow page: a press closes the drawer.
pub fn veil(session: Session) -> Html {
    let ui = session.ui;
    html(
        r#"<button _ type="button" class="veil" tabindex="-1"></button>"#,
        vec![
            hole()
                .word("aria-label", Key::APP_CLOSE)
                .hidden(move || ui.over() == Over::Nothing)
                .click(move || ui.lay(Over::Nothing)),
        ],
    )
}
