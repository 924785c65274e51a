//! Which sites' pages may use the chat.
//!
//! A browser lets any page open a WebSocket to any server, and says in `Origin` whose page it is:
//! the server has to look. [`guard`] does, for every path under those of [`GUARDED`], before
//! anything is made for the request:
//!
//! * no `Origin`: not a page's script, and let in, unless `Sec-Fetch-Site` says that a page of
//!   another site is behind it (an image, a link);
//! * the origin that the page of this server has ([`Reached`]): let in;
//! * an origin of `--allow-origin`: let in, with the headers of CORS that polling needs;
//! * anything else, `null` included: 403, with `{"code": "origin", "message": ..}`.

use std::{fmt, str::FromStr, sync::Arc};

use axum::{
    body::Body,
    extract::State,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
            ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
            ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
        },
        uri::Authority,
    },
    middleware::Next,
};
use tracing::{field::display, info};

use crate::{
    SOCKET_IO,
    peer::{ClientAddress, Reached},
    refuse::refuse,
};

/// What only some sites' pages may use, below these paths. The page itself is for everybody.
const GUARDED: [&str; 2] = [SOCKET_IO, FILES];

/// Files are sent here, which is guarded. Looking at one is not: links to it lead here from
/// anywhere, and `Cross-Origin-Resource-Policy` keeps other sites from showing it as theirs.
const FILES: &str = "/files";

/// Whose page is behind a request, as far as a browser says it without naming the site.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// How long a browser may remember the answer to a preflight request, in seconds.
const PREFLIGHT_SECONDS: HeaderValue = HeaderValue::from_static("600");

/// Most characters of an origin in the log.
const ORIGIN_CHARS: usize = 200;

/// Scheme, host and port of a site, as browsers compare them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    host: String,
    /// None for the scheme's usual one.
    port: Option<u16>,
}

/// What `--allow-origin` can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// `*`: every page, of whatever site.
    Any,
    /// The pages of one site.
    Origin(Origin),
}

impl Allowed {
    /// `*` or an origin.
    ///
    /// # Errors
    /// One line that says what is expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "*" => Ok(Self::Any),
            _ => text.parse().map(Self::Origin),
        }
    }
}

/// A site whose pages may show the chat in a frame. There is no `*`: whose page it is decides to whom
/// the chat's own page talks there.
///
/// # Errors
/// One line that says what is expected.
pub(crate) fn embedder(text: &str) -> Result<Origin, String> {
    let origin = text.parse::<Origin>().ok().filter(|origin| {
        // What a Content-Security-Policy can name; a `;` would begin another directive.
        let can_be = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        usual_port(&origin.scheme).is_some() && origin.host.bytes().all(can_be)
    });
    origin.ok_or_else(|| {
        "expected a scheme and a host, such as https://example.com, without *".to_owned()
    })
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let uri = text.parse::<Uri>().ok().filter(|uri| uri.path() == "/" && uri.query().is_none());
        uri.and_then(|uri| Self::new(uri.scheme_str()?, uri.authority()?)).ok_or_else(|| {
            "expected a scheme and a host, such as https://example.com, or *".to_owned()
        })
    }
}

impl Origin {
    fn new(scheme: &str, authority: &Authority) -> Option<Self> {
        let text = authority.as_str();
        let host = authority.host();
        // Nothing but a host and, if a colon is there, a port.
        let port = match text.strip_prefix(host)?.strip_prefix(':') {
            Some(port) => Some(port.parse::<u16>().ok()?),
            None if text == host && !host.is_empty() => None,
            None => return None,
        };
        let scheme = scheme.to_ascii_lowercase();
        let port = port.filter(|port| Some(*port) != usual_port(&scheme));
        Some(Self { scheme, host: host.to_ascii_lowercase(), port })
    }

