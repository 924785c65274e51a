//! Files, sent and fetched as the page does it: over HTTP, beside the socket.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, StatusCode};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use parlour_events::{FileId, Reply, Token, Uploaded};

use crate::{
    http::{self, Answer},
    waiting::within,
};

/// Sends a file, with or without a token and with more headers; gives the answer as it is.
///
/// # Panics
/// If there is no answer.
pub async fn send(
    url: &str,
    token: Option<&Token>,
    headers: &[(&str, &str)],
    content: impl Into<Bytes>,
) -> Answer {
    let mut request = Request::post(format!("{url}/files"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {}", token.as_str()));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(content.into())).expect("a request");
    let client = Client::builder(TokioExecutor::new()).build_http();
    let answer = within("an upload", client.request(request)).await.expect("an answer");
    let (parts, body) = answer.into_parts();
    let body = within("an upload's answer", body.collect()).await.expect("all of it");
    Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() }
}

/// Sends a file that is taken.
///
/// # Panics
/// If it is not.
pub async fn sent(url: &str, token: &Token, content: impl Into<Bytes>) -> Uploaded {
    let answer = send(url, Some(token), &[], content).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    match serde_json::from_str(answer.text()).expect("an answer of the contract") {
        Reply::Ok(uploaded) => uploaded,
        Reply::Error(refusal) => panic!("201 with {refusal}"),
    }
}

/// Fetches a file, with headers.
pub async fn fetch(url: &str, file: &FileId, headers: &[(&str, &str)]) -> Answer {
    http::get(&format!("{url}/files/{file}"), headers).await
}
