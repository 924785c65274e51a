//! Rooms in the page: one is made, gets a topic, is found by its address, and is left.

use parlour_tests::{browser::Browsers, in_every_browser, server::Server, waiting::wait_for};

in_every_browser!(a_room_is_made_found_and_left, back_and_forward_go_from_room_to_room);

async fn a_room_is_made_found_and_left(browsers: &Browsers) {
    let server = Server::start().await;
    let ann = browsers.open("Ann", server.url()).await;
    ann.enter("Ann").await;
    ann.makes("garden", "What grows").await;
    ann.has_topic("What grows").await;
    assert_eq!(ann.run("return location.pathname;").await, "/r/garden");
    ann.say("Good morning").await;
    let row = ann.shows("Ann", "Good morning").await;
    assert_eq!(ann.axe().await, []);

    // By the address of a message, which is what one gives to others.
    let link = format!("{}/r/garden/m/{}", server.url(), row.seq);
    let ben = browsers.open("Ben", &link).await;
    ben.enter("Ben").await;
    ben.joins().await;
    ben.shows("Ann", "Good morning").await;
    ben.is_in("garden").await;
    ben.has_topic("What grows").await;
    ann.changes_topic("Roses").await;
    for page in [&ann, &ben] {
        page.has_topic("Roses").await;
        assert_eq!(page.axe().await, []);
    }
    ben.say("Hello, Ann").await;
    ann.shows("Ben", "Hello, Ann").await;

    ben.chooses_for_room("menu-leave").await;
    ben.is_in("chat").await;
    wait_for("the room to be gone from the list", async || {
        let rooms = ben.rooms().await;
        if rooms.iter().all(|it| it.label != "garden") { Ok(()) } else { Err(rooms) }
    })
    .await;
    // It is still there for everybody else, and for whoever comes again.
    ann.say("Are you gone?").await;
    ann.shows("Ann", "Are you gone?").await;
    ben.goes_to("garden").await;
    ben.shows("Ann", "Are you gone?").await;
    for page in [&ann, &ben] {
        assert_eq!(page.complaints().await, [""; 0]);
    }
}

async fn back_and_forward_go_from_room_to_room(browsers: &Browsers) {
    let server = Server::start().await;
    let ann = browsers.open("Ann", server.url()).await;
    ann.enter("Ann").await;
    ann.makes("garden", "").await;
    ann.say("In the garden").await;
    ann.shows("Ann", "In the garden").await;
    ann.makes("kitchen", "").await;
    ann.say("In the kitchen").await;
    ann.shows("Ann", "In the kitchen").await;
    for (step, room) in
        [("back", "garden"), ("back", "chat"), ("forward", "garden"), ("forward", "kitchen")]
    {
        ann.run(&format!("history.{step}();")).await;
        ann.is_in(room).await;
        let seen = match room {
            "chat" => None,
            room => Some(format!("In the {room}")),
        };
        wait_for(&format!("what was said in {room}"), async || {
            let rows = ann.rows().await;
            let bodies: Vec<_> = rows.iter().map(|row| row.body.clone()).collect();
            if bodies == seen.as_slice() { Ok(()) } else { Err(rows) }
        })
        .await;
    }
    assert_eq!(ann.complaints().await, [""; 0]);
}
