//! Everything that the page can look like, by day and by night, on a desktop, on a phone and in the
//! narrowest window: nothing that axe-core finds (WCAG 2.2, AA), nothing too small to be pressed,
//! nothing that does not stand out, nothing to be scrolled to the side, and the focus shows.
//!
//! In Chromium each leaves a picture, to be looked at: `target/screenshots`.

use std::fs;

use parlour_events::{
    Attach, Ban, Code, CreateRoom, DeleteMessage, EditMessage, JoinRoom, Kick, MessageId, Mute,
    React, Reason, RoomName, SendMessage,
};
use parlour_tests::{
    browser::{Browsers, Engine, Looks},
    in_every_browser,
    line::Line,
    page::{Opens, Page},
    person::{Door, Person, room, text_in},
    server::{Launch, Server, run_to_end},
    settings,
    upload::sent,
    waiting::wait_for,
};
use serde_json::json;
use uuid::Uuid;

in_every_browser!(
    at_the_door_on_a_desktop_by_day,
    at_the_door_on_a_phone_by_night,
    in_the_chat_on_a_desktop_by_day,
    in_the_chat_on_a_phone_by_night,
    with_panels_on_a_desktop_by_day,
    with_panels_on_a_phone_by_night,
    with_a_bad_line_on_a_desktop_by_day,
    with_a_bad_line_on_a_phone_by_night,
);

async fn at_the_door_on_a_desktop_by_day(browsers: &Browsers) {
    at_the_door(&Look::desktop(browsers)).await;
}

async fn at_the_door_on_a_phone_by_night(browsers: &Browsers) {
    at_the_door(&Look::phone(browsers)).await;
}

async fn in_the_chat_on_a_desktop_by_day(browsers: &Browsers) {
    in_the_chat(&Look::desktop(browsers)).await;
}

async fn in_the_chat_on_a_phone_by_night(browsers: &Browsers) {
    in_the_chat(&Look::phone(browsers)).await;
}

async fn with_panels_on_a_desktop_by_day(browsers: &Browsers) {
    with_panels(&Look::desktop(browsers)).await;
}

async fn with_panels_on_a_phone_by_night(browsers: &Browsers) {
    with_panels(&Look::phone(browsers)).await;
}

async fn with_a_bad_line_on_a_desktop_by_day(browsers: &Browsers) {
    with_a_bad_line(&Look::desktop(browsers)).await;
}

async fn with_a_bad_line_on_a_phone_by_night(browsers: &Browsers) {
    with_a_bad_line(&Look::phone(browsers)).await;
}

/// Takes a file away; gives how many there are still.
const TAKE_AWAY: &str = "
    document.querySelector('.uploads button')?.click();
    return document.querySelectorAll('.uploads li').length;";

/// How one looks at the page.
struct Look<'b> {
    browsers: &'b Browsers,
    looks: Looks,
    /// Whether nothing has a place beside the messages.
    is_narrow: bool,
}

impl<'b> Look<'b> {
    fn desktop(browsers: &'b Browsers) -> Self {
        let looks = Looks::DESKTOP.sized(1100, 720).still();
        Self { browsers, looks, is_narrow: false }
    }

    fn phone(browsers: &'b Browsers) -> Self {
        Self { browsers, looks: Looks::PHONE.dark().still(), is_narrow: true }
    }

    async fn open(&self, name: &str, url: &str) -> Page {
        self.browsers.start(name, self.looks).await.open(url).await
    }

    /// Looks at the page as it is, in this size and, where it is a phone's, in the narrowest; then
    /// also by the other light.
    async fn at(&self, page: &Page, state: &str) {
        let Looks { width, height, .. } = self.looks;
        self.once(page, state, true).await;
        if self.is_narrow {
            page.resize(320, 640).await;
            self.once(page, &format!("{state}-narrow"), false).await;
            page.resize(width, height).await;
        }
        // The other colours are those of the other theme, whatever chose it.
        let other = if self.looks.dark { "light" } else { "dark" };
        let choose = "document.documentElement.dataset.theme = arguments[0];";
        page.run_with(choose, vec![json!(other)]).await;
        self.once(page, &format!("{state}-{other}"), false).await;
        page.run("delete document.documentElement.dataset.theme;").await;
    }

