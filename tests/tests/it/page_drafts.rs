//! What is written and not sent stays where it was written: each room has its own.

use parlour_tests::{browser::Browsers, in_every_browser, page::Page, server::Server};

in_every_browser!(each_room_keeps_its_own, a_draft_survives_that_the_page_is_loaded_again);

async fn in_two_rooms(browsers: &Browsers, server: &Server) -> Page {
    let page = browsers.open("Ann", server.url()).await;
    page.enter("Ann").await;
    page.makes("garden", "What grows").await;
    page.drafts("About the roses").await;
    page.goes_to("chat").await;
    page.is_in("chat").await;
    page.has_draft("").await;
    page.drafts("To everybody").await;
    page
}

async fn each_room_keeps_its_own(browsers: &Browsers) {
    let server = Server::start().await;
    let page = in_two_rooms(browsers, &server).await;
    page.goes_to("garden").await;
    page.is_in("garden").await;
    page.has_draft("About the roses").await;
    page.drafts(", and more").await;
    // By the browser's own button, and at once.
    page.run("history.back();").await;
    page.is_in("chat").await;
    page.has_draft("To everybody").await;
    page.run("history.forward();").await;
    page.is_in("garden").await;
    page.has_draft("About the roses, and more").await;
    assert_eq!(page.axe().await, []);
    // What is sent is no draft any more.
    page.say("!").await;
    page.shows("Ann", "About the roses, and more!").await;
    page.has_draft("").await;
    page.goes_to("chat").await;
    page.is_in("chat").await;
    page.has_draft("To everybody").await;
    page.goes_to("garden").await;
    page.is_in("garden").await;
    page.shows("Ann", "About the roses, and more!").await;
    page.has_draft("").await;
}

async fn a_draft_survives_that_the_page_is_loaded_again(browsers: &Browsers) {
    let server = Server::start().await;
    let page = in_two_rooms(browsers, &server).await;
    page.press("Control+k").await;
    page.press("Escape").await;
    page.reload().await;
    page.line_is("connected").await;
    page.is_in("chat").await;
    page.has_draft("To everybody").await;
    page.goes_to("garden").await;
    page.is_in("garden").await;
    page.has_draft("About the roses").await;
    assert_eq!(page.complaints().await, [""; 0]);
}
