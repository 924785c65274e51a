//! Where a message is written.
//!
//! Enter sends, Shift+Enter begins a line. While a composition is open (an input method picking a
//! character) Enter belongs to it and sends nothing. What cannot be sent stays, with the reason.

use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html::Textarea,
    prelude::*,
};
use web_sys::{HtmlElement, HtmlTextAreaElement};

use super::icons::Arrow;
use crate::{
    browser::language::t,
    words::{self, Key},
};

/// What `keydown` has as its key code while an input method handles the key. Safari ends the
/// composition before the Enter that chose the character, so `isComposing` alone is not enough.
const HANDLED_BY_INPUT_METHOD: u32 = 229;

/// The form.
#[component]
pub fn Composer(
    /// What is written and not sent.
    draft: RwSignal<String>,
    /// Takes a message; or says why not, if there is anything to say.
    #[prop(into)]
    send: Callback<String, Result<(), Option<String>>>,
) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    let error = RwSignal::new(None::<String>);
    let chars = Memo::new(move |_| draft.with(|text| text.trim_end().chars().count()));
    let submit = move || {
        match send.run(draft.get_untracked()) {
            Ok(()) => {
                error.set(None);
                draft.set(String::new());
            }
            Err(reason) => error.set(reason),
        }
        if let Some(field) = field.get_untracked() {
            let _ = field.focus();
        }
    };
    let key = move |event: KeyboardEvent| {
        let composing = event.is_composing() || event.key_code() == HANDLED_BY_INPUT_METHOD;
        if event.key() == "Enter" && !event.shift_key() && !composing {
            event.prevent_default();
            submit();
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
    Effect::new(move |was_there: Option<bool>| {
        let field = field.get();
        if let (Some(field), false) = (&field, was_there.unwrap_or(false)) {
            let _ = field.focus();
        }
        field.is_some()
    });
    view! {
        <form
            class="composer"
            on:submit=move |event: SubmitEvent| {
                event.prevent_default();
                submit();
            }
        >
            <p id="composer-error" class="error" role="alert">
                {move || error.get()}
            </p>
            <div class="composer-box">
                <label class="unseen" for="composer">
                    {move || t(Key::COMPOSER_LABEL)}
                </label>
                <textarea
                    id="composer"
                    rows="1"
                    dir="auto"
                    enterkeyhint="send"
                    placeholder=move || t(Key::COMPOSER_PLACEHOLDER)
                    aria-describedby="composer-error composer-counter"
                    aria-invalid=move || error.with(Option::is_some).to_string()
                    node_ref=field
                    on:input=move |event| {
                        error.set(None);
                        draft.set(event_target_value(&event));
                    }
                    on:keydown=key
                ></textarea>
                <span
                    id="composer-counter"
                    class="counter"
                    class:over=move || words::is_over(chars.get())
                >
                    {move || words::counter(chars.get())}
                </span>
                <button id="send" type="submit" class="primary send">
                    <Arrow />
                    <span>{move || t(Key::COMPOSER_SEND)}</span>
                </button>
            </div>
        </form>
    }
}

/// Makes the field as high as its text; the style sheet bounds it.
fn fit(field: &HtmlTextAreaElement) {
    let style = HtmlElement::style(field);
    let _ = style.set_property("height", "auto");
    let _ = style.set_property("height", &format!("{}px", field.scroll_height()));
}
