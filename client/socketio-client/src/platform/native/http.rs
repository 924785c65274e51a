//! HTTP requests through reqwest.

use std::{error::Error, sync::Arc};

use reqwest::{
    Client, Response,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION},
    redirect::Policy,
};
use tokio_rustls::rustls::ClientConfig;

use super::cookies::Cookies;
use crate::{
    options::{ExtraHeader, NetworkOptions},
    platform::{Answer, Answered},
};

/// A client without the environment's proxies, which the WebSocket would not use either.
pub(super) fn client(
    options: &NetworkOptions,
    tls: Arc<ClientConfig>,
    cookies: Option<Arc<Cookies>>,
) -> Result<Client, String> {
    let mut builder = Client::builder()
        .tls_backend_preconfigured(ClientConfig::clone(&tls))
        .default_headers(headers(&options.headers)?)
        .redirect(Policy::none())
        .no_proxy();
    if let Some(cookies) = cookies {
        builder = builder.cookie_provider(cookies);
    }
    builder.build().map_err(|error| reason(&error))
}

pub(super) fn headers(extra: &[ExtraHeader]) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for ExtraHeader { name, value } in extra {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| error.to_string())?;
        let value = HeaderValue::from_str(value).map_err(|error| error.to_string())?;
        headers.append(name, value);
    }
    Ok(headers)
}

/// Makes the request and reads the answer's body. Of one that is longer than `limit` bytes only
/// that much and one byte more is read: the Manager refuses it by that.
pub(super) async fn exchange(
    client: Client,
    url: String,
    body: Option<String>,
    limit: usize,
) -> Answer {
    let request = match body {
        Some(body) => client.post(url).header(CONTENT_TYPE, "text/plain;charset=UTF-8").body(body),
        None => client.get(url),
    };
    let mut response = request.send().await.map_err(|error| reason(&error))?;
    refuse_redirect(&response)?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while body.len() <= limit
        && let Some(chunk) = response.chunk().await.map_err(|error| reason(&error))?
    {
        let room = limit.saturating_add(1) - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    // As a browser reads text: what is no UTF-8 becomes replacement characters. Those are never
    // shorter than what they stand for, so a body that is too long stays so.
    let body = String::from_utf8(body)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    Ok(Answered { status, body })
}

/// A redirected POST becomes a GET, and a redirected request takes its headers elsewhere.
fn refuse_redirect(response: &Response) -> Result<(), String> {
    let Some(to) = response.headers().get(LOCATION).filter(|_| response.status().is_redirection())
    else {
        return Ok(());
    };
    let to = String::from_utf8_lossy(to.as_bytes());
    Err(format!("redirected to {to}, which is not followed: use that address"))
}

/// The innermost cause: what is around it only says that a request failed, and to which URL.
pub(super) fn reason(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let reason = innermost.to_string();
    // What rustls says of a server that speaks plain HTTP.
    if reason.contains("InvalidContentType") {
        return "the server does not speak TLS at this port: is it http or ws?".to_owned();
    }
    reason
}
