//! The app in a browser, as a person uses it.

mod opening;

use std::{fs, ops::Deref, panic::AssertUnwindSafe, path::Path, time::Duration};

use futures_util::FutureExt;
use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;

pub use opening::Opens;

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
const SETTINGS: &str = "#settings";
const LEAVE: &str = "#leave";
const TO_BOTTOM: &str = "#to-bottom";
const ROOM_MENU: &str = "#room-menu";
const NEW_ROOM: &str = "#new-room";
const CREATE_NAME: &str = "#create-name";
const CREATE_TOPIC: &str = "#create-topic";
const CREATE: &str = "#create";
const JOIN: &str = "#join";
const SWITCHER: &str = "#switcher";
const EMOJI_SEARCH: &str = "#emoji-search";
const FOUND_EMOJI: &str = "#panel .emoji-list .emoji";
const DELETE: &str = "#delete";
const TOPIC: &str = "#topic";
const TO_OLDEST: &str = "#to-oldest";
const OPEN_ROOMS: &str = "#open-rooms";
const OPEN_PEOPLE: &str = "#open-people";
const MESSAGE_TO: &str = "#menu-direct";

/// Gives the rows of the message list, as [`Row`]s.
const ROWS: &str = "
    const text = (row, part) => row.querySelector(part)?.textContent ?? '';
    return [...document.querySelectorAll('[data-message-id]')].map((row) => ({
        id: row.dataset.messageId,
        seq: row.dataset.seq,
        state: row.dataset.state,
        author: text(row, '.author'),
        body: text(row, '.body'),
        quote: text(row, '.quote'),
        edited: row.querySelector('.edited') !== null,
        gone: row.querySelector('.gone') !== null,
        reactions: [...row.querySelectorAll('.reaction')].map((it) => it.textContent),
    }));";

/// Gives the rooms and conversations of the list, as [`Listed`].
const ROOMS: &str = "
    return [...document.querySelectorAll('#rooms .room-link')].map((link) => ({
        label: link.querySelector('.room-label').textContent,
        unread: Number(link.querySelector('.badge')?.textContent ?? 0),
        here: link.getAttribute('aria-current') === 'page',
    }));";

/// Gives where the list is: what [`Extent`] has.
const EXTENT: &str = "
    const log = document.querySelector('#log');
    return {
        rows: document.querySelectorAll('[data-message-id]').length,
        nodes: document.getElementsByTagName('*').length,
        above: Math.round(log.scrollTop),
        below: Math.round(log.scrollHeight - log.clientHeight - log.scrollTop),
        complete: document.querySelector('#show-earlier') === null,
    };";

/// Scrolls the list by so many of its heights.
const SCROLL: &str = "
    const log = document.querySelector('#log');
    log.scrollBy({ top: arguments[0] * log.clientHeight, behavior: 'instant' });";

const VALUE: &str = "return document.querySelector(arguments[0])?.value ?? null;";
const TEXT: &str = "return document.querySelector(arguments[0])?.textContent ?? '';";
const LABEL: &str =
    "return document.querySelector(arguments[0])?.getAttribute('aria-label') ?? '';";
/// Gives a row the focus, and tells whether it has it.
const FOCUS: &str = "
    const row = document.querySelector(arguments[0]);
    row?.focus();
    return !!row && document.activeElement === row;";
/// Clicks, and tells whether there was anything.
const PRESS: &str = "
    const it = document.querySelector(arguments[0]);
    it?.click();
    return !!it;";
const AT: &str =
    "return document.activeElement?.closest('[data-message-id]')?.dataset.messageId ?? '';";
const PANEL_TITLE: &str =
    "return document.querySelector('#panel[open] #panel-title')?.textContent ?? '';";
const FIRST_GOAL: &str = "return document.querySelector('#goal-0 bdi')?.textContent ?? '';";
const HEADING: &str = "return document.querySelector('.room-head .topic')?.textContent ?? '';";
/// Whether a message is in sight, whole.
const IN_SIGHT: &str = "
    const row = document.querySelector(arguments[0])?.getBoundingClientRect();
    const log = document.querySelector('#log').getBoundingClientRect();
    return !!row && row.top >= log.top - 1 && row.bottom <= log.bottom + 1;";
