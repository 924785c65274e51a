//! A page in a window of a browser: what any page can be asked and told. What is Parlour's own is in
//! [`Page`](crate::page::Page).

use std::{fs, path::PathBuf, sync::Arc};

use fantoccini::{
    Locator,
    actions::KeyActions,
    elements::Element,
    error::{CmdError, ErrorStatus},
    wd::WindowHandle,
};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    engine::Engine,
    keys,
    looks::Looks,
    session::{Session, Turn},
};
use crate::{
    settings,
    waiting::{BOUND, wait_for, within},
};

/// Collects what a page complains of, in an engine that tells nobody else.
const WATCH: &str = "
    const list = window.__complaints = [];
    const text = (it) => it instanceof Error ? `${it}` : typeof it === 'string' ? it
        : JSON.stringify(it) ?? String(it);
    addEventListener('error', (event) => list.push(`${event.error ?? event.message}`));
    addEventListener('unhandledrejection', (event) => list.push(`unhandled: ${event.reason}`));
    document.addEventListener('securitypolicyviolation', (event) => list.push(
        `Content Security Policy: ${event.violatedDirective} refused ${event.blockedURI}`));
    const say = console.error;
    console.error = (...parts) => {
        list.push(parts.map(text).join(' '));
        say.apply(console, parts);
    };";

/// Gives what [`WATCH`] collected, and forgets it.
const COLLECTED: &str = "return window.__complaints?.splice(0) ?? [];";

/// Makes the page believe what it is told of the network and of who looks at it. Scripts ask
/// `navigator.onLine`, and listen.
const BELIEVE: &str = "
    const [online, seen] = arguments;
    const set = (object, name, value) =>
        Object.defineProperty(object, name, { configurable: true, get: () => value });
    if (online !== null) {
        set(navigator, 'onLine', online);
        window.dispatchEvent(new Event(online ? 'online' : 'offline'));
    }
    if (seen !== null) {
        set(document, 'hidden', !seen);
        set(document, 'visibilityState', seen ? 'visible' : 'hidden');
        document.hasFocus = () => seen;
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
        window.dispatchEvent(new Event(seen ? 'focus' : 'blur'));
    }";

/// Waits until the page has heard what has just happened to its window, in the next frame; or for a
/// moment, where nobody sees the window and it has none.
const TOLD: &str = "
    const frame = new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const moment = new Promise((done) => setTimeout(done, 200));
    return Promise.race([frame, moment]).then(() => true);";

const FOCUSED: &str = "
    const it = document.activeElement;
    if (!it || it === document.body) return '';
    return it.id ? `#${it.id}` : it.getAttribute('aria-label') ?? it.textContent.trim();";

/// A window with a page. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Tab {
    name: String,
    session: Arc<Session>,
    window: WindowHandle,
}

impl Tab {
    /// Takes the browser's first window, or opens another one; it is empty.
    pub(super) async fn open(
        name: &str,
        session: Arc<Session>,
        looks: Looks,
        is_first: bool,
    ) -> Self {
        let window =
            if is_first { session.first_window().await } else { session.new_window().await };
        let tab = Self { name: name.to_owned(), session, window };
        tab.resize(looks.width, looks.height).await;
        tab
    }

    /// The name of whoever has it before them; with a number, from their second window on.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The engine that shows it.
    pub fn engine(&self) -> Engine {
        self.session.engine
    }

    /// Goes to a URL.
    ///
    /// # Panics
    /// If the page does not load.
    pub async fn goto(&self, url: &str) {
        let loaded = self.load(async || self.session.client.goto(url).await).await;
        loaded.unwrap_or_else(|error| panic!("{} to load {url}: {error}", self.name));
    }

    /// Goes to a URL, and tells whether there was anything.
    pub async fn finds(&self, url: &str) -> bool {
        self.load(async || self.session.client.goto(url).await).await.is_ok()
    }

