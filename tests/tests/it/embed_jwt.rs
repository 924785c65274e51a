//! People of another system in a frame of its site: the frame asks for a token whenever it needs
//! one, and goes on where it was.

use std::{
    fs,
    time::{SystemTime, UNIX_EPOCH},
};

use jsonwebtoken::{EncodingKey, Header, encode};
use parlour_tests::{
    browser::{Engine, with_browsers},
    page::Page,
    ports,
    server::Server,
    site::Site,
    waiting::wait_for,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::PICTURES;

const SECRET: &str = "a secret of thirty-two bytes or so";

/// A token for Ann that ends after so many seconds.
fn token(name: &str, seconds: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({ "sub": "user-17", "name": name, "exp": now + seconds });
    encode(&Header::default(), &claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}

/// A page that gives these tokens to the chat in its frame, one after the other, and remembers what
/// it was asked. Where it has none left, `give` gives it another one.
fn around(chat: &str, tokens: &[String]) -> String {
    let tokens = json!(tokens);
    format!(
        "<!doctype html><title>A site</title><script>
            const tokens = {tokens};
            window.asked = [];
            const give = (token) => document.querySelector('iframe').contentWindow
                .postMessage({{ type: 'parlour:token', token }}, '{chat}');
            addEventListener('message', (event) => {{
                const frame = document.querySelector('iframe');
                if (event.origin !== '{chat}' || event.source !== frame.contentWindow) return;
                asked.push(event.data.code ?? event.data.type);
                if (tokens.length > 0) give(tokens.shift());
            }});
        </script><iframe src=\"{chat}/r/chat?embed=chat\" style=\"width: 40rem; height: 30rem\">
        </iframe>"
    )
}

/// A server of people with tokens, and a site around it that gives them.
async fn start(tokens: &[String]) -> (Server, Site, TempDir) {
    let folder = TempDir::new().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, SECRET).unwrap();
    let address = format!("127.0.0.1:{}", ports::free());
    let site = Site::start(&[("team", &around(&format!("http://{address}"), tokens))]).await;
    let flags = [
        "--auth",
        "jwt",
        "--jwt-secret-file",
        secret.to_str().unwrap(),
        "--sign-in-url",
        "https://site.example/login",
        "--allow-embed",
        site.url(),
    ];
    (Server::start_at(&address, &flags).await, site, folder)
}

async fn was_asked(page: &Page, expected: Value) {
    page.leave_frame().await;
    wait_for("what the page around is asked", async || {
        let asked = page.run("return asked;").await;
        if asked == expected { Ok(()) } else { Err(asked) }
    })
    .await;
    page.enter_frame().await;
}

#[tokio::test]
async fn a_token_that_ends_is_followed_by_the_next_one() {
    let (_server, site, _folder) = start(&[]).await;
    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        let page = browsers.open("Ann", &site.page("team")).await;
        page.enter_frame().await;
        was_asked(&page, json!(["parlour:ready"])).await;
        page.leave_frame().await;
        let script = "tokens.push(arguments[1]); give(arguments[0]);";
        page.run_with(script, vec![json!(token("Ann", 8)), json!(token("Ann", 600))]).await;
        page.enter_frame().await;
        page.line_is("connected").await;
        page.say("While the first one is good").await;
        page.shows("Ann", "While the first one is good").await;
        was_asked(&page, json!(["parlour:ready"])).await;
        was_asked(&page, json!(["parlour:ready", "token_invalid"])).await;
        page.line_is("connected").await;
        page.say("With the next one").await;
        page.shows("Ann", "With the next one").await;
        was_asked(&page, json!(["parlour:ready", "token_invalid"])).await;
    })
    .await;
}

#[tokio::test]
async fn each_token_that_is_refused_is_told_of_with_its_reason() {
    let bad = format!("{}x", token("Ann", 600));
    let tokens = [bad.clone(), token("\u{202e}", 600), String::new(), token("Ann", 600)];
    let (_server, site, _folder) = start(&tokens).await;
    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        let page = browsers.open("Ann", &site.page("team")).await;
        page.enter_frame().await;
        page.line_is("connected").await;
        let asked = ["parlour:ready", "token_invalid", "nickname_invalid", "invalid"];
        was_asked(&page, json!(asked)).await;
    })
    .await;
}

#[tokio::test]
async fn a_frame_without_a_token_waits_and_does_not_try_the_same_one_again() {
    let bad = format!("{}x", token("Ann", 600));
    let (server, site, _folder) = start(&[bad.clone(), bad]).await;
    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        let page = browsers.open("Ann", &site.page("team")).await;
        page.enter_frame().await;
        was_asked(&page, json!(["parlour:ready", "token_invalid"])).await;
        assert_eq!(page.reads("h1").await, "Waiting for your sign-in");
        let link =
            "const link = document.querySelector('.door a'); return [link.href, link.target];";
        assert_eq!(page.run(link).await, json!(["https://site.example/login", "_blank"]));
        // Opened by itself the page asks for nothing, and leads there as well.
        page.goto(server.url()).await;
        assert_eq!(page.reads("h1").await, "This chat is entered from another page.");
        assert_eq!(page.run(link).await, json!(["https://site.example/login", "_blank"]));
    })
    .await;
}
