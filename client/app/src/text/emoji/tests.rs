use std::{env, fs, path::PathBuf};

use emojis::EmojiVersion;
use proptest::prelude::*;

use super::*;
use crate::text::markdown::{Block, Inline};

/// Set this variable to have the file written.
const WRITE: &str = "PARLOUR_WRITE_ASSETS";

/// The newest emoji that are offered: what systems of the last two years can draw.
const NEWEST: EmojiVersion = EmojiVersion::new(16, 0);

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/emoji.txt")
}

fn file() -> String {
    fs::read_to_string(path()).expect("the file of emoji")
}

/// The file as it should be: what may be a reaction, without skin tones.
fn made() -> String {
    use emojis::Group::*;
    let groups = [
        (SmileysAndEmotion, "Smileys & Emotion"),
        (PeopleAndBody, "People & Body"),
        (AnimalsAndNature, "Animals & Nature"),
        (FoodAndDrink, "Food & Drink"),
        (TravelAndPlaces, "Travel & Places"),
        (Activities, "Activities"),
        (Objects, "Objects"),
        (Symbols, "Symbols"),
        (Flags, "Flags"),
    ];
    let mut file = String::new();
    for (group, name) in groups {
        file.push_str(&format!("#{name}\n"));
        for emoji in group.emojis() {
            let fits = emoji.as_str().parse::<parlour_events::Emoji>().is_ok();
            if fits && emoji.emoji_version() <= NEWEST {
                let codes: Vec<&str> = emoji.shortcodes().collect();
                file.push_str(&format!("{emoji}\t{}\t{}\n", emoji.name(), codes.join(",")));
            }
        }
    }
    file
}

#[test]
fn the_file_is_up_to_date() {
    let made = made();
    if fs::read_to_string(path()).is_ok_and(|there| there == made) {
        return;
    }
    if env::var_os(WRITE).is_some() {
        fs::write(path(), made).unwrap();
    }
    panic!("assets/emoji.txt was out of date; with {WRITE}=1 this test writes it");
}

#[test]
fn every_emoji_may_be_a_reaction_and_is_found_by_its_shortcodes() {
    let emojis = Emojis::read(file());
    assert!(emojis.count() > 1_800, "{}", emojis.count());
    let mut seen = std::collections::BTreeSet::new();
    for number in 0..emojis.count() {
        let emoji = emojis.get(number).unwrap();
        assert!(seen.insert(emoji.emoji), "{emoji:?} twice");
        assert!(emoji.emoji.parse::<parlour_events::Emoji>().is_ok(), "{emoji:?}");
        assert!(!emoji.name.is_empty(), "{emoji:?}");
        assert!(!emoji.emoji.contains(|c| matches!(c, '\u{1f3fb}'..='\u{1f3ff}')), "{emoji:?}");
        for code in emoji.codes() {
            assert!(code.bytes().all(is_code) && code.len() <= CODE_BYTES, "{code}");
            assert_eq!(code, fold(code));
            assert_eq!(emojis.by_shortcode(code), Some(emoji.emoji), "{code}");
        }
    }
}

#[test]
fn groups_are_those_of_a_picker() {
    let emojis = Emojis::read(file());
    let groups: Vec<_> = emojis.groups().collect();
    let names: Vec<_> = groups.iter().map(|group| group.name).collect();
    assert_eq!(names[0], "Smileys & Emotion");
    assert_eq!(names[8], "Flags");
    assert_eq!(emojis.get(0).unwrap().emoji, "😀");
    let mut end = 0;
    for group in &groups {
        assert_eq!(group.members.start, end);
        assert!(group.members.len() > 50, "{group:?}");
        end = group.members.end;
    }
    assert_eq!(end, emojis.count());
}

#[test]
fn shortcodes() {
    let emojis = Emojis::read(file());
    for (code, emoji) in [
        (":tada:", Some("🎉")),
        ("tada", Some("🎉")),
        (":+1:", Some("👍")),
        (":thumbsup:", Some("👍")),
        (":-1:", Some("👎")),
        (":e-mail:", Some("📧")),
        (":white_check_mark:", Some("✅")),
        (":heart:", Some("❤️")),
        (":nothing:", None),
        ("::", None),
        (":", None),
        ("", None),
    ] {
        assert_eq!(emojis.by_shortcode(code), emoji, "{code}");
    }
}

#[test]
fn search() {
    let emojis = Emojis::read(file());
    let found = |query: &str, limit: usize| -> Vec<&str> {
        emojis.search(query, limit).into_iter().map(|n| emojis.get(n).unwrap().emoji).collect()
    };
    for (query, first) in [
        ("tada", "🎉"),
        (":tad", "🎉"),
        ("party popper", "🎉"),
        ("POPPER", "🎉"),
        ("+1", "👍"),
        ("thumbs up", "👍"),
        ("thumbs_up", "👍"),
        ("heart", "❤️"),
        ("Cote d", "🇨🇮"),
        ("cat", "🐱"),
    ] {
        assert_eq!(found(query, 8).first(), Some(&first), "{query}: {:?}", found(query, 8));
    }
    assert_eq!(found("face", 30).len(), 30);
    for query in ["", " ", ":", "::", "zzzz"] {
        assert_eq!(found(query, 8), [""; 0], "{query}");
    }
}

