//! What Lighthouse says of the page, as somebody gets it who comes for the first time.

use std::env;
use std::fmt;
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::build;
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

/// Builds what is shipped, starts it, and prints what Lighthouse says of its first page.
pub(crate) fn run(kit: &Kit) -> Result<(), String> {
    let report = Report::new();
    build::build(kit, &report)?;
    let folder = env::temp_dir().join(format!("parlour-lighthouse-{}", std::process::id()));
    let measured = measure_all(kit, &report, &folder);
    // It is only in the way.
    let _ = places::remove_folder(&folder);
    for (preset, scores) in measured? {
        println!("{:<8} {scores}", preset.name());
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
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { performance, accessibility, best_practices, largest_paint } = self;
        write!(f, "performance {performance}, accessibility {accessibility}, ")?;
        write!(f, "best practices {best_practices}; largest paint after {largest_paint}")
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
        let scores = Scores::read(report).map(|scores| scores.to_string());
        let text =
            "performance 97, accessibility 100, best practices 50; largest paint after 2.6 s";
        assert_eq!(scores.as_deref(), Some(text));
    }

    #[test]
    fn a_run_that_came_to_nothing_has_no_scores() {
        // Lighthouse writes null for a category that it could not measure.
        assert_eq!(Scores::read(r#"{"categories": {"performance": {"score": null}}}"#), None);
        assert_eq!(Scores::read(""), None);
    }
}