    async fn once(&self, page: &Page, state: &str, all: bool) {
        if page.engine() == Engine::Chromium {
            let kind = if self.is_narrow { "phone" } else { "desktop" };
            page.shot(&format!("{kind}-{state}")).await;
        }
        assert_eq!(page.unfit().await, [""; 0], "{state}");
        // What differs in the other size or light, the former has told of.
        if all {
            assert_eq!(page.axe().await, [], "{state}");
        }
    }

    /// Looks at it, and goes through all that the keyboard reaches.
    async fn with_keys(&self, page: &Page, state: &str) {
        self.at(page, state).await;
        assert_eq!(page.unseen_focus().await, [""; 0], "{state}");
        // The link that skips to the composer lies over others for as long as it has the focus.
        page.run("document.activeElement.blur();").await;
    }
}

fn chat() -> RoomName {
    RoomName::default()
}

async fn grant(server: &Server, nickname: &str, role: &str) {
    let data = server.data().to_str().unwrap();
    let done = run_to_end(&["grant", nickname, role, "--data", data]).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Who is in a page.
async fn who(page: &Page) -> parlour_events::UserId {
    let id = page.run("return JSON.parse(localStorage.getItem('parlour.person')).id;").await;
    serde_json::from_value(id).expect("an id")
}

/// Waits until the door says something with this in it.
async fn is_told(page: &Page, part: &str) {
    page.reads_in("#landing-error", part).await;
}

async fn at_the_door(look: &Look<'_>) {
    let server = Launch::default().flags(&["--max-connections", "2"]).start().await;
    let page = look.open("Kim", server.url()).await;
    page.has_focus("#nickname").await;
    look.with_keys(&page, "door").await;
    page.try_to_enter(&"n".repeat(40)).await;
    is_told(&page, "32").await;
    look.at(&page, "door-too-long").await;
    let ann = Person::chatting(server.url(), "Ann").await;
    page.try_again_as("ann").await;
    is_told(&page, "Somebody has this name already").await;
    look.at(&page, "door-taken").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    page.try_again_as("Kim").await;
    page.reads_in(".door", "full").await;
    look.at(&page, "door-full").await;
    // A place is free: she comes in by herself, and is put out.
    drop(ben);
    page.line_is("connected").await;
    grant(&server, "Ann", "moderator").await;
    let user = who(&page).await;
    let reason: Reason = "This is not a place for that".parse().unwrap();
    ann.may(&Kick { user, reason: reason.clone() }).await;
    is_told(&page, "ended your session").await;
    look.at(&page, "door-kicked").await;
    page.try_again_as("Kim").await;
    page.line_is("connected").await;
    let user = who(&page).await;
    ann.may(&Ban { user, addresses: true, seconds: None, reason }).await;
    is_told(&page, "closed this server to you").await;
    look.at(&page, "door-banned").await;

    // Where people come in from another page.
    let folder = tempfile::TempDir::new().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "a secret of thirty-two bytes or so").unwrap();
    let secret = secret.to_str().unwrap();
    let flags =
        ["--auth", "jwt", "--jwt-secret-file", secret, "--sign-in-url", "https://s.example/"];
    let server = Server::start_with(&flags).await;
    let page = look.open("Lou", server.url()).await;
    page.reads_in("h1", "entered from another page").await;
    look.with_keys(&page, "door-elsewhere").await;
}

