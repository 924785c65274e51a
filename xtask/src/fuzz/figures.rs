//! What libFuzzer says of a run.

use std::fmt;

/// The head of a table of [`Figures::row`]s.
pub(crate) const HEAD: &str = "\
| target | executions | exec/s | corpus | coverage | crashes |
|---|--:|--:|--:|--:|--:|";

/// The figures of one target's run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    executions: u64,
    per_second: u64,
    /// Inputs that differ in what they reach.
    corpus: u64,
    /// Edges of the program that were reached.
    coverage: u64,
    /// The file with the input that broke the target. The first one ends the run.
    pub(crate) find: Option<String>,
}

impl Figures {
    /// Reads them from libFuzzer's output; `None` when it ran nothing.
    pub(crate) fn read(output: &str) -> Option<Self> {
        let last = |name: &str| {
            output.lines().rev().find_map(|line| line.split_once(name).map(|(_, rest)| rest.trim()))
        };
        // "corp: 12/18b": inputs and their length.
        let number = |text: &str| {
            let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<u64>().ok()
        };
        Some(Self {
            executions: number(last("stat::number_of_executed_units:")?)?,
            per_second: number(last("stat::average_exec_per_sec:")?)?,
            corpus: last(" corp: ").and_then(number).unwrap_or_default(),
            coverage: last(" cov: ").and_then(number).unwrap_or_default(),
            find: last("Test unit written to ").map(str::to_owned),
        })
    }

    /// A row for people.
    pub(crate) fn row(&self, target: &str) -> String {
        format!(
            "| `{target}` | {} | {} | {} | {} | {} |",
            grouped(self.executions),
            grouped(self.per_second),
            grouped(self.corpus),
            grouped(self.coverage),
            u8::from(self.find.is_some()),
        )
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} runs, coverage {}", grouped(self.executions), grouped(self.coverage))
    }
}

/// A number with commas between the thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "\
#2	INITED cov: 12 ft: 12 corp: 1/1b exec/s: 0 rss: 27Mb
#9705208	DONE   cov: 24 ft: 26 corp: 13/18b lim: 65536 exec/s: 1941041 rss: 27Mb
Done 9705208 runs in 5 second(s)
stat::number_of_executed_units: 9705208
stat::average_exec_per_sec:     1941041
stat::peak_rss_mb:              27
";

    #[test]
    fn a_run_that_went_well_is_read() {
        let figures = Figures {
            executions: 9_705_208,
            per_second: 1_941_041,
            corpus: 13,
            coverage: 24,
            find: None,
        };
        assert_eq!(figures.row("payload"), "| `payload` | 9,705,208 | 1,941,041 | 13 | 24 | 0 |");
        assert_eq!(Figures::read(RUN), Some(figures));
    }

    #[test]
    fn a_find_is_read() {
        let output = format!("artifact_prefix='/a/'; Test unit written to /a/crash-0\n{RUN}");
        let find = Figures::read(&output).and_then(|figures| figures.find);
        assert_eq!(find.as_deref(), Some("/a/crash-0"));
    }

    #[test]
    fn a_program_that_did_not_start_has_no_figures() {
        assert_eq!(Figures::read("$ payload\n"), None);
    }
}
