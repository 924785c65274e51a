use axum::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, EXPECT, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, sleep},
};

use super::*;
use crate::files::{
    answer::Refused,
    incoming::Incoming,
    places::{PLACES, PLACES_EACH},
    upload::{IDLE, WHOLE},
};

#[tokio::test]
async fn a_file_comes_back_as_it_was() {
    let server = Server::new(MAX);
    let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).take(700_001).collect();
    let response = server.post_as("ann", content.clone()).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(header(&response, CONTENT_TYPE), "application/json");
    let location = header(&response, LOCATION).to_owned();
    let uploaded = reply(response).await.unwrap();
    assert_eq!(location, format!("/files/{}", uploaded.file));
    assert_eq!((uploaded.size, uploaded.pixels), (700_001, None));
    assert_eq!(bytes(server.get(&location, &[]).await).await, content);
    assert_eq!(server.on_disk(), (1, 0));
    assert_eq!(server.ledger.row(&uploaded.file).unwrap().stored.size, 700_001);
}

#[tokio::test]
async fn a_file_is_named_by_its_hash() {
    let server = Server::new(MAX);
    let uploaded = server.uploaded("abc").await;
    // printf abc | sha256sum
    let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(uploaded.file.as_str(), hash);
    assert_eq!(uploaded.mime, "text/plain; charset=utf-8");
    let path = server.folder().join("ba").join(&hash[2..]);
    assert_eq!(fs::read(path).unwrap(), b"abc");
}

#[tokio::test]
async fn the_same_file_again_is_the_same() {
    let server = Server::new(MAX);
    let first = server.uploaded(png(3, 4)).await;
    assert_eq!((first.mime.as_str(), first.pixels), ("image/png", Some((3, 4))));
    assert_eq!(server.uploaded(png(3, 4)).await, first);
    assert_eq!(server.on_disk(), (1, 0));
    assert_ne!(server.uploaded(png(4, 3)).await, first);
    assert_eq!(server.on_disk(), (2, 0));
}

#[tokio::test]
async fn the_same_file_again_mends_one_that_is_damaged() {
    let server = Server::new(MAX);
    let uploaded = server.uploaded("content").await;
    fs::write(server.files.0.folder.path(&uploaded.file), "c0ntent").unwrap();
    server.uploaded("content").await;
    let response = server.get(&format!("/files/{}", uploaded.file), &[]).await;
    assert_eq!(bytes(response).await, b"content");
}

#[tokio::test]
async fn a_file_may_be_as_large_as_the_limit() {
    let server = Server::new(1_000);
    assert_eq!(server.uploaded(vec![b'x'; 1_000]).await.size, 1_000);
}

#[tokio::test]
async fn a_length_over_the_limit_is_refused_before_anything_is_read() {
    let server = Server::new(1_000);
    let (_sender, asked, body) = Pieces::body(Some(1_001));
    let request = Request::post("/files")
        .header(AUTHORIZATION, "Bearer ann")
        // Else the rest is taken in after the answer.
        .header(EXPECT, "100-continue")
        .body(body);
    let response = server.router.clone().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let refusal = reply(response).await.unwrap_err();
    assert_eq!(refusal.code, Code::TooLong);
    assert!(refusal.message.contains("1000 bytes"), "{}", refusal.message);
    assert!(!*asked.lock().unwrap());
    assert_eq!(*server.ledger.0.asked.lock().unwrap(), 0);
    assert_eq!(server.on_disk(), (0, 0));
}

#[tokio::test]
async fn a_file_without_a_length_is_cut_at_the_limit() {
    let server = Server::new(1_000);
    for pieces in [vec![1_001], vec![1_000, 1], vec![600, 600]] {
        let (sender, _, body) = Pieces::body(None);
        let response = tokio::join!(server.post_as("ann", body), async {
            for piece in pieces {
                // Nobody may want it any more.
                let _ = sender.send(Ok(vec![b'x'; piece].into())).await;
            }
        })
        .0;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(server.on_disk(), (0, 0));
    }
    let (sender, _, body) = Pieces::body(None);
    let (uploaded, ()) = tokio::join!(server.uploaded(body), async {
        sender.send(Ok(vec![b'x'; 600].into())).await.unwrap();
        sender.send(Ok(vec![b'x'; 400].into())).await.unwrap();
        drop(sender);
    });
    assert_eq!(uploaded.size, 1_000);
}

