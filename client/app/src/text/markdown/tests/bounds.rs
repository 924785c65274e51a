//! Any text, however large and however mean.

use proptest::prelude::*;

use super::*;
use crate::text::steps;

/// What somebody might fill a message with to keep the page busy.
const MEAN: [&str; 58] = [
    "[",
    "]",
    "[]",
    "[](",
    "](",
    "[a](",
    "[a](https://a",
    "[a](https://a)",
    "[[a](https://a)",
    "(",
    "*",
    "_",
    "~",
    "**",
    "*_",
    "*_*_ ",
    "**a ",
    "*a ",
    "a* ",
    "*a_ ",
    "_a* ",
    "*a **b ",
    "a**b",
    "~~a ",
    "~~*a ",
    "*a* ",
    "`",
    "` ",
    "`a",
    "``a`",
    "`\n",
    "\\",
    "\\`",
    "<",
    "<https://",
    "https://",
    "http://a(",
    "https://a)",
    "www.",
    "www.!",
    "mailto:",
    "mailto:a@",
    "@",
    "@Ann ",
    "@a@b ",
    "> ",
    ">",
    "> > a\n",
    "- ",
    "- a\n",
    "- a\n  ",
    "1. ",
    "\n",
    "```\n",
    "a ```\n",
    "a ```b\n",
    "\t- ",
    "€",
];

#[test]
fn work_grows_as_the_text_does() {
    for pattern in
        MEAN.into_iter().chain(["*a _b ~~c ", "a* b_ c~~ ", "[*a ", "> - 1. a\n", "  ", "\n\n- "])
    {
        for end in ["", "*", "_", "~~", "`", ")", "]", "](https://a)", "\n```"] {
            let steps = |chars: usize| {
                let text = pattern.repeat(chars / pattern.len()) + end;
                steps::count(|| drop(parse(&text, &people())))
            };
            let (short, long) = (steps(1_000), steps(4_000));
            assert!(long <= short * 5, "{pattern:?} … {end:?}: {short} and {long} steps");
            assert!(long <= 4_000 * 20, "{pattern:?} … {end:?}: {long} steps");
        }
    }
}

#[test]
fn runs_of_backticks_of_all_lengths_are_looked_for_once() {
    let steps = |longest: usize| {
        let text: String = (1..longest).map(|ticks| "`".repeat(ticks) + "a").collect();
        (text.len(), steps::count(|| drop(parse(&text, &()))))
    };
    let (chars, done) = steps(120);
    assert!(done < chars * 40, "{done} steps for {chars} characters");
    // The same with fences that are looked for to the end.
    let fences: String =
        (3..120).rev().map(|ticks| "a ".to_owned() + &"`".repeat(ticks) + "\n").collect();
    let done = steps::count(|| drop(parse(&fences, &())));
    assert!(done < fences.len() * 40, "{done} steps for {} characters", fences.len());
}

#[test]
fn emphasis_opens_and_closes_without_end() {
    for (open, close) in [("*a _b ", " b_ a*"), ("**a ~~b ", " b~~ a**"), ("*a **b ", " b** a*")] {
        let text = open.repeat(2_000) + &close.repeat(2_000);
        let steps = steps::count(|| assert!(depth(&parse(&text, &())) <= 5));
        assert!(steps < text.len() * 20, "{steps} steps");
    }
}

/// How deep inlines are nested.
fn depth(blocks: &[Block]) -> usize {
    fn inlines_depth(inlines: &[Inline]) -> usize {
        let inner = |inline: &Inline| match inline {
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => {
                1 + inlines_depth(inner)
            }
            Inline::Link { text, .. } => 1 + inlines_depth(text),
            _ => 0,
        };
        inlines.iter().map(inner).max().unwrap_or(0)
    }
    let inner = |block: &Block| match block {
        Block::Paragraph(inlines) => inlines_depth(inlines),
        Block::Code { .. } => 0,
        Block::Quote(blocks) => depth(blocks),
        Block::List(items) => items.iter().map(|item| depth(&item.blocks)).max().unwrap_or(0),
    };
    blocks.iter().map(inner).max().unwrap_or(0)
}

