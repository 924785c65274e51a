//! One message.

use leptos::prelude::*;
use parlour_events::{Attachment, AuthorKind, MessageId};

use super::{disc::Disc, icons::Clock};
use crate::{
    browser::{
        clock,
        language::{t, tf},
    },
    state::{
        message::Content,
        rows::{Delivery, MessageRow},
    },
    words::{Key, Pattern},
};

/// A message as a row of the list. What it says goes into the page as text, whatever it looks
/// like.
#[component]
pub fn Message(
    /// The message. Who wrote it never changes; what it says, how far it is and how it is grouped
    /// may.
    message: ArcRwSignal<MessageRow>,
    /// Sends a failed message again.
    try_again: Callback<MessageId>,
    /// Gives a failed message up.
    discard: Callback<MessageId>,
) -> impl IntoView {
    let MessageRow { id, author, .. } = message.get_untracked();
    let about = RwSignal::from(message);
    let first = Memo::new(move |_| about.with(|message| message.first));
    let at = Memo::new(move |_| about.with(|message| message.at));
    let delivery = Memo::new(move |_| about.with(|message| message.delivery.clone()));
    let content = Memo::new(move |_| about.with(|message| message.content.clone()));
    let guest = author.kind == AuthorKind::Guest;
    let name = author.name;
    view! {
        <li
            class="message"
            class:first=first
            data-message-id=id.to_string()
            data-state=move || delivery.with(Delivery::as_str)
        >
            <div class="gutter" aria-hidden="true">
                <Disc name=name.clone() />
                <span class="gutter-time">{move || clock::time_of_day(at.get())}</span>
            </div>
            <div class="content">
                <p class="byline">
                    <span class="author" dir="auto">
                        {name.to_string()}
                    </span>
                    {guest.then(|| view! { <span class="guest">{move || t(Key::PEOPLE_GUEST)}</span> })}
                    <time
                        datetime=move || clock::machine_readable(at.get())
                        title=move || clock::in_full(at.get())
                    >
                        {move || clock::time_of_day(at.get())}
                    </time>
                </p>
                <Said content />
                <Trouble id delivery try_again discard />
            </div>
            <span class="delivery">
                {move || {
                    matches!(delivery.get(), Delivery::Sending(_))
                        .then(|| view! { <Clock /> <span class="unseen">{move || t(Key::SENDING_NOW)}</span> })
                }}
            </span>
        </li>
    }
}

/// What a message says: its text and the names of its files, or that it was deleted.
#[component]
pub fn Said(
    /// What it says.
    content: Memo<Content>,
) -> impl IntoView {
    move || {
        content.with(|content| {
            if *content == Content::Deleted {
                return view! { <p class="gone">{t(Key::MESSAGE_DELETED)}</p> }.into_any();
            }
            let text = content.body().map(|body| {
                let text = body.as_str().to_owned();
                let only_emoji = is_only_emoji(&text);
                let edited = content.is_edited().then(|| {
                    view! { <span class="edited">{format!(" {}", t(Key::MESSAGE_EDITED))}</span> }
                });
                view! {
                    <div class="said" dir="auto">
                        <span class="body" class:only-emoji=only_emoji>
                            {text}
                        </span>
                        {edited}
                    </div>
                }
            });
            let files = content.files();
            let files = (!files.is_empty()).then(|| {
                view! { <ul class="files">{files.iter().map(file).collect_view()}</ul> }
            });
            view! {
                {text}
                {files}
            }
            .into_any()
        })
    }
}

/// A file by its name, which leads to it.
fn file(file: &Attachment) -> impl IntoView + use<> {
    let name = file.name.to_string();
    let address = format!("/files/{}?name={}", file.file, js_sys::encode_uri_component(&name));
    view! {
        <li>
            <a href=address target="_blank" rel="noopener" dir="auto">
                {name}
            </a>
        </li>
    }
}

/// Why a message is not through yet, and what can be done.
#[component]
pub fn Trouble(
    /// The message.
    id: MessageId,
    /// How far it is.
    delivery: Memo<Delivery>,
    /// Sends it again.
    try_again: Callback<MessageId>,
    /// Gives it up.
    discard: Callback<MessageId>,
) -> impl IntoView {
    move || match delivery.get() {
        Delivery::Sent | Delivery::Sending(None) => None,
        Delivery::Sending(Some(reason)) => {
            let text = tf(Pattern::SENDING_WAITS, [&reason]);
            Some(view! { <p class="trouble waiting">{text}</p> }.into_any())
        }
        Delivery::Failed(reason) => Some(
            view! {
                <p class="trouble failed">
                    <span>{tf(Pattern::SENDING_FAILED, [&reason])}</span>
                    <button
                        type="button"
                        class="link-button try-again"
                        on:click=move |_| try_again.run(id)
                    >
                        {t(Key::SENDING_AGAIN)}
                    </button>
                    <button
                        type="button"
                        class="link-button discard"
                        on:click=move |_| discard.run(id)
                    >
                        {t(Key::SENDING_REMOVE)}
                    </button>
                </p>
            }
            .into_any(),
        ),
    }
}

/// A few emoji and nothing else: shown larger.
fn is_only_emoji(text: &str) -> bool {
    let is_emoji = |c: char| {
        matches!(c,
            '\u{200d}' | '\u{fe0f}' | '\u{20e3}'
            | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
    };
    text.chars().count() <= 12 && text.chars().all(|c| is_emoji(c) || c == ' ')
}
