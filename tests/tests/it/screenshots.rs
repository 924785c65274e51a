//! The pictures in the documentation. No test: `cargo xtask screenshots` runs it for what it leaves
//! in `docs/screenshots`.

use std::{fs, path::Path};

use parlour_tests::{
    browser::{Browsers, Engine, Looks, with_browsers},
    line::Line,
    member::Member,
    page::{Opens, Page},
    server::Server,
    settings,
};

use crate::PICTURES;

/// What is said, by whom: what a room has to cope with, and nothing that looks like a test.
const TALK: [(&str, &str); 12] = [
    ("Tove Lind", "Morning! Did the backup and the certificate both go through?"),
    ("Joost van Dijk", "Done, both."),
    (
        "Ines",
        "Good morning! The new build is up:\n\n    cargo xtask run\n\nIt needs about ten minutes the \
         first time, then seconds. Tell me if anything on your machine disagrees with that, \
         especially on the older laptops with two cores.",
    ),
    ("Tove Lind", "Quick enough here."),
    ("Ines", "👋"),
    ("שירה", "שלום לכולם, מה שלומכם?"),
    (
        "Joost van Dijk",
        "https://example.org/a/very/long/address/that/does/not/break/anywhere/because/it/has/no/\
         blanks/whatsoever/and/goes/on/and/on",
    ),
    (
        "Joost van Dijk",
        "That one goes into the minutes. What is left for **tonight**:\n- the second disk\n- who \
         answers `#help` in December",
    ),
    ("Ines", "I take December."),
    ("Tove Lind", "So, this evening?"),
    ("Joost van Dijk", "Is the meeting on?"),
    ("Tove Lind", "Yes, at eight. Bring the minutes."),
];

#[tokio::test]
#[ignore = "it is run for the pictures, by `cargo xtask screenshots`"]
async fn of_the_documentation() {
    let server = Server::start().await;
    let mut people: Vec<Member> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for (name, text) in TALK {
        let at = match names.iter().position(|known| *known == name) {
            Some(at) => at,
            None => {
                names.push(name);
                people.push(Member::joined(server.url(), name).await);
                names.len() - 1
            }
        };
        people[at].say(text).await;
    }
    with_browsers(Engine::Chromium, PICTURES, async |browsers| take_all(browsers, &server).await)
        .await;
}

async fn take_all(browsers: &Browsers, server: &Server) {
    let (_, last) = TALK[TALK.len() - 1];
    let desktop = Looks::DESKTOP.sized(1100, 760);
    let olu = browsers.start("Olu", desktop).await.open(server.url()).await;
    olu.has_focus("#nickname").await;
    take(&olu, "door-light-desktop").await;
    olu.enter("Olu").await;
    olu.shows("Tove Lind", last).await;
    take(&olu, "chat-light-desktop").await;
    olu.opens(Opens::Emoji).await;
    olu.has_shown(".emoji-list .emoji").await;
    take(&olu, "emoji-light-desktop").await;
    olu.closes().await;

    let ada = browsers.start("Ada", desktop.dark()).await.open(server.url()).await;
    ada.enter("Ada").await;
    ada.shows("Tove Lind", last).await;
    take(&ada, "chat-dark-desktop").await;
    ada.opens_search().await;
    ada.searches("the", "found").await;
    take(&ada, "search-dark-desktop").await;

    let mio = browsers.start("Mio", Looks::PHONE.sharp().dark()).await.open(server.url()).await;
    mio.has_focus("#nickname").await;
    take(&mio, "door-dark-phone").await;
    mio.enter("Mio").await;
    mio.shows("Tove Lind", last).await;
    take(&mio, "chat-dark-phone").await;
    mio.opens_rooms().await;
    take(&mio, "rooms-dark-phone").await;

    let line = Line::to(server).await;
    let kim = browsers.start("Kim", Looks::PHONE.sharp()).await.open(line.url()).await;
    kim.enter("Kim").await;
    kim.shows("Tove Lind", last).await;
    take(&kim, "chat-light-phone").await;
    kim.opens(Opens::Settings).await;
    take(&kim, "settings-light-phone").await;
    kim.closes().await;
    line.cut();
    kim.line_is("reconnecting").await;
    kim.say("From the train").await;
    kim.shows_as("Kim", "From the train", "sending").await;
    take(&kim, "reconnecting-light-phone").await;
}

async fn take(page: &Page, name: &str) {
    let path = settings::workspace().join(Path::new("docs/screenshots")).join(name);
    fs::write(path.with_extension("png"), page.picture().await).unwrap();
}
