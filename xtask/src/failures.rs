//! What failed in a run of tests, briefly: names, and what each test said first.

/// More of what a test said is in the log.
const MOST_LINES: usize = 12;

/// The failed tests in the output of a test harness: name, place and message of each.
pub(crate) fn of_tests(output: &str) -> Vec<String> {
    let lines: Vec<&str> = output.lines().collect();
    let starts = lines.iter().enumerate().filter_map(|(at, line)| Some((at, name_of(line)?)));
    starts.map(|(at, name)| [name, &said(&lines[at + 1..])].concat()).collect()
}

/// What the builder says of whole programs: that one did not compile, or ended before its tests.
pub(crate) fn errors(output: &str) -> Vec<&str> {
    let is_error = |line: &&str| line.starts_with("error") || line.contains(" didn't exit ");
    output.lines().filter(is_error).take(MOST_LINES).collect()
}

/// The test of a line that begins a failed test's output, in the native harness or in the
/// browser's.
fn name_of(line: &str) -> Option<&str> {
    let middle = line.strip_prefix("---- ")?.strip_suffix(" ----")?;
    middle.strip_suffix(" stdout").or_else(|| middle.strip_suffix(" output"))
}

/// From the panic to the stack, or to where something else begins; without a panic, such as of a
/// test that gave an error or did not compile, from the beginning.
fn said(lines: &[&str]) -> String {
    let end = lines.iter().position(|line| name_of(line).is_some()).unwrap_or(lines.len());
    let panic = lines[..end].iter().position(|line| line.contains("panicked at"));
    let first = || lines[..end].iter().position(|line| !line.trim().is_empty());
    let panic = lines[panic.or_else(first).unwrap_or(end)..end].iter();
    let over = |line: &str| {
        ["stack backtrace:", "note: run with", "Stack:"].iter().any(|it| line.starts_with(it))
    };
    let message = panic.take_while(|line| !line.trim().is_empty() && !over(line));
    message.take(MOST_LINES).map(|line| format!("\n  {line}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_test_is_named_with_what_it_said() {
        let output = "\
running 3 tests
test good ... ok

failures:

---- bad::chromium stdout ----
something before

thread 'bad::chromium' (17) panicked at tests/it/bad.rs:7:9:
waited 30s in vain for Ann
stack backtrace:
   0: __rustc::rust_begin_unwind

---- worse stdout ----

thread 'worse' (18) panicked at src/worse.rs:1:1:
assertion `left == right` failed
  left: 1
 right: 2
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace


failures:
    bad::chromium
    worse
";
        let bad = "bad::chromium
  thread 'bad::chromium' (17) panicked at tests/it/bad.rs:7:9:
  waited 30s in vain for Ann";
        let worse = "worse
  thread 'worse' (18) panicked at src/worse.rs:1:1:
  assertion `left == right` failed
    left: 1
   right: 2";
        assert_eq!(of_tests(output), [bad, worse]);
    }

    #[test]
    fn a_test_that_gave_an_error_is_told_with_it() {
        let output = "---- bad stdout ----\nError: \"no folder\"\n\n\nfailures:\n    bad\n";
        assert_eq!(of_tests(output), ["bad\n  Error: \"no folder\""]);
    }

    #[test]
    fn what_ended_before_its_tests_did_is_told() {
        let output = "test good ... ok\nerror: test failed\n\nCaused by:\n  process didn't exit \
                      successfully: `it` (signal: 6, SIGABRT)\nerror: 1 target failed:\n";
        let told = ["error: test failed", "  process didn't exit", "error: 1 target failed:"];
        let lines = errors(output);
        assert!(lines.len() == 3 && lines.iter().zip(told).all(|(it, told)| it.starts_with(told)));
    }

    #[test]
    fn a_test_that_said_nothing_is_named() {
        assert_eq!(of_tests("---- silent stdout ----\n---- next output ----"), ["silent", "next"]);
    }

    #[test]
    fn a_long_message_is_cut() {
        let long = "it is long\n".repeat(100);
        let output = format!("---- long stdout ----\nthread 'long' panicked at a.rs:1:1:\n{long}");
        assert_eq!(of_tests(&output)[0].lines().count(), 1 + MOST_LINES);
    }
}
