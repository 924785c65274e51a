//! A WebDriver session: a driver with its one browser, and the windows in it.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, wd::WindowHandle};
use hyper::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::{
    bidi::Bidi,
    display::Display,
    engine::{Driver, Engine},
    looks::Looks,
};
use crate::{
    group::Group,
    http,
    waiting::{within, within_bound},
};

/// How long a browser may take to start, with two others at it and a compiler beside them.
const START: Duration = Duration::from_secs(60);

/// A running browser. It is killed on drop, with its driver and its display.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) engine: Engine,
    pub(super) client: Client,
    /// See [`Looks::scale`].
    scale: u32,
    /// Where the driver has this session.
    url: String,
    /// The window that commands go to.
    current: tokio::sync::Mutex<WindowHandle>,
    /// What pages complained of that are gone by now.
    kept: Mutex<Vec<String>>,
    /// In Firefox.
    bidi: Option<Bidi>,
    driver: Group,
    /// Behind the driver: it goes last.
    _display: Option<Display>,
}

/// While it is there, commands go to one window.
pub(super) type Turn<'a> = tokio::sync::MutexGuard<'a, WindowHandle>;

impl Session {
    pub(super) async fn start(engine: Engine, name: &str, home: &Path, looks: Looks) -> Self {
        let Driver { group, url, capabilities, display } = engine.drive(name, home, looks).await;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let connect = builder.capabilities(capabilities).connect(&url);
        let client = within_bound("a browser", START, connect).await;
        let client = client.unwrap_or_else(|error| panic!("no browser: {error}"));
        let id = client.session_id().await.expect("a session").expect("a session with an id");
        let offered = client.capabilities().and_then(|it| it.get("webSocketUrl"));
        let bidi = match offered.and_then(Value::as_str) {
            Some(socket) => Some(Bidi::connect(socket).await),
            None => None,
        };
        let first = within("the first window", client.window()).await.expect("a window");
        Self {
            engine,
            client,
            scale: looks.scale,
            url: format!("{url}/session/{id}"),
            current: tokio::sync::Mutex::new(first),
            kept: Mutex::default(),
            bidi,
            driver: group,
            _display: display,
        }
    }

    /// Turns to a window, and stays with it until what comes back is dropped.
    ///
    /// # Panics
    /// If the window is not there any more.
    pub(super) async fn turn_to(&self, window: &WindowHandle) -> Turn<'_> {
        let mut current = self.current.lock().await;
        if *current != *window {
            let turned = within("a window", self.client.switch_to_window(window.clone())).await;
            turned.unwrap_or_else(|error| panic!("the window is gone: {error}"));
            current.clone_from(window);
        }
        current
    }

    /// The window that came with the browser, as long as no other was opened.
    pub(super) async fn first_window(&self) -> WindowHandle {
        self.current.lock().await.clone()
    }

    /// Opens another one, which is empty.
    ///
    /// # Panics
    /// If it does not open.
    pub(super) async fn new_window(&self) -> WindowHandle {
        let _turn = self.current.lock().await;
        let opened = within("another window", self.client.new_window(false)).await;
        opened.unwrap_or_else(|error| panic!("no other window: {error}")).handle
    }

    /// Closes a window; the browser goes on, with an empty window if this was the last one.
    ///
    /// # Panics
    /// If it does not close.
    pub(super) async fn close(&self, window: &WindowHandle) {
        let handles = within("the windows", self.client.windows()).await.expect("windows");
        if handles.len() == 1 {
            self.new_window().await;
        }
        let mut turn = self.turn_to(window).await;
        within("a window to close", self.client.close_window()).await.expect("it is open");
        // Whichever is left: no command may go to one that is closed.
        let left = within("the windows", self.client.windows()).await.expect("windows");
        let left = left.into_iter().find(|other| other != window).expect("another window");
        within("a window", self.client.switch_to_window(left.clone())).await.expect("it is there");
        *turn = left;
    }

    /// Gives a window's page a size.
    ///
    /// # Panics
    /// If the browser cannot.
    pub(super) async fn resize(&self, turn: &Turn<'_>, width: u32, height: u32) {
        match self.engine {
            // A headless window is at least 500 pixels wide; a page need not be.
            Engine::Chromium => {
                let size = json!({
                    "width": width, "height": height, "deviceScaleFactor": self.scale, "mobile": false,
                });
                self.devtools("Emulation.setDeviceMetricsOverride", size).await;
            }
            // Here at least 450.
            Engine::Firefox => {
                let size = json!({
                    "context": String::from((**turn).clone()),
                    "viewport": { "width": width, "height": height },
                    "devicePixelRatio": self.scale,
                });
                let bidi = self.bidi.as_ref().expect("Firefox has it");
                bidi.ask("browsingContext.setViewport", size).await;
            }
            // The window is a little higher than the page, by a tool bar.
            Engine::WebKit => {
                let around = self.client.execute("return innerHeight;", Vec::new()).await;
                let (_, outer) = self.client.get_window_size().await.expect("the window's size");
                let inner = around.ok().and_then(|it| it.as_u64()).expect("the page's size");
                let bar = u32::try_from(outer.saturating_sub(inner)).unwrap_or_default();
                let set = self.client.set_window_size(width, height + bar).await;
                set.unwrap_or_else(|error| panic!("no window of {width} pixels: {error}"));
            }
        }
    }

    /// A command of Chromium's DevTools; gives its answer.
    ///
    /// # Panics
    /// If it fails.
    pub(super) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).await
    }

    /// Brings the window that commands go to in front of the others.
    pub(super) async fn to_the_front(&self, _turn: &Turn<'_>) {
        if self.engine == Engine::Chromium {
            self.devtools("Page.bringToFront", json!({})).await;
        }
    }

    /// What the browser says it is about what its pages did, since the last call; nothing in
    /// WebKit, which tells nobody.
    pub(super) async fn told(&self) -> Vec<String> {
        let mut told = std::mem::take(&mut *self.kept());
        match self.engine {
            Engine::Chromium => {
                let entries = self.post("se/log", &json!({ "type": "browser" })).await;
                let entries = entries.as_array().cloned().unwrap_or_default();
                let severe = entries.iter().filter(|entry| entry["level"] == "SEVERE");
                told.extend(severe.map(|entry| entry["message"].to_string()));
            }
            Engine::Firefox => told.extend(self.bidi.as_ref().expect("Firefox has it").errors()),
            Engine::WebKit => {}
        }
        told
    }

    /// Keeps what a page complained of that goes now.
    pub(super) fn keep(&self, complaints: Vec<String>) {
        self.kept().extend(complaints);
    }

    /// Closes all windows and ends the browser in the orderly way, in which it stores everything.
    ///
    /// # Panics
    /// If it does not end.
    pub(super) async fn quit(&self) {
        let closed = within("the end of the browser", self.client.clone().close()).await;
        closed.unwrap_or_else(|error| panic!("the browser does not end: {error}"));
    }

    pub(super) fn group(&self) -> Option<u32> {
        self.driver.id()
    }

    /// A command that is not one of WebDriver's own; gives its value.
    async fn post(&self, command: &str, body: &Value) -> Value {
        let url = format!("{}/{command}", self.url);
        let json = [("content-type", "application/json")];
        let answer = http::ask(Method::POST, &url, &json, &body.to_string()).await;
        assert!(answer.status.is_success(), "{command}: {}", answer.text());
        let mut answer: Value = serde_json::from_slice(&answer.body).expect("JSON");
        answer["value"].take()
    }

    fn kept(&self) -> MutexGuard<'_, Vec<String>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
