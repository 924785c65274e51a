//! Files on messages, from the upload to the end: who may send them, what a browser makes of them,
//! and that they are gone when their message is.

use std::{fs, path::PathBuf};

use parlour_events::{
    Attach, Attachment, Ban, ChangeId, ChangeKind, Code, DeleteMessage, EndSession, FileId, Kick,
    MessageId, RoomHistory, RoomName, SendMessage, Token, Uploaded, limits::ATTACHMENTS,
};
use parlour_tests::{
    http::{Answer, get},
    person::{Person, Told, text_in},
    ports,
    server::{Server, StopSignal, run_to_end},
    upload::{fetch, send, sent},
    waiting::wait_for,
};
use uuid::Uuid;

/// One pixel.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

fn chat() -> RoomName {
    RoomName::default()
}

/// A message without a text that has this file, under this name.
fn with_file(uploaded: &Uploaded, name: &str) -> SendMessage {
    let attach = Attach { file: uploaded.file.clone(), name: name.parse().unwrap() };
    SendMessage { body: None, attachments: vec![attach], ..text_in(&chat(), "x") }
}

fn delete(message: MessageId) -> DeleteMessage {
    DeleteMessage { room: chat(), id: ChangeId(Uuid::now_v7()), message }
}

/// Where a content is on the disk.
fn on_disk(server: &Server, file: &FileId) -> PathBuf {
    let (first, rest) = file.as_str().split_at(2);
    server.data().join("files").join(first).join(rest)
}

/// The files of the newest message.
async fn of_the_last(person: &Person) -> Vec<Attachment> {
    let history = person.may(&RoomHistory { room: chat(), from: None, limit: Some(1) }).await;
    history.messages.into_iter().next().expect("a message").posted.attachments
}

/// A browser shows nothing of this that could do anything.
fn is_harmless(answer: &Answer) {
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
    assert!(!policy.contains("allow-scripts"), "{policy}");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
}

#[tokio::test]
async fn a_picture_goes_from_one_person_to_another() {
    let server = Server::start().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let mut ben = Person::chatting(server.url(), "Ben").await;
    let uploaded = sent(server.url(), &ann.token(), PNG).await;
    assert_eq!((uploaded.mime.as_str(), uploaded.size), ("image/png", PNG.len() as u64));
    assert_eq!(uploaded.pixels, Some((1, 1)));
    assert_eq!(sent(server.url(), &ann.token(), PNG).await, uploaded, "the same is the same");

    let message = with_file(&uploaded, "a pixel.png");
    ann.may(&message).await;
    let posted = |told: &Told| {
        match told {
        Told::Changes(news) => news.changes.iter().any(|change| {
            matches!(&change.kind, ChangeKind::Posted(it) if it.attachments.len() == 1 && it.body.is_none())
        }),
        _ => false,
    }
    };
    ben.news.expect("the picture", posted).await;
    let [attachment] = of_the_last(&ben).await.try_into().expect("one file");
    let Attachment { file, name, mime, size, pixels } = attachment;
    assert_eq!(
        (name.as_str(), mime.as_str(), size, pixels),
        ("a pixel.png", "image/png", 70, Some((1, 1)))
    );

    let answer = fetch(server.url(), &file, &[]).await;
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, PNG));
    assert_eq!(answer.header("content-type"), "image/png");
    assert!(answer.header("content-disposition").starts_with("inline"));
    is_harmless(&answer);
    // A part of it, and nothing of it for whoever has it.
    let part = fetch(server.url(), &file, &[("range", "bytes=1-3")]).await;
    assert_eq!((part.status.as_u16(), &part.body[..]), (206, &b"PNG"[..]));
    is_harmless(&part);
    let tag = answer.header("etag");
    let same = fetch(server.url(), &file, &[("if-none-match", tag)]).await;
    assert_eq!((same.status.as_u16(), same.body.len()), (304, 0));
}

#[tokio::test]
async fn what_could_run_in_a_browser_is_only_saved() {
    let server = Server::start().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let svg =
        "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>";
    let page = "<!doctype html><script>alert(1)</script>";
    for content in [
        svg.to_owned(),
        format!("<?xml version='1.0'?>\n{svg}"),
        format!("\u{feff}   \n{svg}"),
        page.to_owned(),
        format!("GIF89a/*{page}*/=1;alert(1)"),
        "%PDF-1.7 /JavaScript".to_owned(),
        "alert(1)".to_owned(),
    ] {
        let uploaded = sent(server.url(), &ann.token(), content.clone()).await;
        ann.may(&with_file(&uploaded, "picture.svg")).await;
        for name in ["", "?name=picture.svg", "?name=x.html", "?name=%22%0d%0aSet-Cookie:%20a=b"] {
            let url = format!("{}/files/{}{name}", server.url(), uploaded.file);
            let answer = get(&url, &[("accept", "text/html,image/*")]).await;
            assert_eq!(answer.text(), content);
            assert!(answer.header("set-cookie").is_empty());
            let kind = answer.header("content-type");
            // A picture's type on something else is harmless, as nobody guesses.
            let harmless = kind == "application/octet-stream" || kind == "image/gif";
            assert!(harmless, "{content} is served as {kind}");
            if kind != "image/gif" {
                assert!(
                    answer.header("content-disposition").starts_with("attachment"),
                    "{content}"
                );
            }
            is_harmless(&answer);
        }
    }
}

