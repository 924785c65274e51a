//! One message.

use std::sync::Arc;

use leptos::prelude::*;
use parlour_events::{AuthorKind, MessageId, Quote, Reaction};
use uuid::Uuid;

use super::{
    disc::disc,
    files::files,
    icons::Clock,
    kit::{act, flag, nothing, part, text},
    said::{is_long, is_only_emoji, said},
};
use crate::{
    browser::{
        clock,
        language::{t, tf, tn},
    },
    route::Route,
    session::{Panel, Session},
    state::{
        message::{Content, Said},
        outbox::Failure,
        rows::{Delivery, MessageRow, Waits},
    },
    words::{self, Key, Pattern, Plural},
};

/// A message as a row of the list.
pub fn message(session: Session, row: ArcRwSignal<MessageRow>) -> AnyView {
    let row = RwSignal::from(row);
    let id = row.with_untracked(|row| row.id);
    let unfolded = RwSignal::new(false);
    let seq = text(move || row.with(|row| row.seq.map(|seq| seq.to_string()).unwrap_or_default()));
    let delivery = text(move || row.with(|row| row.delivery.as_str().to_owned()));
    let label = text(move || row.with(label));
    view! {
        <li
            class="message"
            class:first=flag(move || row.with(|row| row.first))
            class:personal=flag(move || row.with(|row| row.personal))
            class:target=flag(move || {
                let target = session.ui.target.get();
                target.is_some() && row.with(|row| row.seq == target)
            })
            data-message-id=id.to_string()
            data-seq=seq
            data-state=delivery
            tabindex="-1"
            aria-label=label
        >
            {part(move || row.with(|row| content(session, row, unfolded)))}
        </li>
    }
    .into_any()
}

/// What is read out when the row has the focus, before what it says.
fn label(row: &MessageRow) -> String {
    let time = clock::time_of_day(row.at);
    match row.mine {
        true => tf(Pattern::MESSAGE_YOURS, [&time]),
        false => tf(Pattern::MESSAGE_FROM, [row.author.name.as_str(), &time]),
    }
}

fn content(session: Session, row: &MessageRow, unfolded: RwSignal<bool>) -> AnyView {
    let time = clock::time_of_day(row.at);
    let guest = row.author.kind == AuthorKind::Guest;
    let author = row.author.clone();
    let name = author.name.to_string();
    let open = act(move || session.ui.open(Panel::Person(author.clone())));
    let guest = match guest {
        true => view! { <span class="guest">{t(Key::PEOPLE_GUEST)}</span> }.into_any(),
        false => nothing(),
    };
    let (quote, what, files, reactions) = match &row.content {
        Content::Deleted => {
            let gone = view! { <p class="gone">{t(Key::MESSAGE_DELETED)}</p> }.into_any();
            (nothing(), gone, nothing(), nothing())
        }
        Content::Said(it) => (
            it.reply_to.as_ref().map_or_else(nothing, |it| quoted(session, it)),
            spoken(session, it, unfolded),
            files(&it.files),
            reactions(session, row.id, &it.reactions),
        ),
    };
    let sending = match row.delivery {
        Delivery::Sending(_) => view! {
            <span class="delivery">
                <Clock />
                <span class="unseen">{t(Key::SENDING_NOW)}</span>
            </span>
        }
        .into_any(),
        _ => nothing(),
    };
    view! {
        <div class="gutter" aria-hidden="true">
            {disc(&row.author.name)}
            <span class="gutter-time">{time.clone()}</span>
        </div>
        <div class="content">
            {quote}
            <p class="byline">
                <button type="button" class="author" tabindex="-1" dir="auto" on:click=open>
                    {name}
                </button>
                {guest}
                <time datetime=clock::machine_readable(row.at) title=clock::in_full(row.at)>
                    {time}
                </time>
            </p>
            {what}
            {files}
            {reactions}
            {trouble(session, &row.delivery)}
        </div>
        {sending}
    }
    .into_any()
}

