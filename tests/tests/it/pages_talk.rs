//! Two people in two browsers talk.

use parlour_tests::{browser::Browsers, in_every_browser, page::Page, server::Server};

in_every_browser!(
    each_sees_who_said_what_in_the_same_order,
    what_both_say_at_once_stands_in_one_order,
    a_nickname_that_is_taken_or_none_is_told_at_the_door,
);

const TALK: [(usize, &str); 6] = [
    (0, "Good evening, Ben!"),
    (1, "Good evening, Ann. How do you do?"),
    (0, "Very well."),
    (0, "And you?"),
    (1, "Grüße aus Köln — ça va, ça va."),
    (1, "See you tomorrow, then."),
];

async fn each_sees_who_said_what_in_the_same_order(browsers: &Browsers) {
    let server = Server::start().await;
    let names = ["Ann", "Ben"];
    let pages = browsers.open_for(names, server.url()).await;
    for (page, name) in pages.iter().zip(names) {
        page.enter(name).await;
    }
    for (speaker, text) in TALK {
        pages[speaker].say(text).await;
        for page in &pages {
            page.shows(names[speaker], text).await;
        }
    }
    let expected: Vec<_> = TALK
        .iter()
        .map(|(speaker, text)| (names[*speaker].to_owned(), (*text).to_owned()))
        .collect();
    let rows = pages[0].shows_the_same_as(&pages[1]).await;
    let seen: Vec<_> = rows.into_iter().map(|row| (row.author, row.body)).collect();
    assert_eq!(seen, expected);
    for page in &pages {
        assert_eq!(page.complaints().await, [""; 0]);
    }
}

async fn what_both_say_at_once_stands_in_one_order(browsers: &Browsers) {
    let server = Server::start().await;
    let [ann, ben] = browsers.open_for(["Ann", "Ben"], server.url()).await;
    tokio::join!(ann.enter("Ann"), ben.enter("Ben"));
    let chatter = async |page: &Page, name: &str| {
        for number in 1..=10 {
            page.say(&format!("{name} says {number}")).await;
        }
    };
    tokio::join!(chatter(&ann, "Ann"), chatter(&ben, "Ben"));
    for page in [&ann, &ben] {
        for name in ["Ann", "Ben"] {
            page.shows(name, &format!("{name} says 10")).await;
        }
    }
    let rows = ann.shows_the_same_as(&ben).await;
    for name in ["Ann", "Ben"] {
        let said: Vec<_> =
            rows.iter().filter(|row| row.author == name).map(|row| &row.body).collect();
        let expected: Vec<_> = (1..=10).map(|number| format!("{name} says {number}")).collect();
        assert_eq!(said, expected.iter().collect::<Vec<_>>());
    }
}

async fn a_nickname_that_is_taken_or_none_is_told_at_the_door(browsers: &Browsers) {
    let server = Server::start().await;
    let ann = browsers.open("Ann", server.url()).await;
    ann.enter("Ann").await;
    let other = browsers.open("other", server.url()).await;
    other.try_to_enter("ann").await;
    let told = other.told_at_the_door().await;
    assert!(told.contains("Somebody has this name already"), "{told}");
    other.try_again_as(&"n".repeat(40)).await;
    let told = other.told_at_the_door().await;
    assert!(told.contains("32"), "{told}");
    other.try_again_as("Anna").await;
    other.line_is("connected").await;
    other.say("I am Anna").await;
    ann.shows("Anna", "I am Anna").await;
}
