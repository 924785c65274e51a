//! The server's answers over HTTP.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

use crate::waiting::within;

/// An answer, read to its end. The body is as it came: compressed if it was.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// A header's value; empty where there is none.
    ///
    /// # Panics
    /// If it is not text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header of text"))
    }

    /// The body as text.
    ///
    /// # Panics
    /// If it is not text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body of text")
    }
}

/// Asks for a URL, with these headers and no others of any meaning.
pub async fn get(url: &str, headers: &[(&str, &str)]) -> Answer {
    ask(Method::GET, url, headers, "").await
}

/// A request.
///
/// # Panics
/// If it is not answered.
pub async fn ask(method: Method, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(Bytes::from(body.to_owned()))).expect("a request");
    let client = Client::builder(TokioExecutor::new()).build_http();
    let answer = within(url, client.request(request)).await;
    let (parts, body) = answer.unwrap_or_else(|error| panic!("{url}: {error:?}")).into_parts();
    let body = within(url, body.collect()).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() }
}
