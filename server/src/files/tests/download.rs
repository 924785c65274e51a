use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
    X_CONTENT_TYPE_OPTIONS,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::*;

/// A server with one file, and where it is.
async fn with_file(content: impl Into<Body>) -> (Server, String) {
    let server = Server::new(MAX);
    let path = format!("/files/{}", server.uploaded(content).await.file);
    (server, path)
}

#[tokio::test]
async fn only_what_browsers_decode_is_shown_and_nothing_has_rights() {
    let html = "<!DOCTYPE html><script>alert(1)</script>";
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    for (content, kind, disposition) in [
        (png(1, 1), "image/png", "inline; filename*=UTF-8''x.png"),
        // As a picture by its name only.
        (html.into(), "application/octet-stream", "attachment; filename*=UTF-8''x.png"),
        (svg.into(), "application/octet-stream", "attachment; filename*=UTF-8''x.png"),
        (b"%PDF-1.7".to_vec(), "application/octet-stream", "attachment; filename*=UTF-8''x.png"),
        (b"Hello.".to_vec(), "application/octet-stream", "attachment; filename*=UTF-8''x.png"),
    ] {
        let (server, path) = with_file(content.clone()).await;
        let response = server.get(&format!("{path}?name=x.png"), &[]).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, CONTENT_TYPE), kind);
        assert_eq!(header(&response, CONTENT_DISPOSITION), disposition);
        assert_eq!(header(&response, X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(header(&response, CONTENT_SECURITY_POLICY), "sandbox; default-src 'none'");
        assert_eq!(header(&response, "cross-origin-resource-policy"), "same-origin");
        let cache = "private, max-age=31536000, immutable";
        assert_eq!(header(&response, CACHE_CONTROL), cache);
        assert_eq!(header(&response, ETAG), format!("\"{}\"", &path["/files/".len()..]));
        assert_eq!(header(&response, ACCEPT_RANGES), "bytes");
        assert_eq!(header(&response, CONTENT_LENGTH), content.len().to_string());
        assert_eq!(bytes(response).await, content);
    }
}

