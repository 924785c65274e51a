//! `cargo xtask chaos`: the long run of what the gate does in short: the server is killed under
//! load, and networks fail, many more times than anybody waits for in a gate.

use std::fs;
use std::time::Duration;

use crate::build;
use crate::job::Job;
use crate::kit::Kit;
use crate::report::Report;

/// How often the server is killed, if nothing else was asked for.
const KILLS: u64 = 200;
/// How often networks fail.
const FAULTS: u64 = 500;
/// For each kill or fault, far more than it takes; and for all that comes before and after.
const EACH: Duration = Duration::from_secs(15);
const SLACK: Duration = Duration::from_mins(30);
/// How much of a broken run's output is shown.
const TAIL_LINES: usize = 100;

/// What `cargo xtask chaos` is asked for. A run of no times is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    kills: u64,
    faults: u64,
}

impl Plan {
    /// Reads `[--kills N] [--faults N]`.
    pub(crate) fn parse(mut arguments: &[&str]) -> Option<Self> {
        let mut plan = Self { kills: KILLS, faults: FAULTS };
        while let [flag, number, rest @ ..] = arguments {
            let number = number.parse().ok()?;
            match *flag {
                "--kills" => plan.kills = number,
                "--faults" => plan.faults = number,
                _ => return None,
            }
            arguments = rest;
        }
        (arguments.is_empty() && plan.kills + plan.faults > 0).then_some(plan)
    }

    /// Each run: its name, its test, the variable that says how often, and how often.
    fn runs(self) -> impl Iterator<Item = (String, &'static str, &'static str, u64)> {
        let kills = (
            format!("{} kills", self.kills),
            "when_the_server_is_killed",
            "PARLOUR_CHAOS_KILLS",
            self.kills,
        );
        let faults = (
            format!("{} faults", self.faults),
            "when_networks_fail",
            "PARLOUR_CHAOS_FAULTS",
            self.faults,
        );
        [kills, faults].into_iter().filter(|(.., times)| *times > 0)
    }
}

/// Builds what is shipped, has it fail, and prints what each run has to tell.
pub(crate) fn run(kit: &Kit, plan: Plan) -> Result<(), String> {
    let report = Report::new();
    build::build(kit, &report)?;
    for (name, test, variable, times) in plan.runs() {
        report.step(&name, |progress| {
            let limit = SLACK + EACH * u32::try_from(times).unwrap_or(u32::MAX);
            let job = Job::new(progress, &kit.places)?.limit(limit).tail(TAIL_LINES);
            let mut command = kit.native("cargo");
            command
                .args(["test", "--package", "parlour-tests", "--all-features", "--test", "chaos"])
                .args(["--", "--nocapture", test])
                .env("PARLOUR_BIN", kit.places.server())
                .env(variable, times.to_string());
            job.run(&mut command)
        });
        let output = kit.places.log(&name).and_then(fs::read).unwrap_or_default();
        for line in String::from_utf8_lossy(&output).lines().filter(|line| line.contains(", seed "))
        {
            report.note(line);
        }
    }
    if report.failed().is_empty() { Ok(()) } else { Err("not every run went well".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_has_two_numbers() {
        assert_eq!(Plan::parse(&[]), Some(Plan { kills: KILLS, faults: FAULTS }));
        let few = Some(Plan { kills: 3, faults: FAULTS });
        assert_eq!(Plan::parse(&["--kills", "3"]), few);
        let both = Some(Plan { kills: 3, faults: 0 });
        assert_eq!(Plan::parse(&["--faults", "0", "--kills", "3"]), both);
    }

    #[test]
    fn what_is_no_plan_is_refused() {
        for arguments in [
            &["--kills"][..],
            &["5"],
            &["--kills", "many"],
            &["--runs", "3"],
            &["--kills", "0", "--faults", "0"],
        ] {
            assert_eq!(Plan::parse(arguments), None, "{arguments:?}");
        }
    }
}
