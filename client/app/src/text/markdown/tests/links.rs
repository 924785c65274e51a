//! What becomes a link, and what must not.

use proptest::prelude::*;

use super::{each_link, line, parse, said_in_line, shown};

#[test]
fn links() {
    for (text, expected) in [
        ("[a](https://example.org)", "<a https://example.org>a</a>"),
        ("[a *b* `c`](http://example.org/d)", "<a http://example.org/d>a <i>b</i> <c>c</c></a>"),
        ("**[a](https://example.org)**", "<b><a https://example.org>a</a></b>"),
        ("[a](HTTPS://Example.ORG/Path?Q=1#F)", "<a https://example.org/Path?Q=1#F>a</a>"),
        ("[a](https://example.org/b_(c))", "<a https://example.org/b_(c)>a</a>"),
        ("[a](mailto:ann@example.org)", "<a mailto:ann@example.org>a</a>"),
        ("[a](www.example.org)", "<a https://www.example.org>a</a>"),
        ("[a [b] c](https://example.org)", "<a https://example.org>a [b] c</a>"),
        ("[a\nb](https://example.org)", "<a https://example.org>a⏎b</a>"),
        ("![a](https://example.org)", "!<a https://example.org>a</a>"),
        // No link within a link.
        (
            "[a [b](https://b.example)](https://a.example)",
            "[a <a https://b.example>b</a>](<a https://a.example>https://a.example</a>)",
        ),
        // A link shows no other address than its own.
        (
            "[https://a.example](https://b.example)",
            "[<a https://a.example>https://a.example</a>](<a https://b.example>https://b.example</a>)",
        ),
        (
            "[https://a.example/b](https://a.example/b)",
            "<a https://a.example/b>https://a.example/b</a>",
        ),
        (
            "[www.example.org](https://www.example.org) [b](https://b.example)",
            "<a https://www.example.org>www.example.org</a> <a https://b.example>b</a>",
        ),
    ] {
        assert_eq!(line(text), expected, "{text:?}");
    }
}

#[test]
fn addresses_end_where_a_person_would_end_them() {
    let same = |address: &str| format!("<a {address}>{address}</a>");
    let (short, path) = (same("https://example.org"), same("https://example.org/a"));
    for (text, expected) in [
        ("https://example.org", short.clone()),
        ("see https://example.org.", format!("see {short}.")),
        ("(https://example.org)", format!("({short})")),
        ("https://example.org/a), b", format!("{path}), b")),
        ("https://example.org/a_(b)", same("https://example.org/a_(b)")),
        ("(https://example.org/a_(b))", format!("({})", same("https://example.org/a_(b)"))),
        ("https://example.org/a?!", format!("{path}?!")),
        ("https://example.org/a…", format!("{path}…")),
        ("https://example.org/?a=1&b=*c", same("https://example.org/?a=1&b=*c")),
        ("\"https://example.org/a\"", format!("\"{path}\"")),
        ("“https://example.org/a”", format!("“{path}”")),
        ("'https://example.org/a'", format!("'{path}'")),
        ("<https://example.org/a>", path.clone()),
        ("<https://example.org/a.>", same("https://example.org/a.")),
        ("**https://example.org/a**", format!("<b>{path}</b>")),
        ("_https://example.org/a_", format!("<i>{path}</i>")),
        ("~~https://example.org/a~~", format!("<s>{path}</s>")),
        ("https://example.org/a_b_c", same("https://example.org/a_b_c")),
        ("https://example.org/a\nb", format!("{path}⏎b")),
        ("https://example.org/a。次は", format!("{path}。次は")),
        ("見てhttps://example.org", "見てhttps://example.org".to_owned()),
        ("見て：https://example.org", format!("見て：{short}")),
        ("[https://example.org/a]", format!("[{path}]")),
        ("https://example.org/a[1]", same("https://example.org/a[1]")),
        ("http://localhost:3000/x", same("http://localhost:3000/x")),
        ("http://127.0.0.1:80", same("http://127.0.0.1:80")),
        ("http://[::1]:3000/", same("http://[::1]:3000/")),
        ("https://exämple.org/ü", same("https://exämple.org/ü")),
        ("mailto:ann.b+c@example.org", same("mailto:ann.b+c@example.org")),
        ("www.example.org/a", "<a https://www.example.org/a>www.example.org/a</a>".to_owned()),
        ("HTTP://EXAMPLE.org/A", "<a http://example.org/A>HTTP://EXAMPLE.org/A</a>".to_owned()),
        ("x https://example.org/@Ann", format!("x {}", same("https://example.org/@Ann"))),
        ("> https://example.org", "> ".to_owned()),
    ] {
        if let Some(inner) = text.strip_prefix("> ") {
            assert_eq!(shown(text), format!("<q><p>{}</p></q>", same(inner)));
        } else {
            assert_eq!(line(text), expected, "{text:?}");
        }
    }
}