#[tokio::test]
async fn only_whoever_is_in_the_chat_sends_files() {
    let server = Server::start().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let mod_ = Person::chatting(server.url(), "Mod").await;
    let data = server.data().to_str().unwrap();
    assert!(run_to_end(&["grant", "Mod", "moderator", "--data", data]).await.status.success());
    let refused = async |token: Option<&Token>, headers: &[(&str, &str)]| {
        let answer = send(server.url(), token, headers, PNG).await;
        (answer.status.as_u16(), answer.text().to_owned())
    };
    let unknown: Token = "00".repeat(32).parse().unwrap();
    for (token, headers) in [
        (None, &[][..]),
        (Some(&unknown), &[]),
        (None, &[("authorization", "Bearer")]),
        (None, &[("authorization", "Basic YTpi")]),
        (None, &[("authorization", "Bearer a b")]),
    ] {
        let answer = refused(token, headers).await;
        assert!(answer.0 == 401 && answer.1.contains("token_invalid"), "{headers:?}: {answer:?}");
    }
    // Nor the page of another site, whatever it knows.
    let other = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    assert_eq!(refused(Some(&ann.token()), &other).await.0, 403);
    assert_eq!(refused(Some(&ann.token()), &[]).await.0, 201);

    mod_.may(&Kick { user: ann.id(), reason: Default::default() }).await;
    assert_eq!(refused(Some(&ann.token()), &[]).await.0, 401);
    let ben = Person::chatting(server.url(), "Ben").await;
    let ban = Ban { user: ben.id(), addresses: false, seconds: None, reason: Default::default() };
    mod_.may(&ban).await;
    assert!(matches!(refused(Some(&ben.token()), &[]).await.0, 401 | 403));
    let eve = Person::chatting(server.url(), "Eve").await;
    eve.may(&EndSession {}).await;
    assert_eq!(refused(Some(&eve.token()), &[]).await.0, 401);
    assert_eq!(send(server.url(), Some(&mod_.token()), &[], "").await.status, 400, "an empty file");
}

#[tokio::test]
async fn a_message_has_no_files_that_are_not_there_and_not_too_many() {
    let server = Server::start().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let (_, before) = ann.say(&chat(), "before").await;
    let there = sent(server.url(), &ann.token(), PNG).await;
    let nothing = Uploaded { file: "ab".repeat(32).parse().unwrap(), ..there.clone() };
    assert_eq!(ann.may_not(&with_file(&nothing, "x.png")).await.code, Code::FileUnknown);
    // One that is there does not help.
    let mut both = with_file(&there, "x.png");
    both.attachments.extend(with_file(&nothing, "y.png").attachments);
    assert_eq!(ann.may_not(&both).await.code, Code::FileUnknown);
    let mut many = with_file(&there, "x.png");
    many.attachments = vec![many.attachments[0].clone(); ATTACHMENTS + 1];
    assert_eq!(ann.may_not(&many).await.code, Code::Limit);
    let none = SendMessage { body: None, ..text_in(&chat(), "x") };
    assert_eq!(ann.may_not(&none).await.code, Code::Invalid);
    many.attachments.pop();
    assert_eq!(ann.may(&many).await.seq, before.seq.next(), "something was posted meanwhile");
    assert_eq!(of_the_last(&ann).await.len(), ATTACHMENTS);

    for id in ["ab".repeat(32), "x".to_owned(), "..%2f..%2fparlour.db".to_owned(), "%00".to_owned()]
    {
        let url = format!("{}/files/{id}", server.url());
        let answer = get(&url, &[]).await;
        assert!(answer.status == 404 && answer.text().contains("file_unknown"), "{id}: {answer:?}");
    }
}

#[tokio::test]
async fn a_file_goes_with_the_last_message_that_has_it() {
    let address = format!("127.0.0.1:{}", ports::free());
    let mut server = Server::start_at(&address, &[]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let shared = sent(server.url(), &ann.token(), PNG).await;
    let single = sent(server.url(), &ann.token(), "only here").await;
    let unused = sent(server.url(), &ann.token(), "not on a message yet").await;
    let messages =
        [with_file(&shared, "a.png"), with_file(&shared, "b.png"), with_file(&single, "c.txt")];
    for message in &messages {
        ann.may(message).await;
    }
    ann.may(&delete(messages[0].id)).await;
    ann.may(&delete(messages[2].id)).await;
    let history = ann.may(&RoomHistory { room: chat(), from: None, limit: None }).await;
    let files: Vec<_> = history.messages.iter().map(|it| it.posted.attachments.len()).collect();
    assert_eq!(files, [0, 1, 0]);

    // The sweep goes through them at every start.
    server.stop(StopSignal::TERM).await;
    server.start_again().await;
    wait_for("the file to be gone", async || {
        match fetch(server.url(), &single.file, &[]).await.status.as_u16() {
            404 if !on_disk(&server, &single.file).exists() => Ok(()),
            status => Err(status),
        }
    })
    .await;
    for kept in [&shared, &unused] {
        assert_eq!(fetch(server.url(), &kept.file, &[]).await.status, 200);
        assert!(on_disk(&server, &kept.file).exists());
    }
    let door = ann.door();
    drop(ann);
    let ann = door.enter().await;
    ann.join(&chat()).await;
    ann.may(&delete(messages[1].id)).await;
    assert_eq!(ann.may_not(&with_file(&single, "c.txt")).await.code, Code::FileUnknown);
    server.stop(StopSignal::TERM).await;
    server.start_again().await;
    wait_for("the other to be gone", async || {
        let file = on_disk(&server, &shared.file);
        if file.exists() { Err(file) } else { Ok(()) }
    })
    .await;
    assert!(fs::read(on_disk(&server, &unused.file)).unwrap() == b"not on a message yet");
}
