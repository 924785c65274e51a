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
    /// The person was asked whether to be notified.
    pub offered: bool,
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
            offered: false,
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

    /// Whether a notification is wanted for a message of this room; `personal` is one that names
    /// the person, or is to them alone.
    pub fn tells(&self, room: &RoomName, personal: bool) -> bool {
        let wanted = match self.notify {
            Notify::Off => false,
            Notify::Personal => personal,
            Notify::All => true,
        };
        wanted && !self.is_muted(room)
    }

    /// Whether the person is to be asked now, whether to be notified of such a message.
    pub fn offers(&self, room: &RoomName, personal: bool) -> bool {
        personal && !self.offered && self.notify == Notify::Off && !self.is_muted(room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_told_unless_it_is_wanted_and_of_muted_rooms_never() {
        let (tea, chat) = ("tea".parse::<RoomName>().unwrap(), RoomName::default());
        let with = |notify| Settings { notify, muted: vec![tea.clone()], ..Settings::default() };
        let told = |settings: &Settings| {
            [(&chat, true), (&chat, false), (&tea, true), (&tea, false)]
                .map(|(room, personal)| settings.tells(room, personal))
        };
        assert_eq!(told(&Settings::default()), [false; 4], "unless the person has asked for it");
        assert_eq!(told(&with(Notify::Personal)), [true, false, false, false]);
        assert_eq!(told(&with(Notify::All)), [true, true, false, false]);
        assert!(!Settings::default().sound);
    }

    #[test]
    fn it_is_offered_once_to_whom_somebody_speaks() {
        let (tea, chat) = ("tea".parse::<RoomName>().unwrap(), RoomName::default());
        let mut settings = Settings { muted: vec![tea], ..Settings::default() };
        assert!(settings.offers(&chat, true));
        assert!(!settings.offers(&chat, false));
        assert!(!settings.offers(&settings.muted[0].clone(), true));
        settings.notify = Notify::Personal;
        assert!(!settings.offers(&chat, true), "chosen already");
        settings = Settings { offered: true, ..Settings::default() };
        assert!(!settings.offers(&chat, true));
    }
}
