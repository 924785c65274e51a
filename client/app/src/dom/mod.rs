//! How the page is drawn: templates of HTML with holes, filled in by Leptos' signals.
//!
//! A template is HTML as the browser reads it, written once and copied as often as it is needed.
//! Its holes are the elements with the attribute `_`; what is to be done at each of them stands in
//! the list behind the template, in their order:
//!
//! ```ignore
//! html(
//!     r#"<p _ class="greeting"></p><button _ type="button"></button>"#,
//!     vec![
//!         hole().text(move || name.get()),
//!         hole().say(Key::LANDING_ENTER).click(move || enter()),
//!     ],
//! )
//! ```
//!
//! Leptos has `view!` for this. It makes Rust code of every element, and a type of every view: the
//! page was drawn with it before, with every trick to keep types few, and weighed 387 kB brotli.
//! Templates are data, compress well, and every hole goes through the same few functions.
//! Everything else is Leptos: what a hole reads of signals, memos and stored values makes it run
//! again when they change, and what is made in a part of the page is disposed of with that part.
//!
//! A template is a `&'static str` and so never has a text of people in it: those go in as text
//! nodes and attributes, and cannot become elements.

mod hole;
mod list;
mod part;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{DocumentFragment, Element, Event, HtmlElement, HtmlTemplateElement, Node};

pub use hole::{Hole, hole};

/// Something drawn, which is there for as long as this is.
#[must_use = "what is drawn goes when this is dropped"]
#[derive(Default)]
pub struct Html {
    /// The first and the last node of each stretch of siblings. What is between them may change:
    /// a part that stands there puts what it draws between two nodes of its own.
    stretches: Vec<(Node, Node)>,
    kept: Vec<Kept>,
}

/// What has to live as long as what is drawn.
enum Kept {
    /// Runs again when something that it read changes.
    #[expect(dead_code, reason = "it ends when it is dropped")]
    Live(RenderEffect<()>),
    /// The browser calls it.
    #[expect(dead_code, reason = "it ends when it is dropped")]
    Listener(Listener),
}

/// Called by the browser about an event; not any more once this is dropped, for an event may come
/// late, to an element that is gone.
struct Listener {
    element: Element,
    event: &'static str,
    called: Closure<dyn FnMut(Event)>,
}

impl Listener {
    fn new(element: Element, event: &'static str, does: Box<dyn FnMut(Event)>) -> Self {
        let called = Closure::wrap(does);
        let function = called.as_ref().unchecked_ref();
        let _ = element.add_event_listener_with_callback(event, function);
        Self { element, event, called }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.called.as_ref().unchecked_ref();
        let _ = self.element.remove_event_listener_with_callback(self.event, function);
    }
}

/// Draws a template, with its holes filled in.
pub fn html(template: &'static str, holes: Vec<Hole>) -> Html {
    let fragment = copy(template);
    let found = fragment.query_selector_all("[_]");
    let mut html = Html::default();
    let mut at = 0;
    for hole in holes {
        let element = found.as_ref().ok().and_then(|found| found.item(at));
        at += 1;
        // Fewer holes in the template than in the list would be a mistake here: tests draw all.
        if let Some(Ok(element)) = element.map(JsCast::dyn_into::<Element>) {
            hole.fill(&element, &mut html.kept);
        }
    }
    debug_assert_eq!(found.map_or(0, |found| found.length()), at, "holes of {template}");
    html.stretches.extend(fragment.first_child().zip(fragment.last_child()));
    html
}

/// A text.
pub fn text(text: impl AsRef<str>) -> Html {
    let node: Node = document().create_text_node(text.as_ref()).into();
    Html { stretches: vec![(node.clone(), node)], kept: Vec::new() }
}

/// Nothing to see.
pub fn nothing() -> Html {
    Html::default()
}

/// One thing behind the other.
pub fn together(all: impl IntoIterator<Item = Html>) -> Html {
    let mut together = Html::default();
    for html in all {
        together.stretches.extend(html.stretches);
        together.kept.extend(html.kept);
    }
    together
}

impl Html {
    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.stretches.is_empty()
    }

    /// Puts it at the end of an element. It is to be kept.
    pub fn append_to(&self, parent: &Node) {
        self.each(|node| {
            let _ = parent.append_child(node);
        });
    }

    /// Puts it before a node. It is to be kept.
    fn insert_before(&self, anchor: &Node) {
        if let Some(parent) = anchor.parent_node() {
            self.each(|node| {
                let _ = parent.insert_before(node, Some(anchor));
            });
        }
    }

    /// Takes it away.
    fn remove(&self) {
        self.each(|node| {
            if let Some(parent) = node.parent_node() {
                let _ = parent.remove_child(node);
            }
        });
    }

    fn first(&self) -> Option<&Node> {
        self.stretches.first().map(|(first, _)| first)
    }

    /// All nodes that are there now, but for those within others, in their order. They may be
    /// moved.
    fn each(&self, mut take: impl FnMut(&Node)) {
        for (first, last) in &self.stretches {
            let mut next = Some(first.clone());
            while let Some(node) = next {
                next = if node == *last { None } else { node.next_sibling() };
                take(&node);
            }
        }
    }
}

/// An element of a template, once it is drawn.
#[derive(Clone, Copy)]
pub struct Ref(StoredValue<Option<HtmlElement>, LocalStorage>);

impl Ref {
    /// One that is not drawn yet.
    pub fn new() -> Self {
        Self(StoredValue::new_local(None))
    }

    /// The element.
    pub fn get(self) -> Option<HtmlElement> {
        self.0.try_get_value().flatten()
    }

    /// The element, as one of its kind.
    pub fn cast<T: JsCast>(self) -> Option<T> {
        self.get()?.dyn_into().ok()
    }

    /// Gives it the focus.
    pub fn focus(self) {
        if let Some(element) = self.get() {
            let _ = element.focus();
        }
    }

    fn set(self, element: &Element) {
        self.0.set_value(element.clone().dyn_into().ok());
    }
}

impl Default for Ref {
    fn default() -> Self {
        Self::new()
    }
}

/// Runs now, and again when something that it read changes.
fn live(mut run: Box<dyn FnMut()>) -> Kept {
    Kept::Live(RenderEffect::new(move |_| run()))
}

/// A copy of a template; the browser reads each of them once.
fn copy(template: &'static str) -> DocumentFragment {
    thread_local! {
        static READ: std::cell::RefCell<Vec<(&'static str, HtmlTemplateElement)>> = const {
            std::cell::RefCell::new(Vec::new())
        };
    }
    // By their place in memory: the same text twice is read twice.
    let known = READ.with_borrow(|read| {
        read.iter()
            .find(|(known, _)| std::ptr::eq(*known, template))
            .map(|(_, template)| template.clone())
    });
    let read = known.unwrap_or_else(|| {
        let read: HtmlTemplateElement =
            document().create_element("template").expect("a known element").unchecked_into();
        read.set_inner_html(template);
        READ.with_borrow_mut(|all| all.push((template, read.clone())));
        read
    });
    read.content().clone_node_with_deep(true).expect("a fragment can be copied").unchecked_into()
}
