//! Files in the page: they are chosen, dropped and pasted, seen on their way, and sent with a message.
//! The page may show pictures, those of the server and no others, and save everything under its
//! name.

use parlour_events::{Change, ChangeKind};
use parlour_tests::{
    browser::{Browsers, Engine, with_browsers},
    http, in_every_browser,
    line::Line,
    member::{Heard, Member},
    person::{Door, Person},
    server::Server,
    upload::sent,
    waiting::wait_for,
};
use serde_json::json;

use crate::PICTURES;

in_every_browser!(files_are_chosen_dropped_and_pasted);

/// One pixel.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

/// Whether a file is on its way, and how many have arrived.
const ON_THEIR_WAY: &str = "
    const [bar] = document.querySelectorAll('.uploads progress');
    return [bar !== undefined && bar.value < 100,
        document.querySelectorAll('.uploads .file-size').length];";

/// The names of what is below the last message, and how wide its picture is.
const BELOW: &str = "
    const row = [...document.querySelectorAll('[data-message-id]')].pop();
    const names = [...row.querySelectorAll('a.file')].map((it) => it.textContent);
    return [names.length, row.querySelector('.image img')?.naturalWidth ?? 0];";

async fn files_are_chosen_dropped_and_pasted(browsers: &Browsers) {
    let server = Server::start().await;
    let line = Line::to(&server).await;
    let mut ben = Member::joined(server.url(), "Ben").await;
    let page = browsers.open("Ann", line.url()).await;
    page.enter("Ann").await;
    let are = async |what: &str, expected: (bool, u64)| {
        wait_for(what, async || {
            let now = page.run(ON_THEIR_WAY).await;
            if now == json!(expected) { Ok(()) } else { Err(now) }
        })
        .await;
    };
    page.has_shown("#composer").await;
    // More than goes into the buffers between the browser and a line on which nothing moves.
    line.freeze();
    page.chooses_files(&[("a film.mp4", 9_000_000, "video/mp4")]).await;
    are("a file to be on its way", (true, 0)).await;
    line.mend();
    are("it to have arrived", (false, 1)).await;
    page.drops_files(&[("a dot.png", PNG, "image/png")]).await;
    are("what was dropped to have arrived", (false, 2)).await;
    page.pastes_files(&[("minutes.txt", b"At eight.", "text/plain")]).await;
    are("what was pasted to have arrived", (false, 3)).await;
    assert_eq!(page.axe().await, []);

    page.say("All three").await;
    page.shows("Ann", "All three").await;
    are("the composer to have none any more", (false, 0)).await;
    let heard = ben.news.expect("the message", |heard| heard.says("All three")).await;
    let Heard::Change(Change { kind: ChangeKind::Posted(posted), .. }) = heard else {
        panic!("{heard:?}");
    };
    let files: Vec<_> = posted.attachments.iter().map(|it| (it.name.as_str(), it.size)).collect();
    let expected = [("a film.mp4", 9_000_000), ("a dot.png", PNG.len() as u64), ("minutes.txt", 9)];
    assert_eq!(files, expected);
    wait_for("the picture and two files", async || {
        let below = page.run(BELOW).await;
        if below == json!([2, 1]) { Ok(()) } else { Err(below) }
    })
    .await;
    assert_eq!(page.complaints().await, [""; 0]);
}

#[tokio::test]
async fn pictures_are_shown_from_the_server_and_from_nowhere_else() {
    let server = Server::start().await;
    let ann: Person = Door::to(server.url()).nickname("Ann").enter().await;
    let token = ann.session.token.clone().expect("a guest's token");
    let file = sent(server.url(), &token, PNG).await.file;
    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        let page = browsers.open("Ann", server.url()).await;
        let width = async |source: &str| {
            let script = format!(
                "return (async () => {{
                     const image = new Image();
                     image.src = {source};
                     return image.decode().then(() => image.naturalWidth, () => 'broken');
                 }})();"
            );
            page.run(&script).await
        };
        let link = format!("/files/{}", file.as_str());
        assert_eq!(width(&json!(link).to_string()).await, 1);
        let named = format!("{link}?name=dot.png");
        assert_eq!(width(&json!(named).to_string()).await, 1);
        assert_eq!(page.complaints().await, [""; 0]);
        let blob = format!(
            "URL.createObjectURL(new Blob([new Uint8Array(await (await fetch({})).arrayBuffer())], \
             {{ type: 'image/png' }}))",
            json!(link)
        );
        assert_eq!(width(&blob).await, "broken");
        assert_eq!(width("'http://localhost:9/x.png'").await, "broken");
        wait_for("the policy to stop it", async || {
            let complaints = page.complaints().await;
            let stopped = complaints.iter().any(|text| text.contains("img-src"));
            if stopped { Ok(()) } else { Err(complaints) }
        })
        .await;
    })
    .await;

    for (content, shown) in [(PNG, "inline"), (&b"just text"[..], "attachment")] {
        let file = sent(server.url(), &token, content).await.file;
        let link = format!("{}/files/{}?name=a%20dot.png", server.url(), file.as_str());
        let answer = http::get(&link, &[]).await;
        let disposition = format!("{shown}; filename*=UTF-8''a%20dot.png");
        assert_eq!(answer.header("content-disposition"), disposition);
    }
}
