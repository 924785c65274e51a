//! Chromium, headless, by way of chromedriver.

use std::path::Path;

use serde_json::json;

use super::{
    engine::{Driver, environment, object},
    looks::Looks,
};
use crate::{group::Group, settings, waiting::BOUND};

/// What every browser is started with.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

pub(super) async fn drive(name: &str, home: &Path, looks: Looks) -> Driver {
    let program = settings::path("PARLOUR_CHROMEDRIVER");
    let title = format!("{name}'s chromedriver");
    let group = Group::start(&title, program, ["--port=0"], |command| environment(command, home));
    let started = group.line("started successfully on port ", BOUND).await;
    let port = started.trim_end_matches('.').rsplit(' ').next().expect("a port");
    let url = format!("http://127.0.0.1:{port}");
    let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    flags.push(format!("--user-data-dir={}", home.join("profile").display()));
    flags.push(format!("--blink-settings={}", blink_settings(looks)));
    if looks.still {
        flags.push("--force-prefers-reduced-motion".to_owned());
    }
    if looks.touch {
        // On a phone they lie over the page.
        flags.push("--hide-scrollbars".to_owned());
    }
    let capabilities = object(json!({
        "goog:chromeOptions": { "binary": settings::path("PARLOUR_CHROMIUM"), "args": flags },
        "goog:loggingPrefs": { "browser": "ALL" },
    }));
    Driver { group, url, capabilities, display: None }
}

/// Settings of the engine that have no flag of their own. A headless Chromium has no pointing
/// device unless it is told of one. The numbers are those of Blink's `settings.json5`.
fn blink_settings(looks: Looks) -> String {
    let scheme = if looks.dark { 0 } else { 1 };
    // Of hover: none, hover. Of pointers: none, coarse, fine.
    let (hover, pointer) = if looks.touch { (1, 2) } else { (2, 4) };
    format!(
        "preferredColorScheme={scheme},primaryHoverType={hover},availableHoverTypes={hover},\
         primaryPointerType={pointer},availablePointerTypes={pointer}"
    )
}
