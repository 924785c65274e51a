//! Templates with holes: what is drawn, kept in place, and gone.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use leptos::prelude::*;
use parlour_app::dom::{Html, Ref, hole, html, nothing, text, together};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

use super::{Stage, settled, stage::dispatch};

/// Counts what is disposed of.
#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Count {
    fn get(&self) -> usize {
        self.0.load(Relaxed)
    }

    fn add(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// Counts when the owner that this is called in is disposed of.
    fn at_cleanup(&self) {
        let count = self.clone();
        on_cleanup(move || count.add());
    }
}

/// A value that counts when it is dropped.
struct Counted(Count);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.add();
    }
}

fn word(word: &str) -> Html {
    html(r#"<b _></b>"#, vec![hole().put(word)])
}

fn words(stage: &Stage, selector: &str) -> Vec<String> {
    stage.all(selector).iter().map(|element| element.text_content().unwrap()).collect()
}

#[wasm_bindgen_test]
async fn holes_are_filled_in_their_order() {
    let stage = Stage::draw(|| {
        html(
            r#"<p _ class="a"><i _></i><em>x</em></p><u _></u>"#,
            vec![
                hole().set("title", "1"),
                hole().instead(together([word("2"), text("&"), word("3")])),
                hole().child(word("4")),
            ],
        )
    })
    .await;
    assert_eq!(stage.attribute("p", "title").unwrap(), "1");
    assert_eq!(stage.text("p"), "2&3x");
    assert_eq!(stage.text("u"), "4");
    assert!(!stage.has("i"));
}

#[wasm_bindgen_test]
async fn a_template_can_be_drawn_many_times_and_copies_are_apart() {
    let one = |at: usize| html(r#"<li _></li>"#, vec![hole().put(at.to_string())]);
    let stage =
        Stage::draw(move || html("<ul _></ul>", vec![hole().child(together((0..3).map(one)))]))
            .await;
    assert_eq!(words(&stage, "li"), ["0", "1", "2"]);
}

#[wasm_bindgen_test]
async fn texts_are_never_markup() {
    const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'&lt;";
    let signal = RwSignal::new(HOSTILE.to_owned());
    let stage = Stage::draw(move || {
        html(
            r#"<p _></p><q _></q><s _></s><a _></a><input _>"#,
            vec![
                hole().put(HOSTILE),
                hole().text(move || signal.get()),
                hole().child(text(HOSTILE)),
                hole().set("title", HOSTILE).attr("data-x", move || signal.get()),
                hole().property("value", move || signal.get()),
            ],
        )
    })
    .await;
    for selector in ["p", "q", "s"] {
        assert_eq!(stage.text(selector), HOSTILE);
    }
    assert_eq!(stage.attribute("a", "title").unwrap(), HOSTILE);
    assert_eq!(stage.attribute("a", "data-x").unwrap(), HOSTILE);
    assert_eq!(stage.find::<web_sys::HtmlInputElement>("input").unwrap().value(), HOSTILE);
    assert!(!stage.has("img"));
}

#[wasm_bindgen_test]
async fn what_a_hole_reads_changes_it() {
    let on = RwSignal::new(false);
    let (ticked, pressed) = (RwSignal::new(false), RwSignal::new(0));
    let stage = Stage::draw(move || {
        html(
            r#"<p _ class="a"></p><input _ type="checkbox">"#,
            vec![
                hole()
                    .hidden(move || on.get())
                    .yes("aria-pressed", move || on.get())
                    .class("b", move || on.get())
                    .style("color", move || if on.get() { "red" } else { "blue" }.to_owned())
                    .styled("--x", "1")
                    .click(move || pressed.update(|count| *count += 1)),
                hole().ticked(move |on| ticked.set(on)),
            ],
        )
    })
    .await;
    let p: HtmlElement = stage.find("p").unwrap();
    let looks = || {
        let color = p.style().get_property_value("color").unwrap();
        (p.hidden(), p.get_attribute("aria-pressed").unwrap(), p.class_name(), color)
    };
    assert_eq!(looks(), (false, "false".to_owned(), "a".to_owned(), "blue".to_owned()));
    on.set(true);
    settled().await;
    assert_eq!(looks(), (true, "true".to_owned(), "a b".to_owned(), "red".to_owned()));
    assert_eq!(p.style().get_property_value("--x").unwrap(), "1");
    p.click();
    stage.click("input").await;
    assert_eq!((pressed.get_untracked(), ticked.get_untracked()), (1, true));
}

#[wasm_bindgen_test]
async fn a_part_disposes_of_what_it_made() {
    let (again, inner) = (RwSignal::new(0), ArcRwSignal::new(0));
    let (cleaned, dropped, ran, called) =
        (Count::default(), Count::default(), Count::default(), Count::default());
    let of = (cleaned.clone(), dropped.clone(), ran.clone(), called.clone(), inner.clone());
    let mut stage = Stage::draw(move || {
        let make = move || {
            let (cleaned, dropped, ran, called, inner) = of.clone();
            again.track();
            cleaned.at_cleanup();
            StoredValue::new_local(Counted(dropped.clone()));
            let held = Counted(dropped);
            let seen = inner.clone();
            Effect::new(move |_| seen.track());
            html(
                "<button _></button>",
                vec![
                    hole()
                        .text(move || {
                            ran.add();
                            inner.get().to_string()
                        })
                        .click(move || {
                            let _ = &held;
                            called.add();
                        }),
                ],
            )
        };
        html("<div _></div>", vec![hole().part(make)])
    })
    .await;
    let first: HtmlElement = stage.find("button").unwrap();
    assert_eq!((cleaned.get(), dropped.get(), ran.get()), (0, 0, 1));
    again.set(1);
    settled().await;
    assert_eq!((cleaned.get(), dropped.get(), ran.get()), (1, 2, 2));
    inner.set(7);
    settled().await;
    assert_eq!(ran.get(), 3, "what was drawn before does not run any more");
    assert_eq!(stage.text("button"), "7");
    first.click();
    assert_eq!(called.get(), 0, "nor does it listen");
    let second: HtmlElement = stage.find("button").unwrap();
    second.click();
    assert_eq!(called.get(), 1);

    stage.clear();
    settled().await;
    assert_eq!((cleaned.get(), dropped.get()), (2, 4));
    inner.set(8);
    settled().await;
    assert_eq!(ran.get(), 3);
    dispatch(&second, "click");
    assert_eq!(called.get(), 1, "an event that comes late finds nobody");
}

#[wasm_bindgen_test]
async fn what_is_hidden_by_when_is_not_made() {
    let (so, made) = (RwSignal::new(0), Count::default());
    let counted = made.clone();
    let stage = Stage::draw(move || {
        let make = move || {
            counted.add();
            word("x")
        };
        html("<p><i _></i></p>", vec![hole().when(move || so.get() > 0, make)])
    })
    .await;
    assert_eq!((made.get(), stage.text("p").as_str()), (0, ""));
    for value in [1, 2, 3] {
        so.set(value);
        settled().await;
    }
    assert_eq!((made.get(), stage.text("p").as_str()), (1, "x"), "not made anew meanwhile");
    so.set(0);
    settled().await;
    assert!(!stage.has("b"));
}

#[wasm_bindgen_test]
async fn what_is_drawn_by_now_goes_with_what_it_stands_in() {
    let (outer, inner) = (RwSignal::new(0), RwSignal::new(1));
    // Parts at the top of parts, first, last and alone.
    let nested = move || {
        html("<i _></i>", vec![hole().here(move || together((0..inner.get()).map(|_| word("x"))))])
    };
    let stage = Stage::draw(move || {
        let make = move || match outer.get() {
            0 => together([nested(), word("a"), nested()]),
            1 => nested(),
            _ => html("<i _></i>", vec![hole().instead(nested())]),
        };
        html("<p><u>1</u><i _></i><u>2</u></p>", vec![hole().here(make)])
    })
    .await;
    assert_eq!(stage.text("p"), "1xax2");
    for (out, inn, says) in [
        (0, 3, "1xxxaxxx2"),
        (1, 3, "1xxx2"),
        (1, 0, "12"),
        (1, 2, "1xx2"),
        (2, 2, "1xx2"),
        (2, 4, "1xxxx2"),
        (0, 4, "1xxxxaxxxx2"),
        (0, 0, "1a2"),
        (2, 0, "12"),
        (2, 1, "1x2"),
        (1, 1, "1x2"),
    ] {
        // One after the other, so that what is drawn first is not what is there when it goes.
        inner.set(inn);
        settled().await;
        outer.set(out);
        settled().await;
        assert_eq!(stage.text("p"), says, "{out} {inn}");
    }
}

#[wasm_bindgen_test]
async fn both_may_change_at_once() {
    let (outer, inner) = (RwSignal::new(0), RwSignal::new(0));
    let stage = Stage::draw(move || {
        let make = move || {
            let made = outer.get();
            let here = RwSignal::new(made);
            html(
                "<i _></i><b _></b>",
                vec![
                    hole().here(move || word(&inner.get().to_string())),
                    hole().text(move || format!("{}{}", here.get(), inner.get())),
                ],
            )
        };
        html("<p _></p>", vec![hole().part(make)])
    })
    .await;
    for at in 1..5 {
        inner.set(at);
        outer.set(at);
        settled().await;
        assert_eq!(stage.text("p"), format!("{at}{at}{at}"));
        outer.set(at * 10);
        inner.set(at * 10);
        settled().await;
        assert_eq!(stage.text("p"), format!("{0}{0}{0}", at * 10));
    }
}

fn button(id: &str) -> Html {
    html("<button _></button>", vec![hole().set("id", id)])
}

fn focused() -> String {
    document().active_element().map(|element| element.id()).unwrap_or_default()
}

#[wasm_bindgen_test]
async fn the_focus_stays_when_a_part_is_made_anew() {
    let names = RwSignal::new(vec!["dom-a", "dom-b"]);
    let stage = Stage::draw(move || {
        let make = move || together(names.get().into_iter().map(button));
        html("<div _></div>", vec![hole().part(make)])
    })
    .await;
    let before: HtmlElement = stage.find("#dom-b").unwrap();
    before.focus().unwrap();
    names.set(vec!["dom-a", "dom-b", "dom-c"]);
    settled().await;
    assert!(!before.is_connected(), "another element");
    assert_eq!(focused(), "dom-b");
}

#[wasm_bindgen_test]
async fn the_focus_does_not_go_to_what_is_something_else() {
    let names = RwSignal::new(vec!["dom-reply", "dom-copy"]);
    let stage = Stage::draw(move || {
        let make = move || together(names.get().into_iter().map(button));
        html("<div _></div>", vec![hole().part(make)])
    })
    .await;
    stage.find::<HtmlElement>("#dom-copy").unwrap().focus().unwrap();
    names.set(vec!["dom-cancel", "dom-delete"]);
    settled().await;
    assert_eq!(focused(), "", "a press would delete what was to be copied");
}

#[wasm_bindgen_test]
async fn who_is_elsewhere_stays_there() {
    let again = RwSignal::new(0);
    let stage = Stage::draw(move || {
        html(
            r#"<input id="dom-field"><div _></div>"#,
            vec![hole().part(move || {
                again.track();
                button("dom-other")
            })],
        )
    })
    .await;
    stage.find::<HtmlElement>("#dom-field").unwrap().focus().unwrap();
    again.set(1);
    settled().await;
    assert_eq!(focused(), "dom-field");
}

#[wasm_bindgen_test]
async fn an_element_can_be_remembered() {
    let field = Ref::new();
    assert!(field.get().is_none());
    let _stage =
        Stage::draw(move || html(r#"<input _ id="dom-ref">"#, vec![hole().refer(field)])).await;
    field.focus();
    assert_eq!(focused(), "dom-ref");
    assert!(field.cast::<web_sys::HtmlTextAreaElement>().is_none());
}

#[wasm_bindgen_test]
async fn the_focus_does_not_go_to_another_row() {
    let names = RwSignal::new(vec!["Ann", "Bob"]);
    let stage = Stage::draw(move || {
        let one = |name| html("<button _></button>", vec![hole().put(name)]);
        let make = move || together(names.get().into_iter().map(one));
        html("<div _></div>", vec![hole().part(make)])
    })
    .await;
    stage.find::<HtmlElement>("button").unwrap().focus().unwrap();
    names.set(vec!["Cy", "Bob"]);
    settled().await;
    assert_eq!(document().active_element().unwrap().tag_name(), "BODY");
}

#[wasm_bindgen_test]
async fn rows_that_change_places_stay_what_they_are() {
    let keys = RwSignal::new(vec![1, 2, 3]);
    let stage = Stage::draw(move || {
        let make = |key: u32| html("<li _></li>", vec![hole().put(key.to_string())]);
        html("<ul _></ul>", vec![hole().rows(move || keys.get(), |key| *key, make)])
    })
    .await;
    let before = stage.all("li");
    keys.set(vec![3, 4, 1, 2]);
    settled().await;
    let after = stage.all("li");
    let text = |row: &web_sys::Element| row.text_content().unwrap();
    assert_eq!(after.iter().map(text).collect::<String>(), "3412");
    assert!([&after[2], &after[3], &after[0]].into_iter().eq(before.iter()));
}

/// Rows of these keys; a row says its key, and what its own signal says.
struct Rows {
    stage: Stage,
    keys: RwSignal<Vec<u32>>,
    made: Arc<Mutex<Vec<u32>>>,
    cleaned: Count,
}

impl Rows {
    async fn new(keys: &[u32]) -> Self {
        let keys = RwSignal::new(keys.to_vec());
        let (made, cleaned) = (Arc::new(Mutex::new(Vec::new())), Count::default());
        let (noted, counted) = (made.clone(), cleaned.clone());
        let stage = Stage::draw(move || {
            let make = move |key: u32| {
                noted.lock().unwrap().push(key);
                counted.at_cleanup();
                // Of the row: it is there as long as that is.
                let own = RwSignal::new(key);
                html(
                    "<li _></li>",
                    vec![hole().text(move || {
                        keys.track();
                        own.get().to_string()
                    })],
                )
            };
            html(
                "<ol _><li>head</li></ol>",
                vec![hole().rows(move || keys.get(), |key| *key, make)],
            )
        })
        .await;
        Self { stage, keys, made, cleaned }
    }

    async fn set(&self, keys: &[u32]) {
        let before = self.elements();
        let known = self.keys.get_untracked();
        self.keys.set(keys.to_vec());
        settled().await;
        let now: Vec<String> = keys.iter().map(ToString::to_string).collect();
        assert_eq!(words(&self.stage, "li")[1..], now);
        // Those that stay in their order are the same elements.
        let after = self.elements();
        let mut at = 0;
        for (key, element) in keys.iter().zip(&after) {
            if let Some(found) = known[at..].iter().position(|before| before == key) {
                assert_eq!(*element, before[at + found], "{key} of {keys:?} after {known:?}");
                at += found + 1;
            }
        }
    }

    fn elements(&self) -> Vec<Element> {
        self.stage.all("li")[1..].to_vec()
    }

    fn made(&self) -> Vec<u32> {
        std::mem::take(&mut self.made.lock().unwrap())
    }
}

#[wasm_bindgen_test]
async fn rows_keep_their_elements_and_their_order() {
    let rows = Rows::new(&[1, 3]).await;
    assert_eq!(rows.made(), [1, 3]);
    for (keys, made) in [
        (&[1, 2, 3][..], &[2][..]),
        (&[0, 1, 2, 3, 4], &[0, 4]),
        (&[0, 4], &[]),
        (&[], &[]),
        (&[5, 6, 7], &[5, 6, 7]),
        (&[6, 8], &[8]),
        (&[9, 6], &[9]),
    ] {
        rows.set(keys).await;
        assert_eq!(rows.made(), made, "{keys:?}");
    }
    // Made: 1, 3, 2, 0, 4, 5, 6, 7, 8, 9; there are 9 and 6.
    assert_eq!(rows.cleaned.get(), 8, "rows that are gone are disposed of");
}

#[wasm_bindgen_test]
async fn any_rows_can_follow_any_others() {
    let rows = Rows::new(&[]).await;
    // Each subset of five keys after each other one.
    let subset = |bits: u32| -> Vec<u32> { (0..5).filter(|key| bits & (1 << key) != 0).collect() };
    let mut bits = 1_u32;
    for _ in 0..200 {
        bits = bits.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        rows.set(&subset(bits >> 16)).await;
    }
    rows.keys.set(Vec::new());
    settled().await;
    assert_eq!(rows.cleaned.get(), rows.made().len());
}

#[wasm_bindgen_test]
async fn rows_that_change_places_are_made_anew() {
    let rows = Rows::new(&[1, 2, 3]).await;
    rows.keys.set(vec![3, 1, 2]);
    settled().await;
    assert_eq!(words(&rows.stage, "li"), ["head", "3", "1", "2"]);
    rows.keys.set(vec![1, 1, 2]);
    settled().await;
    assert_eq!(
        words(&rows.stage, "li"),
        ["head", "1", "1", "2"],
        "a key twice is no reason to panic"
    );
}

#[wasm_bindgen_test]
async fn rows_go_with_their_list() {
    let mut rows = Rows::new(&[1, 2, 3]).await;
    rows.stage.clear();
    settled().await;
    assert_eq!(rows.cleaned.get(), 3);
    rows.keys.set(vec![1]);
    settled().await;
}

#[wasm_bindgen_test]
async fn a_row_may_be_a_part() {
    let (keys, size) = (RwSignal::new(vec![1, 2]), RwSignal::new(1));
    let stage = Stage::draw(move || {
        let make = move |key: u32| {
            let all = move || together((0..size.get()).map(|_| word(&key.to_string())));
            html("<i _></i>", vec![hole().here(all)])
        };
        html("<p _></p>", vec![hole().rows(move || keys.get(), |key| *key, make)])
    })
    .await;
    size.set(2);
    settled().await;
    keys.set(vec![0, 1, 2]);
    settled().await;
    assert_eq!(stage.text("p"), "001122");
    size.set(0);
    settled().await;
    keys.set(vec![0, 2]);
    size.set(1);
    settled().await;
    assert_eq!(stage.text("p"), "02");
}

#[wasm_bindgen_test]
async fn nothing_is_nothing() {
    assert!(nothing().is_empty() && !text("").is_empty());
    let stage = Stage::draw(|| html("<p><i _></i></p>", vec![hole().instead(nothing())])).await;
    assert_eq!(stage.find::<Element>("p").unwrap().child_nodes().length(), 0);
}
