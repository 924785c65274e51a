//! The whole chat with the keyboard alone, from the door to another room.

use parlour_events::CreateRoom;
use parlour_tests::{
    browser::Browsers,
    in_every_browser,
    person::{Person, room},
    server::Server,
};

in_every_browser!(everything_can_be_done_with_keys);

const COMPOSER: &str = "#composer";
const LOG: &str = "#log";

async fn everything_can_be_done_with_keys(browsers: &Browsers) {
    let server = Server::start().await;
    let ben = Person::chatting(server.url(), "Ben").await;
    let topic = "What grows".parse().unwrap();
    ben.may(&CreateRoom { room: room("garden"), private: false, topic }).await;
    for text in ["One", "Two", "Three"] {
        ben.say(&room("chat"), text).await;
    }

    // Through the door.
    let page = browsers.open("Ann", server.url()).await;
    page.has_focus("#nickname").await;
    page.write("Ann").await;
    page.press("Enter").await;
    page.line_is("connected").await;
    page.has_focus(COMPOSER).await;
    let two = page.shows("Ben", "Two").await;
    let three = page.shows("Ben", "Three").await;

    // Through the log, message by message, and back.
    page.press_until("Shift+Tab", LOG).await;
    page.press("ArrowUp").await;
    page.is_at(&three).await;
    page.press("ArrowUp").await;
    page.is_at(&two).await;
    page.press("ArrowDown").await;
    page.is_at(&three).await;
    page.press("ArrowUp").await;
    page.is_at(&two).await;
    assert_eq!(page.axe().await, []);

    // An answer to one of them.
    page.press("r").await;
    page.has_focus(COMPOSER).await;
    page.write("I agree").await;
    page.press("Enter").await;
    let answer = page.shows("Ann", "I agree").await;
    assert!(answer.quote.contains("Ben") && answer.quote.contains("Two"), "{answer:?}");

    // Another text for it.
    page.press("ArrowUp").await;
    page.has_draft("I agree").await;
    page.press("End").await;
    page.write(" with that").await;
    page.press("Enter").await;
    let answer =
        page.sees("the other text", &answer.id, |row| row.body == "I agree with that").await;
    page.sees("that it is another", &answer.id, |row| row.edited && row.state == "sent").await;

    // A reaction.
    page.press_until("Shift+Tab", LOG).await;
    page.press("ArrowUp").await;
    page.is_at(&answer).await;
    page.press("+").await;
    page.has_focus("#emoji-search").await;
    assert_eq!(page.axe().await, []);
    page.write("party popper").await;
    page.finds_emoji("party popper").await;
    page.press_until("Tab", "party popper").await;
    page.press("Enter").await;
    page.has_no_panel().await;
    page.sees("the reaction", &answer.id, |row| row.reactions == ["🎉 1"]).await;
    // What was open gives the focus back.
    page.is_at(&answer).await;
    page.press("Escape").await;
    page.has_focus(COMPOSER).await;

    // Another room.
    page.goes_to("gard").await;
    page.is_in("garden").await;
    page.has_focus(COMPOSER).await;
    page.write("Good morning").await;
    page.press("Enter").await;
    page.shows("Ann", "Good morning").await;
    page.press("Control+k").await;
    page.has_focus("#switcher").await;
    assert_eq!(page.axe().await, []);
    page.press("Escape").await;
    page.has_no_panel().await;
    page.has_focus(COMPOSER).await;
    page.press("Alt+ArrowUp").await;
    page.is_in("chat").await;
    assert_eq!(page.complaints().await, [""; 0]);
}
