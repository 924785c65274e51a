//! What a person has chosen, for this browser.

use parlour_events::RoomName;
use serde::{Deserialize, Serialize};

/// All that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// How much stands on a screen.
    pub density: Density,
    /// What a notification is shown for.
    pub notify: Notify,
    /// A sound with each notification.
    pub sound: bool,
    /// Keys of a single letter, and with Ctrl, do something.
    pub shortcuts: bool,
    /// The list of people stands beside the messages, where there is room.
    pub people: bool,
    /// Rooms that nothing is told of.
    pub muted: Vec<RoomName>,
    /// The room that was looked at last.
    pub last: Option<RoomName>,
    /// The reactions used last, the newest first.
    pub emoji: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            density: Density::default(),
            notify: Notify::default(),
            sound: false,
            shortcuts: true,
            people: true,
            muted: Vec::new(),
            last: None,
            emoji: Vec::new(),
        }
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the device has it.
    #[default]
    System,
    /// Paper.
    Light,
    /// Ink.
    Dark,
}

/// How much stands on a screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// With room around everything.
    #[default]
    Comfortable,
    /// More lines.
    Compact,
}

/// What a notification is shown for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notify {
    /// Nothing.
    #[default]
    Off,
    /// What names the person, or is to them alone.
    Personal,
    /// Every message.
    All,
}

impl Settings {
    /// Whether nothing is told of this room.
    pub fn is_muted(&self, room: &RoomName) -> bool {
        self.muted.contains(room)
    }
}