#[test]
fn the_shortcode_being_typed_stands_behind_a_colon() {
    for (text, typing) in [
        (":ta|", Some((0..3, "ta"))),
        ("hi 😀 :tad|", Some((8..12, "tad"))),
        (":+1|", Some((0..3, "+1"))),
        ("(:TA|", Some((1..4, "TA"))),
        (":ta|da:", Some((0..3, "ta"))),
        (":t|", None),
        (":|", None),
        ("::ta|", None),
        (":tada:|", None),
        ("12:30|", None),
        ("10:20:30|", None),
        ("http://ex|", None),
        ("http:ex|", None),
        ("ta|", None),
        ("é|", None),
        (":é|", None),
        ("|", None),
    ] {
        let caret = text[..text.find('|').unwrap()].encode_utf16().count();
        let found = Emojis::typed(&text.replace('|', ""), caret);
        let found = found.as_ref().map(|found| (found.range.clone(), found.query.as_str()));
        assert_eq!(found, typing, "{text}");
    }
}

#[test]
fn shortcodes_are_replaced_except_in_code() {
    let emojis = Emojis::read(file());
    for (text, new) in [
        ("hi :tada:!", "hi 🎉!"),
        (":tada::tada: :+1:", "🎉🎉 👍"),
        (":nothing: :tada:", ":nothing: 🎉"),
        (":nothing:tada:", ":nothing:tada:"),
        ("::tada:", "::tada:"),
        (":a :tada:", ":a 🎉"),
        ("10:100:20", "10:100:20"),
        ("https://example.org/:tada:", "https://example.org/:tada:"),
        ("\\:tada:", "\\:tada:"),
        ("`:tada:` :tada:", "`:tada:` 🎉"),
        ("```\n:tada:\n```\n:tada:", "```\n:tada:\n```\n🎉"),
        ("> ```\n> :tada:\n\n:tada:", "> ```\n> :tada:\n\n🎉"),
        ("- `:tada:`\n- :tada:", "- `:tada:`\n- 🎉"),
        ("*:tada:*", "*🎉*"),
        (":tada", ":tada"),
        ("é:tada:é", "é:tada:é"),
        ("", ""),
    ] {
        assert_eq!(emojis.replace_shortcodes(text), new, "{text:?}");
    }
}

#[test]
fn lines_that_make_no_sense_are_left_out() {
    let emojis = Emojis::read("x\n\t\t\n😀\ta\n#One\n😀\ta\tb,,c\r\n#\n🎉\t\t".to_owned());
    assert_eq!(emojis.count(), 2);
    assert_eq!(emojis.by_shortcode("b"), Some("😀"));
    assert_eq!(emojis.by_shortcode(""), None);
    let groups: Vec<_> = emojis.groups().map(|group| (group.name, group.members)).collect();
    assert_eq!(groups, [("One", 0..1), ("", 1..2)]);
    assert_eq!(Emojis::default().by_shortcode("a"), None);
    assert_eq!(Emojis::default().search("a", 8), [0; 0]);
    assert_eq!(Emojis::read(String::new()).count(), 0);
}

/// The texts of code.
fn code(blocks: &[Block], to: &mut String) {
    fn in_line(inlines: &[Inline], to: &mut String) {
        for inline in inlines {
            match inline {
                Inline::Code(text) => to.push_str(text),
                Inline::Emphasis(inner)
                | Inline::Strong(inner)
                | Inline::Strike(inner)
                | Inline::Link { text: inner, .. } => in_line(inner, to),
                _ => {}
            }
        }
    }
    for block in blocks {
        match block {
            Block::Paragraph(inner) => in_line(inner, to),
            Block::Code { text, .. } => to.push_str(text),
            Block::Quote(inner) => code(inner, to),
            Block::List(items) => items.iter().for_each(|item| code(&item.blocks, to)),
        }
    }
}

proptest! {
    #[test]
    fn code_stays_as_it_is(
        text in "(:tada:|:tada:|`|``|```|\n|\n\n|\n```\n|\n> |\n- |\n  |\n1. |> | |a|\\\\){0,30}",
    ) {
        let emojis = Emojis::read("🎉\tparty popper\ttada".to_owned());
        let mut found = String::new();
        code(&markdown::parse(&emojis.replace_shortcodes(&text), &()), &mut found);
        prop_assert!(!found.contains('🎉'), "{:?}", found);
    }

    #[test]
    fn any_file_is_read(
        text in "(#|\\t|\\n|,|😀|[a-c]|\\PC){0,60}",
        typed in "(:|[a-c]|`|\\n|\\PC){0,40}",
    ) {
        let emojis = Emojis::read(text);
        for number in 0..emojis.count() {
            let emoji = emojis.get(number).unwrap();
            for code in emoji.codes() {
                prop_assert!(emojis.by_shortcode(code).is_some() || code.contains(':'));
            }
        }
        emojis.groups().for_each(drop);
        emojis.search(&typed, 8);
        emojis.replace_shortcodes(&typed);
        for caret in 0..typed.len() {
            if let Some(found) = Emojis::typed(&typed, caret) {
                found.insert(&typed, "😀");
            }
        }
    }
}
