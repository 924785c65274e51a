//! What differs between a native test and one in a browser.

use std::time::Duration;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use tokio::test;
#[cfg(target_arch = "wasm32")]
pub(crate) use wasm_bindgen_test::wasm_bindgen_test as test;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Method {
    Get,
    Post,
}

/// Status and body of the answer. By hand: a client that knows TLS asks for more around it.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) async fn http(method: Method, url: &str, body: String) -> (u16, String) {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let method = match method {
        Method::Get => "GET",
        Method::Post => "POST",
    };
    let length = body.len();
    let request = format!(
        "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{body}"
    );
    let mut stream =
        TcpStream::connect(host).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// Status and body of the answer.
#[cfg(target_arch = "wasm32")]
pub(crate) async fn http(method: Method, url: &str, body: String) -> (u16, String) {
    use gloo_net::http::Request;

    // Text, which pages may send anywhere without asking first.
    let request = match method {
        Method::Get => Request::get(url).build(),
        Method::Post => Request::post(url).body(body),
    };
    let response = request.unwrap().send().await.unwrap_or_else(|error| panic!("{url}: {error}"));
    (response.status(), response.text().await.unwrap())
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) async fn sleep(span: Duration) {
    tokio::time::sleep(span).await;
}

#[cfg(target_arch = "wasm32")]
pub(crate) async fn sleep(span: Duration) {
    gloo_timers::future::TimeoutFuture::new(u32::try_from(span.as_millis()).unwrap()).await;
}

/// Where the peers are told what to do: a page has no environment, so it is built in.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn peers() -> Option<String> {
    std::env::var("PARLOUR_PEERS").ok()
}

/// Where the peers are told what to do: a page has no environment, so it is built in.
#[cfg(target_arch = "wasm32")]
pub(crate) fn peers() -> Option<String> {
    option_env!("PARLOUR_PEERS").map(str::to_owned)
}

/// Says which of several at once it was that failed.
pub(crate) async fn said<T>(which: impl std::fmt::Debug, test: impl Future<Output = T>) -> T {
    let mut test = std::pin::pin!(test);
    std::future::poll_fn(|cx| {
        let which = Which(&which);
        let polled = test.as_mut().poll(cx);
        std::mem::forget(which);
        polled
    })
    .await
}

/// Speaks when it is dropped by a panic. In a browser nothing is: there a panic ends the test.
struct Which<'a, D: std::fmt::Debug>(&'a D);

impl<D: std::fmt::Debug> Drop for Which<'_, D> {
    fn drop(&mut self) {
        eprintln!("that was {:?}", self.0);
    }
}
