//! Where a message is written.
//!
//! Enter sends, Shift+Enter begins a line. While a composition is open (an input method picking a
//! character) Enter belongs to it and sends nothing. What cannot be sent stays, with the reason.
//! Behind `@` and `:` names and emoji are suggested.

use crate::live::{Live, derived, effect};
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, Event, FileList, HtmlElement, HtmlInputElement, HtmlTextAreaElement,
    KeyboardEvent,
};

use super::{
    suggest::{Suggestions, suggestions},
    uploads::uploads,
};
use crate::{
    browser::{
        emoji,
        language::{t, tf},
        place,
    },
    dom::{Html, Ref, hole, html, nothing},
    session::{Composing, Panel, Session, ui::is_touched},
    text::complete,
    words::{self, Key, Pattern},
};

/// Whether a key belongs to an input method.
pub fn is_of_input_method(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == HANDLED_BY_INPUT_METHOD
}

/// Puts a text into what is being written, where the caret is.
pub fn put_in(session: Session, text: &str) {
    let draft = session.ui.draft;
    let field = document().get_element_by_id("composer");
    let Some(field) = field.and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok()) else {
        return draft.update(|draft| draft.push_str(text));
    };
    let written = field.value();
    let place = |place: Result<Option<u32>, _>| {
        place.ok().flatten().map_or(written.len(), |place: u32| place as usize)
    };
    let (from, to) = (place(field.selection_start()), place(field.selection_end()));
    let (written, caret) = complete::put_in(&written, from, to, text);
    // Before what is drawn from the draft, which would take the caret to the end.
    field.set_value(&written);
    let caret = caret as u32;
    let _ = field.set_selection_range(caret, caret);
    draft.set(written);
    session.keep_draft_soon();
}

/// What `keydown` has as its key code while an input method handles the key. Safari ends the
/// composition before the Enter that chose the character, so `isComposing` alone is not enough.
const HANDLED_BY_INPUT_METHOD: u32 = 229;

