//! Files in the page: it may show pictures, those of the server and no others, and save everything
//! under its name.

use parlour_tests::{
    browser::{Engine, with_browsers},
    http,
    person::{Door, Person},
    server::Server,
    upload::sent,
    waiting::wait_for,
};
use serde_json::json;

use crate::PICTURES;

/// One pixel.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

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
