//! The page, out of the binary.
//!
//! * `/` is `index.html`, and so is a link to a room or to a message: `/r/<room>`,
//!   `/r/<room>/m/<number>`. Every other file has its own path; anything else is 404.
//! * A file whose name holds its content's hash (Trunk: `app-0123456789abcdef.js`) is kept by
//!   browsers for good; every other file is asked for again each time and answered with 304 while
//!   it is the same.
//! * brotli, gzip or plain, as the request allows; each has a strong `ETag` of its own.
//! * [`policy`] allows the page's own scripts, its WebAssembly, and the inline scripts that stand
//!   in `index.html`, by their hashes. Nothing else.
//! * No site may show any of it in a frame, but for those of `--allow-embed`, and those only the
//!   page in the form that is meant for it: `?embed=chat`.
//!
//! `build.rs` puts the files here and compresses them. Two are made when the server starts, because
//! they depend on its settings: `index.html` has them in it ([`index`]), and the service worker
//! names the page's version ([`worker`]).

mod file;
mod index;
mod policy;
mod worker;

use std::{num::NonZeroU64, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Path, State, rejection::PathRejection},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri,
        header::{
            ALLOW, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
            X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
    middleware::map_response,
    response::IntoResponse,
    routing::get,
};
use parlour_events::RoomName;

pub(crate) use self::index::Told;
use self::{file::File, policy::content_security_policy};

/// What the page has no use for, so that nothing that gets into it has, either. It copies to the
/// clipboard; in a frame it may if the page around it allows that.
const PERMISSIONS_POLICY: &str = "accelerometer=(), bluetooth=(), camera=(), clipboard-read=(), \
    clipboard-write=(self), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
    magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), \
    screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

/// Where the page itself is among its files.
const INDEX: &str = "/index.html";

/// A file of the page, as `build.rs` writes it down.
#[derive(Debug, Clone, Copy)]
struct Embedded {
    /// Its path in URLs, with the slash in front.
    path: &'static str,
    /// Changes with the content, and only with it.
    tag: &'static str,
    plain: &'static [u8],
    /// None where compressing does not pay.
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

/// Sorted by path.
static EMBEDDED: &[Embedded] = &include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// The page, ready to be served.
#[derive(Debug)]
pub(crate) struct Page {
    /// Sorted by path.
    files: Vec<File>,
    /// For every answer.
    policy: HeaderValue,
    /// For the page in a frame, where some site may have it there.
    policy_in_frames: Option<HeaderValue>,
}

/// Marks an answer that may be shown in a frame, as its own policy says.
#[derive(Debug, Clone, Copy)]
struct InFrames;

impl Page {
    /// The page that was built into the binary, and is told this.
    pub(crate) fn new(told: &Told) -> Arc<Self> {
        Self::of(EMBEDDED, told)
    }

    fn of(embedded: &[Embedded], told: &Told) -> Arc<Self> {
        let version = worker::version(embedded, &told.json(None));
        let worker = worker::service_worker(embedded, &version);
        // Only a page that has a worker can find out that there is a newer one.
        let json = told.json(worker.as_ref().map(|_| &*version));
        let plain = embedded.iter().find(|file| file.path == INDEX).map_or(&b""[..], |it| it.plain);
        let html = index::with_meta(&String::from_utf8_lossy(plain), &json);

        let policy = content_security_policy(&html, &[]);
        let policy_in_frames =
            (!told.embedders.is_empty()).then(|| content_security_policy(&html, &told.embedders));
        let mut files: Vec<_> =
            embedded.iter().filter(|file| file.path != INDEX).map(File::from).collect();
        files.push(File::made(INDEX, html));
        files.extend(worker.map(|script| File::made(worker::PATH, script)));
        files.sort_by_key(|file| file.path);
        Arc::new(Self { files, policy, policy_in_frames })
    }

    /// Serves the page, and 404 for every path that is nothing of it.
    pub(crate) fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/r/{room}", get(room))
            .route("/r/{room}/m/{seq}", get(message))
            .fallback(serve)
            .with_state(self.clone())
    }

    /// Adds the headers that hold for every answer of the server, where it has none of its own;
    /// over HTTPS, that browsers are to stay with it.
    pub(crate) fn with_security_headers(&self, router: Router, https: bool) -> Router {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_SECURITY_POLICY, self.policy.clone());
        for (name, value) in [
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "no-referrer"),
            // The same as `frame-ancestors 'none'`, for browsers that do not know that.
            (X_FRAME_OPTIONS, "DENY"),
            (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
            // Counts where a page is not in a frame.
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
            // It cannot name a site, and has nothing to say where `frame-ancestors` does.
            let in_frames = response.extensions().get::<InFrames>().is_some();
            for (name, value) in &headers {
                if !(in_frames && name == X_FRAME_OPTIONS) {
                    response.headers_mut().entry(name).or_insert_with(|| value.clone());
                }
            }
            std::future::ready(response)
        }))
    }

    fn find(&self, path: &str) -> Option<&File> {
        self.files.binary_search_by(|file| file.path.cmp(path)).ok().map(|at| &self.files[at])
    }

    /// The page itself, at one of its addresses.
    fn document(&self, uri: &Uri, request: &HeaderMap) -> Response<Body> {
        let Some(index) = self.find(INDEX) else { return nothing() };
        let mut response = index.answer(request);
        if let Some(policy) = self.policy_in_frames.as_ref().filter(|_| is_for_frames(uri)) {
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy.clone());
            response.extensions_mut().insert(InFrames);
        }
        response
    }
}

/// `/r/<room>`: the page reads from its address which room it is to show. Whether there is such a
/// room, and for whom, is told by the chat.
async fn room(
    State(page): State<Arc<Page>>,
    room: Result<Path<RoomName>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    if room.is_ok() { page.document(&uri, &headers) } else { nothing() }
}

/// `/r/<room>/m/<number>`: the same, for a message in it.
async fn message(
    State(page): State<Arc<Page>>,
    message: Result<Path<(RoomName, NonZeroU64)>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    if message.is_ok() { page.document(&uri, &headers) } else { nothing() }
}

async fn serve(
    State(page): State<Arc<Page>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    let is_document = uri.path() == "/";
    let file = page.find(uri.path());
    if !is_document && file.is_none() {
        return nothing();
    }
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET,HEAD")]).into_response();
    }
    let mut response = match file {
        Some(file) => file.answer(&headers),
        None => page.document(&uri, &headers),
    };
    if method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    response
}

fn nothing() -> Response<Body> {
    (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response()
}

/// Whether the first `embed` of the query is `chat`, as the page reads it too. A name that is
/// written with escapes could be an `embed` as well, so nothing behind one counts: the page would
/// take itself for one that is in no frame.
fn is_for_frames(uri: &Uri) -> bool {
    for pair in uri.query().unwrap_or_default().split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if name == "embed" {
            return value == "chat";
        }
        if name.contains('%') {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests;
