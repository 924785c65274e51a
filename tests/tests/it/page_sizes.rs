//! On a phone and in the narrowest window, by day and by night: nothing has to be scrolled to the
//! side, and what has no place beside the messages opens over them.

use parlour_tests::{
    browser::{Browsers, Looks},
    in_every_browser,
    member::Member,
    page::Page,
    server::Server,
};
use serde_json::json;

in_every_browser!(nothing_is_wider_than_its_window);

/// What does not break by itself.
const WIDE: [&str; 3] = [
    "https://example.org/a/very/long/address/that/does/not/break/anywhere/because/it/has/no/blanks",
    "```\nlet this_is_code_that_is_a_good_deal_longer_than_any_phone_is_wide = everything();\n```",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
];

/// The colours of the theme are those of the light, whatever chose it.
const CHOOSE: &str = "document.documentElement.dataset.theme = arguments[0];";

/// Looks at it by night and by day in the narrowest window, and then on the phone again.
async fn is_fine(page: &Page, what: &str) {
    assert_eq!(page.overflow().await, 0, "{what} on a phone");
    page.shot(&format!("{what}-phone-dark")).await;
    page.resize(Looks::NARROW.width, Looks::NARROW.height).await;
    assert_eq!(page.overflow().await, 0, "{what} in the narrowest window");
    assert_eq!(page.axe().await, [], "{what} by night");
    page.run_with(CHOOSE, vec![json!("light")]).await;
    assert_eq!(page.axe().await, [], "{what} by day");
    page.shot(&format!("{what}-narrow-light")).await;
    page.run("delete document.documentElement.dataset.theme;").await;
    page.resize(Looks::PHONE.width, Looks::PHONE.height).await;
}

async fn nothing_is_wider_than_its_window(browsers: &Browsers) {
    let server = Server::start().await;
    let ben = Member::joined(server.url(), "Bartholomäus van der Longnaming").await;
    for text in WIDE {
        ben.say(text).await;
    }
    let looks = Looks::PHONE.dark().still();
    let page = browsers.start("Kim", looks).await.open(server.url()).await;
    is_fine(&page, "door").await;
    page.enter("Kim").await;
    page.has_read(WIDE[2]).await;
    is_fine(&page, "chat").await;

    page.opens_rooms().await;
    is_fine(&page, "rooms").await;
    page.press("Escape").await;
    page.has_no_drawer().await;
    page.opens_people().await;
    is_fine(&page, "people").await;
    page.presses_beside_the_drawer().await;
    page.has_no_drawer().await;

    page.opens_settings().await;
    is_fine(&page, "settings").await;
    page.press("Escape").await;
    page.has_no_panel().await;
    page.say("From a small window").await;
    page.shows("Kim", "From a small window").await;
    is_fine(&page, "chat-again").await;
    assert_eq!(page.complaints().await, [""; 0]);
}
