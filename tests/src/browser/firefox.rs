//! Firefox, headless, by way of geckodriver.
//!
//! It speaks WebDriver BiDi too, which is how the size of a page and what a page complains of are
//! had: see [`super::bidi`].

use std::path::Path;

use serde_json::{Value, json};

use super::{
    engine::{Driver, environment, object},
    looks::Looks,
};
use crate::{group::Group, settings, waiting::BOUND};

pub(super) async fn drive(name: &str, home: &Path, looks: Looks) -> Driver {
    let program = settings::path("PARLOUR_GECKODRIVER");
    let title = format!("{name}'s geckodriver");
    // Its second port, for BiDi, is the same for every geckodriver unless it is told otherwise.
    let arguments = ["--port=0", "--websocket-port=0"];
    let group = Group::start(&title, program, arguments, |command| environment(command, home));
    let started = group.line("Listening on ", BOUND).await;
    let address = started.rsplit(' ').next().expect("an address");
    let url = format!("http://{address}");
    let profile = home.join("profile");
    // geckodriver makes profiles of its own only.
    std::fs::create_dir_all(&profile).unwrap_or_else(|error| panic!("no profile: {error}"));
    let capabilities = object(json!({
        "webSocketUrl": true,
        "moz:firefoxOptions": {
            "binary": settings::path("PARLOUR_FIREFOX"),
            "args": ["-headless", "-profile", profile],
            "prefs": preferences(looks),
        },
    }));
    Driver { group, url, capabilities, display: None }
}

fn preferences(looks: Looks) -> Value {
    // Coarse; fine, and hovers.
    let pointer = if looks.touch { 1 } else { 2 + 4 };
    json!({
        "ui.systemUsesDarkTheme": u8::from(looks.dark),
        "ui.prefersReducedMotion": u8::from(looks.still),
        "ui.primaryPointerCapabilities": pointer,
        "ui.allPointerCapabilities": pointer,
        // On a phone scroll bars lie over the page.
        "ui.useOverlayScrollbars": u8::from(looks.touch),
        // It asks nobody outside.
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
        "app.normandy.enabled": false,
        "services.settings.server": "data:,",
        // After a WebSocket failed, Firefox opens the next one to that host only after a delay of
        // its own, up to a minute; what is tested is how long ours is.
        "network.websocket.delay-failed-reconnects": false,
    })
}
