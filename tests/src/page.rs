//! The app in a browser, as a person uses it.

use std::{fs, panic::AssertUnwindSafe, path::Path, time::Duration};

use fantoccini::{Client, Locator};
use futures_util::FutureExt;
use hyper::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    http,
    waiting::{BOUND, wait_for, wait_for_bound, within},
};

/// Gives the rows of the message list, as [`Row`]s.
const ROWS: &str = "
    const text = (row, part) => row.querySelector(part)?.textContent ?? '';
    return [...document.querySelectorAll('[data-message-id]')].map((row) => ({
        id: row.dataset.messageId,
        state: row.dataset.state,
        author: text(row, '.author'),
        body: text(row, '.body'),
    }));";

const CONNECTION: &str = "return document.querySelector('#connection')?.dataset.state ?? 'absent';";

/// A message as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// The message's id.
    pub id: String,
    /// `sent`, `sending` or `failed`.
    pub state: String,
    /// Who wrote it.
    pub author: String,
    /// What it says.
    pub body: String,
}

/// A page. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Page {
    name: String,
    client: Client,
    /// Where the driver has this session.
    session: String,
}

impl Page {
    pub(crate) async fn new(name: &str, client: Client, driver: &str) -> Self {
        let id = client.session_id().await.expect("a session").expect("a session with an id");
        Self { name: name.to_owned(), client, session: format!("{driver}/session/{id}") }
    }

    /// Goes to a URL.
    ///
    /// # Panics
    /// If the page does not load.
    pub async fn goto(&self, url: &str) {
        let loaded = within(url, self.client.goto(url)).await;
        loaded.unwrap_or_else(|error| panic!("{}: {url}: {error}", self.name));
    }

    /// Comes in under a nickname, and waits until the room is there and the line stands.
    pub async fn enter(&self, nickname: &str) {
        self.try_to_enter(nickname).await;
        self.line_is("connected").await;
    }

    /// Tries to come in under a nickname.
    pub async fn try_to_enter(&self, nickname: &str) {
        self.type_into("#nickname", nickname).await;
        self.click("#enter").await;
    }

    /// Tries again, under another one.
    ///
    /// # Panics
    /// If there is nothing to write it in.
    pub async fn try_again_as(&self, nickname: &str) {
        let cleared = within("#nickname", self.find("#nickname").await.clear()).await;
        cleared.unwrap_or_else(|error| panic!("{}: {error}", self.name));
        self.try_to_enter(nickname).await;
    }

    /// Writes a message and sends it.
    pub async fn say(&self, text: &str) {
        self.type_into("#composer", text).await;
        self.click("#send").await;
    }

    /// The messages, from top to bottom.
    ///
    /// # Panics
    /// If the browser does not say.
    pub async fn rows(&self) -> Vec<Row> {
        serde_json::from_value(self.run(ROWS).await).expect("rows")
    }

    /// Waits for a message that was sent, by its author and text; gives its row.
    pub async fn shows(&self, author: &str, body: &str) -> Row {
        self.shows_as(author, body, "sent").await
    }

    /// Waits for a message in this state.
    pub async fn shows_as(&self, author: &str, body: &str, state: &str) -> Row {
        let what = format!("{} to show {body:?} of {author} as {state}", self.name);
        wait_for(&what, async || {
            let rows = self.rows().await;
            let fits = |row: &&Row| row.author == author && row.body == body && row.state == state;
            rows.iter().find(fits).cloned().ok_or(rows)
        })
        .await
    }

    /// Waits until the connection's state is this one.
    pub async fn line_is(&self, state: &str) {
        self.line_is_within(state, BOUND).await;
    }

    /// As [`Page::line_is`], with a bound of its own.
    pub async fn line_is_within(&self, state: &str, bound: Duration) {
        let what = format!("{} to be {state}", self.name);
        wait_for_bound(&what, bound, async || {
            let seen = self.run(CONNECTION).await;
            if seen == state { Ok(()) } else { Err(seen) }
        })
        .await;
    }

    /// Waits until there is something to read in the first element that fits a CSS selector.
    pub async fn reads(&self, selector: &str) -> String {
        let script =
            format!("return document.querySelector({})?.textContent ?? '';", json!(selector));
        wait_for(&format!("{} to have text in {selector}", self.name), async || {
            let text = self.run(&script).await.as_str().unwrap_or_default().trim().to_owned();
            if text.is_empty() { Err("nothing") } else { Ok(text) }
        })
        .await
    }

