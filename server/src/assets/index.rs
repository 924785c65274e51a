//! `index.html`, and what the server tells the page in it.
//!
//! The page has to know before it asks anything how people come in here, and which sites may show
//! it in a frame. It reads that from one element of its head, whose `content` is JSON:
//!
//! ```html
//! <meta name="parlour" content="{&quot;auth&quot;:&quot;guests&quot;, …}">
//! ```

use serde::Serialize;

use crate::origin::Origin;

/// What the page is told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    /// Whether people come in with a JWT of another system.
    pub(crate) jwt: bool,
    /// Where people of that system get it.
    pub(crate) sign_in: Option<String>,
    /// The sites whose pages may show the chat in a frame.
    pub(crate) embedders: Vec<Origin>,
}

/// The same as JSON. The fields are documented in ARCHITECTURE.md.
#[derive(Serialize)]
struct Meta<'a> {
    name: &'static str,
    auth: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in: Option<&'a str>,
    embed: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
}

impl Told {
    /// As JSON, with the version of the page where that is known already.
    pub(super) fn json(&self, version: Option<&str>) -> String {
        let meta = Meta {
            name: "Parlour",
            auth: if self.jwt { "jwt" } else { "guests" },
            sign_in: self.sign_in.as_deref(),
            embed: self.embedders.iter().map(Origin::to_string).collect(),
            version,
        };
        serde_json::to_string(&meta).expect("strings only")
    }
}

/// The index with this JSON in it, at the end of its head; `build.rs` has seen that it has one.
pub(super) fn with_meta(index: &str, json: &str) -> String {
    let Some((before, after)) = index.split_once(HEAD_END) else { return index.to_owned() };
    format!("{before}<meta name=\"parlour\" content=\"{}\">{HEAD_END}{after}", escaped(json))
}

/// Trunk writes it so.
const HEAD_END: &str = "</head>";

/// As it may stand in an attribute's quotes, or anywhere else in HTML.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_are_told_little() {
        let json = Told::default().json(None);
        assert_eq!(json, r#"{"name":"Parlour","auth":"guests","embed":[]}"#);
    }

    #[test]
    fn everything_that_is_set_is_told() {
        let told = Told {
            jwt: true,
            sign_in: Some("https://site.example/?a=1&b='\"".to_owned()),
            embedders: vec!["https://SITE.example:443".parse().unwrap()],
        };
        let json: serde_json::Value = serde_json::from_str(&told.json(Some("v1"))).unwrap();
        let expected = serde_json::json!({
            "name": "Parlour",
            "auth": "jwt",
            "sign_in": "https://site.example/?a=1&b='\"",
            // As browsers write the origin of a message.
            "embed": ["https://site.example"],
            "version": "v1",
        });
        assert_eq!(json, expected);
    }

    #[test]
    fn what_is_told_ends_neither_its_quotes_nor_the_head() {
        let html = with_meta("<head><title>x</title></head><body></body>", r#"{"a":"</head>'&"}"#);
        assert_eq!(
            html,
            "<head><title>x</title><meta name=\"parlour\" content=\"{&quot;a&quot;:&quot;\
             &lt;/head&gt;&#39;&amp;&quot;}\"></head><body></body>"
        );
    }
}
