//! What opens over the chat or beside it, and how a person gets there.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::{FOCUS, NEW_ROOM, Page, ROOM_MENU, Row, SETTINGS, at};
use crate::waiting::wait_for;

/// A menu that is to open is open by then, on a loaded machine too.
const OPENING: Duration = Duration::from_secs(3);

/// What can be opened from the chat itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// Going to a room or person.
    Switcher,
    /// Making a room.
    NewRoom,
    /// Rooms to join.
    Browse,
    /// The settings.
    Settings,
    /// What can be done with the room.
    RoomMenu,
    /// Emoji for the text.
    Emoji,
    /// Asking somebody in.
    Invite,
}

impl Opens {
    fn selector(self) -> &'static str {
        match self {
            Self::Switcher => "#go-to",
            Self::NewRoom => NEW_ROOM,
            Self::Browse => "#browse",
            Self::Settings => SETTINGS,
            Self::RoomMenu => ROOM_MENU,
            Self::Emoji => "#emoji",
            Self::Invite => "#invite",
        }
    }

    /// The drawer that it is in, where rooms and people have no place beside the messages.
    fn drawer(self) -> Option<&'static str> {
        match self {
            Self::Switcher | Self::NewRoom | Self::Browse | Self::Settings => Some("rooms"),
            Self::Invite => Some("people"),
            Self::RoomMenu | Self::Emoji => None,
        }
    }
}

/// Whether an element has a place on the screen.
const IS_SHOWN: &str = "
    const it = document.querySelector(arguments[0]);
    return !!it && it.getClientRects().length > 0;";

/// Writes something into the composer at once, as pasting does.
const PASTE: &str = "
    const field = document.querySelector('#composer');
    field.focus();
    field.value = arguments[0];
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));";

/// Chooses files, as the dialog of the system does: names, sizes in bytes and types.
const CHOOSE: &str = "
    const files = new DataTransfer();
    for (const [name, size, type] of arguments[0]) {
        files.items.add(new File([new Uint8Array(size).fill(46)], name, { type }));
    }
    const field = document.querySelector('#files');
    field.files = files.files;
    field.dispatchEvent(new Event('change', { bubbles: true }));";

/// Drops files into the chat, or pastes them: names, bytes and types. The events are made by hand, for
/// engines differ in whether their constructors take files.
const BRING: &str = "
    const [kind, list] = arguments;
    const files = new DataTransfer();
    for (const [name, bytes, type] of list) {
        files.items.add(new File([new Uint8Array(bytes)], name, { type }));
    }
    const bring = (selector, name, field) => {
        const event = new Event(name, { bubbles: true, cancelable: true });
        Object.defineProperty(event, field, { value: files });
        document.querySelector(selector).dispatchEvent(event);
        return event.defaultPrevented;
    };
    return kind === 'drop'
        ? bring('main', 'dragover', 'dataTransfer') && bring('main', 'drop', 'dataTransfer')
        : bring('#composer', 'paste', 'clipboardData');";

impl Page {
    /// Opens it, with the drawer that it is in where there is one, and waits until it is there.
    pub async fn opens(&self, what: Opens) {
        if let Some(drawer) = what.drawer()
            && self.run_with(IS_SHOWN, vec![json!(what.selector())]).await == false
        {
            if drawer == "rooms" { self.opens_rooms().await } else { self.opens_people().await }
        }
        self.click(what.selector()).await;
        self.has_a_panel().await;
    }

    /// Closes what is open, and the drawer that it was opened from.
    pub async fn closes(&self) {
        self.press("Escape").await;
        self.has_no_panel().await;
        if self.run_with(IS_SHOWN, vec![json!(".veil")]).await == true {
            self.presses_beside_the_drawer().await;
            self.has_no_drawer().await;
        }
    }

    /// Opens the menu of a message, with the keyboard.
    pub async fn opens_menu_of(&self, row: &Row) {
        wait_for(&format!("{} to open the menu of {:?}", self.name(), row.body), async || {
            if self.run_with(FOCUS, vec![json!(at(row))]).await == false {
                return Err("no such row, or not with the focus");
            }
            self.press("Enter").await;
            // If the row was drawn anew in between, or the focus went elsewhere, nothing comes of it.
            // Whoever pressed again too early would choose from the menu.
            let start = Instant::now();
            while start.elapsed() < OPENING {
                if self.run(super::PANEL_TITLE).await != "" {
                    return Ok(());
                }
            }
            Err("no menu")
        })
        .await;
    }

    /// Presses the name of who wrote a message.
    pub async fn opens_author_of(&self, row: &Row) {
        self.presses(&format!("{} .author", at(row))).await;
        self.has_a_panel().await;
    }

    /// Chooses an entry of the menu that is open, which opens something else in its place.
    pub async fn goes_on_to(&self, entry: &str) {
        let before = self.run(super::PANEL_TITLE).await;
        self.click(&format!("#{entry}")).await;
        wait_for(&format!("{} to see what {entry} opens", self.name()), async || {
            let now = self.run(super::PANEL_TITLE).await;
            if now == "" || now == before { Err(now) } else { Ok(()) }
        })
        .await;
    }

    /// Opens the search.
    pub async fn opens_search(&self) {
        self.click("#search").await;
        self.has_focus("#query").await;
    }

    /// Searches for something; gives what is said of the outcome, once it says `about`.
    pub async fn searches(&self, query: &str, about: &str) {
        self.clear("#query").await;
        self.type_into("#query", query).await;
        self.press("Enter").await;
        self.reads_in("#search-pane .hint", about).await;
    }

    /// Waits until this is a part of what can be read somewhere.
    pub async fn reads_in(&self, selector: &str, part: &str) {
        wait_for(&format!("{} to read {part:?} in {selector}", self.name()), async || {
            let text = self.run_with(super::TEXT, vec![json!(selector)]).await;
            if text.as_str().is_some_and(|text| text.contains(part)) { Ok(()) } else { Err(text) }
        })
        .await;
    }

    /// Waits until something has a place on the screen.
    pub async fn has_shown(&self, selector: &str) {
        wait_for(&format!("{} to show {selector}", self.name()), async || {
            let shown = self.run_with(IS_SHOWN, vec![json!(selector)]).await;
            if shown == true { Ok(()) } else { Err(shown) }
        })
        .await;
    }

    /// Writes into the composer at once, and sends nothing.
    pub async fn pastes(&self, text: &str) {
        self.run_with(PASTE, vec![json!(text)]).await;
    }

    /// Chooses files for the message: their names, sizes in bytes and types.
    pub async fn chooses_files(&self, files: &[(&str, u32, &str)]) {
        self.run_with(CHOOSE, vec![json!(files)]).await;
    }

    /// Drags files into the chat and drops them there: their names, contents and types.
    pub async fn drops_files(&self, files: &[(&str, &[u8], &str)]) {
        self.brings_files("drop", files).await;
    }

    /// Pastes files into the composer.
    pub async fn pastes_files(&self, files: &[(&str, &[u8], &str)]) {
        self.brings_files("paste", files).await;
    }

    async fn brings_files(&self, kind: &str, files: &[(&str, &[u8], &str)]) {
        let taken = self.run_with(BRING, vec![json!(kind), json!(files)]).await;
        assert_eq!(taken, true, "{} leaves a {kind} of files to the browser", self.name());
    }

    /// The strip above the composer says this.
    pub async fn strip_says(&self, part: &str) {
        self.reads_in(".strip-text", part).await;
    }
}
