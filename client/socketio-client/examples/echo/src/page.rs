//! The page.

use std::error::Error;

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use socketio_client::{Client, ClientOptions, Socket};

/// Where the server listens.
const SERVER: &str = "http://127.0.0.1:3000";

/// Shows the page.
pub(crate) fn mount() {
    leptos::mount::mount_to_body(Echo);
}

/// A form to send from, what came back, and how the connection is.
#[component]
fn Echo() -> impl IntoView {
    let (state, set_state) = signal("connecting");
    let (echoes, set_echoes) = signal(Vec::<String>::new());
    let input = NodeRef::<Input>::new();

    let socket = socket().expect("the address above is one, and so is the namespace's name");
    socket.on_connect(move || set_state.set("connected"));
    socket.on_disconnect(move |_| set_state.set("connection lost, trying again"));
    socket.on("echo", move |text: String| set_echoes.update(|echoes| echoes.push(text)));
    socket.connect();

    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(input) = input.get_untracked() else { return };
        // While there is no connection it is kept, and sent as soon as there is one again.
        match socket.emit("echo", &input.value()) {
            Ok(()) => input.set_value(""),
            Err(_) => set_state.set("too much waits to be sent"),
        }
    };

    view! {
        <p role="status">{state}</p>
        <form on:submit=send>
            <input aria-label="Text" node_ref=input />
            <button>"Send"</button>
        </form>
        <ul>
            {move || echoes.get().into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}
        </ul>
    }
}

/// The main namespace of the server.
fn socket() -> Result<Socket, Box<dyn Error>> {
    Ok(Client::new(ClientOptions::new(SERVER)?)?.socket("/")?)
}
