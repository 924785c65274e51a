//! The server is killed in the middle of a burst, and comes back: what was written before, while it
//! was away and after is there once, in the order in which it was written.

use std::time::Duration;

use parlour_tests::{
    browser::Browsers,
    in_every_browser,
    page::Page,
    ports,
    server::{Server, StopSignal, UNLIMITED},
    waiting::wait_for_bound,
};

in_every_browser!(the_server_is_killed_in_the_middle_of_a_burst);

/// Of each of the two.
const MESSAGES: usize = 24;

/// A browser slows down whoever does not answer: it is asked again after some seconds.
const COMING_BACK: Duration = Duration::from_secs(60);

fn texts(name: &str) -> Vec<String> {
    (1..=MESSAGES).map(|number| format!("{name} says {number}")).collect()
}

async fn burst(page: &Page, name: &str) {
    for text in texts(name) {
        page.say(&text).await;
    }
}

/// What somebody's messages are, from top to bottom.
async fn said(page: &Page, name: &str) -> Vec<String> {
    let rows = page.rows().await;
    rows.into_iter().filter(|row| row.author == name).map(|row| row.body).collect()
}

async fn the_server_is_killed_in_the_middle_of_a_burst(browsers: &Browsers) {
    let address = format!("127.0.0.1:{}", ports::free());
    let mut server = Server::start_at(&address, &UNLIMITED).await;
    let url = server.url().to_owned();
    let [ann, ben] = browsers.open_for(["Ann", "Ben"], &url).await;
    ann.enter("Ann").await;
    ben.enter("Ben").await;
    let kill = async {
        // Twice, so that what is sent again is interrupted as well.
        for heard in [3, 9] {
            let what = format!("{heard} messages of Ann");
            wait_for_bound(&what, COMING_BACK, async || {
                let rows = ben.rows().await;
                let there = rows.iter().filter(|row| row.author == "Ann" && row.state == "sent");
                let there = there.count();
                if there >= heard { Ok(()) } else { Err(there) }
            })
            .await;
            server.stop(StopSignal::KILL).await;
            ann.line_is("reconnecting").await;
            server.start_again().await;
        }
    };
    tokio::join!(burst(&ann, "Ann"), burst(&ben, "Ben"), kill);
    for page in [&ann, &ben] {
        page.line_is_within("connected", COMING_BACK).await;
        for name in ["Ann", "Ben"] {
            for text in texts(name) {
                page.shows(name, &text).await;
            }
            assert_eq!(said(page, name).await, texts(name), "once, and in order");
        }
    }
    ann.shows_the_same_as(&ben).await;
    // And as the log has it.
    ben.reload().await;
    ben.shows_the_same_as(&ann).await;
}
