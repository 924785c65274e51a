//! Beyond the limits on files.

use std::{fs, path::Path};

use parlour_events::{Refusal, Reply, RoomName};
use parlour_tests::{
    person::Person,
    server::Server,
    upload::{fetch, send, sent},
};
use sha2::{Digest, Sha256};

use super::{Saw, until_refused, wait_out};

/// A file of so many bytes, like no other.
fn content(first: u8, bytes: usize) -> Vec<u8> {
    let mut content = vec![b'.'; bytes];
    content[0] = first;
    content
}

/// What a file with this content is called.
fn id(content: &[u8]) -> parlour_events::FileId {
    let digits: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    digits.parse().unwrap()
}

/// How many contents are on the disk.
fn stored(data: &Path) -> usize {
    let folders = fs::read_dir(data.join("files")).unwrap().map(|entry| entry.unwrap().path());
    folders
        .filter(|folder| folder.is_dir())
        .map(|folder| fs::read_dir(folder).unwrap().count())
        .sum()
}

pub(super) async fn size(value: &str) -> Vec<Saw> {
    let server = Server::unlimited_with(&["--max-upload-size", value]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let (token, url) = (ann.token(), server.url());
    let limit: usize = value.parse().unwrap();
    assert_eq!(ann.session.limits.upload_bytes, limit as u64);
    let large = content(1, limit + 1);
    let mut saw = vec![Saw::answer(&send(url, Some(&token), &[], large.clone()).await)];
    // Without a length in front of it, it is found out on the way.
    let chunked = &[("transfer-encoding", "chunked")];
    saw.push(Saw::answer(&send(url, Some(&token), chunked, large.clone()).await));
    assert_eq!(stored(server.data()), 0, "something was stored");
    assert_eq!(fetch(url, &id(&large), &[]).await.status, 404);
    if limit > 0 {
        sent(url, &token, content(1, limit)).await;
    }
    ann.say(&RoomName::default(), "still here").await;
    saw
}

pub(super) async fn space(value: &str) -> Vec<Saw> {
    let server =
        Server::unlimited_with(&["--max-upload-size", "1000", "--max-upload-space", value]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let (token, url) = (ann.token(), server.url());
    sent(url, &token, content(1, 1_000)).await;
    let second = send(url, Some(&token), &[], content(2, 1_000)).await;
    if value == "0" {
        assert_eq!(second.status, 201);
        return vec![];
    }
    assert_eq!(stored(server.data()), 1, "what was refused is on the disk");
    assert_eq!(fetch(url, &id(&content(2, 1_000)), &[]).await.status, 404);
    // What is there already takes no more space, and what fits is taken.
    sent(url, &token, content(1, 1_000)).await;
    sent(url, &token, content(3, 500)).await;
    vec![Saw::answer(&second)]
}

pub(super) async fn often(value: &str) -> Vec<Saw> {
    let server = Server::unlimited_with(&["--uploads-per-minute", value]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    let (token, url) = (ann.token(), server.url());
    let mut last = None;
    let (done, refused) = until_refused(async || {
        let answer = send(url, Some(&token), &[], content(1, 10)).await;
        let reply = serde_json::from_str::<Reply<parlour_events::Uploaded>>(answer.text()).unwrap();
        last = Some(answer);
        Result::<_, Refusal>::from(reply).map(drop)
    })
    .await;
    assert!(done >= 60);
    let Some(refusal) = refused else { return vec![] };
    sent(url, &ben.token(), content(2, 10)).await;
    wait_out(&refusal).await;
    sent(url, &token, content(3, 10)).await;
    vec![Saw::answer(&last.unwrap())]
}