/// A room in which everything has been said that is drawn in a way of its own.
async fn talk(server: &Server) {
    let url = server.url();
    let tove = Person::chatting(url, "Tove Lind").await;
    let joost = Person::chatting(url, "Joost van Dijk").await;
    let (hello, _) =
        tove.say(&chat(), "Morning! **Did** the backup _and_ the certificate go through?").await;
    for emoji in ["👍", "🎉"] {
        react(&joost, hello, emoji).await;
        react(&tove, hello, emoji).await;
    }
    let answer = SendMessage {
        reply_to: Some(hello),
        ..text_in(&chat(), "Done, ~~one~~ both. @Tove Lind look: `cargo xtask run`")
    };
    joost.may(&answer).await;
    joost.say(&chat(), "> So you said.\n\n- first\n- second\n\n1. one\n2. two\n\n```rust\nfn main() {\n    let this_is_a_line_that_is_a_good_deal_longer_than_any_phone_is_wide = everything_at_once();\n}\n```").await;
    tove.say(&chat(), "שלום לכולם, מה שלומכם?").await;
    tove.say(&chat(), "👋").await;
    tove.say(&chat(), "[The minutes](https://example.org/minutes) and https://example.org/a/very/long/address/that/does/not/break/anywhere/because/it/has/no/blanks/whatsoever").await;
    tove.say(&chat(), &"A long story, told again and again. ".repeat(60)).await;
    tove.say(
        &chat(),
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    )
    .await;
    let (wrong, _) = joost.say(&chat(), "Wrong room").await;
    let id = parlour_events::ChangeId(Uuid::now_v7());
    joost.may(&DeleteMessage { room: chat(), id, message: wrong }).await;
    let (edited, _) = joost.say(&chat(), "Is the meeting on?").await;
    let body = "Is the meeting on this evening?".parse().unwrap();
    let id = parlour_events::ChangeId(Uuid::now_v7());
    joost.may(&EditMessage { room: chat(), id, message: edited, body }).await;
    let icon = settings::workspace().join("client/app/assets/icons/icon-192.png");
    let picture = sent(url, &tove.token(), fs::read(icon).unwrap()).await.file;
    let text = sent(url, &tove.token(), "Minutes".repeat(400)).await.file;
    let attach = |file, name: &str| Attach { file, name: name.parse().unwrap() };
    let attachments = vec![
        attach(picture, "a drawing.png"),
        attach(text, "minutes of the meeting with a name that goes on and on.txt"),
    ];
    tove.may(&SendMessage {
        attachments,
        ..text_in(&chat(), "Yes, at eight.\nBring the minutes.")
    })
    .await;
    tove.say(&chat(), "@Olu you too!").await;
}

async fn react(person: &Person, message: MessageId, emoji: &str) {
    let id = parlour_events::ChangeId(Uuid::now_v7());
    let emoji = emoji.parse().unwrap();
    person.may(&React { room: chat(), id, message, emoji, on: true }).await;
}

