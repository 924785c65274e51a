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

/// Status and body of the answer.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) async fn http(method: Method, url: &str, body: String) -> (u16, String) {
    // One each: a client of its own lives no longer than the runtime of its test.
    let client = reqwest::Client::new();
    let request = match method {
        Method::Get => client.get(url),
        Method::Post => client.post(url).body(body),
    };
    let response = request.send().await.unwrap_or_else(|error| panic!("{url}: {error}"));
    let status = response.status().as_u16();
    (status, response.text().await.unwrap())
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
