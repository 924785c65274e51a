//! Headless Chromium, by way of its WebDriver server.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
};

use fantoccini::ClientBuilder;
use futures_util::FutureExt;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::sync::Semaphore;

use crate::{
    group::Group,
    page::Page,
    settings,
    waiting::{BOUND, within},
};

/// Two pages of one test are what two cores can take; a third would slow all of them down until
/// bounds break.
static TURN: Semaphore = Semaphore::const_new(1);

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

/// A WebDriver server and the pages that were opened through it.
#[derive(Debug)]
pub struct Browser {
    driver: Group,
    url: String,
    /// Profiles, and whatever else browsers write to the home folder.
    home: TempDir,
    pages: Mutex<Vec<Page>>,
}

/// Runs a test that needs a browser, when it is its turn. If the test fails, what the pages show
/// goes into `pictures` first.
///
/// # Panics
/// If the test does.
pub async fn with_browser(pictures: &str, test: impl AsyncFnOnce(&Browser)) {
    let _turn = TURN.acquire().await.expect("it is never closed");
    let browser = Browser::start().await;
    let outcome = AssertUnwindSafe(test(&browser)).catch_unwind().await;
    let pages = std::mem::take(&mut *browser.lock());
    if let Err(panic) = outcome {
        for (number, page) in pages.iter().enumerate() {
            page.show(&picture(pictures, number)).await;
        }
        resume_unwind(panic);
    }
    for page in pages {
        page.close().await;
    }
}

impl Browser {
    async fn start() -> Self {
        let home = TempDir::new().expect("a temporary folder");
        let driver = Group::start(
            "chromedriver",
            settings::path("PARLOUR_CHROMEDRIVER"),
            ["--port=0"],
            |command| {
                command.env("HOME", home.path());
            },
        );
        let started = driver.line("started successfully on port ", BOUND).await;
        let port = started.trim_end_matches('.').rsplit(' ').next().expect("a port");
        let url = format!("http://127.0.0.1:{port}");
        Self { driver, url, home, pages: Mutex::default() }
    }

    /// Opens a URL in a browser of its own, with an empty profile.
    ///
    /// # Panics
    /// If the browser does not start.
    pub async fn open(&self, name: &str, url: &str) -> Page {
        let profile = format!("--user-data-dir={}", self.home.path().join(name).display());
        let flags = FLAGS.iter().map(|flag| (*flag).to_owned()).chain([profile]);
        let capabilities = json!({
            "goog:chromeOptions": {
                "binary": settings::path("PARLOUR_CHROMIUM"),
                "args": flags.collect::<Vec<_>>(),
            },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("it is written above") };
        let client = within("a browser", connect(&self.url, capabilities)).await;
        let page = Page::new(name, client, &self.url).await;
        self.lock().push(page.clone());
        page.goto(url).await;
        page
    }

    /// The process group of the driver and its browsers.
    pub fn group(&self) -> Option<u32> {
        self.driver.id()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Page>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn connect(driver: &str, capabilities: Map<String, Value>) -> fantoccini::Client {
    ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities)
        .connect(driver)
        .await
        .unwrap_or_else(|error| panic!("no browser: {error}"))
}

/// A file for a picture of a failed test's page.
fn picture(folder: &str, number: usize) -> PathBuf {
    let test = thread::current().name().unwrap_or("test").replace("::", "-");
    Path::new(folder).join(format!("{test}-{number}.png"))
}
