use std::collections::BTreeSet;

use super::{
    check::{LANGUAGES, compare, generate, read},
    *,
};

const EN: &str = include_str!("../../words/en.txt");
const DE: &str = include_str!("../../words/de.txt");
const ES: &str = include_str!("../../words/es.txt");

fn speak(language: Language) {
    let file = [EN, DE, ES][language as usize];
    set(language, Some(file)).unwrap();
}

#[test]
fn a_text_is_that_of_its_key() {
    assert_eq!(text(Key::COMPOSER_SEND), "Send");
    // The last of its file: whatever stands before it is counted right.
    assert_eq!(count(Plural::AGAIN_DAYS, 2, []), "Try again in 2 days.");
    speak(Language::De);
    assert_eq!(text(Key::COMPOSER_SEND), "Senden");
    assert_eq!(count(Plural::AGAIN_DAYS, 2, []), "Versuch es in 2 Tagen wieder.");
    speak(Language::Es);
    assert_eq!(text(Key::COMPOSER_SEND), "Enviar");
    assert_eq!(count(Plural::AGAIN_DAYS, 2, []), "Inténtalo de nuevo en 2 días.");
    speak(Language::En);
    assert_eq!(text(Key::COMPOSER_SEND), "Send");
}

#[test]
fn values_are_filled_in_wherever_a_language_has_them() {
    let said = || fill(Pattern::MESSAGE_FROM, ["Ann", "14:05"]);
    assert_eq!(said(), "Message from Ann, 14:05");
    let written = || fill(Pattern::NOTIFY_MESSAGE, ["Ann", "{name}"]);
    assert_eq!(written(), "Ann in {name}", "a value is not looked into");
    speak(Language::De);
    assert_eq!(said(), "Nachricht von Ann, 14:05");
    assert_eq!(written(), "Ann in {name}");
}

#[test]
fn a_number_chooses_its_form() {
    let new = |n| count(Plural::UNREAD_NEW, n, []);
    assert_eq!([new(0), new(1), new(2)], ["0 new messages", "1 new message", "2 new messages"]);
    assert_eq!(new(1_234), "1,234 new messages");
    speak(Language::Es);
    assert_eq!(new(1), "1 mensaje nuevo");
    assert!(new(2_000_000).ends_with("de mensajes nuevos"), "{}", new(2_000_000));
    let last = |n| count(Plural::ANNOUNCE_SEVERAL, n, ["Ann: hola"]);
    assert_eq!(last(3), "3 mensajes nuevos. El último, Ann: hola");
}

#[test]
fn a_size_is_in_the_unit_that_fits() {
    assert_eq!(size(1), "1 byte");
    assert_eq!(size(999), "999 bytes");
    assert_eq!(size(1_540), "1.5 kB");
    assert_eq!(size(999_949), "999.9 kB");
    assert_eq!(size(999_950), "1 MB");
    assert_eq!(size(10_485_760), "10.5 MB");
    assert_eq!(size(5_000_000_000_000), "5,000 GB");
}

#[test]
fn what_stands_alone_begins_with_a_capital() {
    assert_eq!(alone("so it is."), "So it is.");
    assert_eq!(alone("épée"), "épée");
    assert_eq!(alone(""), "");
}

#[test]
fn no_language_was_left_in_english() {
    let texts = |file, language| {
        let said = read(file, language, &mut Vec::new());
        said.into_iter().map(|said| (said.key, said.text)).collect::<BTreeSet<_>>()
    };
    let english = texts(EN, LANGUAGES[0]);
    // Words that are the same, and patterns without words.
    let most = 30;
    for (file, language) in [(DE, LANGUAGES[1]), (ES, LANGUAGES[2])] {
        let same: Vec<_> = texts(file, language).intersection(&english).copied().collect();
        assert!(same.len() < most, "{}: {same:?}", language.code);
    }
}

/// What the build would say about these files.
fn build(english: &str, german: &str, spanish: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let [reference, german, spanish] = [english, german, spanish]
        .iter()
        .zip(LANGUAGES)
        .map(|(file, language)| read(file, language, &mut wrong))
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    compare(&reference, &german, "de", &mut wrong);
    compare(&reference, &spanish, "es", &mut wrong);
    wrong
}

const GOOD_EN: &str = "a = A {x} {y}\nb.one = {n}\nb.other = {n}s\nc = C";
const GOOD_ES: &str = "a = A {y} {x}\nb.one = {n}\nb.many = {n}m\nb.other = {n}s\nc = C";

#[track_caller]
fn is_wrong(english: &str, german: &str, sentence: &str) {
    assert_eq!(build(english, german, GOOD_ES), [sentence]);
}

