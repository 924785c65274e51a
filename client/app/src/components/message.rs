//! One message.
//!
//! What can be pressed in it says what it does in `data-do`; the list does it. So a row costs no
//! listeners, and there are many rows.

use crate::live::{Live, Shared};
use std::sync::Arc;

use parlour_events::{AuthorKind, Quote, Reaction};
use web_sys::Element;

use super::{
    disc::disc,
    files::files,
    icons,
    said::{is_long, is_only_emoji, said},
};
use crate::{
    browser::{
        clock,
        language::{t, tf, tn},
    },
    dom::{Html, hole, html, nothing, together},
    route::Route,
    session::Session,
    state::{
        message::{Content, Said},
        rows::{Delivery, MessageRow, Waits},
    },
    words::{self, Key, Pattern, Plural},
};

/// A message as a row of the list.
pub fn message(session: Session, row: Shared<MessageRow>) -> Html {
    let unfolded = Live::new(false);
    let about = row.clone();
    let describe = move |element: &Element| {
        let target = session.ui.target.get();
        about.with(|row| {
            let seq = row.seq.map(|seq| seq.to_string()).unwrap_or_default();
            let mut class = String::from("message");
            for (there, name) in [
                (row.first, " first"),
                (row.personal, " personal"),
                (target.is_some() && row.seq == target, " target"),
            ] {
                if there {
                    class.push_str(name);
                }
            }
            for (name, value) in [
                ("class", class.as_str()),
                ("data-seq", &seq),
                ("data-state", row.delivery.as_str()),
                ("aria-label", &label(row)),
            ] {
                let _ = element.set_attribute(name, value);
            }
        });
    };
    let id = row.with_untracked(|row| row.id.to_string());
    let [own, says] = ["m-", "s-"].map(|of| [of, &id].concat());
    html(
        r#"<li _ tabindex="-1"></li>"#,
        vec![
            hole()
                .set("aria-labelledby", [&own, " ", &says].concat())
                .set("id", own)
                .set("data-message-id", id)
                .run(describe)
                .on("unfold", move |_| unfolded.update(|unfolded| *unfolded = !*unfolded))
                .part(move || row.with(|row| content(session, row, unfolded, &says))),
        ],
    )
}

/// What is read out when the row has the focus, before what it says: the row is named by this and
/// by what is drawn in it.
fn label(row: &MessageRow) -> String {
    let time = clock::time_of_day(row.at);
    let mut label = match row.mine {
        true => tf(Pattern::MESSAGE_YOURS, [&time]),
        false => tf(Pattern::MESSAGE_FROM, [row.author.name.as_str(), &time]),
    };
    let quote = row.content.said().and_then(|said| said.reply_to.as_ref());
    let quote = quote.map(|it| tf(Pattern::MESSAGE_IN_REPLY_TO, [it.author.name.as_str()]));
    let sending = matches!(row.delivery, Delivery::Sending(_)).then(|| t(Key::SENDING_NOW).into());
    for part in [quote, sending].into_iter().flatten() {
        label.push_str(", ");
        label.push_str(&part);
    }
    label
}

