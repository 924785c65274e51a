//! What a message says, as elements and text: never as HTML, whatever it looks like.

use crate::{
    browser::place,
    dom::{Html, hole, html, text, together},
    route::Route,
    text::{
        markdown::{Block, Inline, Item, parse},
        mention::Names,
    },
};

/// Beyond so many characters, or lines, a message is folded.
const LONG_CHARS: usize = 1_200;
const LONG_LINES: usize = 24;

/// A text with its markup drawn.
pub fn said(text: &str, names: &Names) -> Html {
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

fn blocks(all: &[Block]) -> Html {
    together(all.iter().map(block))
}

fn block(block: &Block) -> Html {
    match block {
        Block::Paragraph(text) => within(r#"<p _ dir="auto"></p>"#, inlines(text)),
        Block::Code { language, text } => {
            let language = language.clone().unwrap_or_default();
            // Long lines are scrolled, with the keyboard too: the focus finds it when it is made
            // anew.
            html(
                r#"<pre _ tabindex="0" data-at="code"><code _></code></pre>"#,
                vec![hole().set("data-language", language), hole().put(text.as_str())],
            )
        }
        Block::Quote(inner) => within(r#"<blockquote _ dir="auto"></blockquote>"#, blocks(inner)),
        Block::List(items) => {
            let all = together(items.iter().map(item));
            match items.first().is_some_and(|item| item.number.is_some()) {
                true => within(r#"<ol _ class="list" dir="auto"></ol>"#, all),
                false => within(r#"<ul _ class="list" dir="auto"></ul>"#, all),
            }
        }
    }
}

fn item(item: &Item) -> Html {
    let mut bind = hole().child(blocks(&item.blocks));
    if let Some(number) = item.number {
        bind = bind.set("value", number.to_string());
    }
    html("<li _></li>", vec![bind])
}

fn inlines(all: &[Inline]) -> Html {
    together(all.iter().map(inline))
}

fn inline(inline: &Inline) -> Html {
    match inline {
        Inline::Text(plain) => text(plain),
        Inline::Emphasis(inner) => within("<em _></em>", inlines(inner)),
        Inline::Strong(inner) => within("<strong _></strong>", inlines(inner)),
        Inline::Strike(inner) => within("<s _></s>", inlines(inner)),
        Inline::Code(code) => within("<code _></code>", text(code)),
        Inline::Link { href, text } => {
            let bind = hole().set("href", href.as_str()).set("title", href.as_str());
            let bind = match Route::of_link(href.as_str(), &place::link_to("")) {
                // It is gone to where it stands.
                Some(_) => bind,
                None => bind.set("target", "_blank"),
            };
            let template = r#"<a _ rel="noopener noreferrer nofollow"></a>"#;
            html(template, vec![bind.child(inlines(text))])
        }
        Inline::Mention { name, .. } => {
            within(r#"<span _ class="mention"></span>"#, together([text("@"), text(name)]))
        }
        Inline::Break => html("<br>", Vec::new()),
    }
}

fn within(template: &'static str, inner: Html) -> Html {
    html(template, vec![hole().child(inner)])
}
