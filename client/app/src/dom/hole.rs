//! What is to be done at one element of a template.

use crate::live::derived;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement};

use super::{Html, Kept, Listener, Ref, live, part};
use crate::{browser::language::t, words::Key};

/// What is to be done at one element.
#[must_use]
pub struct Hole(Vec<Bind>);

type Text = Box<dyn Fn() -> String>;
type Flag = Box<dyn Fn() -> bool>;
type Make = Box<dyn Fn() -> Html>;

// The methods of a hole only put away what they are given: they are made for every closure anew,
// and there are hundreds. What is done with it stands in one place for all of them.

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
    Yes(&'static str, Flag),
    Word(&'static str, Key),
    Say(Key),
    Part(Make),
    Here(Make),
    When(Flag, Make),
    List(Box<dyn FnOnce(&Element) -> Html>),
    On(&'static str, Box<dyn FnMut(Event)>),
    Click(Box<dyn FnMut()>),
    Input(Box<dyn FnMut(String)>),
    Ticked(Box<dyn FnMut(bool)>),
    Submit(Box<dyn FnMut()>),
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
        self.with(Bind::Word(name, key))
    }

    /// What it is called, and what it says when a pointer rests on it.
    pub fn label(self, key: Key) -> Self {
        self.word("aria-label", key).word("title", key)
    }

    /// An attribute that says `true` or `false`.
    pub fn yes(self, name: &'static str, value: impl Fn() -> bool + 'static) -> Self {
        self.with(Bind::Yes(name, Box::new(value)))
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
        self.with(Bind::Say(key))
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
        self.with(Bind::When(Box::new(so), Box::new(make)))
    }

    /// Does something about an event.
    pub fn on(self, event: &'static str, does: impl FnMut(Event) + 'static) -> Self {
        self.with(Bind::On(event, Box::new(does)))
    }

    /// Does something when it is pressed.
    pub fn click(self, does: impl FnMut() + 'static) -> Self {
        self.with(Bind::Click(Box::new(does)))
    }

    /// Takes what is typed into it, or chosen.
    pub fn input(self, takes: impl FnMut(String) + 'static) -> Self {
        self.with(Bind::Input(Box::new(takes)))
    }

    /// Takes whether it was ticked.
    pub fn ticked(self, takes: impl FnMut(bool) + 'static) -> Self {
        self.with(Bind::Ticked(Box::new(takes)))
    }

    /// Does something in place of sending the form.
    pub fn submit(self, does: impl FnMut() + 'static) -> Self {
        self.with(Bind::Submit(Box::new(does)))
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
        Bind::Yes(name, value) => Box::new(move || {
            let _ = element.set_attribute(name, if value() { "true" } else { "false" });
        }),
        Bind::Word(name, key) => Box::new(move || {
            let _ = element.set_attribute(name, t(key));
        }),
        Bind::Say(key) => Box::new(move || element.set_text_content(Some(t(key)))),
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
        Bind::When(so, make) => {
            let so = derived(so);
            let make = move || if so.get() { untrack(&make) } else { Html::default() };
            part::instead(&element, Box::new(make))
        }
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
        Bind::On(event, does) => return heard(element, event, does, kept),
        Bind::Click(mut does) => return heard(element, "click", Box::new(move |_| does()), kept),
        Bind::Input(mut takes) => {
            let takes = move |event| takes(event_target_value(&event));
            return heard(element, "input", Box::new(takes), kept);
        }
        Bind::Ticked(mut takes) => {
            let takes = move |event| takes(event_target_checked(&event));
            return heard(element, "change", Box::new(takes), kept);
        }
        Bind::Submit(mut does) => {
            let send = move |event: Event| {
                event.prevent_default();
                does();
            };
            return heard(element, "submit", Box::new(send), kept);
        }
        Bind::Ref(to) => return to.set(&element),
    };
    kept.push(live(run));
}

fn heard(element: Element, event: &'static str, does: Box<dyn FnMut(Event)>, kept: &mut Vec<Kept>) {
    kept.push(Kept::Listener(Listener::new(element, event, does)));
}