fn content(session: Session, row: &MessageRow, unfolded: Live<bool>, says: &str) -> Html {
    let time = clock::time_of_day(row.at);
    let guest = match row.author.kind {
        AuthorKind::Guest => labelled(r#"<span _ class="guest"></span>"#, t(Key::PEOPLE_GUEST)),
        AuthorKind::Member => nothing(),
    };
    let (quote, what) = match &row.content {
        Content::Deleted => {
            (nothing(), labelled(r#"<p _ class="gone"></p>"#, t(Key::MESSAGE_DELETED)))
        }
        Content::Said(it) => (
            it.reply_to.as_ref().map_or_else(nothing, |it| quoted(session, it)),
            together([spoken(session, it, unfolded), files(&it.files), reactions(&it.reactions)]),
        ),
    };
    let sending = match row.delivery {
        Delivery::Sending(_) => html(
            r#"<span _ class="delivery"><span _ class="unseen"></span></span>"#,
            vec![hole().child(icons::clock()), hole().put(t(Key::SENDING_NOW))],
        ),
        _ => nothing(),
    };
    html(
        r#"<div class="gutter" aria-hidden="true"><i _></i><span _ class="gutter-time"></span></div><div class="content"><i _></i><p class="byline"><button _ type="button" class="author" tabindex="-1" dir="auto" data-do="author"></button> <i _></i><time _></time></p><div _></div></div><i _></i>"#,
        vec![
            hole().instead(disc(&row.author.name)),
            hole().put(time.as_str()),
            hole().instead(quote),
            hole().put(row.author.name.as_str()),
            hole().instead(guest),
            hole()
                .set("datetime", clock::machine_readable(row.at))
                .set("title", clock::in_full(row.at))
                .put(time),
            hole().set("id", says).child(together([what, trouble(&row.delivery)])),
            hole().instead(sending),
        ],
    )
}

fn spoken(session: Session, spoken: &Said, unfolded: Live<bool>) -> Html {
    let Some(body) = &spoken.body else { return nothing() };
    let text = body.as_str();
    // Where nobody is named, whoever comes and goes does not change what is drawn.
    let names = match text.contains('@') {
        true => session.names.get(),
        false => session.names.get_untracked(),
    };
    let long = is_long(text);
    let folded = long && !unfolded.get();
    let edited = match spoken.edited {
        true => labelled(r#"<span _ class="edited"></span>"#, t(Key::MESSAGE_EDITED)),
        false => nothing(),
    };
    let fold = match (long, folded) {
        (false, _) => nothing(),
        (true, true) => labelled(FOLD, t(Key::MESSAGE_SHOW_ALL)),
        (true, false) => labelled(FOLD, t(Key::MESSAGE_SHOW_LESS)),
    };
    let class = match (folded, is_only_emoji(text)) {
        (true, _) => "said folded",
        (false, true) => "said only-emoji",
        (false, false) => "said",
    };
    html(
        r#"<div _><div _ class="body"></div><i _></i></div><i _></i>"#,
        vec![
            hole().set("class", class),
            hole().child(said(text, &names)),
            hole().instead(edited),
            hole().instead(fold),
        ],
    )
}

const FOLD: &str = r#"<button _ type="button" class="link-button fold" data-do="fold"></button>"#;

/// What a message answers to.
fn quoted(session: Session, quote: &Arc<Quote>) -> Html {
    let route = Route { room: session.room(), message: Some(quote.seq) };
    let name = quote.author.name.as_str();
    let excerpt = match quote.excerpt.is_empty() {
        true => t(Key::MESSAGE_REPLY_GONE).to_owned(),
        false => crate::text::markdown::plain(&quote.excerpt),
    };
    // What is seen is part of what is read out, and stands at its end.
    let label = [tf(Pattern::MESSAGE_IN_REPLY_TO, [name]).as_str(), &excerpt].join(" ");
    html(
        r#"<a _ class="quote" data-do="quote"><b _ dir="auto"></b> <span _ dir="auto"></span></a>"#,
        vec![
            hole()
                .set("href", route.path())
                .set("data-at", quote.seq.to_string())
                .set("aria-label", label),
            hole().put(name),
            hole().put(excerpt),
        ],
    )
}

fn reactions(reactions: &[Reaction]) -> Html {
    if reactions.is_empty() {
        return nothing();
    }
    let one = |reaction: &Reaction| {
        let emoji = reaction.emoji.as_str();
        let names = who(reaction);
        let label = tn(Plural::MESSAGE_REACTIONS, reaction.count, [emoji]);
        let label = if names.is_empty() { label } else { [&label, ": ", &names].concat() };
        html(
            r#"<button _ type="button" class="reaction" data-do="react"><span _></span> <span _ class="reaction-count"></span></button>"#,
            vec![
                hole()
                    .set("data-at", emoji)
                    .set("aria-pressed", if reaction.mine { "true" } else { "false" })
                    .set("aria-label", label)
                    .set("title", names),
                hole().put(emoji),
                hole().put(words::whole(reaction.count)),
            ],
        )
    };
    let all = together(reactions.iter().map(one));
    html(r#"<p _ class="reactions"></p>"#, vec![hole().child(all)])
}

/// Who reacted, as far as the server tells.
pub fn who(reaction: &Reaction) -> String {
    let names: Vec<&str> = reaction.names.iter().map(|name| name.as_str()).collect();
    names.join(", ")
}

/// Why a message is not through yet, and what can be done.
fn trouble(delivery: &Delivery) -> Html {
    match delivery {
        Delivery::Sent | Delivery::Sending(None) => nothing(),
        Delivery::Sending(Some(waits)) => {
            let sentence = match waits {
                Waits::NoAnswer => t(Key::SENDING_NO_ANSWER).to_owned(),
                Waits::Refused(refusal) => words::refused_for_now(refusal),
            };
            let text = tf(Pattern::SENDING_WAITS, [&sentence]);
            labelled(r#"<p _ class="trouble waiting"></p>"#, &text)
        }
        Delivery::Failed(entry, why) => {
            let entry = entry.to_string();
            html(
                r#"<p class="trouble failed"><span _></span> <button _ type="button" class="link-button try-again" data-do="again"></button> <button _ type="button" class="link-button discard" data-do="discard"></button></p>"#,
                vec![
                    hole().put(words::not_sent(why)),
                    hole().set("data-at", entry.as_str()).put(t(Key::SENDING_AGAIN)),
                    hole().set("data-at", entry).put(t(Key::SENDING_REMOVE)),
                ],
            )
        }
    }
}

fn labelled(template: &'static str, label: &str) -> Html {
    html(template, vec![hole().put(label)])
}
