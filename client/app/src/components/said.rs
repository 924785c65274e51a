//! What a message says, as elements and text: never as HTML, whatever it looks like.

use leptos::prelude::*;

use crate::text::{
    markdown::{Block, Inline, Item, parse},
    mention::Names,
};

/// Beyond so many characters, or lines, a message is folded.
const LONG_CHARS: usize = 1_200;
const LONG_LINES: usize = 24;

/// A text with its markup drawn.
pub fn said(text: &str, names: &Names) -> AnyView {
    blocks(&parse(text, names))
}

/// Whether a text is so long that it is folded at first.
pub fn is_long(text: &str) -> bool {
    text.len() > LONG_CHARS && text.chars().count() > LONG_CHARS
        || text.bytes().filter(|byte| *byte == b'\n').count() >= LONG_LINES
}

/// A few emoji and nothing else: shown larger.
pub fn is_only_emoji(text: &str) -> bool {
    let is_emoji = |c: char| {
        matches!(c,
            '\u{200d}' | '\u{fe0f}' | '\u{20e3}'
            | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
    };
    text.chars().count() <= 12 && text.chars().all(|c| is_emoji(c) || c == ' ')
}

fn blocks(all: &[Block]) -> AnyView {
    all.iter().map(block).collect_view().into_any()
}

fn block(block: &Block) -> AnyView {
    match block {
        Block::Paragraph(text) => view! { <p dir="auto">{inlines(text)}</p> }.into_any(),
        Block::Code { language, text } => {
            let language = language.clone().unwrap_or_default();
            let text = text.clone();
            // Long lines are scrolled, with the keyboard too.
            view! {
                <pre tabindex="0" data-language=language>
                    <code>{text}</code>
                </pre>
            }
            .into_any()
        }
        Block::Quote(inner) => view! { <blockquote>{blocks(inner)}</blockquote> }.into_any(),
        Block::List(items) => {
            let all = items.iter().map(item).collect_view();
            match items.first().is_some_and(|item| item.number.is_some()) {
                true => view! { <ol class="list">{all}</ol> }.into_any(),
                false => view! { <ul class="list">{all}</ul> }.into_any(),
            }
        }
    }
}

fn item(item: &Item) -> AnyView {
    let number = item.number.map(|number| number.to_string());
    view! { <li value=number>{blocks(&item.blocks)}</li> }.into_any()
}

fn inlines(all: &[Inline]) -> AnyView {
    all.iter().map(inline).collect_view().into_any()
}

fn inline(inline: &Inline) -> AnyView {
    match inline {
        Inline::Text(text) => text.clone().into_any(),
        Inline::Emphasis(inner) => view! { <em>{inlines(inner)}</em> }.into_any(),
        Inline::Strong(inner) => view! { <strong>{inlines(inner)}</strong> }.into_any(),
        Inline::Strike(inner) => view! { <s>{inlines(inner)}</s> }.into_any(),
        Inline::Code(text) => view! { <code>{text.clone()}</code> }.into_any(),
        Inline::Link { href, text } => {
            let href = href.as_str().to_owned();
            view! {
                <a href=href target="_blank" rel="noopener noreferrer nofollow">
                    {inlines(text)}
                </a>
            }
            .into_any()
        }
        Inline::Mention { name, .. } => {
            let name = format!("@{name}");
            view! { <span class="mention">{name}</span> }.into_any()
        }
        Inline::Break => view! { <br /> }.into_any(),
    }
}