async fn in_the_chat(look: &Look<'_>) {
    let server = Server::unlimited_with(&["--max-upload-size", "20000"]).await;
    let page = look.open("Olu", server.url()).await;
    page.enter("Olu").await;
    page.has_shown(".empty").await;
    look.with_keys(&page, "chat-empty").await;
    talk(&server).await;
    page.shows("Tove Lind", "@Olu you too!").await;
    page.has_shown(".image img").await;
    look.with_keys(&page, "chat").await;
    page.scrolls(-50.0).await;
    page.has_shown("#to-bottom").await;
    look.at(&page, "chat-top").await;
    page.click(".fold").await;
    page.reads_in(".fold", "Show less").await;
    look.at(&page, "chat-unfolded").await;
    page.goes_to_the_end().await;

    // What is being written.
    let ben = Person::chatting(server.url(), "Ben").await;
    ben.types(&chat());
    page.strip_says("Ben is typing").await;
    look.at(&page, "chat-typing").await;
    let row = page.shows("Tove Lind", "@Olu you too!").await;
    page.chooses_for(&row, "menu-reply").await;
    page.has_shown(".composing").await;
    page.pastes("@To").await;
    page.has_shown("#suggestions [role=option]").await;
    look.at(&page, "chat-replying").await;
    page.pastes(":smi").await;
    page.reads_in("#suggestions", "smi").await;
    look.at(&page, "chat-emoji-suggested").await;
    page.pastes(&"n".repeat(4_010)).await;
    page.reads_in("#composer-counter", "10").await;
    page.press("Enter").await;
    page.reads_in("#composer-error", "Not sent").await;
    look.at(&page, "chat-too-long").await;
    page.pastes("").await;
    page.press("Escape").await;
    page.chooses_files(&[
        ("notes.txt", 300, "text/plain"),
        ("a film with a rather long name.mp4", 30_000, "video/mp4"),
    ])
    .await;
    page.has_shown(".uploads .file-size").await;
    page.has_shown(".uploads .error").await;
    look.with_keys(&page, "chat-uploads").await;
    wait_for("the files to be taken away", async || {
        let left = page.run(TAKE_AWAY).await;
        if left == 0 { Ok(()) } else { Err(left) }
    })
    .await;

    // Beside the messages.
    page.opens_search().await;
    look.at(&page, "search").await;
    page.searches("nowhere", "Nothing was found").await;
    look.at(&page, "search-nothing").await;
    page.searches("minutes", "found").await;
    look.with_keys(&page, "search-found").await;
    page.click("#search-pane form button").await;
    if look.is_narrow {
        page.opens_rooms().await;
        look.at(&page, "rooms").await;
        page.presses_beside_the_drawer().await;
        page.has_no_drawer().await;
        page.opens_people().await;
        look.at(&page, "people").await;
        page.presses_beside_the_drawer().await;
        page.has_no_drawer().await;
    }

    // Rooms with something new, one that she is not in, and one that is not there.
    let topic = "What grows, and who waters it while everybody is away".parse().unwrap();
    ben.may(&CreateRoom { room: room("garden"), private: false, topic }).await;
    page.goto(&format!("{}/r/garden", server.url())).await;
    page.line_is("connected").await;
    page.has_shown("#join").await;
    look.at(&page, "room-outside").await;
    page.joins().await;
    page.has_shown("#composer").await;
    for text in ["One", "@Olu two", "Three"] {
        ben.say(&chat(), text).await;
    }
    page.reads_in("#rooms", "1 mention").await;
    look.at(&page, "room-unread-elsewhere").await;
    if look.is_narrow {
        page.opens_rooms().await;
        look.at(&page, "rooms-unread").await;
        page.presses_beside_the_drawer().await;
        page.has_no_drawer().await;
    }
    page.goto(&format!("{}/r/nowhere", server.url())).await;
    page.line_is("connected").await;
    page.reads_in(".empty", "no such room").await;
    look.at(&page, "room-gone").await;
    assert_eq!(page.complaints().await, [""; 0]);
}