#[tokio::test]
async fn who_may_not_upload_is_told_before_anything_is_read() {
    let server = Server::new(MAX);
    for (token, status, code, retry) in [
        ("Bearer nobody", StatusCode::UNAUTHORIZED, Code::TokenInvalid, ""),
        ("Bearer muted", StatusCode::FORBIDDEN, Code::Muted, ""),
        ("Bearer hasty", StatusCode::TOO_MANY_REQUESTS, Code::RateLimited, "2"),
        ("Bearer", StatusCode::UNAUTHORIZED, Code::TokenInvalid, ""),
        ("Bearer ", StatusCode::UNAUTHORIZED, Code::TokenInvalid, ""),
        ("Bearer a b", StatusCode::UNAUTHORIZED, Code::TokenInvalid, ""),
        ("Basic YTpi", StatusCode::UNAUTHORIZED, Code::TokenInvalid, ""),
        ("ann", StatusCode::UNAUTHORIZED, Code::TokenInvalid, ""),
        ("", StatusCode::UNAUTHORIZED, Code::TokenInvalid, ""),
    ] {
        let (_sender, asked, body) = Pieces::body(Some(10));
        let request = Request::post("/files").header(EXPECT, "100-continue");
        let request = match token {
            "" => request,
            token => request.header(AUTHORIZATION, token),
        };
        let request = request.body(body).unwrap();
        let response = server.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{token}");
        assert_eq!(header(&response, RETRY_AFTER), retry);
        assert_eq!(header(&response, CACHE_CONTROL), "no-store");
        assert_eq!(header(&response, X_CONTENT_TYPE_OPTIONS), "nosniff");
        let challenge = if status == StatusCode::UNAUTHORIZED { "Bearer" } else { "" };
        assert_eq!(header(&response, WWW_AUTHENTICATE), challenge);
        assert_eq!(reply(response).await.unwrap_err().code, code);
        assert!(!*asked.lock().unwrap(), "{token}");
    }
    assert_eq!(server.on_disk(), (0, 0));
    let request = Request::post("/files").header(AUTHORIZATION, "bearer ann").body(Body::from("x"));
    let response = server.router.clone().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn an_empty_file_is_refused() {
    let server = Server::new(MAX);
    let response = server.post_as("ann", Body::empty()).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(reply(response).await.unwrap_err().code, Code::Invalid);
    assert_eq!(server.on_disk(), (0, 0));
}

#[tokio::test]
async fn a_server_without_uploads_says_so_and_still_has_its_files() {
    let server = Server::new(MAX);
    let uploaded = server.uploaded("kept").await;
    let off = Files::open(server.folder(), 0).unwrap().router(server.ledger.clone());
    let response = post(&off, "ann", "x".into()).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(reply(response).await.unwrap_err().message, "This server takes no files.");
    let request = Request::get(format!("/files/{}", uploaded.file)).body(Body::empty());
    assert_eq!(bytes(off.oneshot(request.unwrap()).await.unwrap()).await, b"kept");
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_nothing() {
    let server = Server::new(MAX);
    let (sender, _, body) = Pieces::body(None);
    let router = server.router.clone();
    let upload = tokio::spawn(async move { post(&router, "ann", body).await });
    begin(&sender).await;
    assert_eq!(server.on_disk(), (0, 1));
    upload.abort();
    assert!(upload.await.unwrap_err().is_cancelled());
    assert_eq!(server.on_disk(), (0, 0));
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_nothing() {
    let server = Server::new(MAX);
    let (sender, _, body) = Pieces::body(None);
    let (response, ()) = tokio::join!(server.post_as("ann", body), async {
        begin(&sender).await;
        sender.send(Err(io::ErrorKind::ConnectionReset.into())).await.unwrap();
    });
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(server.on_disk(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_upload_of_which_nothing_comes_is_given_up() {
    let server = Server::new(MAX);
    let (sender, _, body) = Pieces::body(None);
    sender.send(Ok("begun".into())).await.unwrap();
    let begun = Instant::now();
    let response = server.post_as("ann", body).await;
    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    assert!(begun.elapsed() >= IDLE && begun.elapsed() < 2 * IDLE);
    assert_eq!(server.on_disk(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_comes_in_drops_is_given_up() {
    let server = Server::new(MAX);
    let (sender, _, body) = Pieces::body(None);
    let drops = tokio::spawn(async move {
        while sender.send(Ok("drop".into())).await.is_ok() {
            sleep(IDLE * 9 / 10).await;
        }
    });
    let begun = Instant::now();
    let response = server.post_as("ann", body).await;
    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    assert!(begun.elapsed() >= WHOLE && begun.elapsed() < WHOLE + IDLE);
    assert_eq!(server.on_disk(), (0, 0));
    drops.abort();
}

/// Uploads that have begun and do not go on.
async fn hang(server: &Server, tokens: &[String]) -> Vec<Sender> {
    let mut senders = Vec::new();
    for token in tokens {
        let (sender, _, body) = Pieces::body(None);
        let (router, token) = (server.router.clone(), token.clone());
        tokio::spawn(async move { post(&router, &token, body).await });
        begin(&sender).await;
        senders.push(sender);
    }
    senders
}

#[tokio::test]
async fn more_uploads_than_there_are_places_are_told_to_wait() {
    let server = Server::new(MAX);
    let people: Vec<String> = (0..PLACES).map(|number| format!("person{number}")).collect();
    let uploads = hang(&server, &people).await;
    let response = server.post_as("ann", "x").await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(header(&response, RETRY_AFTER), "5");
    assert_eq!(reply(response).await.unwrap_err().code, Code::Busy);
    // One ends, and its place is free as soon as it is worked off.
    drop(uploads);
    while server.post_as("ann", "x").await.status() != StatusCode::CREATED {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn one_person_does_not_take_all_places() {
    let server = Server::new(MAX);
    let _uploads = hang(&server, &vec!["ann".to_owned(); PLACES_EACH]).await;
    let response = server.post_as("ann", "x").await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.post_as("ben", "x").await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_kept() {
    let server = Server::new(MAX);
    let kept = server.uploaded("kept").await;
    *server.ledger.0.full.lock().unwrap() = Some(Refusal::new(Code::Limit, "No space left."));
    let response = server.post_as("ann", "new").await;
    assert_eq!(response.status(), StatusCode::INSUFFICIENT_STORAGE);
    assert_eq!(reply(response).await.unwrap_err().code, Code::Limit);
    assert_eq!(server.on_disk(), (1, 0));
    // The content of a row stays, whatever becomes of another upload of it.
    assert_eq!(server.post_as("ann", "kept").await.status(), StatusCode::INSUFFICIENT_STORAGE);
    let response = server.get(&format!("/files/{}", kept.file), &[]).await;
    assert_eq!(bytes(response).await, b"kept");
}

#[tokio::test]
async fn a_client_that_goes_away_at_the_end_does_not_stop_the_writing_down() {
    let server = Server::new(MAX);
    server.ledger.0.recording.set();
    let router = server.router.clone();
    let upload = tokio::spawn(async move { post(&router, "ann", "x".into()).await });
    server.ledger.0.recording.reached().await;
    upload.abort();
    assert!(upload.await.unwrap_err().is_cancelled());
    server.ledger.0.recording.go_on();
    let file = list(&server.folder()).unwrap().pop_first().unwrap();
    // Has to wait until it is written down.
    assert!(!server.files.remove_unrecorded(&server.ledger, &file).await.unwrap());
    assert!(server.ledger.row(&file).is_some());
}

#[tokio::test]
async fn a_disk_that_cannot_be_written_to_is_told() {
    let server = Server::new(MAX);
    fs::remove_dir(server.folder().join("incoming")).unwrap();
    let response = server.post_as("ann", "x").await;
    assert_eq!(response.status(), StatusCode::INSUFFICIENT_STORAGE);
    assert_eq!(reply(response).await.unwrap_err().code, Code::Storage);

    // A file stands where the folder of the content's name has to be.
    let server = Server::new(MAX);
    fs::write(server.folder().join("ba"), "").unwrap();
    let response = server.post_as("ann", "abc").await;
    assert_eq!(response.status(), StatusCode::INSUFFICIENT_STORAGE);
    assert_eq!(names(&server.folder().join("incoming")), 0);
    assert!(server.ledger.0.rows.lock().unwrap().is_empty());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_told() {
    let server = Server::new(MAX);
    let (temporary, _) = server.files.0.folder.temporary().unwrap();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut incoming = Incoming::new(temporary, full.into());
    // The system may say so at once, or only once everything is to be there.
    let error = match incoming.write(b"content").await {
        Ok(()) => incoming.finish().await.map(|_| ()).unwrap_err(),
        Err(error) => error,
    };
    use axum::response::IntoResponse;
    let response = Refused::disk("storing an upload", &error).into_response();
    assert_eq!(response.status(), StatusCode::INSUFFICIENT_STORAGE);
    let refusal = reply(response).await.unwrap_err();
    assert_eq!(refusal.code, Code::Storage);
    assert!(refusal.message.contains("disk is full"), "{}", refusal.message);
}

/// A client that is refused and still sends all it has. If the server closed the connection at
/// once, its bytes would come back as a reset, and the answer could be lost with it.
#[tokio::test]
async fn a_refused_client_that_sends_on_still_gets_its_answer() {
    let server = Server::new(1_000);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(axum::serve(listener, server.router.clone()).into_future());
    for length in ["Content-Length: 8388608", "Transfer-Encoding: chunked"] {
        let mut client = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /files HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             Authorization: Bearer ann\r\n{length}\r\n\r\n"
        );
        client.write_all(head.as_bytes()).await.unwrap();
        if length.starts_with('T') {
            client.write_all(b"800000\r\n").await.unwrap();
        }
        client.write_all(&vec![b'x'; 8_388_608]).await.unwrap();
        if length.starts_with('T') {
            client.write_all(b"\r\n0\r\n\r\n").await.unwrap();
        }
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.contains("too_long"), "{answer}");
    }
    assert_eq!(server.on_disk(), (0, 0));
    serving.abort();
}

#[tokio::test]
async fn other_methods_are_not_there() {
    let server = Server::new(MAX);
    for (method, path) in
        [(Method::GET, "/files"), (Method::PUT, "/files"), (Method::DELETE, "/files/x")]
    {
        let response = server.ask(method, path, &[]).await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
}
