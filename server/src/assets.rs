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

use axum::{
    Router,
    body::Body,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri,
        header::{
            ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH,
            CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
            STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
    middleware::map_response,
    response::IntoResponse,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

/// One file of the page.
#[derive(Debug)]
struct File {
    /// Its path in URLs, with the slash in front.
    path: &'static str,
    /// Changes with the content, and only with it.
    tag: &'static str,
    plain: &'static [u8],
    /// None where compressing does not pay.
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

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

impl File {
    /// The answer to a GET with these headers.
    fn answer(&self, request: &HeaderMap) -> Response<Body> {
        let (bytes, encoding) = self.representation(request);
        let tag = format!("\"{}{}\"", self.tag, encoding.map_or("", |(_, suffix)| suffix));

        let mut response = if knows(request, &tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Body::from(bytes).into_response();
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(self.path)));
            headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
            if let Some((name, _)) = encoding {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache_control(self.path)));
        if self.brotli.is_some() || self.gzip.is_some() {
            headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        }
        headers.insert(ETAG, HeaderValue::try_from(tag).expect("hexadecimal digits and a suffix"));
        response
    }

    /// What to send: the bytes, and the encoding's name with the suffix it gives the `ETag`.
    fn representation(
        &self,
        request: &HeaderMap,
    ) -> (&'static [u8], Option<(&'static str, &'static str)>) {
        match (self.brotli, self.gzip) {
            (Some(bytes), _) if accepts(request, "br") => (bytes, Some(("br", "-br"))),
            (_, Some(bytes)) if accepts(request, "gzip") => (bytes, Some(("gzip", "-gz"))),
            _ => (self.plain, None),
        }
    }
}

/// Whether `Accept-Encoding` names this encoding, or all, without `q=0`.
fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    let mut any = false;
    for value in request.get_all(ACCEPT_ENCODING) {
        for item in value.to_str().unwrap_or_default().split(',') {
            let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
            let quality = parameters.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
            let wanted = quality.is_ok_and(|quality| quality > 0.0);
            match name.trim() {
                // A name counts more than the star, wherever it stands.
                name if name.eq_ignore_ascii_case(encoding) => return wanted,
                "*" => any = wanted,
                _ => {}
            }
        }
    }
    any
}

/// Whether `If-None-Match` has this tag. A proxy that compresses may have made it a weak one.
fn knows(request: &HeaderMap, tag: &str) -> bool {
    request.get_all(IF_NONE_MATCH).iter().any(|value| {
        value.to_str().unwrap_or_default().split(',').any(|known| {
            let known = known.trim();
            known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
        })
    })
}

fn cache_control(path: &str) -> &'static str {
    if has_hash(path) { "public, max-age=31536000, immutable" } else { "no-cache" }
}

/// Whether the name ends, before its extension and wasm-bindgen's `_bg`, in `-` and the
/// hexadecimal digits of a 64-bit hash. Trunk writes it without leading zeros, so a few of the 16
/// digits may be missing; a name that looks so by chance, such as `-decade`, is shorter.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        (10..=16).contains(&hash.len()) && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        _ => "application/octet-stream",
    }
}

/// The policy for a page with this `index.html`.
///
/// `connect-src 'self'` covers the WebSocket to the same host and port in every browser that can
/// run the page.
fn content_security_policy(index: &[u8]) -> HeaderValue {
    let mut policy = String::from("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'");
    for script in inline_scripts(&String::from_utf8_lossy(index)) {
        // Browsers hash what their parser hands them, in which line ends are `\n`.
        let script = script.replace("\r\n", "\n").replace('\r', "\n");
        let hash = BASE64_STANDARD.encode(Sha256::digest(script));
        policy.push_str(&format!(" 'sha256-{hash}'"));
    }
    policy.push_str(
        "; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; \
         connect-src 'self'; manifest-src 'self'; worker-src 'self'; object-src 'none'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    HeaderValue::try_from(policy).expect("ASCII: directives and base64")
}

/// The text of each `<script>` without a `src`, exactly what stands between its tags.
fn inline_scripts(html: &str) -> Vec<&str> {
    // ASCII case only, so that positions in both texts are the same.
    let lower = html.to_ascii_lowercase();
    let mut scripts = Vec::new();
    let mut at = 0;
    while let Some(start) = lower[at..].find("<script").map(|found| at + found) {
        let Some(open) = tag_end(&lower[start..]).map(|length| start + length) else { break };
        let Some(end) = lower[open..].find("</script").map(|found| open + found) else { break };
        if !lower[start..open].contains(" src") && open < end {
            scripts.push(&html[open..end]);
        }
        at = end;
    }
    scripts
}

/// Where the tag that this begins with ends; a `>` in quotes does not end it.
fn tag_end(html: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in html.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return Some(at + 1),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests;
