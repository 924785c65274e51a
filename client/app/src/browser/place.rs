//! Where the page is: its server, and whether there is a network.

use leptos::prelude::window;

/// The address of the server: where the page came from.
#[cfg(not(debug_assertions))]
pub fn server() -> String {
    window().location().origin().unwrap_or_default()
}

/// The address of the server. In development the page comes from another server than the chat:
/// `?server=http://127.0.0.1:4000` names the chat's, else it is on port 3000 of the same machine.
/// A release build has no such parameter: a link could lead people to a stranger's server.
#[cfg(debug_assertions)]
pub fn server() -> String {
    let location = window().location();
    let search = location.search().unwrap_or_default();
    let asked_for = web_sys::UrlSearchParams::new_with_str(&search)
        .ok()
        .and_then(|parameters| parameters.get("server"));
    asked_for.unwrap_or_else(|| {
        let host = location.hostname().unwrap_or_else(|_| "127.0.0.1".to_owned());
        format!("http://{host}:3000")
    })
}

/// Whether the device says that it has a network.
pub fn is_online() -> bool {
    window().navigator().on_line()
}
