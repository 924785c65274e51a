//! What is written while the server is away is not lost with the page it was written on: it is
//! delivered once, and in the order in which it was written.

use parlour_tests::{
    browser::{Browser, Browsers, Looks},
    in_every_browser,
    line::Line,
    member::Member,
    page::Page,
    server::Server,
    waiting::wait_for,
};

in_every_browser!(
    the_window_is_closed_and_another_opened,
    the_browser_quits_and_comes_back needs profiles,
);

const TEXTS: [&str; 3] = ["First of all", "And then", "At last"];

/// Whether the browser can open the page without the server.
const IS_KEPT: &str = "
    return navigator.serviceWorker.ready.then((it) => it.active?.state === 'activated');";

/// Ann writes while the line is cut.
async fn wrote(browser: &Browser, line: &Line) -> Page {
    let page = browser.open(line.url()).await;
    page.enter("Ann").await;
    page.say("While all was well").await;
    page.shows("Ann", "While all was well").await;
    wait_for("the page to be kept", async || {
        let kept = page.run(IS_KEPT).await;
        if kept == true { Ok(()) } else { Err(kept) }
    })
    .await;
    line.cut();
    page.line_is("reconnecting").await;
    for text in TEXTS {
        page.say(text).await;
    }
    for text in TEXTS {
        page.shows_as("Ann", text, "sending").await;
    }
    assert_eq!(page.axe().await, []);
    page
}

/// They are there, once and in order: for her, for who was there, and for whoever reads the log.
async fn arrive_once(page: &Page, mut ben: Member) {
    page.line_is("connected").await;
    for text in TEXTS {
        assert_eq!(ben.hears(text).await, "Ann");
        page.shows("Ann", text).await;
    }
    page.say("That was all").await;
    assert_eq!(ben.hears("That was all").await, "Ann");
    let expected: Vec<_> = [&["While all was well"], &TEXTS[..], &["That was all"]].concat();
    let shows_all = async || {
        page.shows("Ann", "That was all").await;
        let rows = page.rows().await;
        let bodies: Vec<_> = rows.iter().map(|row| row.body.as_str()).collect();
        assert_eq!(bodies, expected);
    };
    shows_all().await;
    // As the log has it, and what the browser has kept beside it.
    page.reload().await;
    page.line_is("connected").await;
    shows_all().await;
    // What he has heard besides: nothing came a second time.
    let rest = ben.news.rest();
    let rest: Vec<_> = rest.iter().filter_map(|heard| Some(heard.message()?.1)).collect();
    assert_eq!(rest, ["While all was well"]);
}

async fn the_window_is_closed_and_another_opened(browsers: &Browsers) {
    let server = Server::start().await;
    let line = Line::to(&server).await;
    let ben = Member::joined(server.url(), "Ben").await;
    let browser = browsers.start("Ann", Looks::DESKTOP).await;
    wrote(&browser, &line).await.close().await;
    line.mend();
    let page = browser.open(line.url()).await;
    arrive_once(&page, ben).await;
}

async fn the_browser_quits_and_comes_back(browsers: &Browsers) {
    let server = Server::start().await;
    let line = Line::to(&server).await;
    let ben = Member::joined(server.url(), "Ben").await;
    let browser = browsers.start("Ann", Looks::DESKTOP).await;
    wrote(&browser, &line).await;
    browser.quit().await;
    browser.start_again().await;
    // The server is still away: the page is the browser's.
    let page = browser.open(line.url()).await;
    for text in TEXTS {
        page.shows_as("Ann", text, "sending").await;
    }
    line.mend();
    arrive_once(&page, ben).await;
}
