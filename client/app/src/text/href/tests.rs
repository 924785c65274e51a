use super::*;

#[test]
fn addresses_are_made_alike() {
    for (text, href) in [
        ("https://example.org", "https://example.org"),
        ("HTTP://Example.ORG:80/A?B#C", "http://example.org:80/A?B#C"),
        ("https://sub.exämple.org?a=b", "https://sub.exämple.org?a=b"),
        ("https://example.org.", "https://example.org."),
        ("https://a_b.example-c.org/{d}|e^f", "https://a_b.example-c.org/{d}|e^f"),
        ("https://日本.example/ü", "https://日本.example/ü"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("http://192.0.2.1", "http://192.0.2.1"),
        ("https://example.org/@ann", "https://example.org/@ann"),
        ("https://example.org/?a@b:c", "https://example.org/?a@b:c"),
        ("WWW.Example.org/A", "https://www.example.org/A"),
        ("Mailto:Ann.Lee+x@Example.ORG", "mailto:Ann.Lee+x@example.org"),
    ] {
        assert_eq!(Href::check(text).as_ref().map(Href::as_str), Some(href), "{text}");
    }
}

#[test]
fn what_is_refused() {
    // The tricks of links are told in the tests of the markup; these are the smaller things.
    for text in [
        "",
        "https://-a.example",
        "https://a.example-",
        "https://a..b",
        "https://a.-b",
        "https://:80",
        "https://a:",
        "https://a:b",
        "https://a:1:2",
        "http://[::1",
        "http://[]",
        "http://[abc]",
        "http://[::1]x",
        "http://[::1]:",
        "http://[::g]",
        "www.",
        "www..a",
        "mailto:a@",
        "mailto:@a",
        "mailto:a@b@c",
        "mailto:a b@c",
        "mailto:a@b,c@d",
        "mailto:a@b?subject=c",
        "https://a/\u{200d}b",
        "https://a/\"b",
        "https://a/b\\c",
        "https://a/b c",
    ] {
        assert_eq!(Href::check(text), None, "{text}");
    }
    let long = |bytes: usize| "https://a/".to_owned() + &"b".repeat(bytes - 10);
    assert!(Href::check(&long(LONGEST)).is_some());
    assert!(Href::check(&long(LONGEST + 1)).is_none());
}
