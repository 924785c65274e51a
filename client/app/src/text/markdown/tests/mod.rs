//! Trees are compared as text: `<b>` and so on for the nodes, `⏎` for a line break.

mod blocks;
mod bounds;
mod inlines;
mod links;

use super::*;
use crate::text::mention::Names;

fn people() -> Names {
    let mut people = Names::default();
    for (number, name) in ["Ann", "Ann Lee", "snake_case", "Bob*"].into_iter().enumerate() {
        people.add(name, number);
    }
    people
}

fn shown(text: &str) -> String {
    let mut shown = String::new();
    show_blocks(&parse(text, &people()), &mut shown);
    shown
}

/// What a paragraph of this text is.
fn line(text: &str) -> String {
    let shown = shown(text);
    let inner = shown.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>"));
    inner.unwrap_or_else(|| panic!("{text:?} is more than a paragraph: {shown}")).to_owned()
}

fn show_blocks(blocks: &[Block], to: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(inner) => {
                to.push_str("<p>");
                show_inlines(inner, to);
                to.push_str("</p>");
            }
            Block::Code { language, text } => {
                to.push_str(&format!("<pre {}>{text}</pre>", language.as_deref().unwrap_or("-")));
            }
            Block::Quote(inner) => {
                to.push_str("<q>");
                show_blocks(inner, to);
                to.push_str("</q>");
            }
            Block::List(items) => {
                to.push_str("<list>");
                for item in items {
                    match item.number {
                        Some(number) => to.push_str(&format!("<{number}>")),
                        None => to.push_str("<->"),
                    }
                    show_blocks(&item.blocks, to);
                }
                to.push_str("</list>");
            }
        }
    }
}

fn show_inlines(inlines: &[Inline], to: &mut String) {
    for inline in inlines {
        let (name, inner) = match inline {
            Inline::Text(text) => {
                to.push_str(text);
                continue;
            }
            Inline::Code(text) => {
                to.push_str(&format!("<c>{text}</c>"));
                continue;
            }
            Inline::Mention { name, person } => {
                to.push_str(&format!("<@{person} {name}>"));
                continue;
            }
            Inline::Break => {
                to.push('⏎');
                continue;
            }
            Inline::Link { href, text } => {
                to.push_str(&format!("<a {}>", href.as_str()));
                ("a", text)
            }
            Inline::Emphasis(inner) => ("i", inner),
            Inline::Strong(inner) => ("b", inner),
            Inline::Strike(inner) => ("s", inner),
        };
        if name != "a" {
            to.push_str(&format!("<{name}>"));
        }
        show_inlines(inner, to);
        to.push_str(&format!("</{name}>"));
    }
}

/// Everything of a tree that a person may read, addresses and names of languages included.
fn said(blocks: &[Block], to: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(inner) => said_in_line(inner, to),
            Block::Code { language, text } => {
                to.push_str(language.as_deref().unwrap_or_default());
                to.push_str(text);
            }
            Block::Quote(inner) => said(inner, to),
            Block::List(items) => {
                for item in items {
                    to.push_str(&item.number.map(|number| number.to_string()).unwrap_or_default());
                    said(&item.blocks, to);
                }
            }
        }
    }
}

fn said_in_line(inlines: &[Inline], to: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => to.push_str(text),
            Inline::Mention { name, .. } => to.push_str(name),
            Inline::Break => {}
            Inline::Link { href, text } => {
                said_in_line(text, to);
                to.push_str(href.as_str());
            }
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => {
                said_in_line(inner, to);
            }
        }
    }
}

/// Tells of every link.
fn each_link(blocks: &[Block], tell: &mut dyn FnMut(&Href, &[Inline])) {
    fn in_line(inlines: &[Inline], tell: &mut dyn FnMut(&Href, &[Inline])) {
        for inline in inlines {
            match inline {
                Inline::Link { href, text } => {
                    tell(href, text);
                    in_line(text, tell);
                }
                Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => {
                    in_line(inner, tell);
                }
                _ => {}
            }
        }
    }
    for block in blocks {
        match block {
            Block::Paragraph(inner) => in_line(inner, tell),
            Block::Code { .. } => {}
            Block::Quote(inner) => each_link(inner, tell),
            Block::List(items) => items.iter().for_each(|item| each_link(&item.blocks, tell)),
        }
    }
}

#[test]
fn a_message_becomes_one_line() {
    for (text, line) in [
        ("hello", "hello"),
        ("  two\nlines  ", "two lines"),
        ("**bold** and `code`\n\n> quoted _text_", "bold and code quoted text"),
        ("```rust\nfn main() {\n    run();\n}\n```\nis it", "fn main() { run(); } is it"),
        (
            "see [the page](https://example.org/x) or https://example.org.",
            "see the page or https://example.org.",
        ),
        ("1. one\n2. two\n- a\n  - b", "1. one 2. two • a • b"),
        ("10203. x", "10203. x"),
        ("hi @Ann Lee!", "hi @Ann Lee!"),
        ("\\*no\\*", "*no*"),
        ("a*b*c", "abc"),
        (" ", ""),
        ("", ""),
    ] {
        assert_eq!(plain(text), line, "{text:?}");
    }
}