const DRAWERS: &str = "
    const inside = (it) => {
        const { left, right, width } = it.getBoundingClientRect();
        return width > 0 && right > 1 && left < innerWidth - 1
            && getComputedStyle(it).visibility === 'visible';
    };
    return [...document.querySelectorAll('#rooms, #people')].filter(inside).map((it) => it.id);";
const BESIDE: &str = "document.querySelector('.veil').click();";
const OVERFLOW: &str = "
    const root = document.documentElement;
    return Math.max(root.scrollWidth, document.body.scrollWidth) - innerWidth;";

const CONNECTION: &str = "return document.querySelector('#connection')?.dataset.state ?? 'absent';";

/// A message as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// The message's id.
    pub id: String,
    /// Its number in the log; empty before it is there.
    pub seq: String,
    /// `sent`, `sending` or `failed`.
    pub state: String,
    /// Who wrote it.
    pub author: String,
    /// What it says.
    pub body: String,
    /// What it answers to: a name and an excerpt.
    pub quote: String,
    /// It was changed.
    pub edited: bool,
    /// It was taken back.
    pub gone: bool,
    /// What stands below it, each with its number.
    pub reactions: Vec<String>,
}

/// A room or conversation as it stands in the list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Listed {
    /// What it is called.
    pub label: String,
    /// The number on its badge.
    pub unread: u64,
    /// It is the one that is looked at.
    pub here: bool,
}

/// How much of the log is drawn, and where its reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Extent {
    /// Messages that are drawn.
    pub rows: usize,
    /// Elements of the whole page.
    pub nodes: usize,
    /// Pixels above what is seen.
    pub above: i64,
    /// Pixels below.
    pub below: i64,
    /// There is nothing earlier to be had.
    pub complete: bool,
}

