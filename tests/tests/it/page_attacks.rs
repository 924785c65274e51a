//! Whatever people write, wherever the page shows it: it is shown as text. Nothing of it runs, no
//! element or attribute comes of it, nothing is fetched, and the Content-Security-Policy has nothing
//! to stop.
//!
//! What is tried is in `tests/data/attacks.txt`, a JSON string on each line. `{trap}` stands for an
//! address that must never be asked, `{host}` for the same without `http://`; `__xss()` must never be
//! called.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::{StreamExt, stream};
use parlour_events::{
    Author, CreateRoom, Event, Reply, SendMessage, Sent, Token,
    limits::{FILE_NAME_CHARS, NICKNAME_CHARS, ROOM_NAME_CHARS},
};
use parlour_tests::{
    browser::Browsers,
    in_every_browser,
    page::{Opens, Page, Row},
    person::{Door, Person},
    server::Server,
    upload::sent,
    waiting::{wait_for, within},
};
use serde_json::{Value, json};
use tokio::{
    io::AsyncReadExt,
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};
use uuid::Uuid;

in_every_browser!(
    in_messages_and_links,
    in_peoples_names,
    in_names_and_topics_of_rooms,
    in_names_of_files,
);

/// Before anything is shown: what attacks call, and what the page is made of.
const WATCH: &str = "
    window.__called = [];
    const calls = (name) => (...of) => { window.__called.push([name, ...of].join(' ')); };
    window.__xss = calls('__xss');
    for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = calls(name);
    window.__head = document.head.querySelectorAll('*').length;
    document.addEventListener('securitypolicyviolation', (it) =>
        window.__called.push(`the policy stopped ${it.violatedDirective} ${it.blockedURI}`));
    return location.href;";

/// Gives what is there that the page did not make: in all of it, or inside of what fits a selector.
const FOREIGN: &str = "
    const tags = new Set(`a aside b bdi blockquote br button code dd dialog div dl dt em fieldset form
        h1 h2 h3 header input kbd label legend li main mark nav ol option p path pre progress rect s
        section select span strong svg textarea time ul img`.split(/\\s+/));
    const attributes = new Set(`_ alt autocapitalize autocomplete checked class d datetime decoding
        dir disabled enterkeyhint fill-rule for height hidden href id lang loading max multiple name
        novalidate open placeholder rel role rows rx selected spellcheck src tabindex target title
        type value viewBox width`.split(/\\s+/));
    const ours = (name) => attributes.has(name) || /^(aria|data)-[a-z-]+$/.test(name);
    const wrong = [...window.__called];
    const ids = new Set();
    for (const it of document.querySelectorAll(`${arguments[0] ?? 'body'} *`)) {
        const says = (what) => wrong.push(`${what}: ${it.outerHTML.slice(0, 200)}`);
        if (!tags.has(it.localName)) says('a foreign element');
        for (const { name, value } of it.attributes) {
            const styled = name === 'style' && it.matches('.disc, .toolbar, textarea');
            if (!styled && !ours(name)) says(`a foreign attribute ${name}`);
            if (name === 'style' && /url|expression|@/.test(value)) says('a foreign style');
        }
        if (it.id && ids.has(it.id)) says('an id for the second time');
        ids.add(it.id);
        if (it.localName === 'a') {
            const { protocol, origin, pathname, target, rel } = it;
            const own = origin === location.origin && /^\\/(r|files)\\//.test(pathname);
            const skip = it.className === 'skip' && /^#(composer|log)$/.test(it.getAttribute('href'));
            // An address that an engine cannot read leads nowhere; it is one of ours all the same.
            const web = protocol === ':' ? /^https?:\\/\\//.test(it.getAttribute('href'))
                : ['http:', 'https:', 'mailto:'].includes(protocol);
            const out = web && target === '_blank' && /noopener/.test(rel);
            if (!own && !skip && !out) says('a foreign link');
        }
        if (it.localName === 'img' && !it.src.startsWith(`${location.origin}/files/`)) {
            says('a foreign picture');
        }
        if (it.localName === 'svg' && !it.matches('.icon, .mark')) says('a foreign drawing');
        if (it.localName === 'dialog' && it.id !== 'panel') says('a foreign dialog');
    }
    if (document.head.querySelectorAll('*').length !== window.__head) wrong.push('a foreign head');
    return wrong;";

