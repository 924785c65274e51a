//! What stands in a paragraph.

use super::{line, shown};

fn check(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(line(text), *expected, "{text:?}");
    }
}

#[test]
fn emphasis() {
    check(&[
        ("*a* _b_", "<i>a</i> <i>b</i>"),
        ("**a** __b__", "<b>a</b> <b>b</b>"),
        ("~~a~~", "<s>a</s>"),
        ("***a***", "<i><b>a</b></i>"),
        ("**a *b* c**", "<b>a <i>b</i> c</b>"),
        ("*a **b** c*", "<i>a <b>b</b> c</i>"),
        ("~~*a* b~~", "<s><i>a</i> b</s>"),
        ("***a** b*", "<i><b>a</b> b</i>"),
        ("***a* b**", "<b><i>a</i> b</b>"),
        ("*(*a*)*", "<i>(<i>a</i>)</i>"),
        ("**(a)**", "<b>(a)</b>"),
        ("“*a*”", "“<i>a</i>”"),
        ("in*side*s", "in<i>side</i>s"),
        ("**URL**s", "<b>URL</b>s"),
        ("*two\nlines*", "<i>two⏎lines</i>"),
        ("**重要。**次", "<b>重要。</b>次"),
        ("これは**太字**です", "これは<b>太字</b>です"),
        ("*😀*", "<i>😀</i>"),
        ("*a**b*", "<i>a**b</i>"),
    ]);
}

#[test]
fn what_is_no_emphasis_stays_text() {
    for text in [
        "snake_case_name",
        "a_b_",
        "_a_b",
        "__init__x",
        "2*3*4 = 24",
        "2 * 3 * 4",
        "*a *",
        "**",
        "****",
        "f****d",
        "a ** b",
        "~a~ ~5 min",
        "~~~a~~~",
        "# Heading",
        "| a | b |",
        "---",
        "***",
        "* * *",
        "<b>bold</b>",
        "&lt;b&gt; &amp;",
        "`unfinished",
        "``a`",
        "` `",
        "[text]",
        "[text](",
        ":tada: :+1: :white_check_mark:",
        "a\\b C:\\dir",
        "\\",
        "@nobody",
        "ann@Ann",
        "@ Ann",
        "¯\\_(ツ)_/¯",
        "_unfinished **text",
        "5 > 3 < 4",
    ] {
        assert_eq!(line(text), text, "{text:?}");
    }
}

#[test]
fn marks_that_cross_are_taken_from_the_left() {
    check(&[
        ("*a _b* c_", "<i>a _b</i> c_"),
        ("**a ~~b** c~~", "<b>a ~~b</b> c~~"),
        ("*a `b* c`", "*a <c>b* c</c>"),
        ("*a [b*](https://example.org)", "*a <a https://example.org>b*</a>"),
        ("**a*", "*<i>a</i>"),
        ("*a**", "<i>a</i>*"),
    ]);
}

#[test]
fn code() {
    check(&[
        ("`a`", "<c>a</c>"),
        ("``a`b``", "<c>a`b</c>"),
        ("`` ` ``", "<c>`</c>"),
        ("` a `", "<c>a</c>"),
        ("`*a*` `\\`", "<c>*a*</c> <c>\\</c>"),
        ("`a\nb`", "<c>a b</c>"),
        ("`https://example.org`", "<c>https://example.org</c>"),
        ("`@Ann`", "<c>@Ann</c>"),
        ("```a```", "<c>a</c>"),
        ("``a` `b``", "<c>a` `b</c>"),
        ("`a`` `b`", "<c>a`` </c>b`"),
        ("\\`a`b`", "`a<c>b</c>"),
    ]);
}

#[test]
fn escapes() {
    check(&[
        ("\\*a\\*", "*a*"),
        ("\\\\*a*", "\\<i>a</i>"),
        ("\\[a](https://example.org)", "[a](<a https://example.org>https://example.org</a>)"),
        ("\\@Ann", "@Ann"),
        ("\\a \\é", "\\a \\é"),
        ("a\\\nb", "a\\⏎b"),
        ("1\\. a", "1. a"),
        ("\\> a", "> a"),
        ("\\- a", "- a"),
    ]);
}

#[test]
fn lines_are_kept() {
    check(&[("a\nb", "a⏎b"), ("a  \n  b", "a  ⏎  b"), ("    indented", "    indented")]);
    assert_eq!(shown("a\n\n\nb"), "<p>a</p><p>b</p>");
}

#[test]
fn mentions() {
    check(&[
        ("hi @Ann!", "hi <@0 Ann>!"),
        ("@ann lee, hi", "<@1 ann lee>, hi"),
        ("@Ann Leeds", "<@0 Ann> Leeds"),
        ("@Annabel", "@Annabel"),
        ("**@Ann**", "<b><@0 Ann></b>"),
        ("_@Ann_", "<i><@0 Ann></i>"),
        ("@snake_case _x_", "<@2 snake_case> <i>x</i>"),
        ("*@Bob* x*", "<i><@3 Bob*> x</i>"),
        ("(@Ann)", "(<@0 Ann>)"),
        ("@Ann\n@Ann Lee", "<@0 Ann>⏎<@1 Ann Lee>"),
        ("@Ann\nLee", "<@0 Ann>⏎Lee"),
        ("[@Ann](https://example.org)", "<a https://example.org><@0 Ann></a>"),
        ("@@Ann", "@<@0 Ann>"),
    ]);
}

#[test]
fn no_more_mentions_are_looked_at_than_the_server_does() {
    let shown = shown(&"@Ann ".repeat(25));
    assert_eq!(shown.matches("<@0 Ann>").count(), 20);
    assert_eq!(shown.matches(" @Ann").count(), 5);
}
