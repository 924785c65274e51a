//! The strip above the composer: what is the matter with the line, who types, and nothing while all
//! is well and still.
//!
//! Its place is always kept, so that it never moves what is read.

use crate::live::{Live, after, derived, effect};
use std::time::Duration;

use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*};
use parlour_events::{Code, Refusal};

use crate::{
    browser::{
        clock,
        language::{t, tf},
        worker,
    },
    dom::{Hole, Html, hole, html, together},
    session::{Panel, Session},
    words::{self, Key, Pattern},
};

/// How often the countdown is looked at: often enough that no second is skipped.
const TICK: Duration = Duration::from_millis(250);

/// An end that is farther away, in milliseconds, is none: ten years.
const LONG: u64 = 10 * 365 * 24 * 60 * 60 * 1_000;

/// Whether somebody is still muted is looked at this often at least, in milliseconds.
const MUTED_LOOK: u64 = 60_000;

/// The strip.
pub fn strip(session: Session) -> Html {
    let now = ticking(derived(move || session.line.with(|line| line.is_counting())));
    let ended = ending(session);
    let waiting = derived(move || session.view.with(|view| view.waiting));
    let strip = derived(move || {
        // The line may change between ticks: what it counts from is then now.
        let now = now.get().max(clock::now());
        session.line.with(|line| line.strip(now, waiting.get()))
    });
    let says = move || strip.with(|strip| strip.as_ref().map(|strip| strip.text.clone()));
    // What is waited for is not the server's to give, while it is a token.
    let button =
        move || strip.with(|strip| strip.as_ref()?.button).filter(|_| !session.awaiting.get());
    html(
        r#"<div _ class="strip"><span _ class="strip-text"></span><button _ id="try-now" type="button" class="link-button"></button></div>"#,
        vec![
            hole().class("passing", move || {
                strip.with(|strip| strip.as_ref().is_some_and(|strip| strip.passing))
            }),
            hole().text(move || {
                ended.track();
                says().or_else(|| muted(session)).unwrap_or_else(|| typing(session))
            }),
            hole()
                .hidden(move || button().is_none())
                .text(move || button().unwrap_or_default().to_owned())
                .click(move || {
                    // The button goes.
                    session.ui.settle_focus();
                    session.try_now();
                }),
        ],
    )
}

/// What time it is, as long as that counts.
pub fn ticking(so: Live<bool>) -> Live<f64> {
    let now = Live::new(clock::now());
    let ticking = StoredValue::new(None::<IntervalHandle>);
    let stop = move || {
        ticking.try_update_value(|ticking| {
            if let Some(interval) = ticking.take() {
                interval.clear();
            }
        });
    };
    effect(move || {
        stop();
        if so.get() {
            now.set(clock::now());
            let tick = set_interval_with_handle(move || now.set(clock::now()), TICK);
            ticking.set_value(tick.ok());
        }
    });
    on_cleanup(stop);
    now
}

/// Changes when the person may write again: nobody tells the page.
fn ending(session: Session) -> Live<u32> {
    let looked = Live::new(0_u32);
    effect(move || {
        looked.track();
        let until = session.muted.with(|muted| muted.as_ref().and_then(|muted| muted.until));
        let left = until.map_or(0, |until| until.0.saturating_sub(clock::timestamp().0));
        if left > 0 {
            // A timer is not to be longer than some days, and stands still while a device sleeps.
            let left = Duration::from_millis(left.min(MUTED_LOOK) + 50);
            after(left, move || looked.update(|count| *count += 1));
        }
    });
    looked
}

/// A moderator has muted the person.
fn muted(session: Session) -> Option<String> {
    let muted = session.muted.get()?;
    let until = muted.until.filter(|until| until.0 > clock::timestamp().0)?;
    // For good has an end as well, which nobody waits for.
    if until.0 - clock::timestamp().0 > LONG {
        return Some(words::refused(&Refusal::new(Code::Muted, "")));
    }
    // On a phone the day would take all of the strip.
    let until = match clock::day(until) == session.today.get() {
        true => clock::time_of_day(until),
        false => clock::in_full(until),
    };
    let sentence = tf(Pattern::MOD_MUTED_UNTIL, [&until]);
    Some(match muted.reason.as_str() {
        "" => sentence,
        why => [&sentence, why].join(" "),
    })
}

/// Who is typing.
fn typing(session: Session) -> String {
    session.view.with(|view| {
        let (some, more) = &view.typing;
        let name = |at: usize| some.get(at).map_or("", |person| person.name.as_str());
        match (some.len(), more) {
            (0, _) => String::new(),
            (1, 0) => tf(Pattern::TYPING_SINGLE, [name(0)]),
            (2, 0) => tf(Pattern::TYPING_PAIR, [name(0), name(1)]),
            _ => t(Key::TYPING_SEVERAL).to_owned(),
        }
    })
}

/// A sentence that goes by itself.
pub fn toast(session: Session) -> Html {
    let toast = session.ui.toast;
    let shown = StoredValue::new(0_u32);
    effect(move || {
        if toast.with(Option::is_some) {
            shown.update_value(|count| *count += 1);
            let this = shown.get_value();
            after(Duration::from_secs(6), move || {
                if shown.try_get_value() == Some(this) {
                    toast.set(None);
                }
            });
        }
    });
    html(r#"<div _ id="toast" class="toast" role="status"></div>"#, vec![told(session, false)])
}

/// The same in a dialog, which lies over everything else: it is told where the person is.
pub fn toast_inside(session: Session) -> Html {
    html(r#"<div _ class="toast" role="status"></div>"#, vec![told(session, true)])
}

fn told(session: Session, inside: bool) -> Hole {
    let toast = session.ui.toast;
    let open = derived(move || session.ui.panel.with(|panel| *panel != Panel::None));
    hole().class("bad", move || toast.with(|it| it.as_ref().is_some_and(|it| it.bad))).text(
        move || {
            let here = open.get() == inside;
            let told = toast.with(|it| it.as_ref().map(|it| it.text.clone()));
            told.filter(|_| here).unwrap_or_default()
        },
    )
}

/// A newer version of the page, or a browser that keeps nothing: what is told above the chat.
pub fn notices(session: Session) -> Html {
    let ui = session.ui;
    let notice = |so: Live<bool>, says: Key, does: Key, act: fn(Live<bool>)| {
        html(
            r#"<div role="status"><p _ class="page-notice"><span _></span> <button _ type="button" class="link-button"></button></p></div>"#,
            vec![
                hole().hidden(move || !so.get()),
                hole().say(says),
                hole().say(does).click(move || {
                    act(so);
                    ui.settle_focus();
                }),
            ],
        )
    };
    let offer = html(
        r#"<p _ id="offer" class="page-notice" role="status"><span _></span> <button _ type="button" class="link-button"></button> <button _ type="button" class="link-button"></button></p>"#,
        vec![
            // It may have been answered on another page.
            hole().hidden(move || {
                !ui.offers.get() || session.settings.with(|settings| settings.offered)
            }),
            hole().say(Key::NOTIFY_ASK),
            hole().say(Key::NOTIFY_ALLOW).click(move || session.answer_offer(true)),
            hole().say(Key::NOTIFY_NOT_NOW).click(move || session.answer_offer(false)),
        ],
    );
    together([
        offer,
        notice(ui.newer, Key::APP_NEW_VERSION, Key::APP_RELOAD, |_| worker::take_over()),
        notice(ui.forgetful, Key::APP_STORAGE_MISSING, Key::APP_ALL_RIGHT, |so| so.set(false)),
    ])
}