/// Gives the drafts that the browser has kept.
const DRAFTS: &str = "return (async () => {
    const done = (asked) => new Promise((resolve, reject) => {
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
    });
    const [{ name }] = await indexedDB.databases();
    const database = await done(indexedDB.open(name));
    const drafts = await done(database.transaction('drafts').objectStore('drafts').getAll());
    database.close();
    return drafts;
})();";

/// So many come in at a time.
const AT_ONCE: usize = 16;

/// An address that nobody is to ask.
struct Trap {
    host: String,
    asked: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Trap {
    async fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            // A browser may open a connection for a link that somebody might press, and say nothing.
            let mut asking = JoinSet::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let count = Arc::clone(&count);
                asking.spawn(async move {
                    if stream.read_u8().await.is_ok() {
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        Self { host, asked, task }
    }

    fn attacks(&self) -> Vec<String> {
        let all: Vec<String> = include_str!("../../data/attacks.txt")
            .lines()
            .map(|line| serde_json::from_str::<String>(line).unwrap())
            .map(|it| it.replace("{trap}", &format!("http://{}", self.host)))
            .map(|it| it.replace("{host}", &self.host))
            .collect();
        assert!(all.len() >= 200, "{}", all.len());
        all
    }
}

impl Drop for Trap {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A page whose person is attacked.
struct Victim {
    page: Page,
    trap: Trap,
}

impl Victim {
    async fn new(browsers: &Browsers, server: &Server) -> Self {
        let page = browsers.open("Ann", server.url()).await;
        page.enter("Ann").await;
        page.run(WATCH).await;
        Self { page, trap: Trap::set().await }
    }

    /// Nothing has happened, where something is shown now.
    async fn is_unharmed(&self, what: &str) {
        assert_eq!(self.page.run(FOREIGN).await, json!([]), "{what}");
    }

    /// Nothing has happened at all: not to the browser either.
    async fn was_never_harmed(&self, what: &str) {
        self.is_unharmed(what).await;
        assert_eq!(self.page.complaints().await, [""; 0], "{what}");
        assert_eq!(self.trap.asked.load(Ordering::Relaxed), 0, "somebody else was asked");
    }

    /// Another connection of hers.
    async fn device(&self, server: &Server) -> Person {
        let script = "return JSON.parse(localStorage.getItem('parlour.person')).token;";
        let token = self.page.run(script).await;
        let token: Token = serde_json::from_value(token).expect("a token");
        let device = Door::to(server.url()).token(&token).enter().await;
        device.join(&"chat".parse().unwrap()).await;
        device
    }

    /// Waits until a message is drawn, by its number.
    async fn shows(&self, seq: u64) {
        wait_for(&format!("message {seq}"), async || {
            let rows = self.page.rows().await;
            let there = rows.iter().any(|row| row.seq == seq.to_string());
            if there { Ok(()) } else { Err(rows.last().cloned()) }
        })
        .await;
    }
}

/// Makes a request as it stands here, whatever it is; an error has to say what it is about.
async fn ask(person: &Person, event: &str, payload: Value) -> Option<Value> {
    let request = person.socket.emit_with_ack::<_, Reply<Value>>(event, &payload);
    match within(event, request.send()).await.expect("an answer").into() {
        Ok(value) => Some(value),
        Err(refusal) => {
            let refusal: parlour_events::Refusal = refusal;
            assert!(!refusal.message.is_empty(), "{payload}");
            None
        }
    }
}

/// A message with this text; where it is in the log, unless it is refused.
async fn say(person: &Person, text: &str) -> Option<u64> {
    let message = json!({ "room": "chat", "id": Uuid::now_v7(), "body": text });
    let sent: Sent =
        serde_json::from_value(ask(person, SendMessage::NAME, message).await?).unwrap();
    Some(sent.seq.0)
}

/// Whether markup means nothing in it, so that it is drawn as it was written.
fn is_plain(text: &str) -> bool {
    let rest = text.replacen("__xss()", "", 1);
    text.starts_with('<')
        && !rest.contains(['*', '_', '~', '`', '[', '\\', '\n', '\t', '\u{c}'])
        && !rest.contains("://")
}

fn first(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

async fn in_messages_and_links(browsers: &Browsers) {
    let server = Server::unlimited().await;
    let victim = Victim::new(browsers, &server).await;
    let mallory = Person::chatting(server.url(), "Mallory").await;
    let attacks = victim.trap.attacks();
    let (mut taken, mut plain) = (0, 0);
    // No more than what is drawn at a time.
    for some in attacks.chunks(20) {
        let mut last = None;
        for attack in some {
            let links = format!(
                "[press]({attack})\n\n<{attack}>\n\nhttps://e.example/?{attack}\n\n[{attack}](https://e.example)"
            );
            for text in [attack, &links] {
                if let Some(seq) = say(&mallory, text).await {
                    taken += 1;
                    last = Some(seq);
                }
            }
        }
        if let Some(seq) = last {
            victim.shows(seq).await;
        }
        // Of what comes quickly the end is drawn first. Control characters are refused.
        let shown = |attack: &str, rows: &[Row]| {
            let row = rows.iter().find(|row| row.body == attack.trim());
            row.is_some_and(|row| row.author == "Mallory")
        };
        let wanted: Vec<&String> =
            some.iter().filter(|it| is_plain(it) && !it.chars().any(char::is_control)).collect();
        wait_for("all of them to be shown as they were written", async || {
            let rows = victim.page.rows().await;
            match wanted.iter().find(|attack| !shown(attack, &rows)) {
                Some(attack) => Err(((*attack).clone(), rows)),
                None => Ok(()),
            }
        })
        .await;
        plain += wanted.len();
        victim.is_unharmed(&format!("{some:#?}")).await;
    }
    assert!(taken > attacks.len() && plain > 100, "{taken} were taken, {plain} of them plain");
    wait_for("all of it to count as read", async || {
        let title = victim.page.run("return document.title;").await;
        if title == "chat · Parlour" { Ok(()) } else { Err(title) }
    })
    .await;

    // As what was there when the page is opened, as an answer, and as what is found.
    victim.page.reload().await;
    victim.page.line_is("connected").await;
    victim.page.run(WATCH).await;
    let last = say(&mallory, "That was all").await.expect("it is taken");
    victim.shows(last).await;
    victim.is_unharmed("after it is loaded again").await;
    let row = victim.page.rows().await.into_iter().rev().nth(3).expect("it is there");
    victim.page.answers(&row, "Is that so? <img src=x onerror=__xss()>").await;
    victim.page.shows("Ann", "Is that so? <img src=x onerror=__xss()>").await;
    victim.is_unharmed("as an answer").await;
    victim.page.opens_search().await;
    victim.page.searches("xss", "found").await;
    victim.is_unharmed("as what is found").await;
    victim.page.searches("<nowhere>", "Nothing was found").await;
    victim.page.searches("<script>", "found").await;
    victim.was_never_harmed("in messages").await;
}

async fn in_peoples_names(browsers: &Browsers) {
    let server = Server::unlimited().await;
    let victim = Victim::new(browsers, &server).await;
    let mut people: Vec<Person> = Vec::new();
    let mut refused = 0;
    let names: BTreeSet<String> = victim
        .trap
        .attacks()
        .iter()
        .flat_map(|it| [it.clone(), first(it, NICKNAME_CHARS)])
        .collect();
    let url = server.url();
    let entering = stream::iter(&names).map(async |name| {
        let entered = Door::to(url).nickname(name).try_enter().await;
        if let Ok(person) = &entered {
            person.join(&"chat".parse().unwrap()).await;
        }
        (name, entered)
    });
    for (name, entered) in entering.buffered(AT_ONCE).collect::<Vec<_>>().await {
        match entered {
            Ok(person) => people.push(person),
            Err(refusal) => {
                assert!(!refusal.message.is_empty(), "{name:?}");
                refused += 1;
            }
        }
    }
    assert!(people.len() >= 200 && refused > 100, "{} came in, {refused} did not", people.len());
    // Their names stand over what they say and what is answered to them, and at reactions.
    let mut before = None;
    for some in people.chunks(40) {
        let mut last = None;
        for person in some {
            let id = Uuid::now_v7();
            let body = format!("Good evening, @{}!", person.session.person.name.as_str());
            let message = json!({ "room": "chat", "id": id, "body": body, "reply_to": before });
            let said = ask(person, SendMessage::NAME, message).await.expect("it is taken");
            let said: Sent = serde_json::from_value(said).unwrap();
            let emoji = json!({
                "room": "chat", "id": Uuid::now_v7(), "message": id, "emoji": "👋", "on": true
            });
            ask(person, parlour_events::React::NAME, emoji).await.expect("it is taken");
            person.types(&"chat".parse().unwrap());
            before = Some(id);
            last = Some(said.seq.0);
        }
        victim.shows(last.expect("somebody")).await;
        let rows = victim.page.rows().await;
        for Author { name, .. } in some.iter().map(|it| &it.session.person) {
            assert!(rows.iter().any(|row| row.author == name.as_str()), "{name} is not there");
        }
        victim.is_unharmed("above what they say").await;
    }
    let row = victim.page.rows().await.pop().expect("somebody said something");
    victim.page.opens_author_of(&row).await;
    victim.is_unharmed("where one of them is looked at").await;
    victim.page.closes().await;
    victim.page.opens(Opens::Switcher).await;
    victim.is_unharmed("where they can be gone to").await;
    victim.page.write("<").await;
    victim.is_unharmed("where they are found").await;
    victim.page.closes().await;
    victim.page.pastes("@").await;
    victim.page.has_shown("#suggestions [role=option]").await;
    victim.is_unharmed("where they are suggested").await;
    victim.was_never_harmed("in names").await;
}

async fn in_names_and_topics_of_rooms(browsers: &Browsers) {
    let server = Server::unlimited_with(&["--max-rooms-per-person", "0"]).await;
    let victim = Victim::new(browsers, &server).await;
    let ann = victim.device(&server).await;
    let mallory = Person::chatting(server.url(), "Mallory").await;
    let create = async |person: &Person, name: &str, topic: &str| {
        let wish = json!({ "room": name, "private": false, "topic": topic });
        ask(person, CreateRoom::NAME, wish).await.is_some()
    };
    let (mut made, mut refused, mut topics) = (0, 0, 0);
    let attacks = victim.trap.attacks();
    let creating = stream::iter(attacks.iter().enumerate()).map(async |(number, attack)| {
        let short = first(attack, ROOM_NAME_CHARS);
        let mut made = Vec::new();
        for name in [attack.as_str(), short.as_str()] {
            // Those that she is in, and those that she may join.
            let person = if number % 2 == 0 { &ann } else { &mallory };
            made.push(create(person, name, attack).await || create(person, name, "").await);
        }
        (made, create(&ann, &format!("room {number}"), attack).await)
    });
    for (names, topic) in creating.buffered(AT_ONCE).collect::<Vec<_>>().await {
        for name in names {
            match name {
                true => made += 1,
                false => refused += 1,
            }
        }
        topics += usize::from(topic);
    }
    assert!(made > 200 && refused > 100 && topics > 200, "{made} {refused} {topics}");

    // From room to room: each is called as it is in the list.
    let walk = "
        const foreign = function () { FOREIGN };
        const until = async (is) => {
            for (let at = 0; at < 500; at += 1) {
                if (is()) return true;
                await new Promise((done) => setTimeout(done, 10));
            }
            return false;
        };
        const name = () => document.querySelector('#room-menu').textContent;
        const links = () => [...document.querySelectorAll('#rooms .room-link')];
        if (!await until(() => links().length > 300)) return [links().length, ['rooms are missing']];
        const wrong = [];
        const count = links().length;
        for (let at = arguments[0]; at < Math.min(count, arguments[1]); at += 1) {
            const label = links()[at].querySelector('.room-label').textContent;
            links()[at].click();
            if (!await until(() => name() === label)) wrong.push(`${label} is called ${name()}`);
            wrong.push(...foreign('.room-head'));
            if (!document.title.includes(label.replace(/[\\t\\n\\f\\r ]+/g, ' '))) {
                wrong.push(`${label} has the title ${document.title}`);
            }
        }
        return [count, wrong];"
        .replace("FOREIGN", FOREIGN);
    let walk = format!("return (async (...arguments) => {{ {walk} }})(...arguments);");
    let mut from = 0;
    loop {
        let told = victim.page.run_with(&walk, vec![json!(from), json!(from + 50)]).await;
        let (count, wrong): (usize, Vec<String>) = serde_json::from_value(told).unwrap();
        assert_eq!(wrong, [""; 0]);
        victim.is_unharmed("in the room's head and in the list").await;
        from += 50;
        if from >= count {
            break;
        }
    }
    victim.page.opens(Opens::Browse).await;
    victim.page.reads_in("#panel .menu", "script").await;
    victim.is_unharmed("among rooms to join").await;
    victim.page.closes().await;
    victim.page.opens(Opens::Switcher).await;
    victim.page.write("<").await;
    victim.page.has_shown("#goal-0").await;
    victim.is_unharmed("among rooms to go to").await;
    victim.page.closes().await;
    victim.page.opens(Opens::RoomMenu).await;
    victim.is_unharmed("above what can be done with a room").await;
    victim.page.closes().await;
    // What is not sent is kept under the name of its room. WebKit lets a page change its address a
    // hundred times in half a minute: the room has it only when it is opened anew.
    let link = "return [...document.querySelectorAll('#rooms .room-link')].pop().href;";
    let link = victim.page.run(link).await;
    victim.page.goto(link.as_str().expect("an address")).await;
    victim.page.line_is("connected").await;
    victim.page.drafts("About all this").await;
    wait_for("the draft to be kept", async || {
        let drafts = victim.page.run(DRAFTS).await;
        if drafts == json!(["About all this"]) { Ok(()) } else { Err(drafts) }
    })
    .await;
    victim.page.reload().await;
    victim.page.line_is("connected").await;
    victim.page.run(WATCH).await;
    victim.page.has_draft("About all this").await;
    victim.was_never_harmed("in names of rooms").await;
}

async fn in_names_of_files(browsers: &Browsers) {
    /// One pixel.
    const PNG: &[u8] =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
        \0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";
    let server = Server::unlimited_with(&["--uploads-per-minute", "0"]).await;
    let victim = Victim::new(browsers, &server).await;
    let mallory = Person::chatting(server.url(), "Mallory").await;
    let picture = sent(server.url(), &mallory.token(), PNG).await.file;
    // What a file says is as little to be trusted.
    let page = "<script>parent.__xss?.();fetch('/x')</script>";
    let text = sent(server.url(), &mallory.token(), page).await.file;
    let send = async |names: &[String]| {
        let attach = |name: &String| {
            json!([
                { "file": picture.as_str(), "name": name }, { "file": text.as_str(), "name": name },
            ])
        };
        let files: Vec<Value> =
            names.iter().flat_map(|name| attach(name).as_array().unwrap().clone()).collect();
        let message = json!({ "room": "chat", "id": Uuid::now_v7(), "attachments": files });
        let said = ask(&mallory, SendMessage::NAME, message).await?;
        Some(serde_json::from_value::<Sent>(said).unwrap().seq.0)
    };
    let attacks = victim.trap.attacks();
    let (mut taken, mut refused) = (0, 0);
    for some in attacks.chunks(20) {
        let mut last = None;
        for attack in some {
            // A name has no slashes; those of this one are others.
            let other = first(&attack.replace(['/', '\\'], "\u{2215}"), FILE_NAME_CHARS);
            for name in [attack.clone(), other] {
                match send(&[name]).await {
                    Some(seq) => (taken, last) = (taken + 1, Some(seq)),
                    None => refused += 1,
                }
            }
        }
        if let Some(seq) = last {
            victim.shows(seq).await;
        }
        victim.is_unharmed(&format!("{some:#?}")).await;
        // What they lead to is saved, and never shown as a page.
        let links = "
            const links = [...document.querySelectorAll('a.file')].slice(-3);
            return Promise.all(links.map(async (link) => {
                const { status, headers } = await fetch(link.href);
                const [kind] = headers.get('content-disposition').split(';');
                return [status, kind, headers.get('x-content-type-options')].join(' ');
            }));";
        let told: Vec<String> = serde_json::from_value(victim.page.run(links).await).unwrap();
        assert!(told.iter().all(|it| it == "200 attachment nosniff"), "{told:?} {some:#?}");
    }
    assert!(taken > 200 && refused > 100, "{taken} were taken, {refused} were not");

    // Her own files, on their way.
    // No more at a time than the server takes.
    for some in attacks.chunks(2).step_by(5) {
        let files: Vec<_> = some.iter().map(|name| (name.as_str(), 10, "text/html")).collect();
        victim.page.chooses_files(&files).await;
        victim.page.has_shown(".uploads li").await;
        victim.is_unharmed(&format!("on their way: {some:#?}")).await;
        wait_for("all of them to be taken away", async || {
            let left = victim
                .page
                .run(
                    "document.querySelector('.uploads button')?.click();
                     return document.querySelectorAll('.uploads li').length;",
                )
                .await;
            if left == 0 { Ok(()) } else { Err(left) }
        })
        .await;
    }
    victim.was_never_harmed("in names of files").await;
}
