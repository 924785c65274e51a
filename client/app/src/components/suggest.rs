//! Names and emoji that complete what is being typed.

use crate::live::Live;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

use crate::{
    browser::{emoji, language::tn},
    dom::{Html, Ref, hole, html, together},
    session::Session,
    text::{complete::Typed, emoji::Emojis, mention},
    words::{Key, Plural},
};

/// What is suggested.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Suggestion {
    /// What it looks like, before the name.
    sign: String,
    /// What it is called.
    name: String,
    /// What goes into the text.
    insert: String,
}

/// The suggestions for what stands before the caret.
#[derive(Clone, Copy)]
pub struct Suggestions {
    session: Session,
    field: Ref,
    typed: Live<Option<Typed>>,
    /// The text that it was typed in.
    of: Live<String>,
    all: Live<Vec<Suggestion>>,
    chosen: Live<usize>,
}

impl Suggestions {
    /// For this field.
    pub fn new(session: Session, field: Ref) -> Self {
        Self {
            session,
            field,
            typed: Live::new(None),
            of: Live::new(String::new()),
            all: Live::new(Vec::new()),
            chosen: Live::new(0),
        }
    }

    /// Looks at what stands before the caret.
    pub fn look(self) {
        let Some(field) = self.field.cast::<HtmlTextAreaElement>() else { return };
        let caret = field.selection_start().ok().flatten().unwrap_or(0) as usize;
        let written = field.value();
        if let Some(typed) = mention::typed(&written, caret) {
            let all = self.names(&typed.query);
            // Names have blanks and colons in them: only where nobody can be meant it may be an
            // emoji.
            if !all.is_empty() {
                return self.suggest(written, typed, all);
            }
        }
        if let Some(typed) = Emojis::typed(&written, caret) {
            let all = emoji::with(|emojis| {
                let found = emojis.search(&typed.query, 8).into_iter();
                let one = |number: usize| {
                    let emoji = emojis.get(number)?;
                    let name = emoji.codes().next().unwrap_or(emoji.name).to_owned();
                    Some(Suggestion {
                        sign: emoji.emoji.to_owned(),
                        name,
                        insert: emoji.emoji.to_owned(),
                    })
                };
                found.filter_map(one).collect()
            });
            match all {
                Some(all) => return self.suggest(written, typed, all),
                // They are on their way: looked at again when they are here. Without a network
                // they do not come, and are not asked for again before the next key.
                None => {
                    self.of.set(written.clone());
                    emoji::load(move || {
                        let here = emoji::with(|_| ()).is_some();
                        // Whoever has left, or written on, is not interrupted.
                        let same = self.of.try_get_untracked() == Some(written);
                        if here && same {
                            self.look();
                        }
                    });
                }
            }
        }
        self.close();
    }

    fn names(self, query: &str) -> Vec<Suggestion> {
        self.session.view.with_untracked(|view| {
            let names: Vec<&str> =
                view.people.iter().map(|member| member.person.name.as_str()).collect();
            let one = |at: usize| Suggestion {
                sign: "@".to_owned(),
                name: names[at].to_owned(),
                insert: format!("@{}", names[at]),
            };
            mention::suggest(query, &names).into_iter().map(one).collect()
        })
    }

    fn suggest(self, of: String, typed: Typed, all: Vec<Suggestion>) {
        self.of.set(of);
        self.typed.set((!all.is_empty()).then_some(typed));
        self.chosen.set(0);
        self.all.set(all);
    }

    /// Closes the list if it was made for another text.
    pub fn check(self) {
        if self.session.ui.draft.with_untracked(|now| self.of.with_untracked(|of| now != of)) {
            self.leave();
        }
    }

    /// Closes the list, and opens none late.
    pub fn leave(self) {
        self.of.set(String::new());
        self.close();
    }

    fn close(self) {
        // The field may lose the focus because it goes, and this with it.
        if self.typed.update_if(|typed| typed.take().is_some()) {
            self.all.set(Vec::new());
        }
    }

    /// Takes a key, if it is for the list; says whether it was.
    pub fn press(self, event: &KeyboardEvent) -> bool {
        let count = self.all.with_untracked(Vec::len);
        if count == 0 || event.alt_key() || event.ctrl_key() || event.meta_key() {
            return false;
        }
        let chosen = self.chosen.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => self.chosen.set((chosen + 1) % count),
            "ArrowUp" => self.chosen.set((chosen + count - 1) % count),
            "Enter" | "Tab" if !event.shift_key() => self.take(chosen),
            "Escape" => self.close(),
            _ => return false,
        }
        true
    }

    fn take(self, at: usize) {
        let suggestion = self.all.with_untracked(|all| all.get(at).cloned());
        let (Some(suggestion), Some(typed), Some(field)) =
            (suggestion, self.typed.get_untracked(), self.field.cast::<HtmlTextAreaElement>())
        else {
            return;
        };
        let (written, caret) = typed.insert(&field.value(), &suggestion.insert);
        field.set_value(&written);
        let caret = u32::try_from(caret).ok();
        let _ = field.set_selection_start(caret);
        let _ = field.set_selection_end(caret);
        self.session.ui.draft.set(written);
        self.session.keep_draft_soon();
        self.close();
        let _ = field.focus();
    }

    /// The name of the element that is chosen, for screen readers.
    pub fn active(self) -> String {
        match self.all.with(Vec::is_empty) {
            true => String::new(),
            false => format!("suggestion-{}", self.chosen.get()),
        }
    }
}

/// The list of suggestions.
pub fn suggestions(suggest: Suggestions) -> Html {
    let one = move |(at, suggestion): (usize, Suggestion)| {
        html(
            r#"<li _ role="option"><span _ class="suggestion-sign" aria-hidden="true"></span><bdi _></bdi></li>"#,
            vec![
                hole()
                    .set("id", format!("suggestion-{at}"))
                    .yes("aria-selected", move || suggest.chosen.get() == at)
                    .on("pointerdown", move |event| {
                        // The field keeps the focus.
                        event.prevent_default();
                        suggest.take(at);
                    }),
                hole().put(suggestion.sign),
                hole().put(suggestion.name),
            ],
        )
    };
    html(
        r#"<ul _ id="suggestions" class="suggestions" role="listbox"></ul><span _ class="unseen" role="status"></span>"#,
        vec![
            hole()
                .word("aria-label", Key::COMPOSER_SUGGESTIONS_LABEL)
                .hidden(move || suggest.all.with(Vec::is_empty))
                .part(move || together(suggest.all.get().into_iter().enumerate().map(one))),
            hole().text(move || match suggest.all.with(Vec::len) {
                0 => String::new(),
                count => tn(Plural::COMPOSER_SUGGESTIONS, count as u64, []),
            }),
        ],
    )
}
