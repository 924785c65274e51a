//! The engines, and how a browser of each is started.

use std::path::Path;

use serde_json::{Map, Value};

use super::{chromium, display::Display, firefox, looks::Looks, webkit};
use crate::group::Group;

/// A browser engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Chromium, headless.
    Chromium,
    /// Firefox ESR, headless.
    Firefox,
    /// WebKitGTK in its MiniBrowser, on a display that nobody sees.
    WebKit,
}

/// What a session is asked of: a driver that listens, and what to ask it for.
#[derive(Debug)]
pub(super) struct Driver {
    pub(super) group: Group,
    pub(super) url: String,
    pub(super) capabilities: Map<String, Value>,
    /// It goes after the browser that is shown on it.
    pub(super) display: Option<Display>,
}

impl Engine {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// Its name in names of tests and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// Whether a browser that is started again has what it stored before.
    pub fn keeps_profiles(self) -> bool {
        self != Self::WebKit
    }

    /// Starts a driver. Each has one browser: geckodriver and WebKitWebDriver can have no more.
    pub(super) async fn drive(self, name: &str, home: &Path, looks: Looks) -> Driver {
        match self {
            Self::Chromium => chromium::drive(name, home, looks).await,
            Self::Firefox => firefox::drive(name, home, looks).await,
            Self::WebKit => webkit::drive(name, home, looks).await,
        }
    }
}

/// The environment of a driver and its browser: nothing of it is written outside of `home`, and
/// nothing of the person's desktop is asked.
pub(super) fn environment(command: &mut tokio::process::Command, home: &Path) {
    let temporary = home.join("tmp");
    let made = std::fs::create_dir_all(&temporary);
    made.unwrap_or_else(|error| panic!("{}: {error}", temporary.display()));
    command
        .env("HOME", home)
        .env("TMPDIR", temporary)
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .env("XDG_CACHE_HOME", home.join(".cache"))
        .env("XDG_DATA_HOME", home.join(".local/share"))
        .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
}

/// Capabilities that were written with `json!`.
pub(super) fn object(capabilities: Value) -> Map<String, Value> {
    match capabilities {
        Value::Object(map) => map,
        other => panic!("capabilities are an object, not {other}"),
    }
}
