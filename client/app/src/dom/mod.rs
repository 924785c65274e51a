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
    nodes: Vec<Node>,
    kept: Vec<Kept>,
}

/// What has to live as long as what is drawn.
enum Kept {
    /// Runs again when something that it read changes.
    #[expect(dead_code, reason = "it ends when it is dropped")]
    Live(RenderEffect<()>),
    /// The browser calls it.
    #[expect(dead_code, reason = "it is called by the browser, and ends when it is dropped")]
    Listener(Closure<dyn FnMut(Event)>),
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
    let children = fragment.child_nodes();
    html.nodes.extend((0..children.length()).filter_map(|at| children.item(at)));
    html
}

/// A text.
pub fn text(text: impl AsRef<str>) -> Html {
    let node = document().create_text_node(text.as_ref());
    Html { nodes: vec![node.into()], kept: Vec::new() }
}

/// Nothing to see.
pub fn nothing() -> Html {
    Html::default()
}

/// One thing behind the other.
pub fn together(all: impl IntoIterator<Item = Html>) -> Html {
    let mut together = Html::default();
    for html in all {
        together.nodes.extend(html.nodes);
        together.kept.extend(html.kept);
    }
    together
}

impl Html {
    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Puts it at the end of an element. It is to be kept.
    pub fn append_to(&self, parent: &Node) {
        for node in &self.nodes {
            let _ = parent.append_child(node);
        }
    }

    /// Puts it before a node. It is to be kept.
    fn insert_before(&self, anchor: &Node) {
        if let Some(parent) = anchor.parent_node() {
            for node in &self.nodes {
                let _ = parent.insert_before(node, Some(anchor));
            }
        }
    }

    /// Takes it away.
    fn remove(&self) {
        for node in &self.nodes {
            if let Some(parent) = node.parent_node() {
                let _ = parent.remove_child(node);
            }
        }
    }

    fn first(&self) -> Option<&Node> {
        self.nodes.first()
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
        static READ: std::cell::RefCell<Vec<(*const u8, HtmlTemplateElement)>> = const {
            std::cell::RefCell::new(Vec::new())
        };
    }
    let key = template.as_ptr();
    let known = READ.with_borrow(|read| {
        read.iter().find(|(known, _)| *known == key).map(|(_, template)| template.clone())
    });
    let read = known.unwrap_or_else(|| {
        let read: HtmlTemplateElement =
            document().create_element("template").expect("a known element").unchecked_into();
        read.set_inner_html(template);
        READ.with_borrow_mut(|all| all.push((key, read.clone())));
        read
    });
    read.content().clone_node_with_deep(true).expect("a fragment can be copied").unchecked_into()
}