    /// Runs a function body of JavaScript; gives what it returns.
    ///
    /// # Panics
    /// If it throws.
    pub async fn run(&self, script: &str) -> Value {
        let result = within("a script", self.client.execute(script, Vec::new())).await;
        result.unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Goes to a URL, and tells whether there was anything.
    pub async fn finds(&self, url: &str) -> bool {
        within(url, self.client.goto(url)).await.is_ok()
    }

    /// From here on everything is done in the page's first frame.
    ///
    /// # Panics
    /// If there is none.
    pub async fn enter_frame(&self) {
        let entered = within("a frame", self.client.enter_frame(0)).await;
        entered.unwrap_or_else(|error| panic!("{}: no frame: {error}", self.name));
    }

    /// From here on everything is done in the page around the frame again.
    ///
    /// # Panics
    /// If the browser does not do it.
    pub async fn leave_frame(&self) {
        let left = within("the page", self.client.enter_parent_frame()).await;
        left.unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    /// Asks Chromium itself something (the DevTools protocol); gives the answer.
    ///
    /// # Panics
    /// If it does not answer.
    pub async fn ask_chromium(&self, command: &str) -> Value {
        let url = format!("{}/goog/cdp/execute", self.session);
        let json = [("content-type", "application/json")];
        let question = json!({ "cmd": command, "params": {} }).to_string();
        let answer = http::ask(Method::POST, &url, &json, &question).await;
        assert!(answer.status.is_success(), "{}: {command}: {}", self.name, answer.text());
        let mut answer: Value = serde_json::from_slice(&answer.body).expect("JSON");
        answer["value"].take()
    }

    /// What the page complained of in its console since the last call: errors of its own, and
    /// what the browser refused to do.
    ///
    /// # Panics
    /// If the browser does not say.
    pub async fn complaints(&self) -> Vec<String> {
        let url = format!("{}/se/log", self.session);
        let json = [("content-type", "application/json")];
        let answer = http::ask(Method::POST, &url, &json, r#"{"type":"browser"}"#).await;
        assert!(answer.status.is_success(), "{}: {}", self.name, answer.text());
        let answer: Value = serde_json::from_slice(&answer.body).expect("JSON");
        let entries = answer["value"].as_array().expect("a list");
        let severe = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        severe.map(|entry| entry["message"].to_string()).collect()
    }

    async fn type_into(&self, selector: &str, text: &str) {
        let field = self.find(selector).await;
        let typed = within(selector, field.send_keys(text)).await;
        typed.unwrap_or_else(|error| panic!("{}: {selector}: {error}", self.name));
    }

    async fn click(&self, selector: &str) {
        let clicked = within(selector, self.find(selector).await.click()).await;
        clicked.unwrap_or_else(|error| panic!("{}: {selector}: {error}", self.name));
    }

    async fn find(&self, selector: &str) -> fantoccini::elements::Element {
        wait_for(&format!("{} to have {selector}", self.name), async || {
            self.client.find(Locator::Css(selector)).await
        })
        .await
    }

    /// Takes a picture and tells what there is, as well as that still works.
    pub(crate) async fn show(&self, picture: &Path) {
        let show = async {
            eprintln!("--- {} shows {} ---", self.name, self.run(CONNECTION).await);
            for row in self.rows().await {
                eprintln!("{row:?}");
            }
            eprintln!("complaints: {:#?}", self.complaints().await);
            match self.client.screenshot().await.map(|bytes| fs::write(picture, bytes)) {
                Ok(Ok(())) => eprintln!("see {}", picture.display()),
                other => eprintln!("no picture: {other:?}"),
            }
        };
        let shown = timeout(BOUND, AssertUnwindSafe(show).catch_unwind()).await;
        if !matches!(shown, Ok(Ok(()))) {
            eprintln!("--- {} does not answer any more ---", self.name);
        }
    }

    pub(crate) async fn close(self) {
        // The driver is killed afterwards, with whatever is left.
        let _ = timeout(BOUND, self.client.close()).await;
    }
}