    /// Loads the page again, as the person does.
    ///
    /// # Panics
    /// If it does not load.
    pub async fn reload(&self) {
        let loaded = self.load(async || self.session.client.refresh().await).await;
        loaded.unwrap_or_else(|error| panic!("{} to load the page again: {error}", self.name));
    }

    async fn load(&self, load: impl AsyncFnOnce() -> Result<(), CmdError>) -> Result<(), CmdError> {
        let turn = self.turn().await;
        if self.engine() == Engine::WebKit {
            let collected = self.execute(&turn, COLLECTED, Vec::new()).await;
            self.session.keep(strings(&collected));
        }
        within(&format!("{} to load a page", self.name), load()).await?;
        if self.engine() == Engine::WebKit {
            // Not earlier, which the driver would allow with another `pageLoadStrategy`: a script
            // that the change of pages overtakes is never answered, nor is anything after it.
            self.execute(&turn, WATCH, Vec::new()).await;
            // Without a window manager no window is sure to have the focus.
            self.execute(&turn, BELIEVE, vec![Value::Null, json!(true)]).await;
        }
        Ok(())
    }

    /// From here on everything is done in the page's first frame, for as long as nothing is done in
    /// another window of the browser.
    ///
    /// # Panics
    /// If there is none.
    pub async fn enter_frame(&self) {
        let _turn = self.turn().await;
        wait_for(&format!("{} to have a frame", self.name), async || {
            self.session.client.enter_frame(0).await
        })
        .await;
    }

