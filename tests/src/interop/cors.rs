//! Every page may ask: tests in browsers come from the page of their runner.

use axum::{
    extract::Request,
    http::{
        HeaderValue, Method, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
            ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
        },
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Answers preflights, and allows whoever asks to read every answer, with credentials.
pub async fn open(request: Request, next: Next) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let headers = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response =
        if is_preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let mut allow = |name, value| response.headers_mut().insert(name, value);
    if let Some(origin) = origin {
        allow(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        allow(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        allow(VARY, HeaderValue::from_static("origin"));
    }
    if is_preflight {
        // A star would not mean everything where credentials are allowed.
        allow(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, DELETE"));
        if let Some(headers) = headers {
            allow(ACCESS_CONTROL_ALLOW_HEADERS, headers);
        }
    }
    response
}
