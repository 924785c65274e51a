//! A bot that answers whoever mentions it, in the classic chat that a tutorial page speaks: events
//! `chat message` with a string, both ways. It stays through reconnects and says what happens.
//!
//! ```sh
//! cargo run --example bot -- http://localhost:3000 parrot
//! ```

#[cfg(not(target_arch = "wasm32"))]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    use futures_util::StreamExt;
    use socketio_client::{Client, ClientOptions, ManagerEvent};

    let mut arguments = std::env::args().skip(1);
    let server = arguments.next().unwrap_or_else(|| "http://localhost:3000".to_owned());
    let name = arguments.next().unwrap_or_else(|| "parrot".to_owned());
    let mention = format!("@{name}");

    let client = Client::new(ClientOptions::new(&server)?)?;
    client.on_event(|event| match event {
        ManagerEvent::Failed(error) => eprintln!("{error}"),
        ManagerEvent::Reconnecting { attempt, delay } => {
            eprintln!("attempt {attempt} in {delay:.1?}");
        }
        ManagerEvent::Close { reason, cause: Some(cause) } => eprintln!("{reason}: {cause}"),
        ManagerEvent::Upgraded => eprintln!("upgraded to a WebSocket"),
        _ => {}
    });

    let chat = client.socket("/")?;
    let weak = chat.downgrade();
    chat.on_connect(move || {
        let id = weak.upgrade().and_then(|chat| chat.id()).unwrap_or_default();
        eprintln!("connected as {id}");
    });
    chat.on_disconnect(|reason| eprintln!("disconnected: {reason}"));
    chat.on_connect_error(|error| {
        eprintln!("not let in: {error}");
        std::process::exit(1);
    });

    let mut lines = chat.events::<String>("chat message");
    chat.connect();
    println!("{name} is here; mention it as {mention}");
    while let Some(line) = lines.next().await {
        match line {
            // Not its own answers, which mention nobody.
            Ok(line) if line.contains(&mention) => {
                let answer = format!("{name} heard: {}", line.replace(&mention, "").trim());
                println!("{line} -> {answer}");
                if let Err(error) = chat.emit("chat message", &answer) {
                    eprintln!("not answered: {error}");
                }
            }
            Ok(_) => {}
            Err(error) => eprintln!("{error}"),
        }
    }
    Ok(())
}

/// For a native program only.
#[cfg(target_arch = "wasm32")]
fn main() {}
