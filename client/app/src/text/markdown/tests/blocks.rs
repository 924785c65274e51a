//! Paragraphs, code, quotes and lists.

use super::{code_ranges, shown};

fn check(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(shown(text), *expected, "{text:?}");
    }
}

#[test]
fn code_blocks() {
    check(&[
        ("```\na\n```", "<pre ->a</pre>"),
        ("```rust\nfn a() {}\n\n  b\n```", "<pre rust>fn a() {}\n\n  b</pre>"),
        ("a\n```c++\nb\n```\nd", "<p>a</p><pre c++>b</pre><p>d</p>"),
        // Not ended.
        ("```\na\n\nb", "<pre ->a\n\nb</pre>"),
        // As it is often written in a chat.
        ("```let a = 1;\nb```", "<pre ->let a = 1;\nb</pre>"),
        ("```js\na\nb``` c", "<pre js>a\nb``` c</pre>"),
        ("```rust```", "<p><c>rust</c></p>"),
        ("```\na\n```b", "<pre ->a\n```b</pre>"),
        ("````\n```\na\n```\n````", "<pre ->```\na\n```</pre>"),
        ("```\n> *a* [b](https://example.org)\n```", "<pre ->> *a* [b](https://example.org)</pre>"),
        ("  ```\n    a\n b\n  ```", "<pre ->  a\nb</pre>"),
        ("```\n\ta\n```", "<pre ->\ta</pre>"),
        // Nothing in it.
        ("```", "<p>```</p>"),
        ("```\n```\na", "<pre -></pre><p>a</p>"),
        ("```\n\n", "<p>```</p>"),
        ("```hello\n```", "<pre ->hello</pre>"),
        ("```hello", "<pre ->hello</pre>"),
        ("```a b\n```", "<pre ->a b</pre>"),
        // Behind text, if it ends.
        ("so ```\na\n```\nb", "<p>so </p><pre ->a</pre><p>b</p>"),
        ("a\nso: ```rust\na\nb```", "<p>a⏎so: </p><pre rust>a\nb</pre>"),
        ("- a ```\n  b\n  ```\n- c", "<list><-><p>a </p><pre ->b</pre><-><p>c</p></list>"),
        ("> a ```\n> b\n> ```", "<q><p>a </p><pre ->b</pre></q>"),
        ("so ```\na", "<p>so ```⏎a</p>"),
        ("use ``` for code\nand ```", "<p>use <c>for code and</c></p>"),
        ("so \\```\na\n```", "<p>so ```⏎a</p><p>```</p>"),
        ("a\n```", "<p>a</p><p>```</p>"),
    ]);
}

#[test]
fn quotes() {
    check(&[
        ("> a", "<q><p>a</p></q>"),
        ("> a\n> b\nc", "<q><p>a⏎b</p></q><p>c</p>"),
        ("> a\n>\n> b", "<q><p>a</p><p>b</p></q>"),
        ("> a\n\n> b", "<q><p>a</p></q><q><p>b</p></q>"),
        ("a\n> b", "<p>a</p><q><p>b</p></q>"),
        (">> a\n> b", "<q><q><p>a</p></q><p>b</p></q>"),
        ("> > a", "<q><q><p>a</p></q></q>"),
        ("> - a\n>   - b", "<q><list><-><p>a</p><list><-><p>b</p></list></list></q>"),
        ("> ```\n> a\n> ```", "<q><pre ->a</pre></q>"),
        ("> ```\n> a\nb", "<q><pre ->a</pre></q><p>b</p>"),
        // Faces and arrows.
        (">:(", "<p>>:(</p>"),
        (">.<", "<p>>.<</p>"),
        (">>> prompt", "<q><q><q><p>prompt</p></q></q></q>"),
        (">>>x", "<p>>>>x</p>"),
        (">", "<p>></p>"),
        ("> >", "<p>> ></p>"),
    ]);
}

