//! One range of bytes out of a file (RFC 9110, 14): what seeking in a video asks for.

/// What a request wants of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it. A `Range` that is not understood, or names several, counts as none (14.2).
    All,
    /// From the first byte to the last, counted from 0, both included.
    Part {
        /// The first.
        first: u64,
        /// The last; before the file's end.
        last: u64,
    },
    /// Bytes that the file does not have.
    Nothing,
}

/// What a `Range` header asks for, of a file with `size` bytes.
pub(super) fn wanted(header: &str, size: u64) -> Wanted {
    let Some((unit, range)) = header.split_once('=') else { return Wanted::All };
    let Some((first, last)) = range.trim().split_once('-') else { return Wanted::All };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Wanted::All;
    }
    let end = size.saturating_sub(1);
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => Wanted::All,
        (Some(first), _) if first >= size && is_end(last) => Wanted::Nothing,
        (Some(first), Some(last)) => Wanted::Part { first, last: last.min(end) },
        (Some(first), None) if last.is_empty() => Wanted::Part { first, last: end },
        // The last so many bytes.
        (None, Some(0)) if first.is_empty() => Wanted::Nothing,
        (None, Some(_)) if first.is_empty() && size == 0 => Wanted::Nothing,
        (None, Some(count)) if first.is_empty() => {
            Wanted::Part { first: size.saturating_sub(count), last: end }
        }
        _ => Wanted::All,
    }
}

/// Digits and nothing else. A number that is too large stands for every large one.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

fn is_end(last: &str) -> bool {
    last.is_empty() || number(last).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_to_what_is_there() {
        let part = |first, last| Wanted::Part { first, last };
        for (header, wanted_of_ten) in [
            ("bytes=0-0", part(0, 0)),
            ("bytes=0-9", part(0, 9)),
            ("bytes=2-", part(2, 9)),
            ("bytes=9-9", part(9, 9)),
            ("bytes=5-1000", part(5, 9)),
            ("bytes=5-99999999999999999999999", part(5, 9)),
            ("bytes=-1", part(9, 9)),
            ("bytes=-10", part(0, 9)),
            ("bytes=-99999999999999999999999", part(0, 9)),
            ("Bytes = 1-2", part(1, 2)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=10-20", Wanted::Nothing),
            ("bytes=99999999999999999999999-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            // Not understood, or several.
            ("bytes=0-1,3-4", Wanted::All),
            ("bytes=12-,0-1", Wanted::All),
            ("bytes=3-2", Wanted::All),
            ("bytes=-", Wanted::All),
            ("bytes=", Wanted::All),
            ("bytes", Wanted::All),
            ("", Wanted::All),
            ("lines=0-1", Wanted::All),
            ("bytes=+1-2", Wanted::All),
            ("bytes=1-x", Wanted::All),
            ("bytes=20-x", Wanted::All),
            ("bytes=--1", Wanted::All),
            ("bytes=1 - 2", Wanted::All),
        ] {
            assert_eq!(wanted(header, 10), wanted_of_ten, "{header}");
        }
        for header in ["bytes=0-", "bytes=-1", "bytes=0-0"] {
            assert_eq!(wanted(header, 0), Wanted::Nothing, "{header}");
        }
    }
}
