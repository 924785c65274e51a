use proptest::prelude::*;

use super::*;

const NAMES: [&str; 7] = ["Ann", "Ann Lee", "Zoë", "O'Neil (home)", "日本", "👩\u{200d}🚀", "x"];

fn names() -> Names {
    let mut names = Names::default();
    for (number, name) in NAMES.into_iter().enumerate() {
        names.add(name, number);
    }
    names
}

fn named(text: &str) -> Vec<(&str, usize)> {
    find(text, &names()).into_iter().map(|found| (&text[found.range], found.person)).collect()
}

#[test]
fn the_longest_name_counts() {
    for (text, found) in [
        ("@Ann", &[("@Ann", 0)][..]),
        ("hi @ann lee!", &[("@ann lee", 1)]),
        ("@Ann Leeds", &[("@Ann", 0)]),
        ("@Annabel", &[]),
        ("@Ann\nLee", &[("@Ann", 0)]),
        ("@Ann@Zoë", &[("@Ann", 0)]),
        ("@Ann @ZOË,", &[("@Ann", 0), ("@ZOË", 2)]),
        ("(@o'neil (home))", &[("@o'neil (home)", 3)]),
        ("ann@Ann", &[]),
        ("_@Ann_", &[("@Ann", 0)]),
        ("@@Ann", &[("@Ann", 0)]),
        ("@日本", &[("@日本", 4)]),
        // A letter of the same word goes on with it, with or without blanks in that script.
        ("@日本語", &[]),
        // Joiners do not count.
        ("@👩🚀!", &[("@👩🚀", 5)]),
        ("@ Ann", &[]),
        ("@", &[]),
        ("", &[]),
    ] {
        assert_eq!(named(text), found, "{text:?}");
    }
}

#[test]
fn only_so_many_are_looked_at() {
    assert_eq!(named(&"@x ".repeat(30)).len(), MENTIONS_READ);
    // Those that name nobody count too, addresses do not.
    assert_eq!(named(&("@ ".repeat(19) + &"a@b ".repeat(9) + "@x @x")).len(), 1);
}

#[test]
fn the_first_of_two_with_one_name_counts() {
    let mut names = Names::default();
    names.add("Ann", 7);
    names.add("ANN", 8);
    assert_eq!(names.person("ann"), Some(7));
    assert_eq!(names.person("bob"), None);
}

/// What the server does, in its own words.
mod server {
    use parlour_events::limits::NICKNAME_CHARS;

    pub(super) fn mentions(text: &str) -> impl Iterator<Item = impl Iterator<Item = &str>> {
        text.match_indices('@').filter_map(move |(at, _)| {
            let before = text[..at].chars().next_back();
            if before.is_some_and(char::is_alphanumeric) {
                return None;
            }
            Some(names(&text[at + 1..]))
        })
    }

    fn names(text: &str) -> impl Iterator<Item = &str> {
        let line = text.split('\n').next().unwrap_or_default();
        let ends = line
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take(NICKNAME_CHARS)
            .filter(|end| {
                let inside = line[..*end].chars().next_back().is_some_and(char::is_alphanumeric);
                let goes_on = line[*end..].chars().next().is_some_and(char::is_alphanumeric);
                !(inside && goes_on) && line[..*end].trim_end().len() == *end
            })
            .collect::<Vec<_>>();
        ends.into_iter().rev().map(move |end| &line[..end])
    }
}

proptest! {
    #[test]
    fn the_same_people_are_named_as_on_the_server(
        text in "(@|@Ann|@ann lee|@Zoë|x|@x| |\\n|[a-z.!]|日|@日本|\\PC){0,60}",
    ) {
        let people = names();
        let mut expected = Vec::new();
        for candidates in server::mentions(&text).take(MENTIONS_READ) {
            expected.extend(candidates.filter_map(|name| people.person(&key(name))).next());
        }
        let found: Vec<usize> = find(&text, &people).into_iter().map(|it| it.person).collect();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn the_name_being_typed_stands_behind_the_last_at() {
    for (text, typing) in [
        ("@|", Some((0..1, ""))),
        ("@an|", Some((0..3, "an"))),
        ("hi @an|", Some((3..6, "an"))),
        ("hi @an|na", Some((3..6, "an"))),
        ("@ann le|", Some((0..7, "ann le"))),
        ("😀 @zo|", Some((5..8, "zo"))),
        ("@ann @bo|", Some((5..8, "bo"))),
        ("(@|", Some((1..2, ""))),
        ("ann@ex|", None),
        ("@ an|", None),
        ("@ann\n|", None),
        ("|@ann", None),
        ("ann|", None),
        ("|", None),
    ] {
        let caret = text[..text.find('|').unwrap()].encode_utf16().count();
        let found = typed(&text.replace('|', ""), caret);
        let found = found.as_ref().map(|found| (found.range.clone(), found.query.as_str()));
        assert_eq!(found, typing, "{text}");
    }
    assert_eq!(typed(&("@".to_owned() + &"a".repeat(33)), 99), None);
}

#[test]
fn suggestions() {
    let names = ["Bob", "Joanna", "Zoë", "Ann Lee", "Lee Ann", "Ánna", "anne"];
    for (query, found) in [
        ("an", &[3, 5, 6, 4, 1][..]),
        ("ann ", &[3]),
        ("ZOE", &[2]),
        ("lee", &[4, 3]),
        ("anna", &[5, 1]),
        ("nobody", &[]),
        ("", &[0, 1, 2, 3, 4, 5, 6]),
    ] {
        assert_eq!(suggest(query, &names), found, "{query}");
    }
    assert_eq!(suggest("x", &["x"; 20]).len(), complete::SUGGESTIONS);
}

proptest! {
    #[test]
    fn completing_never_breaks_a_text(text in "(@|\\PC|\\n|an| ){0,20}", caret in 0..30_usize) {
        if let Some(typed) = typed(&text, caret) {
            prop_assert!(text[typed.range.clone()].starts_with('@'));
            let (new, caret) = typed.insert(&text, "@Ann");
            let end = caret::byte_at(&new, caret);
            prop_assert!(new[..end].ends_with("@Ann "));
            prop_assert_eq!(&new[..typed.range.start], &text[..typed.range.start]);
        }
    }
}