#[test]
fn lists() {
    check(&[
        ("- a\n- b", "<list><-><p>a</p><-><p>b</p></list>"),
        ("* a\n+ b", "<list><-><p>a</p><-><p>b</p></list>"),
        ("1. a\n2. b", "<list><1><p>a</p><2><p>b</p></list>"),
        ("3) a\n7) b", "<list><3><p>a</p><7><p>b</p></list>"),
        ("0. a", "<list><0><p>a</p></list>"),
        ("1999. It was so.", "<list><1999><p>It was so.</p></list>"),
        ("a:\n- b\nc", "<p>a:</p><list><-><p>b</p></list><p>c</p>"),
        (
            "- a\n  - b\n    - c\n- d",
            "<list><-><p>a</p><list><-><p>b</p><list><-><p>c</p></list></list><-><p>d</p></list>",
        ),
        ("1. a\n  - b\n2. c", "<list><1><p>a</p><list><-><p>b</p></list><2><p>c</p></list>"),
        ("1. a\n\t- b", "<list><1><p>a</p><list><-><p>b</p></list></list>"),
        ("- a\n  b\n\n  c", "<list><-><p>a⏎b</p><p>c</p></list>"),
        ("- a\n\n- b\n\nc", "<list><-><p>a</p><-><p>b</p></list><p>c</p>"),
        ("- a\n1. b", "<list><-><p>a</p></list><list><1><p>b</p></list>"),
        ("- ```\n  a\n    b\n  ```\n- c", "<list><-><pre ->a\n  b</pre><-><p>c</p></list>"),
        ("- > a", "<list><-><q><p>a</p></q></list>"),
        ("  - a\n- b", "<list><-><p>a</p><-><p>b</p></list>"),
        ("- *a*\n- b*", "<list><-><p><i>a</i></p><-><p>b*</p></list>"),
    ]);
}

#[test]
fn what_is_no_list_stays_text() {
    for text in [
        "-a",
        "-",
        "*a",
        "1.a",
        "1.",
        "1. ",
        "007. Bond",
        "1234567890. a",
        "-5 degrees",
        "- - -",
        "1.5 kg",
        "+1",
        "a - b",
        "1",
        "1: a",
        "- ",
        "--- a",
    ] {
        assert_eq!(shown(text), format!("<p>{text}</p>"), "{text:?}");
    }
}

#[test]
fn nesting_ends() {
    let quote = "> ".repeat(9) + "a";
    assert_eq!(shown(&quote), "<q><q><q><q><p>> > > > > a</p></q></q></q></q>");
    let list = "- ".repeat(9) + "a";
    let inner = "<list><->".repeat(4) + "<p>- - - - - a</p>" + &"</list>".repeat(4);
    assert_eq!(shown(&list), inner);
}

#[test]
fn code_is_found_while_a_message_is_written() {
    for (text, code) in [
        ("a `b` c", &["b"][..]),
        ("``a`b`` `c", &["a`b"]),
        ("a\n```\nb\n\nc\n```\nd", &["b", "c"]),
        ("```\na", &["a"]),
        ("> ```\n> a\nb", &["a"]),
        ("> ```\n> a\n> ```\nb `c`", &["a", "c"]),
        ("1. ```\n     a\n   b\n   ```\nc", &["  a", "b"]),
        ("- ```\n```\na", &["a"]),
        ("- `a`\n- `b`", &["a", "b"]),
        ("`a\n\nb`", &[]),
        ("`a\nb`", &["a\nb"]),
        ("> a\n> b `c\n> d` `e`", &["c\n> d", "e"]),
        ("\\`a`b`", &["b"]),
        ("```a```", &["a"]),
        ("```let a = 1;\nb``` ", &["let a = 1;", "b"]),
        ("é`ü`", &["ü"]),
        ("12```\n```\na\n```", &["a"]),
        ("[`a`](https://example.org) **`b`**", &["a", "b"]),
        ("plain", &[]),
        ("", &[]),
    ] {
        let found: Vec<&str> = code_ranges(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, code, "{text:?}");
    }
}
