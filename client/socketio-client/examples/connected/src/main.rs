//! The smallest Leptos page with a client in it: it says hello to the server, and the server's
//! greeting becomes the page's title. Nothing of it is shown by Leptos, so that what it weighs
//! more than the page without a client is the client's own weight.

#[cfg(target_arch = "wasm32")]
fn main() {
    use leptos::prelude::*;

    leptos::mount::mount_to_body(|| {
        page::greet();
        view! { <h1>"Hello, world!"</h1> }
    });
}

#[cfg(target_arch = "wasm32")]
mod page {
    use socketio_client::{Client, ClientOptions};

    /// Connects, and lives as long as the page.
    pub(crate) fn greet() {
        let Ok(options) = ClientOptions::new("http://127.0.0.1:3000") else { return };
        let Ok(client) = Client::new(options) else { return };
        let Ok(socket) = client.socket("/") else { return };
        socket.on("greeting", |text: String| {
            if let Some(document) = web_sys::window().and_then(|window| window.document()) {
                document.set_title(&text);
            }
        });
        if socket.emit("hello", "world").is_ok() {
            socket.connect();
        }
        // A listener that holds its socket keeps the client, and the client its listener.
        let keep = socket.clone();
        socket.on_connect(move || {
            let _kept = &keep;
        });
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This is a page: build it with `trunk build`.");
    std::process::exit(2);
}
