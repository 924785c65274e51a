//! On a phone and in the narrowest window, by day and by night: nothing has to be scrolled to the
//! side, and what has no place beside the messages opens over them.

use parlour_tests::{
    browser::{Browsers, Looks},
    in_every_browser,
    member::Member,
    page::Page,
    server::Server,
};

in_every_browser!(nothing_is_wider_than_a_phone, nothing_is_wider_than_the_narrowest_window);

/// What does not break by itself.
const WIDE: [&str; 3] = [
    "https://example.org/a/very/long/address/that/does/not/break/anywhere/because/it/has/no/blanks",
    "```\nlet this_is_code_that_is_a_good_deal_longer_than_any_phone_is_wide = everything();\n```",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
];

async fn is_fine(page: &Page, what: &str) {
    assert_eq!(page.overflow().await, 0, "{what}");
    assert_eq!(page.axe().await, [], "{what}");
}

async fn at(browsers: &Browsers, looks: Looks, name: &str) {
    let server = Server::start().await;
    let ben = Member::joined(server.url(), "Bartholomäus van der Longnaming").await;
    for text in WIDE {
        ben.say(text).await;
    }
    for (looks, name) in [(looks, format!("{name}-light")), (looks.dark(), format!("{name}-dark"))]
    {
        let page = browsers.start(&name, looks.still()).await.open(server.url()).await;
        is_fine(&page, "the door").await;
        page.enter(&name).await;
        page.has_read(WIDE[2]).await;
        is_fine(&page, "the chat").await;
        page.shot(&format!("chat-{name}")).await;

        page.opens_rooms().await;
        is_fine(&page, "the rooms").await;
        page.shot(&format!("rooms-{name}")).await;
        page.press("Escape").await;
        page.has_no_drawer().await;
        page.opens_people().await;
        is_fine(&page, "the people").await;
        page.presses_beside_the_drawer().await;
        page.has_no_drawer().await;

        page.opens_settings().await;
        is_fine(&page, "the settings").await;
        page.shot(&format!("settings-{name}")).await;
        page.press("Escape").await;
        page.has_no_panel().await;
        page.say("From a small window").await;
        page.shows(&name, "From a small window").await;
        is_fine(&page, "the chat again").await;
        assert_eq!(page.complaints().await, [""; 0]);
    }
}

async fn nothing_is_wider_than_a_phone(browsers: &Browsers) {
    at(browsers, Looks::PHONE, "phone").await;
}

async fn nothing_is_wider_than_the_narrowest_window(browsers: &Browsers) {
    at(browsers, Looks::NARROW, "narrow").await;
}
