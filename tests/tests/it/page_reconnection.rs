//! The server goes away and comes back while two pages are open.

use parlour_tests::{
    browser::Browsers,
    in_every_browser,
    line::Line,
    page::Row,
    ports,
    server::{Server, StopSignal},
};

in_every_browser!(after_a_graceful_stop, after_a_crash, what_is_being_done_goes_on);

/// How often a row with this text stands on a page.
fn count(rows: &[Row], body: &str) -> usize {
    rows.iter().filter(|row| row.body == body).count()
}

async fn pages_come_back(browsers: &Browsers, signal: StopSignal) {
    let address = format!("127.0.0.1:{}", ports::free());
    let mut server = Server::start_at(&address, &[]).await;
    let [ann, ben] = browsers.open_for(["Ann", "Ben"], server.url()).await;
    ann.enter("Ann").await;
    ben.enter("Ben").await;
    ann.say("before").await;
    ben.shows("Ann", "before").await;

    server.stop(signal).await;
    for page in [&ann, &ben] {
        page.line_is("reconnecting").await;
    }
    // What is typed now waits, and says so.
    ann.say("while it was down").await;
    ann.say("and another one").await;
    let waiting = ann.shows_as("Ann", "while it was down", "sending").await;
    ann.shows_as("Ann", "and another one", "sending").await;

    server.start_again().await;
    for page in [&ann, &ben] {
        page.line_is("connected").await;
    }
    let there = ben.shows("Ann", "while it was down").await;
    assert_eq!(there.id, waiting.id, "it is the same message, not a copy");
    ben.say("after").await;
    ann.say("all is well").await;
    for page in [&ann, &ben] {
        for (author, text) in [
            ("Ann", "while it was down"),
            ("Ann", "and another one"),
            ("Ben", "after"),
            ("Ann", "all is well"),
        ] {
            page.shows(author, text).await;
        }
        let rows = page.rows().await;
        for text in ["while it was down", "and another one", "after", "all is well"] {
            assert_eq!(count(&rows, text), 1, "{text:?} in {rows:?}");
        }
        assert!(position(&rows, "while it was down") < position(&rows, "and another one"));
    }
    // As the log has it, too.
    ben.reload().await;
    ben.shows("Ann", "all is well").await;
    assert_eq!(count(&ben.rows().await, "while it was down"), 1);
}

fn position(rows: &[Row], body: &str) -> Option<usize> {
    rows.iter().position(|row| row.body == body)
}

async fn after_a_graceful_stop(browsers: &Browsers) {
    pages_come_back(browsers, StopSignal::TERM).await;
}

async fn after_a_crash(browsers: &Browsers) {
    pages_come_back(browsers, StopSignal::KILL).await;
}

/// Whoever writes when the connection comes back goes on: the page is not drawn anew.
async fn what_is_being_done_goes_on(browsers: &Browsers) {
    let server = Server::start().await;
    let line = Line::to(&server).await;
    let page = browsers.open("Ann", line.url()).await;
    page.enter("Ann").await;
    page.say("Before").await;
    page.shows("Ann", "Before").await;
    page.drafts("To be contin").await;
    page.run("window.__before = [...document.querySelectorAll('main, [data-message-id]')];").await;
    line.cut();
    page.line_is("reconnecting").await;
    line.mend();
    page.line_is("connected").await;
    page.write("ued").await;
    page.has_draft("To be continued").await;
    let still = "return window.__before.every((it) => it.isConnected);";
    assert_eq!(page.run(still).await, true);
    page.press("Enter").await;
    page.shows("Ann", "To be continued").await;
}