    /// From here on everything is done in the page around the frame again.
    ///
    /// # Panics
    /// If the browser does not do it.
    pub async fn leave_frame(&self) {
        let _turn = self.turn().await;
        let left = within("the page", self.session.client.enter_parent_frame()).await;
        left.unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    /// Asks Chromium itself something (the DevTools protocol); gives the answer.
    ///
    /// # Panics
    /// If it does not answer, or is another engine.
    pub async fn ask_chromium(&self, command: &str) -> Value {
        self.ask_chromium_with(command, json!({})).await
    }

    /// As [`Tab::ask_chromium`], with parameters.
    ///
    /// # Panics
    /// If it does not answer, or is another engine.
    pub async fn ask_chromium_with(&self, command: &str, parameters: Value) -> Value {
        assert_eq!(self.engine(), Engine::Chromium, "nobody else is asked so");
        let _turn = self.turn().await;
        self.session.devtools(command, parameters).await
    }

    /// Gives the page another size, in CSS pixels, and waits until it has it and has been told.
    ///
    /// # Panics
    /// If it does not get it: 320 pixels is the narrowest everywhere.
    pub async fn resize(&self, width: u32, height: u32) {
        let turn = self.turn().await;
        self.session.resize(&turn, width, height).await;
        let what = format!("{} to be {width} by {height}", self.name);
        wait_for(&what, async || {
            let size = self.execute(&turn, "return [innerWidth, innerHeight];", Vec::new()).await;
            if size == json!([width, height]) { Ok(()) } else { Err(size) }
        })
        .await;
        self.execute(&turn, TOLD, Vec::new()).await;
    }

    /// Runs a function body of JavaScript; gives what it returns, or what the promise comes to that
    /// it returns.
    ///
    /// # Panics
    /// If it throws.
    pub async fn run(&self, script: &str) -> Value {
        self.run_with(script, Vec::new()).await
    }

    /// As [`Tab::run`], with `arguments`.
    ///
    /// # Panics
    /// If it throws.
    pub async fn run_with(&self, script: &str, arguments: Vec<Value>) -> Value {
        let turn = self.turn().await;
        self.execute(&turn, script, arguments).await
    }

    /// What the pages of this browser complained of since the last call: errors of their own, what
    /// they wrote with `console.error`, and what the Content-Security-Policy stopped. Chromium and
    /// Firefox tell, Chromium also of requests that failed. In WebKit a script collects it, which
    /// comes into the page once that is loaded: what went wrong before is not told of there, nor
    /// is what goes wrong after the page has by itself gone to another.
    ///
    /// # Panics
    /// If the browser does not say.
    pub async fn complaints(&self) -> Vec<String> {
        let mut complaints = self.session.told().await;
        if self.engine() == Engine::WebKit {
            let client = &self.session.client;
            let windows = within("the windows", client.windows()).await.expect("windows");
            for window in windows {
                let turn = self.session.turn_to(&window).await;
                complaints.extend(strings(&self.execute(&turn, COLLECTED, Vec::new()).await));
            }
        }
        complaints
    }

    /// Clicks the first element that fits a CSS selector, when it is there and nothing lies over it.
    ///
    /// # Panics
    /// If it does not come, or cannot be clicked.
    pub async fn click(&self, selector: &str) {
        self.using(selector, async |_, element| element.click().await).await;
    }

    /// Writes into a field, behind what is in it.
    ///
    /// # Panics
    /// If it cannot be written in.
    pub async fn type_into(&self, selector: &str, text: &str) {
        self.using(selector, async |turn, element| {
            // Nothing to type is an error in WebKitWebDriver.
            if text.is_empty() {
                return Ok(());
            }
            // WebKitWebDriver drops what has no key of its own, such as emoji; but not as actions.
            if self.engine() == Engine::WebKit && text.chars().any(|it| it > '\u{ffff}') {
                element.click().await?;
                self.act(turn, keys::text(text)).await;
                return Ok(());
            }
            element.send_keys(text).await
        })
        .await;
    }

    /// Empties a field.
    ///
    /// # Panics
    /// If there is none.
    pub async fn clear(&self, selector: &str) {
        self.using(selector, async |_, element| element.clear().await).await;
    }

    /// Writes with the keyboard, wherever the focus is.
    pub async fn write(&self, text: &str) {
        let turn = self.turn().await;
        self.act(&turn, keys::text(text)).await;
    }

    /// Presses a key, wherever the focus is, with others that are held: `Tab`, `Shift+Tab`,
    /// `Control+k`, `ArrowDown`. The names are those of `KeyboardEvent.key`.
    ///
    /// # Panics
    /// If there is no such key.
    pub async fn press(&self, stroke: &str) {
        let turn = self.turn().await;
        self.act(&turn, keys::stroke(stroke)).await;
    }

    /// What has the focus: its id, as `#id`, or its label, or its text; empty if nothing has it.
    pub async fn focused(&self) -> String {
        self.run(FOCUSED).await.as_str().unwrap_or_default().to_owned()
    }

    /// Presses a key, most often `Tab`, until what [`Tab::focused`] gives is this.
    ///
    /// # Panics
    /// If it does not come within a hundred strokes.
    pub async fn press_until(&self, stroke: &str, focused: &str) {
        let mut passed = Vec::new();
        for _ in 0..100 {
            self.press(stroke).await;
            let now = self.focused().await;
            if now == focused {
                return;
            }
            passed.push(now);
        }
        panic!("{}: {stroke} does not lead to {focused:?}, but to {passed:?}", self.name);
    }

    /// Makes the page believe that the network went or came: what it is told by the browser, not
    /// what becomes of connections. For those there is [`Line`](crate::line::Line). It holds until
    /// the page is loaded again.
    pub async fn told_online(&self, online: bool) {
        self.run_with(BELIEVE, vec![json!(online), Value::Null]).await;
    }

    /// Makes the page believe that the person looks at something else: it is hidden and has not the
    /// focus. Engines differ in what they hide when nobody is there to see it. It holds until
    /// [`Tab::look_back`], or until the page is loaded again. In WebKit every page believes from
    /// the start that it is looked at.
    pub async fn look_away(&self) {
        self.run_with(BELIEVE, vec![Value::Null, json!(false)]).await;
    }

    /// The person looks at it again.
    pub async fn look_back(&self) {
        self.run_with(BELIEVE, vec![Value::Null, json!(true)]).await;
    }

    /// Brings its window in front of the browser's others, so that it has the focus. Where no
    /// window manager is, in WebKit, the youngest window has it, whatever is done.
    pub async fn to_the_front(&self) {
        let turn = self.turn().await;
        self.session.to_the_front(&turn).await;
    }

    /// Closes the window. The browser goes on, if with an empty window.
    ///
    /// # Panics
    /// If it does not close.
    pub async fn close(&self) {
        self.session.close(&self.window).await;
    }

    /// Whether its window is still there; not, if the browser does not say.
    pub(super) async fn is_open(&self) -> bool {
        let windows = timeout(BOUND, self.session.client.windows()).await;
        matches!(windows, Ok(Ok(windows)) if windows.contains(&self.window))
    }

    /// A picture of what is seen, as PNG.
    ///
    /// # Panics
    /// If there is none.
    pub async fn picture(&self) -> Vec<u8> {
        let _turn = self.turn().await;
        let picture = within("a picture", self.session.client.screenshot()).await;
        picture.unwrap_or_else(|error| panic!("{}: no picture: {error}", self.name))
    }

    /// Takes a picture and puts it where people look at them:
    /// `target/screenshots/ENGINE-NAME.png`.
    ///
    /// # Panics
    /// If it cannot be written.
    pub async fn shot(&self, name: &str) -> PathBuf {
        let folder = settings::workspace().join("target/screenshots");
        let path = folder.join(format!("{}-{name}.png", self.engine().name()));
        let picture = self.picture().await;
        let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, picture));
        written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }

    /// Waits until there is something to read in the first element that fits a CSS selector.
    pub async fn reads(&self, selector: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.textContent ?? '';";
        wait_for(&format!("{} to have text in {selector}", self.name), async || {
            let text = self.run_with(script, vec![json!(selector)]).await;
            let text = text.as_str().unwrap_or_default().trim().to_owned();
            if text.is_empty() { Err("nothing") } else { Ok(text) }
        })
        .await
    }

    async fn turn(&self) -> Turn<'_> {
        self.session.turn_to(&self.window).await
    }

    /// Waits for an element and does something with it. From when it is found until it is used, it
    /// may be drawn anew, and for a while something may lie over it that passes, such as a drawer on
    /// its way or a notice: then it is tried again.
    async fn using(
        &self,
        selector: &str,
        act: impl AsyncFn(&Turn<'_>, Element) -> Result<(), CmdError>,
    ) {
        wait_for(&format!("{} to have {selector}", self.name), async || {
            let turn = self.turn().await;
            let element = self.session.client.find(Locator::Css(selector)).await?;
            match act(&turn, element).await {
                Err(error) if !may_pass(&error) => panic!("{}: {selector}: {error}", self.name),
                acted => acted,
            }
        })
        .await;
    }

    async fn act(&self, _turn: &Turn<'_>, actions: KeyActions) {
        let acted = within("keys", self.session.client.perform_actions(actions)).await;
        acted.unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    async fn execute(&self, _turn: &Turn<'_>, script: &str, arguments: Vec<Value>) -> Value {
        let result = self.try_execute(script, arguments).await;
        result.unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    async fn try_execute(&self, script: &str, arguments: Vec<Value>) -> Result<Value, CmdError> {
        within("a script", self.session.client.execute(script, arguments)).await
    }
}

/// Whether an element may yet let be done with it what it did not.
fn may_pass(error: &CmdError) -> bool {
    let CmdError::Standard(told) = error else {
        return false;
    };
    matches!(
        told.error,
        ErrorStatus::StaleElementReference
            | ErrorStatus::ElementClickIntercepted
            | ErrorStatus::ElementNotInteractable
    )
}

fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|it| Some(it.as_str()?.to_owned())).collect()
}
