//! Counts of what passed and what failed.

use std::fmt;
use std::ops::AddAssign;

/// What wasm-bindgen's test runner says, with success, of tests that do not ask for a browser.
const LEFT_OUT: &str = "test suite is only configured to run in node.js";

/// How many tests or checks passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// One check.
    pub(crate) fn of_check(passed: bool) -> Self {
        Self { passed: passed.into(), failed: (!passed).into() }
    }

    /// All tests that `output` tells of. A run that broke although no test failed counts as one
    /// failed test, and so does one that ran no test, or left some out because they are not set up
    /// for the browser: it would have passed without testing anything.
    pub(crate) fn of_tests(output: &str, succeeded: bool) -> Self {
        let mut tally = Self::default();
        output.lines().filter_map(Self::of_line).for_each(|line| tally += line);
        let silent = tally.passed == 0 || output.lines().any(|line| line.contains(LEFT_OUT));
        if (!succeeded || silent) && tally.failed == 0 {
            tally.failed = 1;
        }
        tally
    }

    /// Reads `test result: ok. 3 passed; 0 failed; ...`, which both the native test harness and
    /// the one in the browser end with.
    fn of_line(line: &str) -> Option<Self> {
        let line = without_colours(line);
        let (_, counts) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
        let count = |what: &str| {
            counts.split(';').find_map(|part| part.trim().strip_suffix(what)?.trim().parse().ok())
        };
        Some(Self { passed: count("passed")?, failed: count("failed")? })
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// `line` without the terminal's colour sequences.
fn without_colours(line: &str) -> String {
    let mut parts = line.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_the_results_of_all_test_programs() {
        let output = "\
running 3 tests
test a ... ok
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

test result: FAILED. 10 passed; 2 failed; 1 ignored; 0 filtered out; finished in 1.20s
error: test failed, to rerun pass `--lib`
";
        assert_eq!(Tally::of_tests(output, false), Tally { passed: 13, failed: 2 });
    }

    #[test]
    fn reads_coloured_results() {
        let line = "test result: \x1b[32mok\x1b[0m. 7 passed; 0 failed; 0 ignored";
        assert_eq!(Tally::of_tests(line, true), Tally { passed: 7, failed: 0 });
    }

    #[test]
    fn a_run_that_broke_counts_as_a_failed_test() {
        assert_eq!(Tally::of_tests("error: could not compile", false).failed, 1);
        let output = "test result: ok. 3 passed; 0 failed";
        assert_eq!(Tally::of_tests(output, false), Tally { passed: 3, failed: 1 });
    }

    #[test]
    fn talk_of_results_is_no_result() {
        assert_eq!(Tally::of_line("the test result: ok. 3 passed; 0 failed"), None);
        assert_eq!(Tally::of_line("test result: unknown"), None);
    }

    #[test]
    fn a_run_without_tests_has_failed() {
        assert_eq!(Tally::of_tests("", true).failed, 1);
        let output = format!("test result: ok. 3 passed; 0 failed\n{LEFT_OUT}, but ...");
        assert_eq!(Tally::of_tests(&output, true), Tally { passed: 3, failed: 1 });
    }
}