/// The selector of a message.
fn at(row: &Row) -> String {
    format!("[data-message-id='{}']", row.id)
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

    /// Leaves: goes back to the door.
    pub async fn leave(&self) {
        self.click(SETTINGS).await;
        self.click(LEAVE).await;
    }

    /// What stands in the composer.
    pub async fn draft(&self) -> String {
        let text = self.run_with(VALUE, vec![json!(COMPOSER)]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until this stands in the composer.
    pub async fn has_draft(&self, text: &str) {
        wait_for(&format!("{} to have {text:?} in the composer", self.name()), async || {
            let draft = self.draft().await;
            if draft == text { Ok(()) } else { Err(draft) }
        })
        .await;
    }

    /// Writes in the composer, and sends nothing.
    pub async fn drafts(&self, text: &str) {
        self.type_into(COMPOSER, text).await;
    }

    /// The rooms and conversations of the list.
    ///
    /// # Panics
    /// If the browser does not say.
    pub async fn rooms(&self) -> Vec<Listed> {
        serde_json::from_value(self.run(ROOMS).await).expect("rooms")
    }

    /// Waits until this room or conversation is looked at.
    pub async fn is_in(&self, label: &str) {
        wait_for(&format!("{} to be in {label}", self.name()), async || {
            let rooms = self.rooms().await;
            if rooms.iter().any(|it| it.here && it.label == label) { Ok(()) } else { Err(rooms) }
        })
        .await;
    }

    /// Makes a room, and waits until it is looked at.
    pub async fn makes(&self, name: &str, topic: &str) {
        self.opens(Opens::NewRoom).await;
        self.type_into(CREATE_NAME, name).await;
        self.type_into(CREATE_TOPIC, topic).await;
        self.click(CREATE).await;
        self.is_in(name).await;
    }

    /// Joins the room that is looked at.
    pub async fn joins(&self) {
        self.click(JOIN).await;
    }

    /// Gives the room that is looked at another topic.
    pub async fn changes_topic(&self, topic: &str) {
        self.chooses_for_room("menu-topic").await;
        self.clear(TOPIC).await;
        self.type_into(TOPIC, topic).await;
        self.press("Enter").await;
        self.has_no_panel().await;
    }

    /// Chooses from what can be done with the room that is looked at: an entry of its menu.
    pub async fn chooses_for_room(&self, entry: &str) {
        self.click(ROOM_MENU).await;
        self.click(&format!("#{entry}")).await;
    }

    /// Goes to a room or person by a part of its name, with the keyboard.
    pub async fn goes_to(&self, name: &str) {
        self.press("Control+k").await;
        self.has_focus(SWITCHER).await;
        self.write(name).await;
        wait_for(&format!("{} to find {name}", self.name()), async || {
            let first = self.run(FIRST_GOAL).await;
            let fits = first.as_str().is_some_and(|first| first.contains(name));
            if fits { Ok(()) } else { Err(first) }
        })
        .await;
        self.press("Enter").await;
    }

    /// Begins a conversation with whoever wrote something that is seen.
    pub async fn turns_to(&self, author: &str) {
        let row = self.rows().await.into_iter().find(|row| row.author == author);
        let row = row.unwrap_or_else(|| panic!("{} sees nothing of {author}", self.name()));
        self.opens_author_of(&row).await;
        self.click(MESSAGE_TO).await;
    }

    /// Chooses from what can be done with a message: an entry of its menu, which the keyboard
    /// opens.
    pub async fn chooses_for(&self, row: &Row, entry: &str) {
        self.opens_menu_of(row).await;
        self.click(&format!("#{entry}")).await;
    }

    /// Says something else in place of a message of one's own.
    pub async fn changes(&self, row: &Row, text: &str) {
        self.chooses_for(row, "menu-edit").await;
        self.has_draft(&row.body).await;
        self.clear(COMPOSER).await;
        self.say(text).await;
    }

    /// Takes a message back.
    pub async fn takes_back(&self, row: &Row) {
        self.chooses_for(row, "menu-delete").await;
        self.click(DELETE).await;
    }

    /// Reacts to a message with the first emoji that is found under a name.
    pub async fn reacts(&self, row: &Row, emoji: &str) {
        self.chooses_for(row, "menu-react").await;
        self.type_into(EMOJI_SEARCH, emoji).await;
        self.finds_emoji(emoji).await;
        self.click(FOUND_EMOJI).await;
    }

    /// Waits until the emoji of this name is the first that is found.
    pub async fn finds_emoji(&self, emoji: &str) {
        wait_for(&format!("{} to find {emoji}", self.name()), async || {
            let first = self.run_with(LABEL, vec![json!(FOUND_EMOJI)]).await;
            let fits = first.as_str().is_some_and(|label| label.contains(emoji));
            if fits { Ok(()) } else { Err(first) }
        })
        .await;
    }

    /// Presses a reaction that a message has: joins in, or takes it away.
    pub async fn presses_reaction(&self, row: &Row) {
        self.presses(&format!("{} .reaction", at(row))).await;
    }

    /// Clicks by a script what may be anywhere in the list, as soon as it is there: a driver would
    /// scroll to it first.
    async fn presses(&self, selector: &str) {
        wait_for(&format!("{} to have {selector}", self.name()), async || {
            let pressed = self.run_with(PRESS, vec![json!(selector)]).await;
            if pressed == true { Ok(()) } else { Err(pressed) }
        })
        .await;
    }

    /// Answers a message.
    pub async fn answers(&self, row: &Row, text: &str) {
        self.chooses_for(row, "menu-reply").await;
        self.has_focus(COMPOSER).await;
        self.say(text).await;
    }

    /// Waits until a message is as is wanted; gives its row.
    pub async fn sees(&self, what: &str, id: &str, fits: impl Fn(&Row) -> bool) -> Row {
        wait_for(&format!("{} to see {what}", self.name()), async || {
            let rows = self.rows().await;
            rows.iter().find(|row| row.id == id && fits(row)).cloned().ok_or(rows)
        })
        .await
    }

    /// Waits until the focus is there; see [`Tab::focused`].
    pub async fn has_focus(&self, focused: &str) {
        wait_for(&format!("{} to have the focus at {focused}", self.name()), async || {
            let now = self.focused().await;
            if now == focused { Ok(()) } else { Err(now) }
        })
        .await;
    }

    /// Waits until the focus is at this message.
    pub async fn is_at(&self, row: &Row) {
        wait_for(&format!("{} to be at {:?}", self.name(), row.body), async || {
            let now = self.run(AT).await;
            if now == *row.id { Ok(()) } else { Err(now) }
        })
        .await;
    }

    /// Waits until no dialog is open.
    pub async fn has_no_panel(&self) {
        wait_for(&format!("{} to have no dialog open", self.name()), async || {
            let open = self.run(PANEL_TITLE).await;
            if open == "" { Ok(()) } else { Err(open) }
        })
        .await;
    }

    /// Where the list is.
    ///
    /// # Panics
    /// If there is none.
    pub async fn extent(&self) -> Extent {
        serde_json::from_value(self.run(EXTENT).await).expect("a list")
    }

    /// Scrolls the list by so many of its heights; upwards if that is negative.
    pub async fn scrolls(&self, heights: f64) {
        self.run_with(SCROLL, vec![json!(heights)]).await;
    }

    /// Goes to the newest message.
    pub async fn goes_to_the_end(&self) {
        self.click(TO_BOTTOM).await;
    }

    /// Goes to the first message.
    pub async fn goes_to_the_oldest(&self) {
        self.chooses_for_room("menu-date").await;
        self.click(TO_OLDEST).await;
    }

    /// Whether all of a message can be seen.
    pub async fn has_in_sight(&self, row: &Row) -> bool {
        self.run_with(IN_SIGHT, vec![json!(at(row))]).await == true
    }

    /// Waits until this is what the room is about.
    pub async fn has_topic(&self, topic: &str) {
        wait_for(&format!("{} to read the topic {topic:?}", self.name()), async || {
            let now = self.run(HEADING).await;
            if now == topic { Ok(()) } else { Err(now) }
        })
        .await;
    }

    /// Waits until somebody has said this.
    pub async fn has_read(&self, body: &str) {
        wait_for(&format!("{} to show {body:?}", self.name()), async || {
            let rows = self.rows().await;
            if rows.iter().any(|row| row.body == body) { Ok(()) } else { Err(rows) }
        })
        .await;
    }

    /// Opens the rooms over the messages, where they have no place of their own.
    pub async fn opens_rooms(&self) {
        self.click(OPEN_ROOMS).await;
        self.has_drawers(&["rooms"]).await;
    }

    /// Opens the people over the messages.
    pub async fn opens_people(&self) {
        self.click(OPEN_PEOPLE).await;
        self.has_drawers(&["people"]).await;
    }

    /// Presses beside what is open over the messages.
    pub async fn presses_beside_the_drawer(&self) {
        self.run(BESIDE).await;
    }

    /// Waits until nothing is open over the messages.
    pub async fn has_no_drawer(&self) {
        self.has_drawers(&[]).await;
    }

    async fn has_drawers(&self, open: &[&str]) {
        wait_for(&format!("{} to have {open:?} open", self.name()), async || {
            let now = self.run(DRAWERS).await;
            if now == json!(open) { Ok(()) } else { Err(now) }
        })
        .await;
    }

    /// Opens the settings, where the rooms are open over the messages.
    pub async fn opens_settings(&self) {
        self.opens_rooms().await;
        self.click(SETTINGS).await;
        self.has_a_panel().await;
    }

    async fn has_a_panel(&self) {
        wait_for(&format!("{} to have a dialog open", self.name()), async || {
            let title = self.run(PANEL_TITLE).await;
            if title == "" { Err("none") } else { Ok(()) }
        })
        .await;
    }

    /// How many pixels the page is wider than its window.
    pub async fn overflow(&self) -> i64 {
        self.run(OVERFLOW).await.as_i64().unwrap_or_default()
    }

    /// The messages, from top to bottom.
    ///
    /// # Panics
    /// If the browser does not say.
    pub async fn rows(&self) -> Vec<Row> {
        serde_json::from_value(self.run(ROWS).await).expect("rows")
    }

    /// Waits for a message that is in the log, by its author and text; gives its row.
    pub async fn shows(&self, author: &str, body: &str) -> Row {
        self.shows_as(author, body, "sent").await
    }

    /// Waits for a message in this state.
    pub async fn shows_as(&self, author: &str, body: &str, state: &str) -> Row {
        let what = format!("{} to show {body:?} of {author} as {state}", self.name());
        wait_for(&what, async || {
            let rows = self.rows().await;
            // Between the server's answer and the change that tells the number, a message of one's
            // own is sent and has none.
            let has_come = |row: &Row| state != "sent" || !row.seq.is_empty();
            let fits = |row: &&Row| row.author == author && row.body == body && row.state == state;
            rows.iter().find(|row| fits(row) && has_come(row)).cloned().ok_or(rows)
        })
        .await
    }

    /// Waits until this page and another one show the same, down to the ids and numbers; gives it.
    pub async fn shows_the_same_as(&self, other: &Self) -> Vec<Row> {
        let what = format!("{} and {} to show the same", self.name(), other.name());
        wait_for(&what, async || {
            let (own, others) = (self.rows().await, other.rows().await);
            if own == others { Ok(own) } else { Err((own, others)) }
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
