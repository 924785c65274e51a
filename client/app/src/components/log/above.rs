//! What stands above the messages, or in the place of all.

use crate::{
    browser::language::{t, tf},
    dom::{Html, hole, html, nothing},
    session::{Session, view::Standing},
    state::Notice,
    words::{self, Key, Pattern},
};

/// What stands above the first message depends on this.
#[derive(Clone, PartialEq)]
pub(super) struct About {
    pub(super) standing: Standing,
    pub(super) empty: bool,
    pub(super) earlier: bool,
    pub(super) reading: bool,
    pub(super) unreadable: bool,
    pub(super) notice: Option<Notice>,
}

/// What stands above the first message, or in the place of all.
pub(super) fn beginning(session: Session, about: &About) -> Html {
    let About { standing, empty, earlier, reading, unreadable, notice } = about.clone();
    if let Some(notice) = notice {
        return html(
            r#"<div class="notice"><p _></p><button _ type="button" class="link-button"></button></div>"#,
            vec![
                hole().put(words::notice(notice)),
                hole().put(t(Key::APP_ALL_RIGHT)).click(move || {
                    session.ui.settle_focus();
                    session.dismiss_notice();
                }),
            ],
        );
    }
    match standing {
        Standing::Refused(reason) => sentence(&reason),
        Standing::Gone => empty_state(t(Key::ROOMS_GONE_TITLE), t(Key::ROOMS_GONE)),
        Standing::Outside => outside(session),
        _ if unreadable => html(
            r#"<p class="beginning"><span _></span> <button _ type="button" class="link-button"></button></p>"#,
            vec![
                hole().put(t(Key::HISTORY_FAILED)),
                hole().put(t(Key::HISTORY_AGAIN)).click(move || {
                    session.ui.read();
                    session.read_again();
                }),
            ],
        ),
        Standing::Unknown | Standing::Loading if empty => sentence(t(Key::APP_LOADING)),
        Standing::Unknown | Standing::Loading => nothing(),
        Standing::Inside if reading => sentence(t(Key::HISTORY_LOADING)),
        Standing::Inside if earlier => html(
            r#"<button _ id="show-earlier" type="button" class="quiet"></button>"#,
            vec![hole().put(t(Key::HISTORY_EARLIER)).click(move || {
                session.ui.read();
                session.read_on(true);
            })],
        ),
        Standing::Inside if empty => {
            empty_state(t(Key::HISTORY_EMPTY_TITLE), t(Key::HISTORY_EMPTY_TEXT))
        }
        Standing::Inside => sentence(&match session.here.get() {
            Some(here) if here.with.is_some() => {
                tf(Pattern::HISTORY_BEGINNING_DIRECT, [&here.label()])
            }
            _ => tf(Pattern::HISTORY_BEGINNING, [session.room().as_str()]),
        }),
    }
}

pub(super) fn sentence(text: &str) -> Html {
    html(r#"<p _ class="beginning" dir="auto"></p>"#, vec![hole().put(text)])
}

fn empty_state(title: &str, text: &str) -> Html {
    html(
        r#"<div class="empty"><p _ class="empty-title"></p><p _></p></div>"#,
        vec![hole().put(title), hole().put(text)],
    )
}

/// A room that the person is not in.
fn outside(session: Session) -> Html {
    let topic = session.here.get().map(|here| here.topic).unwrap_or_default();
    html(
        r#"<div class="empty"><p _ class="empty-title" dir="auto"></p><p _ dir="auto"></p><button _ id="join" type="button" class="primary"></button></div>"#,
        vec![
            hole().put(session.room().as_str()),
            hole().put(topic),
            hole().put(t(Key::ROOMS_JOIN)).click(move || {
                session.ui.read();
                session.join(&session.room());
            }),
        ],
    )
}

pub(super) fn first_unread(session: Session) -> Html {
    let first = move || session.view.with(|view| view.first_unread);
    html(
        r#"<div class="unread-bar"><button id="to-unread" type="button" class="link-button" _></button><button _ type="button" class="link-button"></button></div>"#,
        vec![
            hole()
                .text(move || {
                    let count = first().map_or(0, |(_, count)| count);
                    [&words::new_messages(count), t(Key::UNREAD_JUMP)].join(" · ")
                })
                .click(move || {
                    if let Some((spot, _)) = first() {
                        session.ui.read();
                        session.read_at(spot);
                    }
                }),
            hole().say(Key::UNREAD_MARK_READ).click(move || {
                session.ui.settle_focus();
                session.mark_all_read(&session.room());
            }),
        ],
    )
}
