//! HTTP requests through the browser's `fetch`.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, Request, RequestCache, RequestCredentials, RequestInit, Response,
};

use super::{global, message};
use crate::{
    options::{ExtraHeader, NetworkOptions},
    platform::{Answered, Exchange},
};

/// Aborts its request when dropped; one that is over does not notice.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Makes the request at once and reads the answer. The browser reads a body of any length; the
/// Manager checks it.
pub(super) fn exchange(url: &str, body: Option<String>, options: &NetworkOptions) -> Exchange {
    let started = start(url, body, options);
    Box::pin(async move {
        let (fetched, abort) = started.map_err(|thrown| because(&thrown))?;
        let answer = read(fetched).await.map_err(|thrown| because(&thrown));
        drop(abort);
        answer
    })
}

fn start(
    url: &str,
    body: Option<String>,
    options: &NetworkOptions,
) -> Result<(JsFuture, AbortOnDrop), JsValue> {
    let headers = Headers::new()?;
    for ExtraHeader { name, value } in &options.headers {
        headers.append(name, value)?;
    }
    let abort = AbortOnDrop(AbortController::new()?);
    let init = RequestInit::new();
    if let Some(body) = body {
        init.set_method("POST");
        init.set_body(&JsValue::from_str(&body));
        headers.set("content-type", "text/plain;charset=UTF-8")?;
    }
    init.set_headers(&headers);
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(match options.with_credentials {
        true => RequestCredentials::Include,
        false => RequestCredentials::SameOrigin,
    });
    init.set_signal(Some(&abort.0.signal()));
    let request = Request::new_with_str_and_init(url, &init)?;
    // Of the global scope: a worker has no `window`.
    let fetch = global::<Function>("fetch").ok_or(JsValue::UNDEFINED)?;
    let promise = fetch.call1(&JsValue::UNDEFINED, &request)?.dyn_into::<Promise>()?;
    // At once: a promise that is rejected while nobody listens to it is reported by the browser.
    Ok((JsFuture::from(promise), abort))
}

async fn read(fetched: JsFuture) -> Result<Answered, JsValue> {
    let response = fetched.await?.dyn_into::<Response>()?;
    let body = JsFuture::from(response.text()?).await?;
    Ok(Answered { status: response.status(), body: body.as_string().unwrap_or_default() })
}

/// Browsers do not tell a page why a request failed, lest it learns about other sites.
fn because(thrown: &JsValue) -> String {
    const WHY: &str = "the browser gives no reason (network, CORS or refused)";
    match message(thrown) {
        Some(message) => message + "; " + WHY,
        None => WHY.to_owned(),
    }
}
