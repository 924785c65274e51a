//! What is to be done at one element of a template.

use crate::live::derived;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, Event, HtmlElement};

use super::{Html, Kept, Ref, live, part};
use crate::{browser::language::t, words::Key};

/// What is to be done at one element.
#[must_use]
pub struct Hole(Vec<Bind>);

type Text = Box<dyn Fn() -> String>;
type Flag = Box<dyn Fn() -> bool>;

enum Bind {
    Attribute(&'static str, Text),
    Set(&'static str, String),
    Flag(&'static str, Flag),
    Class(&'static str, Flag),
    Style(&'static str, Text),
    Styled(&'static str, String),
    Property(&'static str, Text),
    Text(Text),
    Put(String),
    Child(Html),
    Instead(Html),
    Part(Box<dyn Fn() -> Html>),
    Here(Box<dyn Fn() -> Html>),
    List(Box<dyn FnOnce(&Element) -> Html>),
    On(&'static str, Box<dyn FnMut(Event)>),
    Ref(Ref),
    Run(Box<dyn Fn(&Element)>),
}

/// Nothing, so far.
pub fn hole() -> Hole {
    Hole(Vec::new())
}

impl Hole {
    fn with(mut self, bind: Bind) -> Self {
        self.0.push(bind);
        self
    }

    /// An attribute that changes.
    pub fn attr(self, name: &'static str, value: impl Fn() -> String + 'static) -> Self {
        self.with(Bind::Attribute(name, Box::new(value)))
    }

    /// An attribute.
    pub fn set(self, name: &'static str, value: impl Into<String>) -> Self {
        self.with(Bind::Set(name, value.into()))
    }

    /// An attribute that is a text of the page, in the language in force.
    pub fn word(self, name: &'static str, key: Key) -> Self {
        self.attr(name, move || t(key).to_owned())
    }

    /// What it is called, and what it says when a pointer rests on it.
    pub fn label(self, key: Key) -> Self {
        self.word("aria-label", key).word("title", key)
    }

    /// An attribute that says `true` or `false`.
    pub fn yes(self, name: &'static str, value: impl Fn() -> bool + 'static) -> Self {
        self.attr(name, move || if value() { "true" } else { "false" }.to_owned())
    }

    /// An attribute that is there or not.
    pub fn flag(self, name: &'static str, there: impl Fn() -> bool + 'static) -> Self {
        self.with(Bind::Flag(name, Box::new(there)))
    }

    /// Not to be seen.
    pub fn hidden(self, hidden: impl Fn() -> bool + 'static) -> Self {
        self.flag("hidden", hidden)
    }

    /// A class that it has or not.
    pub fn class(self, name: &'static str, there: impl Fn() -> bool + 'static) -> Self {
        self.with(Bind::Class(name, Box::new(there)))
    }

    /// A property of its style.
    pub fn style(self, name: &'static str, value: impl Fn() -> String + 'static) -> Self {
        self.with(Bind::Style(name, Box::new(value)))
    }

    /// A property of its style that stays.
    pub fn styled(self, name: &'static str, value: impl Into<String>) -> Self {
        self.with(Bind::Styled(name, value.into()))
    }

    /// A property of the element itself, such as the `value` of a field.
    pub fn property(self, name: &'static str, value: impl Fn() -> String + 'static) -> Self {
        self.with(Bind::Property(name, Box::new(value)))
    }

    /// Its text, which changes.
    pub fn text(self, text: impl Fn() -> String + 'static) -> Self {
        self.with(Bind::Text(Box::new(text)))
    }

    /// Its text: one of the page's, in the language in force.
    pub fn say(self, key: Key) -> Self {
        self.text(move || t(key).to_owned())
    }

    /// Its text.
    pub fn put(self, text: impl Into<String>) -> Self {
        self.with(Bind::Put(text.into()))
    }

    /// Behind what is in it.
    pub fn child(self, child: Html) -> Self {
        self.with(Bind::Child(child))
    }

    /// In its place.
    pub fn instead(self, html: Html) -> Self {
        self.with(Bind::Instead(html))
    }

    /// In it, and changes.
    pub fn part(self, make: impl Fn() -> Html + 'static) -> Self {
        self.with(Bind::Part(Box::new(make)))
    }

    /// Rows in it, which keep their identity as long as their key is there.
    pub fn rows<K: PartialEq + 'static, R: 'static>(
        self,
        rows: impl Fn() -> Vec<R> + 'static,
        key: fn(&R) -> K,
        make: impl Fn(R) -> Html + 'static,
    ) -> Self {
        self.with(Bind::List(Box::new(move |element| super::list::keyed(element, rows, key, make))))
    }

    /// In its place, and changes.
    pub fn here(self, make: impl Fn() -> Html + 'static) -> Self {
        self.with(Bind::Here(Box::new(make)))
    }

    /// In its place while something is so. It is made anew only when that changes.
    pub fn when(self, so: impl Fn() -> bool + 'static, make: impl Fn() -> Html + 'static) -> Self {
        let so = derived(so);
        self.here(move || if so.get() { untrack(&make) } else { Html::default() })
    }

    /// Does something about an event.
    pub fn on(self, event: &'static str, does: impl FnMut(Event) + 'static) -> Self {
        self.with(Bind::On(event, Box::new(does)))
    }

    /// Does something when it is pressed.
    pub fn click(self, mut does: impl FnMut() + 'static) -> Self {
        self.on("click", move |_| does())
    }

    /// Takes what is typed into it, or chosen.
    pub fn input(self, mut takes: impl FnMut(String) + 'static) -> Self {
        self.on("input", move |event| takes(event_target_value(&event)))
    }

    /// Takes whether it was ticked.
    pub fn ticked(self, mut takes: impl FnMut(bool) + 'static) -> Self {
        self.on("change", move |event| takes(event_target_checked(&event)))
    }

    /// Does something in place of sending the form.
    pub fn submit(self, mut does: impl FnMut() + 'static) -> Self {
        self.on("submit", move |event| {
            event.prevent_default();
            does();
        })
    }

    /// Does something with the element, and again when what it read changes. One run that does
    /// several things costs less than several holes.
    pub fn run(self, run: impl Fn(&Element) + 'static) -> Self {
        self.with(Bind::Run(Box::new(run)))
    }

    /// Remembers the element.
    pub fn refer(self, to: Ref) -> Self {
        self.with(Bind::Ref(to))
    }

    /// Does it.
    pub(super) fn fill(self, element: &Element, kept: &mut Vec<Kept>) {
        for bind in self.0 {
            fill(bind, element.clone(), kept);
        }
    }
}

fn fill(bind: Bind, element: Element, kept: &mut Vec<Kept>) {
    // Names of attributes are written here, and those of classes: none of them is refused.
    let run: Box<dyn FnMut()> = match bind {
        Bind::Attribute(name, value) => Box::new(move || {
            let _ = element.set_attribute(name, &value());
        }),
        Bind::Flag(name, there) => Box::new(move || {
            let _ = element.toggle_attribute_with_force(name, there());
        }),
        Bind::Class(name, there) => Box::new(move || {
            let _ = element.class_list().toggle_with_force(name, there());
        }),
        Bind::Style(name, value) => {
            let element: HtmlElement = element.unchecked_into();
            Box::new(move || {
                let _ = element.style().set_property(name, &value());
            })
        }
        Bind::Property(name, value) => Box::new(move || {
            let _ = js_sys::Reflect::set(&element, &JsValue::from(name), &value().into());
        }),
        Bind::Text(text) => Box::new(move || element.set_text_content(Some(&text()))),
        Bind::Run(run) => Box::new(move || run(&element)),
        Bind::Part(make) => part::inside(&element, make),
        Bind::Here(make) => part::instead(&element, make),
        Bind::Set(name, value) => {
            let _ = element.set_attribute(name, &value);
            return;
        }
        Bind::Styled(name, value) => {
            let element: HtmlElement = element.unchecked_into();
            let _ = element.style().set_property(name, &value);
            return;
        }
        Bind::Put(text) => return element.set_text_content(Some(&text)),
        Bind::Child(html) => {
            html.append_to(&element);
            return kept.extend(html.kept);
        }
        Bind::List(list) => return kept.extend(list(&element).kept),
        Bind::Instead(html) => {
            html.insert_before(&element);
            element.remove();
            return kept.extend(html.kept);
        }
        Bind::On(event, does) => {
            let listener = Closure::wrap(does);
            let called = listener.as_ref().unchecked_ref();
            let _ = element.add_event_listener_with_callback(event, called);
            return kept.push(Kept::Listener(listener));
        }
        Bind::Ref(to) => return to.set(&element),
    };
    kept.push(live(run));
}