/// The form.
pub fn composer(session: Session) -> Html {
    let ui = session.ui;
    let draft = ui.draft;
    let field = Ref::new();
    let files = Ref::new();
    let error = Live::new(None::<String>);
    let suggest = Suggestions::new(session, field);
    // What stands there as it is pressed goes, at once: whoever waits may be in another room.
    let submit = move || {
        let text = emoji::replaced(&draft.get_untracked());
        error.set(session.submit(&text).err().flatten());
        field.focus();
    };
    // The names of emoji are here by the time that the second colon is.
    let colon = derived(move || draft.with(|text| text.bytes().any(|byte| byte == b':')));
    effect(move || {
        if colon.get() {
            emoji::load(|| {});
        }
    });
    let pressed = move |event: Event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        let changed = event.alt_key() || event.ctrl_key() || event.meta_key();
        // Some are used to send with Ctrl and Enter.
        if is_of_input_method(event) || (changed && event.key() != "Enter") {
            return;
        }
        if suggest.press(event) {
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
    let written = move |written: String| {
        error.set(None);
        if !written.is_empty() {
            session.types();
        }
        session.keep_draft_soon();
        draft.set(written);
        suggest.look();
    };
    let pasted = move |event: Event| {
        let data = event.unchecked_ref::<ClipboardEvent>().clipboard_data();
        // Of cells and of formatted text there is a picture as well: the text is what is meant.
        let text = data.as_ref().is_some_and(|data| {
            ["text/plain", "text/html"].iter().all(|it| data.types().includes(&(*it).into(), 0))
        });
        let files = data.and_then(|data| data.files()).filter(|_| !text);
        if files.as_ref().is_some_and(|files| files.length() > 0) {
            event.prevent_default();
            take(session, files);
        }
    };
    effect(move || {
        let text = draft.get();
        let Some(field) = field.cast::<HtmlTextAreaElement>() else { return };
        // Setting what is there already would move the caret to the end.
        if field.value() != text {
            field.set_value(&text);
        }
        fit(&field);
    });
    // It is asked for, or the room is one to write to from now on.
    let before = ui.to_composer.get_untracked();
    effect(move || {
        if ui.to_composer.get() != before || (!is_touched() && place::may_focus()) {
            field.focus();
        }
    });
    // Suggestions are for one text, in one room.
    effect(move || {
        draft.track();
        session.route.track();
        suggest.check();
    });
    let counter =
        derived(move || draft.with(|text| words::counter(text.trim_end().chars().count())));
    let chosen = move |_| {
        if let Some(input) = files.cast::<HtmlInputElement>() {
            take(session, input.files());
            input.set_value("");
        }
    };
    let no_files =
        move || session.me.with(|me| me.as_ref().is_none_or(|me| me.limits.upload_bytes == 0));
    let doing = move || match ui.composing.with(|it| *it == Composing::New) {
        true => "composer-error composer-counter".to_owned(),
        false => "composing composer-error composer-counter".to_owned(),
    };
    let send = move || {
        let editing = ui.composing.with(|it| matches!(it, Composing::Edit(_)));
        t(if editing { Key::COMPOSER_SAVE_EDIT } else { Key::COMPOSER_SEND }).to_owned()
    };
    let over = move || draft.with(|text| words::is_over(text.trim_end().chars().count()));
    html(
        r#"<form _ class="composer"><p _ id="composer-error" class="error" role="alert"></p><i _></i><i _></i><i _></i><div class="composer-box"><label _ class="unseen" for="composer"></label><input _ id="files" type="file" multiple hidden tabindex="-1" aria-hidden="true"><button _ id="attach" type="button" class="icon-button"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M20 11.500l-8 8a5 5 0 0 1-7-7l8.500-8.500a3.400 3.400 0 0 1 4.800 4.800L10 17a1.700 1.700 0 0 1-2.400-2.400l7.400-7.400"/></svg></button><textarea _ id="composer" rows="1" dir="auto" enterkeyhint="send" autocomplete="off" aria-autocomplete="list" aria-controls="suggestions"></textarea><span _ id="composer-counter" class="counter"></span><button _ id="emoji" type="button" class="icon-button"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.500 14.500a4.500 4.500 0 0 0 7 0M9 9.500v.2M15 9.500v.2"/></svg></button><button _ id="send" type="submit" class="primary send"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 19V5M6 11l6-6 6 6"/></svg><span _></span></button></div></form>"#,
        vec![
            hole().submit(submit),
            hole().text(move || error.get().unwrap_or_default()),
            hole().here(move || about(session)),
            hole().when(move || ui.uploads.with(|all| !all.is_empty()), move || uploads(session)),
            hole().instead(suggestions(suggest)),
            hole().say(Key::COMPOSER_LABEL),
            hole().refer(files).on("change", chosen),
            hole().label(Key::COMPOSER_ATTACH).hidden(no_files).click(move || {
                if let Some(files) = files.get() {
                    files.click();
                }
            }),
            hole()
                .refer(field)
                .attr("placeholder", move || placeholder(session))
                .attr("aria-describedby", doing)
                .yes("aria-invalid", move || error.with(Option::is_some))
                .attr("aria-activedescendant", move || suggest.active())
                .input(written)
                .on("keydown", pressed)
                .on("paste", pasted)
                .on("blur", move |_| {
                    session.keep_draft_now();
                    suggest.leave();
                }),
            hole().class("over", over).text(move || counter.get().unwrap_or_default()),
            hole().label(Key::COMPOSER_EMOJI).click(move || ui.open(Panel::Emoji)),
            hole().attr("aria-label", send),
            hole().text(send),
        ],
    )
}

/// What is written besides a new message, and how to leave that.
fn about(session: Session) -> Html {
    let (what, leave) = match session.ui.composing.get() {
        Composing::New => return nothing(),
        Composing::Reply(quote) => {
            let name = quote.author.name.to_string();
            (tf(Pattern::COMPOSER_REPLYING, [&name]), Key::COMPOSER_CANCEL_REPLY)
        }
        Composing::Edit(_) => (t(Key::COMPOSER_EDITING).to_owned(), Key::COMPOSER_CANCEL_EDIT),
    };
    html(
        r#"<p class="composing"><span _ id="composing" dir="auto"></span><button _ type="button" class="icon-button small"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg></button></p>"#,
        vec![hole().put(what), hole().label(leave).click(move || session.write_anew())],
    )
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

/// Makes the field as high as its text; the style sheet bounds it.
fn fit(field: &HtmlTextAreaElement) {
    let style = HtmlElement::style(field.unchecked_ref());
    let _ = style.set_property("height", "auto");
    let _ = style.set_property("height", &format!("{}px", field.scroll_height()));
}
