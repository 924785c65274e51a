//! Browsers of three engines, each by way of its WebDriver server: Chromium, Firefox, and WebKit in
//! WebKitGTK's MiniBrowser.
//!
//! A scenario is written once, against [`Browsers`], and [`in_every_browser!`] makes a test of it for
//! each engine. What an engine does in a way of its own is in its module and in `tab`; what it
//! cannot do at all is in [`abilities`], with the reason.
//!
//! [`in_every_browser!`]: crate::in_every_browser

pub mod abilities;
mod axe;
mod bidi;
mod chromium;
mod display;
mod engine;
mod firefox;
mod fitness;
mod keys;
mod looks;
mod session;
mod tab;
mod webkit;

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use futures_util::{FutureExt, future::join_all};
use tempfile::TempDir;
use tokio::{sync::Semaphore, time::sleep};

use crate::{kept::keeping, page::Page};

pub use axe::Finding;
pub use engine::Engine;
pub use looks::Looks;
pub use tab::Tab;

use session::Session;

/// Tests that have browsers, at a time. Two keep two cores busy; a third would slow all of them down
/// until bounds break.
static TURN: Semaphore = Semaphore::const_new(2);

/// Makes three tests of each scenario, an `async fn(&Browsers)` of the same module: `chromium`,
/// `firefox` and `webkit`, in a module of the scenario's name. So `cargo test ::webkit` runs those
/// of one engine.
///
/// A scenario that needs what not every engine has says so, and is ignored there, with the reason
/// that [`browser::abilities`](crate::browser::abilities) gives:
///
/// ```ignore
/// in_every_browser!(two_people_talk, the_outbox_survives needs profiles);
/// ```
#[macro_export]
macro_rules! in_every_browser {
    ($($scenario:ident $(needs $ability:ident)?),+ $(,)?) => {$(
        mod $scenario {
            $crate::in_every_browser!(@may $($ability,)? chromium, Chromium, $scenario);
            $crate::in_every_browser!(@may $($ability,)? firefox, Firefox, $scenario);
            $crate::in_every_browser!(@may $($ability,)? webkit, WebKit, $scenario);
        }
    )+};
    (@may $name:ident, $engine:ident, $scenario:ident) => {
        $crate::in_every_browser!(@test $name, $engine, $scenario);
    };
    (@may $ability:ident, $name:ident, $engine:ident, $scenario:ident) => {
        $crate::where_it_can!($ability, $name, $engine, $scenario);
    };
    (@test $name:ident, $engine:ident, $scenario:ident $(, $ignored:meta)?) => {
        $(#[$ignored])?
        #[tokio::test]
        async fn $name() {
            let pictures = env!("CARGO_TARGET_TMPDIR");
            let engine = $crate::browser::Engine::$engine;
            $crate::browser::with_browsers(engine, pictures, super::$scenario).await;
        }
    };
}

/// Runs a test that needs browsers, when it is its turn. If the test fails, what the pages show
/// goes into the folder `pictures` first.
///
/// # Panics
/// If the test does.
pub async fn with_browsers(engine: Engine, pictures: &str, test: impl AsyncFnOnce(&Browsers)) {
    let _turn = TURN.acquire().await.expect("it is never closed");
    let browsers = Browsers::new(engine);
    keeping(async {
        let outcome = AssertUnwindSafe(test(&browsers)).catch_unwind().await;
        if let Err(panic) = outcome {
            browsers.show(pictures).await;
            // The browsers go while that unwinds: then their drivers' output is shown.
            resume_unwind(panic);
        }
    })
    .await;
    browsers.end().await;
}

/// The browsers of one test, all of one engine.
#[derive(Debug)]
pub struct Browsers {
    engine: Engine,
    /// Profiles, and whatever else browsers write to the home folder.
    home: TempDir,
    started: Mutex<Vec<Browser>>,
}

impl Browsers {
    fn new(engine: Engine) -> Self {
        let home = TempDir::new().expect("a temporary folder");
        Self { engine, home, started: Mutex::default() }
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Opens a URL in a browser of its own, with an empty profile: what one person has before them.
    ///
    /// # Panics
    /// If the browser does not start.
    pub async fn open(&self, name: &str, url: &str) -> Page {
        self.start(name, Looks::default()).await.open(url).await
    }

    /// Opens a URL for several people at once, as [`Browsers::open`] does for one.
    ///
    /// # Panics
    /// If one of the browsers does not start.
    pub async fn open_for<const PEOPLE: usize>(
        &self,
        names: [&str; PEOPLE],
        url: &str,
    ) -> [Page; PEOPLE] {
        let pages = join_all(names.map(|name| self.open(name, url))).await;
        pages.try_into().expect("a page for each")
    }

    /// Starts a browser with an empty profile of its own. `name` names its person, and no other's.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start(&self, name: &str, looks: Looks) -> Browser {
        let home = self.home.path().join(name);
        std::fs::create_dir(&home).expect("a name that no other browser of the test has");
        let browser = Browser {
            name: name.to_owned(),
            engine: self.engine,
            looks,
            home,
            state: Arc::default(),
        };
        browser.launch().await;
        self.lock().push(browser.clone());
        browser
    }

    /// Takes a picture of each page that is open, and tells what is in it.
    async fn show(&self, pictures: &str) {
        let started = self.lock().clone();
        let pages = started.iter().flat_map(|browser| browser.lock().pages.clone());
        for (number, page) in pages.enumerate() {
            if page.is_open().await {
                page.show(&picture(pictures, number)).await;
            }
        }
    }

    /// Kills what still runs: it is a good deal quicker than to close it, and nobody comes back.
    async fn end(self) {
        let Self { home, started, .. } = self;
        drop(started);
        // Who was killed may still be writing for a moment; what is left then is left.
        for _ in 0..100 {
            if std::fs::remove_dir_all(home.path()).is_ok() {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Browser>> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One person's browser, with one profile. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Browser {
    name: String,
    engine: Engine,
    looks: Looks,
    home: PathBuf,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// None while it is not running.
    session: Option<Arc<Session>>,
    /// What was opened since it was started, for a look at them when the test fails.
    pages: Vec<Page>,
    /// Whether its first window, which comes with it, is in use.
    first_is_taken: bool,
}

impl Browser {
    /// Opens a URL in a window of its own. Windows of one browser share a profile, as tabs do;
    /// they are no tabs, for a tab behind another one is slowed down, and hidden in some engines
    /// only. See [`Tab::look_away`].
    ///
    /// # Panics
    /// If it does not open.
    pub async fn open(&self, url: &str) -> Page {
        let (session, number, first) = {
            let mut state = self.lock();
            let session = state.session.clone().expect("the browser runs");
            let first = !std::mem::replace(&mut state.first_is_taken, true);
            (session, state.pages.len() + 1, first)
        };
        let name = if number == 1 { self.name.clone() } else { format!("{}-{number}", self.name) };
        let page = Page::new(Tab::open(&name, session, self.looks, first).await);
        self.lock().pages.push(page.clone());
        page.goto(url).await;
        page
    }

    /// Closes all windows, as a person who shuts the machine down. The profile stays.
    ///
    /// # Panics
    /// If it does not end.
    pub async fn quit(&self) {
        let session = {
            let mut state = self.lock();
            state.pages.clear();
            state.first_is_taken = false;
            state.session.take()
        };
        session.expect("the browser runs").quit().await;
    }

    /// Starts it again with its profile, after [`Browser::quit`].
    ///
    /// # Panics
    /// In an engine that keeps no profile: a scenario with this [needs](abilities) `profiles`.
    pub async fn start_again(&self) {
        assert!(self.engine.keeps_profiles(), "{:?} keeps no profile", self.engine);
        self.launch().await;
    }

    /// The process group of the driver and the browser.
    ///
    /// # Panics
    /// If it is not running.
    pub fn group(&self) -> Option<u32> {
        self.lock().session.as_ref().expect("the browser runs").group()
    }

    async fn launch(&self) {
        let session = Session::start(self.engine, &self.name, &self.home, self.looks).await;
        self.lock().session = Some(Arc::new(session));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file for a picture of a failed test's page.
fn picture(folder: &str, number: usize) -> PathBuf {
    let test = thread::current().name().unwrap_or("test").replace("::", "-");
    Path::new(folder).join(format!("{test}-{number}.png"))
}
