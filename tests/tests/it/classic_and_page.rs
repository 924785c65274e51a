//! Stock clients in `/` and a person with the app are in the same room.

use parlour_tests::{
    browser::Browsers,
    in_every_browser,
    peer::{CLIENT_2, CLIENT_4, Peer},
    server::Server,
};
use serde_json::{Value, json};

in_every_browser!(stock_clients_and_the_app_hear_each_other);

async fn stock_clients_and_the_app_hear_each_other(browsers: &Browsers) {
    let server = Server::start().await;
    let events = ["chat message", "response"];
    let mut clients = [
        Peer::npm_client(CLIENT_4, server.url(), &json!({}), &events),
        Peer::npm_client(CLIENT_2, server.url(), &json!({}), &events),
        Peer::python_client(server.url(), &Value::Null, &events),
    ];
    for client in &mut clients {
        client.expect("connect", &json!({})).await;
    }
    let ann = browsers.open("Ann", server.url()).await;
    ann.enter("Ann").await;
    ann.say("Hello, all of you").await;
    for client in &mut clients {
        client.hears("chat message", "Hello, all of you").await;
    }
    for (number, client) in clients.iter_mut().enumerate() {
        let text = format!("Hello, Ann, from client {number}");
        client.emit("chat message", &json!([text])).await;
        parlour_tests::waiting::wait_for(&text, async || {
            let rows = ann.rows().await;
            let fits = rows.iter().any(|row| {
                row.body == text && row.state == "sent" && row.author.starts_with("Guest ")
            });
            if fits { Ok(()) } else { Err(rows) }
        })
        .await;
        // What is said to the server is said to nobody else.
        client.emit("message", &json!(["a word in private"])).await;
        client.hears("response", "Message received: a word in private").await;
    }
    let rows = ann.rows().await;
    assert_eq!(rows.len(), 4, "{rows:?}");
    let mut authors: Vec<_> = rows.iter().map(|row| &row.author).collect();
    authors.sort();
    authors.dedup();
    assert_eq!(authors.len(), 4, "each has a name of its own: {rows:?}");
    assert_eq!(ann.complaints().await, [""; 0]);
}