    /// Whether this is what the page has that a browser loaded from there.
    fn is_of(&self, reached: &Reached) -> bool {
        let scheme = match reached.secure {
            Some(true) => "https",
            Some(false) => "http",
            // Only that it is one of both: a proxy that does not say so may speak HTTPS.
            None if self.scheme == "https" => "https",
            None => "http",
        };
        let host = reached.host.as_deref().and_then(|host| host.parse::<Authority>().ok());
        host.and_then(|host| Self::new(scheme, &host)).as_ref() == Some(self)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

fn usual_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

fn is_guarded(request: &Request<Body>) -> bool {
    let path = request.uri().path();
    let looks = is_under(path, FILES) && matches!(*request.method(), Method::GET | Method::HEAD);
    !looks && GUARDED.iter().any(|top| is_under(path, top))
}

/// Whether a path is this one, or below it.
pub(crate) fn is_under(path: &str, top: &str) -> bool {
    path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What is thought of a request.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// It comes from the server's own page, or from no page.
    Own,
    /// It comes from a page with this origin, which is allowed.
    Allowed(HeaderValue),
    Refused,
}

/// A middleware: lets in whom it may, see the top of this file.
pub(crate) async fn guard(
    State(allowed): State<Arc<[Allowed]>>,
    request: Request<Body>,
    next: Next,
) -> Response<Body> {
    if !is_guarded(&request) {
        return next.run(request).await;
    }
    let mut response = match judge(&allowed, &request) {
        Verdict::Own => next.run(request).await,
        Verdict::Refused => {
            log_refused(&request);
            let message = "Pages of this site may not use the chat here. Whoever runs the chat can \
                           allow them, with --allow-origin.";
            refuse(StatusCode::FORBIDDEN, "origin", message)
        }
        Verdict::Allowed(origin) => {
            let mut response = match preflight(&request) {
                Some(answer) => answer,
                None => next.run(request).await,
            };
            let headers = response.headers_mut();
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            response
        }
    };
    response.headers_mut().append(VARY, HeaderValue::from_static("origin"));
    response
}

fn judge(allowed: &[Allowed], request: &Request<Body>) -> Verdict {
    let headers = request.headers();
    let any = allowed.contains(&Allowed::Any);
    let mut origins = headers.get_all(ORIGIN).iter();
    let (value, second) = (origins.next(), origins.next());
    let Some(value) = value else {
        return if any || !is_from_another_site(headers) { Verdict::Own } else { Verdict::Refused };
    };
    let origin = value.to_str().ok().and_then(|text| text.parse::<Origin>().ok());
    let origin = origin.filter(|_| second.is_none());
    let reached = request.extensions().get::<Reached>();
    match origin {
        Some(origin) if reached.is_some_and(|reached| origin.is_of(reached)) => Verdict::Own,
        Some(origin) if any || allowed.contains(&Allowed::Origin(origin.clone())) => {
            Verdict::Allowed(value.clone())
        }
        None if any && second.is_none() => Verdict::Allowed(value.clone()),
        _ => Verdict::Refused,
    }
}

/// Browsers leave `Origin` out of what an image or a link asks for, and say this in its place.
fn is_from_another_site(headers: &HeaderMap) -> bool {
    let site = headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes);
    matches!(site, Some(b"cross-site" | b"same-site"))
}

/// The answer to a browser that asks whether it may ask.
fn preflight(request: &Request<Body>) -> Option<Response<Body>> {
    let asked = request.headers();
    if request.method() != Method::OPTIONS || !asked.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    headers.insert(ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
    if let Some(names) = asked.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    Some(response)
}

fn log_refused(request: &Request<Body>) {
    let origin = request.headers().get(ORIGIN).map_or(&b"none"[..], HeaderValue::as_bytes);
    let origin: String = String::from_utf8_lossy(origin).chars().take(ORIGIN_CHARS).collect();
    let client = request.extensions().get::<ClientAddress>().map(|client| display(client.0));
    let reached = request.extensions().get::<Reached>();
    let host = reached.and_then(|reached| reached.host.as_deref()).unwrap_or_default();
    info!(
        client,
        origin,
        host,
        "request refused: a page of another site. If it is yours, name it with --allow-origin; \
         if a proxy is in front, it has to pass Host on, or be named with --trust-proxy"
    );
}

#[cfg(test)]
mod tests;
