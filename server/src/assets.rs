//! The page, out of the binary.
//!
//! * `/` is `index.html`; every other file has its own path; anything else is 404.
//! * A file whose name holds its content's hash (Trunk: `app-0123456789abcdef.js`) is kept by
//!   browsers for good; every other file is asked for again each time and answered with 304 while
//!   it is the same.
//! * brotli, gzip or plain, as the request allows; each has a strong `ETag` of its own.
//! * [`content_security_policy`] allows the page's own scripts, its WebAssembly, and the inline
//!   scripts that stand in `index.html`, by their hashes. Nothing else.
//!
//! `build.rs` puts the files here and compresses them, so that nothing is left to do at the start.

mod file;
mod policy;

use axum::{
    Router,
    body::Body,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri,
        header::{
            ALLOW, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
            X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
    middleware::map_response,
    response::IntoResponse,
};

use self::{file::File, policy::content_security_policy};

/// What the page has no use for, so that nothing that gets into it has, either.
const PERMISSIONS_POLICY: &str = "accelerometer=(), bluetooth=(), camera=(), display-capture=(), \
    geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), \
    publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

/// Sorted by path.
static FILES: &[File] = &include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// The page, and 404 for every path that is no file of it.
pub(crate) fn router() -> Router {
    Router::new().fallback(serve)
}

/// Adds the headers that hold for every answer of the server, where it has none of its own; over
/// HTTPS, that browsers are to stay with it.
pub(crate) fn with_security_headers(router: Router, https: bool) -> Router {
    let index = find("/").map_or(&b""[..], |file| file.plain);
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_SECURITY_POLICY, content_security_policy(index));
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        // The same as `frame-ancestors 'none'`, for browsers that do not know that.
        (X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if https {
        // A year. Not for subdomains, which may be somebody else's.
        let value = HeaderValue::from_static("max-age=31536000");
        headers.insert(STRICT_TRANSPORT_SECURITY, value);
    }
    router.layer(map_response(move |mut response: Response<Body>| {
        for (name, value) in &headers {
            response.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
        std::future::ready(response)
    }))
}

async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response<Body> {
    let Some(file) = find(uri.path()) else {
        return (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
    };
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
    }
    let mut response = file.answer(&headers);
    if method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    response
}

fn find(path: &str) -> Option<&'static File> {
    let path = if path == "/" { "/index.html" } else { path };
    FILES.binary_search_by(|file| file.path.cmp(path)).ok().map(|at| &FILES[at])
}

#[cfg(test)]
mod tests;