/// What must not become a link, by itself or behind the text of one.
const TRICKS: [&str; 91] = [
    "javascript:x",
    "vbscript:x",
    "data:x",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "JAVASCRIPT:alert`1`",
    "jAvAsCrIpT:alert(1)",
    " javascript:alert(1)",
    "\tjavascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\rscript:alert(1)",
    "\u{1}javascript:alert(1)",
    "java\u{0}script:alert(1)",
    "java\u{ad}script:alert(1)",
    "java\u{200b}script:alert(1)",
    "\u{feff}javascript:alert(1)",
    "\u{a0}javascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript&#x3a;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74:alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "javascript%3Aalert(1)",
    "%6aavascript:alert(1)",
    "javascript\\:alert(1)",
    "java\\script:alert(1)",
    "javascript://example.org/%0aalert(1)",
    "javascript://%0aalert(1)//",
    "javascript:/*--></title></style>*/alert(1)",
    "ｊavascript:alert(1)",
    "jаvascript:alert(1)",
    "javascript：alert(1)",
    "vbscript:msgbox(1)",
    "VBScript:msgbox(1)",
    "livescript:alert(1)",
    "mocha:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "DATA:text/html,x",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "view-source:javascript:alert(1)",
    "feed:javascript:alert(1)",
    "jar:javascript:alert(1)!/",
    "blob:null/1234",
    "filesystem:x",
    "file:///etc/passwd",
    "ftp://example.org/",
    "ws://example.org/",
    "wss://example.org/",
    "tel:123",
    "sms:123",
    "intent://example.org#Intent;end",
    "ms-settings:privacy",
    "steam://run/1",
    "about:blank",
    "chrome://settings",
    "//example.org",
    "///example.org",
    "\\\\example.org",
    "/\\example.org",
    "/files/x",
    "#top",
    "?x",
    "example.org",
    "https:example.org",
    "https:/example.org",
    "https:\\\\example.org",
    "https:///example.org",
    "https://",
    "http://?",
    "http:// example.org",
    "https://\u{9}example.org",
    "ht\ttps://example.org",
    "https\u{200b}://example.org",
    "ｈttps://example.org",
    "https://example.org\\@evil.example",
    "https://bank.example@evil.example",
    "https://bank.example:443@evil.example/",
    "https://user:password@example.org",
    "https://.example.org",
    "https://example..org",
    "https://example.org:port",
    "https://example.org:123456",
    "https://%65xample.org",
    "https://exam\u{202e}ple.org/",
    "mailto:",
    "mailto:ann@example.org?bcc=eve@example.org&attach=/etc/passwd",
    "mailto:ann%0abcc:eve@example.org",
];

/// Those of which a part is an address in its own right, and shown as what it leads to.
fn has_an_address_in_it(trick: &str) -> bool {
    trick.starts_with("https://example.org\\") || trick.starts_with("https://exam\u{202e}")
}

#[test]
fn tricks_do_not_become_links() {
    for trick in TRICKS {
        let written = [
            trick.to_owned(),
            format!("[text]({trick})"),
            format!("[text](<{trick}>)"),
            format!("[text]( {trick} )"),
            format!("[text]({trick} \"title\")"),
            format!("<{trick}>"),
            format!("![text]({trick})"),
            format!("[{trick}]({trick})"),
            format!("[text][1]\n\n[1]: {trick}"),
        ];
        for text in written {
            let mut shows = String::new();
            each_link(&parse(&text, &()), &mut |href, text| {
                // Only an address that shows itself is left, and that only where the rest is cut
                // off before anything that does not belong there.
                let mut label = String::new();
                said_in_line(text, &mut label);
                assert_eq!(label, href.as_str(), "{trick:?}");
                shows.push_str(&label);
            });
            assert!(shows.is_empty() || has_an_address_in_it(trick), "{text:?}: {shows:?}");
        }
    }
}

#[test]
fn markup_is_never_markup_of_a_page() {
    for text in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<svg/onload=alert(1)>",
        "\"><script>alert(1)</script>",
        "<!-- a -->",
        "</div>",
    ] {
        assert_eq!(line(text), text);
    }
}

#[test]
fn the_text_of_a_link_can_be_seen() {
    for label in ["", " ", "\u{200b}", "\u{3164}", "\u{2800}", "\u{202e}"] {
        let shown = line(&format!("[{label}](https://example.org)"));
        assert!(shown.ends_with("(<a https://example.org>https://example.org</a>)"), "{shown}");
    }
}

proptest! {
    #[test]
    fn links_lead_only_where_they_may(
        text in r#"([a-z:/@.\\()\[\]<>*_`" \n]|https?://|mailto:|www\.|javascript:|\]\(|\PC){0,40}"#,
    ) {
        let mut links = Vec::new();
        each_link(&parse(&text, &()), &mut |href, _| links.push(href.clone()));
        for href in links {
            let address = href.as_str();
            let known = ["https://", "http://", "mailto:"].iter().any(|s| address.starts_with(s));
            prop_assert!(known, "{}", address);
            prop_assert!(!address.contains(|c: char| c.is_control() || c.is_whitespace()));
        }
    }
}