/// How deep blocks are nested.
fn block_depth(blocks: &[Block]) -> usize {
    let inner = |block: &Block| match block {
        Block::Quote(blocks) => 1 + block_depth(blocks),
        Block::List(items) => {
            1 + items.iter().map(|item| block_depth(&item.blocks)).max().unwrap_or(0)
        }
        _ => 0,
    };
    blocks.iter().map(inner).max().unwrap_or(0)
}

/// Text in which much is markup.
fn message() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        8 => prop::sample::select(MEAN.to_vec()).prop_map(str::to_owned),
        3 => "[a-zA-Z0-9äß日]{1,5}",
        2 => prop::sample::select(vec![" ", "\n", "\n\n", "  ", "\t", "12. ", "> ", "```rust\n"])
            .prop_map(str::to_owned),
        1 => "\\PC",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(token, 0..60).prop_map(|tokens| tokens.concat())
}

/// Letters and digits in order; without case, as hosts are written small.
fn letters(text: &str) -> Vec<char> {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn work_grows_as_any_text_does(
        pattern in prop::collection::vec(prop::sample::select(MEAN.to_vec()), 1..6),
        end in prop::sample::select(MEAN.to_vec()),
    ) {
        let pattern = pattern.concat();
        let steps = |chars: usize| {
            let text = pattern.repeat(chars.div_ceil(pattern.len())) + end;
            steps::count(|| drop(parse(&text, &people())))
        };
        let (short, long) = (steps(1_000), steps(4_000));
        prop_assert!(long <= short * 6, "{:?} … {:?}: {} and {} steps", pattern, end, short, long);
    }

    #[test]
    fn nothing_that_can_be_read_is_lost(text in message()) {
        let mut said = String::new();
        super::said(&parse(&text, &people()), &mut said);
        let mut said = letters(&said).into_iter();
        for c in letters(&text) {
            prop_assert!(said.any(|there| there == c), "{:?} of {:?}", c, text);
        }
    }

    #[test]
    fn trees_are_bounded(text in message()) {
        let blocks = parse(&text, &people());
        prop_assert!(block_depth(&blocks) <= DEEPEST_BLOCK);
        prop_assert!(depth(&blocks) <= 2 * usize::from(DEEPEST_EMPHASIS) + 1);
    }

    #[test]
    fn no_text_is_empty_or_beside_another(text in message()) {
        fn check(inlines: &[Inline]) -> bool {
            let beside = inlines
                .windows(2)
                .all(|two| !matches!(two, [Inline::Text(_), Inline::Text(_)]));
            beside && inlines.iter().all(|inline| match inline {
                Inline::Text(text) | Inline::Code(text) => !text.is_empty(),
                Inline::Link { text: inner, .. }
                | Inline::Emphasis(inner)
                | Inline::Strong(inner)
                | Inline::Strike(inner) => !inner.is_empty() && check(inner),
                _ => true,
            })
        }
        for block in parse(&text, &people()) {
            if let Block::Paragraph(inlines) = block {
                prop_assert!(check(&inlines), "{:?}", text);
            }
        }
    }

    #[test]
    fn any_text_is_one_line(text in message()) {
        let line = plain(&text);
        prop_assert!(!line.contains(['\n', '\t']) && !line.contains("  ") && line.trim() == line);
    }

    #[test]
    fn words_alone_stay_as_they_are(text in "[a-z0-9äß日😀.,!?'()/%&=+#-][a-z0-9äß日😀 .,!?'()/%&=#]{0,40}[a-z]") {
        prop_assume!(!text.contains("www.") && !text.starts_with(['+', '-', '0']) );
        prop_assume!(!text.starts_with(|c: char| c.is_ascii_digit()));
        prop_assert_eq!(parse(&text, &()), [Block::Paragraph(vec![Inline::Text(text.clone())])]);
    }

    #[test]
    fn code_that_is_found_is_in_order(text in message()) {
        let mut end = 0;
        for range in code_ranges(&text) {
            prop_assert!(range.start >= end && range.end > range.start);
            prop_assert!(text.get(range.clone()).is_some());
            end = range.end;
        }
    }
}
