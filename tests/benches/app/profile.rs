//! What takes the page's time, as Chromium's profiler sees it.

use std::{env, fs};

use parlour_tests::page::Page;
use serde_json::json;

/// Names the file to write, if one is wanted.
const VARIABLE: &str = "PARLOUR_BENCH_PROFILE";

pub(crate) async fn begin(page: &Page) {
    if env::var_os(VARIABLE).is_some() {
        page.ask_chromium("Profiler.enable").await;
        let interval = json!({ "interval": 500 });
        page.ask_chromium_with("Profiler.setSamplingInterval", interval).await;
        page.ask_chromium("Profiler.start").await;
    }
}

pub(crate) async fn end(page: &Page) {
    if let Some(path) = env::var_os(VARIABLE) {
        let stopped = page.ask_chromium("Profiler.stop").await;
        fs::write(path, stopped["profile"].to_string()).expect("the profile is written");
    }
}