#[test]
fn files_that_agree_are_built_with() {
    assert_eq!(build(GOOD_EN, GOOD_EN, GOOD_ES), [""; 0]);
    assert_eq!(build(EN, DE, ES), [""; 0]);
}

#[test]
fn a_key_that_is_missing_or_too_many_fails_the_build() {
    let german = GOOD_EN.replace("\nb.one = {n}\nb.other = {n}s", "");
    is_wrong(
        GOOD_EN,
        &german,
        "words/de.txt:1: `b` is missing behind this line; see words/en.txt:2.",
    );
    let german = format!("{GOOD_EN}\nd = D");
    is_wrong(GOOD_EN, &german, "words/de.txt:5: `d` is not in words/en.txt.");
    let german = format!("# x\nc = C\n{}", GOOD_EN.replace("\nc = C", ""));
    is_wrong(GOOD_EN, &german, "words/de.txt:2: `c` stands where words/en.txt has `a`.");
    let german = format!("{GOOD_EN}\nb = B");
    is_wrong(GOOD_EN, &german, "words/de.txt:5: `b` stands in line 2 already.");
    is_wrong(
        GOOD_EN,
        &GOOD_EN.replace("c = C", "c: C\nc = C"),
        "words/de.txt:4: this is no `key = text`.",
    );
}

#[test]
fn other_places_fail_the_build() {
    let german = GOOD_EN.replace("{y}", "{z}");
    let sentence =
        "words/de.txt:1: `a` has the places {\"x\", \"z\"}; words/en.txt:1 has {\"x\", \"y\"}.";
    is_wrong(GOOD_EN, &german, sentence);
    is_wrong(GOOD_EN, &GOOD_EN.replace("{x}", "{x} {x}"), "words/de.txt:1: `a` has a place twice.");
    is_wrong(GOOD_EN, &GOOD_EN.replace("= C", "= C}"), "words/de.txt:4: `c` has a brace too many.");
    let german = GOOD_EN.replace("= C", "= C {n}");
    let sentence = "words/de.txt:4: `c` is no plural, and has {n}, which is for plurals.";
    is_wrong(GOOD_EN, &german, sentence);
    let german = GOOD_EN.replace("{n}s", "many");
    is_wrong(GOOD_EN, &german, "words/de.txt:3: `b.other` does not say the number, {n}.");
    let german = GOOD_EN.replace("one = {n}", "one = one");
    assert_eq!(build(GOOD_EN, &german, GOOD_ES), [""; 0], "one may be said in a word");
}

#[test]
fn a_missing_plural_category_fails_the_build() {
    let german = GOOD_EN.replace("b.one = {n}\n", "");
    let sentence = "words/de.txt:2: `b` has other; de has one, other, in this order.";
    is_wrong(GOOD_EN, &german, sentence);
    let spanish = GOOD_EN;
    let sentence = "words/es.txt:2: `b` has one, other; es has one, many, other, in this order.";
    assert_eq!(build(GOOD_EN, GOOD_EN, spanish), [sentence]);
    let german = GOOD_EN.replace("b.one = {n}\nb.other = {n}s", "b = {x}");
    let wrong = build(GOOD_EN, &german, GOOD_ES);
    assert_eq!(wrong[0], "words/de.txt:2: `b` is a plural in words/en.txt:2.");
}

#[test]
fn each_kind_of_text_has_a_type_of_its_own() {
    let (rust, texts) = generate(GOOD_EN, &[("de", "x")]);
    for line in [
        "impl Pattern<2> {\n    /// `A {x} {y}` Filled with: x, y.\n    pub const A: Self = Pattern(0);",
        "impl Plural<0> {\n    /// `{n}s`\n    pub const B: Self = Plural(1);",
        "impl Key {\n    /// `C`\n    pub const C: Self = Key(4);",
        "const SLOTS: usize = 5;",
        "const DE: u64 = 0xaf63",
    ] {
        assert!(rust.contains(line), "{line}\n{rust}");
    }
    assert_eq!(texts, "A {x} {y}\n{n}\n\n{n}s\nC");
}

#[test]
fn every_text_is_said_somewhere() {
    let mut said = String::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("tests.rs") {
                said.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let named: std::collections::BTreeSet<&str> = said
        .split("::")
        .skip(1)
        .map(|name| name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap())
        .collect();
    let file = include_str!("../../words/en.txt");
    let keys = file.lines().filter(|line| !line.starts_with('#'));
    for key in keys.filter_map(|line| Some(line.split_once(" = ")?.0)) {
        let of_plural = [".one", ".other"].iter().find_map(|form| key.strip_suffix(form));
        let name = of_plural.unwrap_or(key).replace('.', "_").to_uppercase();
        assert!(
            named.contains(&*name),
            "`{key}` is said nowhere: it is to go from the three files"
        );
    }
}