async fn with_panels(look: &Look<'_>) {
    let server = Server::unlimited().await;
    let page = look.open("Olu", server.url()).await;
    page.enter("Olu").await;
    grant(&server, "Olu", "admin").await;
    page.reload().await;
    page.line_is("connected").await;
    let tove = Person::chatting(server.url(), "Tove Lind").await;
    let topic = "What grows, and who waters it while everybody is away";
    for (name, topic) in [("garden", topic), ("kitchen", "")] {
        tove.may(&CreateRoom { room: room(name), private: false, topic: topic.parse().unwrap() })
            .await;
    }
    // Known from elsewhere, and not here.
    page.makes("attic", "").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    ben.may(&JoinRoom { room: room("attic"), after: None }).await;
    ben.say(&room("attic"), "What is all this?").await;
    page.shows("Ben", "What is all this?").await;
    page.goes_to("chat").await;
    page.is_in("chat").await;
    tove.say(&chat(), "Good evening").await;
    let row = page.shows("Tove Lind", "Good evening").await;
    page.say("Good evening, Tove").await;
    let own = page.shows("Olu", "Good evening, Tove").await;

    page.opens(Opens::Switcher).await;
    page.has_shown("#goal-0").await;
    look.with_keys(&page, "panel-switcher").await;
    page.type_into("#switcher", "zzz").await;
    page.reads_in(".switcher .hint", "Nothing").await;
    look.at(&page, "panel-switcher-nothing").await;
    page.closes().await;
    page.opens(Opens::NewRoom).await;
    look.with_keys(&page, "panel-create").await;
    page.click("#create").await;
    page.reads_in("#panel .error", "needs a name").await;
    look.at(&page, "panel-create-error").await;
    page.closes().await;
    page.opens(Opens::Browse).await;
    page.reads_in("#panel .menu", "garden").await;
    look.with_keys(&page, "panel-browse").await;
    page.closes().await;
    page.opens(Opens::Settings).await;
    look.with_keys(&page, "panel-settings").await;
    page.goes_on_to("open-shortcuts").await;
    look.with_keys(&page, "panel-help").await;
    page.closes().await;
    page.opens(Opens::Emoji).await;
    page.has_shown(".emoji-list .emoji").await;
    look.at(&page, "panel-emoji").await;
    page.closes().await;
    page.opens(Opens::RoomMenu).await;
    look.with_keys(&page, "menu-room").await;
    for (entry, state) in [
        ("menu-topic", "panel-topic"),
        ("menu-invite", "panel-invite"),
        ("menu-date", "panel-date"),
        ("menu-moderation", "panel-moderation-empty"),
    ] {
        page.goes_on_to(entry).await;
        look.with_keys(&page, state).await;
        page.closes().await;
        page.opens(Opens::RoomMenu).await;
    }
    page.closes().await;
    page.opens_menu_of(&row).await;
    look.with_keys(&page, "menu-message").await;
    page.goes_on_to("menu-react").await;
    page.has_shown(".emoji-list .emoji").await;
    look.at(&page, "panel-reactions").await;
    page.closes().await;
    page.opens_menu_of(&own).await;
    look.at(&page, "menu-own-message").await;
    page.goes_on_to("menu-delete").await;
    look.with_keys(&page, "panel-delete").await;
    page.closes().await;
    page.chooses_for(&own, "menu-link").await;
    page.has_shown("#toast").await;
    look.at(&page, "toast").await;

    page.opens_author_of(&row).await;
    page.has_shown("#mod-ban").await;
    look.with_keys(&page, "panel-person").await;
    page.closes().await;
    page.opens_author_of(&own).await;
    look.at(&page, "panel-oneself").await;
    page.closes().await;
    page.opens_author_of(&row).await;
    page.type_into("#mod-reason", "Noise at night").await;
    page.goes_on_to("mod-ban").await;
    look.with_keys(&page, "panel-ban").await;
    page.click("#delete").await;
    page.has_no_panel().await;
    // Somebody who was banned is not let in, and stays on the list.
    wait_for("the ban to count", async || {
        let refused = Door::to(server.url()).token(&tove.token()).try_enter().await;
        match refused {
            Err(refusal) if refusal.code == Code::Banned => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    page.opens(Opens::RoomMenu).await;
    page.goes_on_to("menu-moderation").await;
    page.reads_in("#panel", "Noise at night").await;
    look.with_keys(&page, "panel-moderation").await;
    page.closes().await;
    assert_eq!(page.complaints().await, [""; 0]);
}

async fn with_a_bad_line(look: &Look<'_>) {
    let server = Server::unlimited_with(&["--max-message-length", "60"]).await;
    let line = Line::to(&server).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    ann.say(&chat(), "Are you on the train already?").await;
    let page = look.open("Olu", line.url()).await;
    page.enter("Olu").await;
    page.shows("Ann", "Are you on the train already?").await;
    let long = "This is longer than this server takes, which the page learns only by sending it";
    page.say(long).await;
    page.shows_as("Olu", long, "failed").await;
    look.with_keys(&page, "message-failed").await;
    grant(&server, "Ann", "moderator").await;
    let user = who(&page).await;
    let reason = "Let the others have a say".parse().unwrap();
    ann.may(&Mute { user, seconds: 3_600, reason }).await;
    page.strip_says("You are muted until").await;
    look.at(&page, "strip-muted").await;
    page.say("Am I?").await;
    page.shows_as("Olu", "Am I?", "sending").await;
    page.has_shown(".trouble.waiting").await;
    look.at(&page, "message-waiting").await;
    ann.may(&Mute { user, seconds: 0, reason: Reason::default() }).await;
    line.cut();
    page.line_is("reconnecting").await;
    page.say("From the train").await;
    page.shows_as("Olu", "From the train", "sending").await;
    page.strip_says("waiting").await;
    look.with_keys(&page, "strip-reconnecting").await;
    page.told_online(false).await;
    page.line_is("offline").await;
    page.strip_says("Offline").await;
    look.at(&page, "strip-offline").await;
    line.mend();
    page.told_online(true).await;
    page.line_is("connected").await;
    page.shows("Olu", "From the train").await;
}
