//! Where no WebSocket gets through, people talk over HTTP alone, and notice nothing of it.

use parlour_tests::{
    browser::Browsers,
    in_every_browser,
    line::{Line, WithoutWebSockets},
    server::Server,
};

in_every_browser!(
    two_talk_where_websockets_are_answered_with_an_error,
    two_talk_where_websockets_are_swallowed,
);

async fn two_talk_where_websockets_are_answered_with_an_error(browsers: &Browsers) {
    two_talk(browsers, WithoutWebSockets::Refused).await;
}

async fn two_talk_where_websockets_are_swallowed(browsers: &Browsers) {
    two_talk(browsers, WithoutWebSockets::Swallowed).await;
}

async fn two_talk(browsers: &Browsers, how: WithoutWebSockets) {
    let server = Server::start().await;
    let line = Line::without_websockets(&server, how).await;
    let [ann, ben] = browsers.open_for(["Ann", "Ben"], line.url()).await;
    ann.enter("Ann").await;
    ben.enter("Ben").await;
    for number in 1..=5 {
        let text = format!("Ann says {number}");
        ann.say(&text).await;
        ben.shows("Ann", &text).await;
        let text = format!("Ben says {number}");
        ben.say(&text).await;
        ann.shows("Ben", &text).await;
    }
    // The line breaks, and what was written meanwhile arrives once.
    line.cut();
    for page in [&ann, &ben] {
        page.line_is("reconnecting").await;
    }
    ann.say("From the train").await;
    ann.shows_as("Ann", "From the train", "sending").await;
    line.mend();
    for page in [&ann, &ben] {
        page.line_is("connected").await;
        page.shows("Ann", "From the train").await;
    }
    ben.say("Where are you?").await;
    ann.shows("Ben", "Where are you?").await;
    assert_eq!(ann.shows_the_same_as(&ben).await.len(), 12);
    let log = server.log.text();
    let connects: Vec<_> = log.lines().filter(|line| line.contains("member connected")).collect();
    assert!(
        connects.len() >= 2 && connects.iter().all(|it| it.contains("Polling")),
        "{connects:?}"
    );
}
