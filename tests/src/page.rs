//! The app in a browser, as a person uses it.

use std::{fs, ops::Deref, panic::AssertUnwindSafe, path::Path, time::Duration};

use futures_util::FutureExt;
use serde::Deserialize;
use tokio::time::timeout;

use crate::{
    browser::Tab,
    waiting::{BOUND, wait_for, wait_for_bound},
};

// What the app's elements are called. Nothing else in the tests names them.
const NICKNAME: &str = "#nickname";
const ENTER: &str = "#enter";
const LANDING_ERROR: &str = "#landing-error";
const COMPOSER: &str = "#composer";
const SEND: &str = "#send";

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

/// A page with the app. Clones are the same one. What any page can be told is [`Tab`]'s.
#[derive(Debug, Clone)]
pub struct Page(Tab);

impl Deref for Page {
    type Target = Tab;

    fn deref(&self) -> &Tab {
        &self.0
    }
}

impl Page {
    pub(crate) fn new(tab: Tab) -> Self {
        Self(tab)
    }

    /// Comes in under a nickname, and waits until the room is there and the line stands.
    pub async fn enter(&self, nickname: &str) {
        self.try_to_enter(nickname).await;
        self.line_is("connected").await;
    }

    /// Tries to come in under a nickname.
    pub async fn try_to_enter(&self, nickname: &str) {
        self.type_into(NICKNAME, nickname).await;
        self.click(ENTER).await;
    }

    /// Tries again, under another one.
    pub async fn try_again_as(&self, nickname: &str) {
        self.clear(NICKNAME).await;
        self.try_to_enter(nickname).await;
    }

    /// Writes a message and sends it.
    pub async fn say(&self, text: &str) {
        self.type_into(COMPOSER, text).await;
        self.click(SEND).await;
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
        let what = format!("{} to show {body:?} of {author} as {state}", self.name());
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
        let what = format!("{} to be {state}", self.name());
        wait_for_bound(&what, bound, async || {
            let seen = self.run(CONNECTION).await;
            if seen == state { Ok(()) } else { Err(seen) }
        })
        .await;
    }

    /// What the door says to a nickname that it does not take.
    pub async fn told_at_the_door(&self) -> String {
        self.reads(LANDING_ERROR).await
    }

    /// Takes a picture and tells what there is, as well as that still works.
    pub(crate) async fn show(&self, picture: &Path) {
        let show = async {
            eprintln!("--- {} shows {} ---", self.name(), self.run(CONNECTION).await);
            for row in self.rows().await {
                eprintln!("{row:?}");
            }
            eprintln!("complaints: {:#?}", self.complaints().await);
            match fs::write(picture, self.picture().await) {
                Ok(()) => eprintln!("see {}", picture.display()),
                Err(error) => eprintln!("no picture: {error}"),
            }
        };
        let shown = timeout(BOUND, AssertUnwindSafe(show).catch_unwind()).await;
        if !matches!(shown, Ok(Ok(()))) {
            eprintln!("--- {} does not answer any more ---", self.name());
        }
    }
}
