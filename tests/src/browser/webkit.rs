//! WebKit: MiniBrowser of WebKitGTK, by way of WebKitWebDriver, on a display of its own.
//!
//! There is no headless mode, and no window manager either. What the person prefers is what GTK
//! tells the engine.

use std::{fs, path::Path};

use serde_json::json;
use tokio::net::TcpStream;

use super::{
    display::Display,
    engine::{Driver, environment, object},
    looks::Looks,
};
use crate::{group::Group, ports, settings, waiting::wait_for};

/// Makes MiniBrowser's tool bar smaller than the narrowest page: a window is no narrower than what
/// is in it, 447 pixels otherwise. Pages have style sheets of their own and see none of this.
const SMALL_BARS: &str = "\
* { min-width: 0; min-height: 0; padding: 0; margin: 0; border-width: 0; font-size: 1px;
    -gtk-icon-transform: scale(0.1); }
";

pub(super) async fn drive(name: &str, home: &Path, looks: Looks) -> Driver {
    set_up_gtk(home, looks).unwrap_or_else(|error| panic!("GTK's settings: {error}"));
    // One a browser: on a display without a window manager only one window has the focus.
    let display = Display::start(name).await;
    let port = ports::free();
    let title = format!("{name}'s WebKitWebDriver");
    let program = settings::path("PARLOUR_WEBKIT_DRIVER");
    let group = Group::start(&title, program, [format!("--port={port}")], |command| {
        environment(command, home);
        command
            .env("DISPLAY", display.name())
            .env("GDK_BACKEND", "x11")
            .env("GDK_SCALE", looks.scale.to_string())
            // The one way to the colours that pages prefer; GTK's own setting does not reach them.
            .env("GTK_THEME", if looks.dark { "Adwaita:dark" } else { "Adwaita" })
            .env("NO_AT_BRIDGE", "1");
    });
    // It says nothing when it listens.
    let what = format!("{title} to listen");
    wait_for(&what, async || TcpStream::connect(("127.0.0.1", port)).await.map(drop)).await;
    let capabilities = object(json!({
        "webkitgtk:browserOptions": {
            "binary": settings::path("PARLOUR_MINIBROWSER"),
            "args": ["--automation"],
        },
    }));
    let url = format!("http://127.0.0.1:{port}");
    Driver { group, url, capabilities, display: Some(display) }
}

fn set_up_gtk(home: &Path, looks: Looks) -> std::io::Result<()> {
    let folder = home.join(".config/gtk-3.0");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("gtk.css"), SMALL_BARS)?;
    let animations = u8::from(!looks.still);
    let settings = format!("[Settings]\ngtk-enable-animations={animations}\n");
    fs::write(folder.join("settings.ini"), settings)
}