fn spoken(session: Session, said_here: &Said, unfolded: RwSignal<bool>) -> AnyView {
    let Some(body) = &said_here.body else { return nothing() };
    let text = body.as_str();
    let names = session.names.get();
    let long = is_long(text);
    let folded = long && !unfolded.get();
    let edited = match said_here.edited {
        true => view! { <span class="edited">{t(Key::MESSAGE_EDITED)}</span> }.into_any(),
        false => nothing(),
    };
    let fold = match long {
        true => {
            let label = if folded { Key::MESSAGE_SHOW_ALL } else { Key::MESSAGE_SHOW_LESS };
            view! {
                <button
                    type="button"
                    class="link-button fold"
                    on:click=act(move || unfolded.update(|unfolded| *unfolded = !*unfolded))
                >
                    {t(label)}
                </button>
            }
            .into_any()
        }
        false => nothing(),
    };
    view! {
        <div class="said" class:folded=folded class:only-emoji=is_only_emoji(text)>
            <div class="body">{said(text, &names)}</div>
            {edited}
        </div>
        {fold}
    }
    .into_any()
}

/// What a message answers to.
fn quoted(session: Session, quote: &Arc<Quote>) -> AnyView {
    let route = Route { room: session.room(), message: Some(quote.seq) };
    let name = quote.author.name.to_string();
    let label = tf(Pattern::MESSAGE_IN_REPLY_TO, [&name]);
    let excerpt = match quote.excerpt.is_empty() {
        true => t(Key::MESSAGE_REPLY_GONE).to_owned(),
        false => crate::text::markdown::plain(&quote.excerpt),
    };
    let href = route.path();
    let target = quote.seq;
    let go = Box::new(move |event: leptos::ev::MouseEvent| {
        if !event.ctrl_key() && !event.meta_key() {
            event.prevent_default();
            session.read_at(crate::state::Spot::Message(target));
        }
    }) as super::kit::Act;
    view! {
        <a class="quote" href=href aria-label=label on:click=go>
            <b dir="auto">{name}</b>
            " "
            <span dir="auto">{excerpt}</span>
        </a>
    }
    .into_any()
}

fn reactions(session: Session, id: MessageId, reactions: &[Reaction]) -> AnyView {
    if reactions.is_empty() {
        return nothing();
    }
    let one = |reaction: &Reaction| {
        let emoji = reaction.emoji.clone();
        let shown = emoji.to_string();
        let mine = reaction.mine;
        let names: Vec<&str> = reaction.names.iter().map(|name| name.as_str()).collect();
        let label = tn(Plural::MESSAGE_REACTIONS, reaction.count, [&shown]);
        view! {
            <button
                type="button"
                class="reaction"
                aria-pressed=mine.to_string()
                aria-label=label
                title=names.join(", ")
                on:click=act(move || session.react(id, emoji.clone(), !mine))
            >
                <span>{shown}</span>
                <span class="reaction-count">{words::whole(reaction.count)}</span>
            </button>
        }
        .into_any()
    };
    let all = reactions.iter().map(one).collect_view();
    view! { <p class="reactions">{all}</p> }.into_any()
}

/// Why a message is not through yet, and what can be done.
fn trouble(session: Session, delivery: &Delivery) -> AnyView {
    match delivery {
        Delivery::Sent | Delivery::Sending(None) => nothing(),
        Delivery::Sending(Some(waits)) => {
            let sentence = match waits {
                Waits::NoAnswer => t(Key::SENDING_NO_ANSWER).to_owned(),
                Waits::Refused(refusal) => words::refused_for_now(refusal),
            };
            let text = tf(Pattern::SENDING_WAITS, [&sentence]);
            view! { <p class="trouble waiting">{text}</p> }.into_any()
        }
        Delivery::Failed(entry, why) => failed(session, *entry, why),
    }
}

fn failed(session: Session, entry: Uuid, why: &Failure) -> AnyView {
    let reason = match why {
        Failure::Refused(refusal) => words::reason(refusal),
        Failure::OtherPerson => t(Key::SENDING_OTHER_PERSON).to_owned(),
    };
    view! {
        <p class="trouble failed">
            <span>{tf(Pattern::SENDING_FAILED, [&reason])}</span>
            <button
                type="button"
                class="link-button try-again"
                on:click=act(move || session.try_again(entry))
            >
                {t(Key::SENDING_AGAIN)}
            </button>
            <button
                type="button"
                class="link-button discard"
                on:click=act(move || session.discard(entry))
            >
                {t(Key::SENDING_REMOVE)}
            </button>
        </p>
    }
    .into_any()
}