#[tokio::test]
async fn a_name_cannot_add_a_header() {
    let (server, path) = with_file("x").await;
    for name in ["a%0d%0aSet-Cookie:%20a=b", "a%22%0aX:y", "%00", "..%2F..%2Fetc"] {
        let response = server.get(&format!("{path}?name={name}"), &[]).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, CONTENT_DISPOSITION), "attachment", "{name}");
        assert_eq!(response.headers().len(), 9, "{name}");
    }
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let (server, path) = with_file(png(1, 1)).await;
    let tag = header(&server.get(&path, &[]).await, ETAG).to_owned();
    for (known, status) in [
        (tag.clone(), StatusCode::NOT_MODIFIED),
        (format!("\"x\", W/{tag}"), StatusCode::NOT_MODIFIED),
        ("*".to_owned(), StatusCode::NOT_MODIFIED),
        ("\"x\"".to_owned(), StatusCode::OK),
        (tag.replace('"', ""), StatusCode::OK),
    ] {
        // Even if it asks for a part: what it has, it has whole.
        let response = server.get(&path, &[(IF_NONE_MATCH, &known)]).await;
        assert_eq!(response.status(), status, "{known}");
        assert_eq!(header(&response, ETAG), tag);
        assert_eq!(header(&response, CONTENT_SECURITY_POLICY), "sandbox; default-src 'none'");
        assert_eq!(bytes(response).await.is_empty(), status == StatusCode::NOT_MODIFIED);
    }
    let ranged = server.get(&path, &[(IF_NONE_MATCH, &tag), (RANGE, "bytes=0-0")]).await;
    assert_eq!(ranged.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_part_is_sent_where_one_is_wanted() {
    let content: Vec<u8> = (0..200_000_u32).map(|at| (at % 251) as u8).collect();
    let (server, path) = with_file(content.clone()).await;
    for (range, first, last) in [
        ("bytes=0-0", 0, 0),
        ("bytes=100000-", 100_000, 199_999),
        ("bytes=65530-131080", 65_530, 131_080),
        ("bytes=-5", 199_995, 199_999),
        ("bytes=0-999999", 0, 199_999),
    ] {
        let response = server.get(&path, &[(RANGE, range)]).await;
        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        let told = format!("bytes {first}-{last}/200000");
        assert_eq!(header(&response, CONTENT_RANGE), told);
        assert_eq!(header(&response, CONTENT_LENGTH), (last - first + 1).to_string());
        assert_eq!(bytes(response).await, content[first..=last], "{range}");
    }
    for range in ["bytes=200000-", "bytes=-0"] {
        let response = server.get(&path, &[(RANGE, range)]).await;
        assert_eq!(response.status(), StatusCode::RANGE_NOT_SATISFIABLE, "{range}");
        assert_eq!(header(&response, CONTENT_RANGE), "bytes */200000");
        assert!(bytes(response).await.is_empty());
    }
    for range in ["bytes=0-1,5-6", "bytes=5-1", "lines=1-2"] {
        let response = server.get(&path, &[(RANGE, range)]).await;
        assert_eq!(response.status(), StatusCode::OK, "{range}");
        assert_eq!(bytes(response).await.len(), 200_000);
    }
}

#[tokio::test]
async fn a_part_is_only_sent_of_the_content_that_is_known() {
    let (server, path) = with_file("0123456789").await;
    let tag = header(&server.get(&path, &[]).await, ETAG).to_owned();
    for (known, status) in [
        (tag.clone(), StatusCode::PARTIAL_CONTENT),
        (format!("W/{tag}"), StatusCode::OK),
        ("\"x\"".to_owned(), StatusCode::OK),
        ("Sat, 01 Jan 2000 00:00:00 GMT".to_owned(), StatusCode::OK),
    ] {
        let response = server.get(&path, &[(RANGE, "bytes=1-2"), (IF_RANGE, &known)]).await;
        assert_eq!(response.status(), status, "{known}");
    }
}

#[tokio::test]
async fn head_tells_the_same_and_sends_nothing() {
    let (server, path) = with_file("0123456789").await;
    let get = server.get(&path, &[]).await;
    // A range is for GET alone.
    let head = server.ask(Method::HEAD, &path, &[(RANGE, "bytes=1-2")]).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(head.headers(), get.headers());
    assert!(bytes(head).await.is_empty());
}

/// The same over a connection, where a wrong length would make the next answer unreadable.
#[tokio::test]
async fn answers_follow_each_other_on_one_connection() {
    let (server, path) = with_file("0123456789").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let serving = tokio::spawn(axum::serve(listener, server.router.clone()).into_future());
    let tag = &path["/files/".len()..];
    for (method, more) in [
        ("HEAD", ""),
        ("GET", "Range: bytes=2-3\r\n"),
        ("GET", "Range: bytes=10-\r\n"),
        ("GET", &format!("If-None-Match: \"{tag}\"\r\n")),
        ("GET", "Connection: close\r\n"),
    ] {
        let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{more}\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
    }
    let mut answers = String::new();
    client.read_to_string(&mut answers).await.unwrap();
    let told: Vec<(&str, &str)> = answers
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| (&answer[..3], answer.split_once("\r\n\r\n").unwrap().1))
        .collect();
    let expected = [("200", ""), ("206", "23"), ("416", ""), ("304", ""), ("200", "0123456789")];
    assert_eq!(told, expected);
    assert_eq!(answers.matches("content-length: 10\r\n").count(), 2);
    serving.abort();
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let (server, path) = with_file("x").await;
    let unknown = format!("/files/{}", "0".repeat(64));
    let upper = path.to_uppercase().replace("/FILES", "/files");
    let long = format!("{path}0");
    for path in [
        unknown.as_str(),
        &upper,
        &long,
        "/files/x",
        "/files/..%2Fincoming",
        "/files/%FF",
        "/files/",
        "/files/incoming",
    ] {
        let response = server.get(path, &[]).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let response = server.get(&unknown, &[]).await;
    assert_eq!(header(&response, CACHE_CONTROL), "no-store");
    assert_eq!(reply(response).await.unwrap_err().code, Code::FileUnknown);
}

#[tokio::test]
async fn content_that_is_gone_or_damaged_is_not_sent() {
    let (server, path) = with_file("content").await;
    let file = list(&server.folder()).unwrap().pop_first().unwrap();
    let on_disk = server.files.0.folder.path(&file);
    fs::write(&on_disk, "cont").unwrap();
    let response = server.get(&path, &[]).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(header(&response, CACHE_CONTROL), "no-store");
    fs::remove_file(&on_disk).unwrap();
    assert_eq!(server.get(&path, &[]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_that_shrinks_while_it_is_sent_ends_in_an_error() {
    let (server, path) = with_file(vec![b'x'; 500_000]).await;
    let file = list(&server.folder()).unwrap().pop_first().unwrap();
    let response = server.get(&path, &[]).await;
    let on_disk = fs::OpenOptions::new().write(true).open(server.files.0.folder.path(&file));
    on_disk.unwrap().set_len(100_000).unwrap();
    assert!(response.into_body().collect().await.is_err());
}
