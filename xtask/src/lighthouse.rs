//! What Lighthouse says of the page, as somebody gets it who comes for the first time.

use std::env;
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::job::{Failure, Job, last_lines};
use crate::kit::{CHROMIUM, Kit};
use crate::peers::first_line;
use crate::places;
use crate::proc::{self, Running};
use crate::report::{Progress, Report};
use crate::setup::npm;

/// What the server says when it is open.
const OPEN: &str = "Parlour is open at ";
/// How long it may take to say so.
const START: Duration = Duration::from_secs(30);
/// How long a run of Lighthouse may take; it takes a quarter of a minute.
const LIMIT: Duration = Duration::from_mins(4);

/// Whose page it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Preset {
    Desktop,
    /// A slow phone in a slow network; both are simulated.
    Mobile,
}

/// What Lighthouse gives, out of 100, and the time until the largest thing was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Scores {
    performance: u64,
    accessibility: u64,
    best_practices: u64,
    largest_paint: String,
}

/// What each score is to be at least.
const AIMS: [(&str, u64); 3] =
    [("performance", 95), ("accessibility", 100), ("best practices", 100)];

/// Starts what is shipped, which has been built, and prints what Lighthouse says of its first page.
pub(crate) fn run(kit: &Kit) -> Result<(), String> {
    let report = Report::new();
    let folder = env::temp_dir().join(format!("parlour-lighthouse-{}", std::process::id()));
    let measured = measure_all(kit, &report, &folder);
    // It is only in the way.
    let _ = places::remove_folder(&folder);
    println!("\nLighthouse 12, of the first page");
    for (preset, scores) in measured? {
        print!("{}", scores.lines(preset));
    }
    Ok(())
}

fn measure_all(kit: &Kit, report: &Report, folder: &Path) -> Result<Vec<(Preset, Scores)>, String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    // The server ends when this goes.
    let (_server, url) = start_server(kit, folder)?;
    [Preset::Desktop, Preset::Mobile]
        .into_iter()
        .map(|preset| {
            let name = format!("Lighthouse, {}", preset.name());
            let scores = report.step(&name, |it| measure(kit, it, &url, preset, folder));
            scores.map(|scores| (preset, scores)).ok_or(format!("{name}: no figures"))
        })
        .collect()
}

fn start_server(kit: &Kit, folder: &Path) -> Result<(Running, String), String> {
    let log = folder.join("server.log");
    let errors = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    let mut command = kit.native(kit.places.server());
    command.args(["--listen", "127.0.0.1:0", "--data"]).arg(folder.join("data"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors);
    let mut running = proc::spawn(&mut command)
        .map_err(|error| format!("{} does not start: {error}", kit.places.server().display()))?;
    let line = first_line(running.take_stdout(), START);
    let url = line.as_deref().and_then(|line| line.trim().strip_prefix(OPEN));
    let url = url.ok_or_else(|| {
        format!("the server does not open\n  | {}", last_lines(&log, 15).join("\n  | "))
    })?;
    let url = url.to_owned();
    Ok((running, url))
}

fn measure(
    kit: &Kit,
    progress: &Progress<'_>,
    url: &str,
    preset: Preset,
    folder: &Path,
) -> Result<Scores, Failure> {
    let chromium =
        places::program(CHROMIUM).ok_or_else(|| Failure::new("Chromium is not installed"))?;
    let output = folder.join(format!("{}.json", preset.name()));
    let mut command = kit.native(npm::LIGHTHOUSE.program(&kit.places));
    command
        .args([url, "--quiet", "--output=json"])
        .arg(format!("--output-path={}", output.display()))
        .arg("--only-categories=performance,accessibility,best-practices")
        .arg("--chrome-flags=--headless --no-sandbox")
        .env("CHROME_PATH", chromium)
        // Where the browser puts its profile.
        .env("TMPDIR", folder);
    if preset == Preset::Desktop {
        command.arg("--preset=desktop");
    }
    Job::new(progress, &kit.places)?.limit(LIMIT).run(&mut command)?;
    let text =
        fs::read_to_string(&output).map_err(|error| Failure::io("cannot read", &output, &error))?;
    Scores::read(&text).ok_or_else(|| Failure::new("Lighthouse wrote no scores"))
}

impl Preset {
    fn name(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Mobile => "mobile",
        }
    }
}

impl Scores {
    /// Reads Lighthouse's report.
    fn read(report: &str) -> Option<Self> {
        let report: Value = serde_json::from_str(report).ok()?;
        let score = |category: &str| {
            let score = report["categories"][category]["score"].as_f64()?;
            Some((score.clamp(0.0, 1.0) * 100.0).round() as u64)
        };
        let paint = report["audits"]["largest-contentful-paint"]["displayValue"].as_str()?;
        Some(Self {
            performance: score("performance")?,
            accessibility: score("accessibility")?,
            best_practices: score("best-practices")?,
            // With a space that does not break.
            largest_paint: paint.replace('\u{a0}', " "),
        })
    }

    /// As the table of `cargo xtask bench app` has them.
    fn lines(&self, preset: Preset) -> String {
        let scores = [self.performance, self.accessibility, self.best_practices];
        let line = |(score, (what, aim)): (&u64, &(&str, u64))| {
            let what = format!("{}, {what}", preset.name());
            let reached = if score >= aim { "reached" } else { "NOT REACHED" };
            format!("  {what:<52} {score:>14}  {:<14} {reached}\n", format!("≥ {aim}"))
        };
        let what = format!("{}, the largest paint", preset.name());
        let paint = format!("  {what:<52} {:>14}\n", self.largest_paint);
        scores.iter().zip(&AIMS).map(line).chain([paint]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_scores_of_a_report() {
        let report = r#"{
            "categories": {
                "performance": { "score": 0.97 },
                "accessibility": { "score": 1 },
                "best-practices": { "score": 0.5 }
            },
            "audits": { "largest-contentful-paint": { "displayValue": "2.6\u00a0s" } }
        }"#;
        let scores = Scores::read(report).map(|scores| scores.lines(Preset::Mobile));
        let scores = scores.unwrap_or_default();
        let lines: Vec<Vec<&str>> =
            scores.lines().map(|line| line.split_whitespace().collect()).collect();
        let expected = [
            "mobile, performance 97 ≥ 95 reached",
            "mobile, accessibility 100 ≥ 100 reached",
            "mobile, best practices 50 ≥ 100 NOT REACHED",
            "mobile, the largest paint 2.6 s",
        ];
        assert_eq!(lines, expected.map(|line| line.split_whitespace().collect::<Vec<_>>()));
    }

    #[test]
    fn a_run_that_came_to_nothing_has_no_scores() {
        // Lighthouse writes null for a category that it could not measure.
        assert_eq!(Scores::read(r#"{"categories": {"performance": {"score": null}}}"#), None);
        assert_eq!(Scores::read(""), None);
    }
}
