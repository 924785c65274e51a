//! Where a message is written.
//!
//! Enter sends, Shift+Enter begins a line. While a composition is open (an input method picking a
//! character) Enter belongs to it and sends nothing. What cannot be sent stays, with the reason.
//! Behind `@` and `:` names and emoji are suggested.

use leptos::{
    ev::{ClipboardEvent, KeyboardEvent},
    html::{Input, Textarea},
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{FileList, HtmlElement, HtmlTextAreaElement};

use super::{
    icons::{Arrow, Clip, Close, Smile},
    kit::{act, flag, happens, key, nothing, part, sent, text, typed, when, word, yes},
    suggest::{Suggestions, suggestions},
    uploads::uploads,
};
use crate::{
    browser::{
        emoji,
        language::{t, tf},
    },
    session::{Composing, Panel, Session},
    words::{self, Key, Pattern},
};

/// What `keydown` has as its key code while an input method handles the key. Safari ends the
/// composition before the Enter that chose the character, so `isComposing` alone is not enough.
const HANDLED_BY_INPUT_METHOD: u32 = 229;

/// The form.
#[component]
pub fn Composer(
    /// The chat that it is part of.
    session: Session,
) -> impl IntoView {
    let ui = session.ui;
    let draft = ui.draft;
    let field = NodeRef::<Textarea>::new();
    let files = NodeRef::<Input>::new();
    let error = RwSignal::new(None::<String>);
    let suggest = Suggestions::new(session, field);
    let submit = move || {
        let written = draft.get_untracked();
        let text = emoji::replaced(&written);
        match session.submit(&text) {
            Ok(()) => {
                error.set(None);
                draft.set(String::new());
                session.keep_draft(&session.room(), "");
            }
            Err(reason) => error.set(reason),
        }
        focus(field);
    };
    let pressed = move |event: KeyboardEvent| {
        if event.is_composing() || event.key_code() == HANDLED_BY_INPUT_METHOD {
            return;
        }
        if suggest.press(&event) {
            return event.prevent_default();
        }
        match event.key().as_str() {
            "Enter" if !event.shift_key() => {
                event.prevent_default();
                submit();
            }
            "ArrowUp" if draft.with_untracked(String::is_empty) => {
                event.prevent_default();
                session.edit_last();
            }
            "Escape" if ui.composing.with_untracked(|it| *it != Composing::New) => {
                event.prevent_default();
                session.write_anew();
            }
            _ => {}
        }
    };
    let written = typed(move |written| {
        error.set(None);
        if !written.is_empty() {
            session.types();
        }
        session.keep_draft_soon();
        draft.set(written);
        suggest.look();
    });
    let pasted = move |event: ClipboardEvent| {
        let files = event.clipboard_data().and_then(|data| data.files());
        if files.as_ref().is_some_and(|files| files.length() > 0) {
            event.prevent_default();
            take(session, files);
        }
    };
    Effect::new(move |_| {
        let Some(field) = field.get() else { return };
        draft.with(|text| {
            // Setting what is there already would move the caret to the end.
            if field.value() != *text {
                field.set_value(text);
            }
        });
        fit(&field);
    });
    Effect::new(move |_| {
        ui.to_composer.track();
        if field.get().is_some() {
            focus(field);
        }
    });
    let counter =
        Memo::new(move |_| draft.with(|text| words::counter(text.trim_end().chars().count())));
    let chosen = happens(move |_| {
        if let Some(input) = files.get_untracked() {
            take(session, input.files());
            input.set_value("");
        }
    });
    let can_attach = flag(move || session.me.with(|me| {
        me.as_ref().is_none_or(|me| me.limits.upload_bytes == 0)
    }));
    view! {
        <form class="composer" on:submit=sent(submit)>
            <p id="composer-error" class="error" role="alert">
                {text(move || error.get().unwrap_or_default())}
            </p>
            {part(move || about(session))}
            {when(
                move || ui.uploads.with(|all| !all.is_empty()),
                move || uploads(session),
            )}
            {suggestions(suggest)}
            <div class="composer-box">
                <label class="unseen" for="composer">
                    {word(Key::COMPOSER_LABEL)}
                </label>
                <input
                    id="files"
                    type="file"
                    multiple
                    hidden
                    tabindex="-1"
                    aria-hidden="true"
                    node_ref=files
                    on:change=chosen
                />
                <button
                    id="attach"
                    type="button"
                    class="icon-button"
                    hidden=can_attach
                    aria-label=word(Key::COMPOSER_ATTACH)
                    title=word(Key::COMPOSER_ATTACH)
                    on:click=act(move || {
                        if let Some(files) = files.get_untracked() {
                            files.click();
                        }
                    })
                >
                    <Clip />
                </button>
                <textarea
                    id="composer"
                    rows="1"
                    dir="auto"
                    enterkeyhint="send"
                    autocomplete="off"
                    placeholder=text(move || placeholder(session))
                    aria-describedby="composer-error composer-counter"
                    aria-invalid=yes(move || error.with(Option::is_some))
                    aria-autocomplete="list"
                    aria-controls="suggestions"
                    aria-activedescendant=text(move || suggest.active())
                    node_ref=field
                    on:input=written
                    on:keydown=key(pressed)
                    on:paste=pasted
                    on:blur=move |_| session.keep_draft_now()
                ></textarea>
                <span
                    id="composer-counter"
                    class="counter"
                    class:over=flag(move || {
                        draft.with(|text| words::is_over(text.trim_end().chars().count()))
                    })
                >
                    {text(move || counter.get().unwrap_or_default())}
                </span>
                <button
                    id="emoji"
                    type="button"
                    class="icon-button"
                    aria-label=word(Key::COMPOSER_EMOJI)
                    title=word(Key::COMPOSER_EMOJI)
                    on:click=act(move || ui.open(Panel::Emoji))
                >
                    <Smile />
                </button>
                <button id="send" type="submit" class="primary send" aria-label=word(Key::COMPOSER_SEND)>
                    <Arrow />
                    <span>
                        {text(move || match ui.composing.get() {
                            Composing::Edit(_) => t(Key::COMPOSER_SAVE_EDIT),
                            _ => t(Key::COMPOSER_SEND),
                        }.to_owned())}
                    </span>
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// What is written besides a new message, and how to leave that.
fn about(session: Session) -> AnyView {
    let (what, leave) = match session.ui.composing.get() {
        Composing::New => return nothing(),
        Composing::Reply(quote) => {
            let name = quote.author.name.to_string();
            (tf(Pattern::COMPOSER_REPLYING, [&name]), Key::COMPOSER_CANCEL_REPLY)
        }
        Composing::Edit(_) => (t(Key::COMPOSER_EDITING).to_owned(), Key::COMPOSER_CANCEL_EDIT),
    };
    view! {
        <p class="composing">
            <span dir="auto">{what}</span>
            <button
                type="button"
                class="icon-button small"
                aria-label=word(leave)
                title=word(leave)
                on:click=act(move || session.write_anew())
            >
                <Close />
            </button>
        </p>
    }
    .into_any()
}

fn placeholder(session: Session) -> String {
    match session.here.get() {
        Some(here) if here.with.is_some() => {
            tf(Pattern::COMPOSER_PLACEHOLDER_PERSON, [&here.label()])
        }
        Some(here) => tf(Pattern::COMPOSER_PLACEHOLDER_ROOM, [here.name.as_str()]),
        None => t(Key::COMPOSER_PLACEHOLDER).to_owned(),
    }
}

/// Takes files for the message.
pub fn take(session: Session, files: Option<FileList>) {
    let Some(files) = files else { return };
    for at in 0..files.length() {
        if let Some(file) = files.get(at) {
            session.attach(&file);
        }
    }
    session.ui.compose();
}

fn focus(field: NodeRef<Textarea>) {
    if let Some(field) = field.get_untracked() {
        let _ = field.focus();
    }
}

/// Makes the field as high as its text; the style sheet bounds it.
fn fit(field: &HtmlTextAreaElement) {
    let style = HtmlElement::style(field.unchecked_ref());
    let _ = style.set_property("height", "auto");
    let _ = style.set_property("height", &format!("{}px", field.scroll_height()));
}
