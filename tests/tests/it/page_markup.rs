//! Markup in a message or a nickname is shown as what it is: text.

use parlour_tests::{browser::Browsers, in_every_browser, server::Server};
use serde_json::json;

in_every_browser!(markup_is_shown_and_does_nothing, the_policy_holds_in_the_browser);

const MARKUP: [&str; 5] = [
    "<img src=x onerror=window.__xss=1>",
    "<script>window.__xss=2</script>",
    "<svg/onload=window.__xss=3><b>bold</b>",
    "javascript:window.__xss=4 <a href=\"javascript:window.__xss=5\">click</a>",
    "&lt;i&gt; &amp; </div></li><style>*{display:none}</style>",
];
const NAME: &str = "<b onclick=alert(1)>Mallory";

/// Elements that no message brings with it.
const FOREIGN: &str = "
    const log = document.querySelector('#log');
    return [...log.querySelectorAll('img, script, style, a, b, i, svg[onload]')]
        .filter((element) => element.closest('[data-message-id]'))
        .map((element) => element.outerHTML);";

async fn markup_is_shown_and_does_nothing(browsers: &Browsers) {
    let server = Server::start().await;
    let ann = browsers.open("Ann", server.url()).await;
    let mallory = browsers.open("Mallory", server.url()).await;
    ann.enter("Ann").await;
    mallory.enter(NAME).await;
    for text in MARKUP {
        mallory.say(text).await;
        for page in [&ann, &mallory] {
            page.shows(NAME, text).await;
        }
    }
    // What is there when a page opens is drawn by another way than what comes later.
    let late = browsers.open("late", server.url()).await;
    late.enter("Late").await;
    for page in [&ann, &mallory, &late] {
        for text in MARKUP {
            page.shows(NAME, text).await;
        }
        assert_eq!(page.run(FOREIGN).await, json!([]));
        assert_eq!(page.run("return typeof window.__xss;").await, "undefined");
        assert_eq!(page.run("return document.title;").await, "chat · Parlour");
        // Neither an error nor anything that the Content-Security-Policy had to stop.
        assert_eq!(page.complaints().await, [""; 0]);
    }
}

async fn the_policy_holds_in_the_browser(browsers: &Browsers) {
    let server = Server::start().await;
    let page = browsers.open("Ann", server.url()).await;
    page.enter("Ann").await;
    assert_eq!(page.complaints().await, [""; 0]);
    // If somebody did bring in an element, this is what would stop it.
    page.run(
        "const script = document.createElement('script');
         script.textContent = 'window.__xss = 1';
         document.body.append(script);
         const image = document.createElement('img');
         image.setAttribute('onerror', 'window.__xss = 2');
         image.src = 'data:,';
         document.body.append(image);",
    )
    .await;
    let mut complaints = Vec::new();
    parlour_tests::waiting::wait_for("two refusals by the policy", async || {
        complaints.extend(page.complaints().await);
        let refusals = complaints.iter().filter(|text| text.contains("Content Security Policy"));
        if refusals.count() >= 2 { Ok(()) } else { Err(complaints.clone()) }
    })
    .await;
    assert_eq!(page.run("return typeof window.__xss;").await, "undefined");
}
