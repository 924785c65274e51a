//! A conversation of two: the other one sees that there is something new, wherever they are, and
//! nobody else sees it at all.

use parlour_events::{ListRooms, RoomName};
use parlour_tests::{
    browser::Browsers,
    in_every_browser,
    page::{Listed, Page},
    person::Person,
    server::Server,
    waiting::wait_for,
};

in_every_browser!(two_talk_and_nobody_else_hears_it);

async fn lists(page: &Page, what: &str, fits: impl Fn(&Listed) -> bool) {
    wait_for(&format!("{} to list {what}", page.name()), async || {
        let rooms = page.rooms().await;
        if rooms.iter().any(&fits) { Ok(()) } else { Err(rooms) }
    })
    .await;
}

async fn has_title(page: &Page, title: &str) {
    wait_for(&format!("{} to have the title {title:?}", page.name()), async || {
        let now = page.run("return document.title;").await;
        if now == title { Ok(()) } else { Err(now) }
    })
    .await;
}

async fn two_talk_and_nobody_else_hears_it(browsers: &Browsers) {
    let server = Server::start().await;
    let [ann, ben] = browsers.open_for(["Ann", "Ben"], server.url()).await;
    ann.enter("Ann").await;
    ben.enter("Ben").await;
    has_title(&ben, "chat · Parlour").await;
    ben.say("Good evening").await;
    ann.shows("Ben", "Good evening").await;

    ann.turns_to("Ben").await;
    ann.is_in("Ben").await;
    ann.say("A word in private").await;
    ann.shows("Ann", "A word in private").await;
    ann.say("And another").await;
    ann.shows("Ann", "And another").await;
    has_title(&ann, "Ben · Parlour").await;

    lists(&ben, "two from Ann", |it| it.label == "Ann" && it.unread == 2 && !it.here).await;
    has_title(&ben, "(2) chat · Parlour").await;
    assert_eq!(ben.axe().await, []);
    ben.goes_to("Ann").await;
    ben.is_in("Ann").await;
    ben.shows("Ann", "A word in private").await;
    ben.shows("Ann", "And another").await;
    lists(&ben, "nothing new from Ann", |it| it.label == "Ann" && it.unread == 0).await;
    has_title(&ben, "Ann · Parlour").await;
    ben.say("Yes?").await;
    ann.shows("Ben", "Yes?").await;
    assert_eq!(ben.axe().await, []);

    // What comes while nobody looks counts, until somebody does.
    ann.look_away().await;
    ben.say("Are you there?").await;
    lists(&ann, "one from Ben", |it| it.label == "Ben" && it.unread == 1).await;
    has_title(&ann, "(1) Ben · Parlour").await;
    ann.look_back().await;
    lists(&ann, "nothing new from Ben", |it| it.label == "Ben" && it.unread == 0).await;
    has_title(&ann, "Ben · Parlour").await;

    let late = Person::chatting(server.url(), "Late").await;
    let rooms = late.may(&ListRooms { after: None }).await.rooms;
    let names: Vec<_> = rooms.iter().map(|it| it.room.clone()).collect();
    assert_eq!(names, [RoomName::default()]);
    for page in [&ann, &ben] {
        assert_eq!(page.complaints().await, [""; 0]);
    }
}
