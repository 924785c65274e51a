//! If somebody did bring markup into the page, against `page_attacks`, the browser would not obey it.

use parlour_tests::{browser::Browsers, in_every_browser, server::Server};

in_every_browser!(the_policy_holds_in_the_browser);

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
