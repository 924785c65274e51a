//! One file, and how it is answered: compressed as asked for, and only if the browser does not have
//! it.

use std::{borrow::Cow, io::Write};

use axum::{
    body::{Body, Bytes},
    http::{
        HeaderMap, HeaderValue, Response, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
            IF_NONE_MATCH, VARY,
        },
    },
    response::IntoResponse,
};
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

use super::Embedded;

/// Brotli's quality for what is compressed at every start: nearly as small as with the best one.
const BROTLI_QUALITY: i32 = 9;

/// One file of the page.
#[derive(Debug)]
pub(super) struct File {
    /// Its path in URLs, with the slash in front.
    pub(super) path: &'static str,
    /// Changes with the content, and only with it.
    tag: Cow<'static, str>,
    pub(super) plain: Bytes,
    /// None where compressing does not pay.
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

impl From<&Embedded> for File {
    fn from(file: &Embedded) -> Self {
        Self {
            path: file.path,
            tag: file.tag.into(),
            plain: Bytes::from_static(file.plain),
            brotli: file.brotli.map(Bytes::from_static),
            gzip: file.gzip.map(Bytes::from_static),
        }
    }
}

impl File {
    /// A file that was not there when the binary was built.
    pub(super) fn made(path: &'static str, content: String) -> Self {
        let tag = Sha256::digest(&content)[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        let smaller = |bytes: Vec<u8>| (bytes.len() < content.len()).then(|| bytes.into());
        Self {
            path,
            tag: Cow::Owned(tag),
            brotli: smaller(brotli(content.as_bytes())),
            gzip: smaller(gzip(content.as_bytes())),
            plain: content.into(),
        }
    }

    /// The answer to a GET with these headers.
    pub(super) fn answer(&self, request: &HeaderMap) -> Response<Body> {
        let (bytes, encoding) = self.representation(request);
        let tag = format!("\"{}{}\"", self.tag, encoding.map_or("", |(_, suffix)| suffix));

        let mut response = if knows(request, &tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let length = bytes.len();
            let mut response = Body::from(bytes.clone()).into_response();
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(self.path)));
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
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
    ) -> (&Bytes, Option<(&'static str, &'static str)>) {
        match (&self.brotli, &self.gzip) {
            (Some(bytes), _) if accepts(request, "br") => (bytes, Some(("br", "-br"))),
            (_, Some(bytes)) if accepts(request, "gzip") => (bytes, Some(("gzip", "-gz"))),
            _ => (&self.plain, None),
        }
    }
}

fn brotli(content: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    let parameters = BrotliEncoderParams { quality: BROTLI_QUALITY, ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)
        .expect("reading and writing memory");
    compressed
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).and_then(|()| encoder.finish()).expect("writing memory")
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

pub(super) fn cache_control(path: &str) -> &'static str {
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

pub(super) fn content_type(path: &str) -> &'static str {
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

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;
    use http_body_util::BodyExt;

    use super::*;

    const SCRIPT: Embedded = Embedded {
        path: "/app-0123456789abcdef.js",
        tag: "abc",
        plain: b"plain",
        brotli: Some(b"br"),
        gzip: Some(b"gz"),
    };

    fn request(headers: &[(HeaderName, &'static str)]) -> HeaderMap {
        headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
            .collect()
    }

    fn header(response: &Response<Body>, name: HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    async fn body(response: Response<Body>) -> Vec<u8> {
        response.into_body().collect().await.unwrap().to_bytes().to_vec()
    }

    #[tokio::test]
    async fn the_best_encoding_allowed_is_sent() {
        for (allowed, encoding, bytes) in [
            ("gzip, deflate, br, zstd", "br", &b"br"[..]),
            ("gzip", "gzip", b"gz"),
            ("GZIP;q=0.5", "gzip", b"gz"),
            ("br;q=0, gzip", "gzip", b"gz"),
            ("*", "br", b"br"),
            ("br;q=0, *", "gzip", b"gz"),
            ("*;q=0", "", b"plain"),
            ("identity", "", b"plain"),
            ("br;q=none", "", b"plain"),
            ("", "", b"plain"),
        ] {
            let response = File::from(&SCRIPT).answer(&request(&[(ACCEPT_ENCODING, allowed)]));
            assert_eq!(header(&response, CONTENT_ENCODING), encoding, "{allowed}");
            assert_eq!(header(&response, VARY), "accept-encoding");
            assert_eq!(header(&response, CONTENT_LENGTH), bytes.len().to_string());
            assert_eq!(body(response).await, bytes, "{allowed}");
        }
    }

    #[tokio::test]
    async fn what_the_browser_has_is_not_sent_again() {
        let first = File::from(&SCRIPT).answer(&request(&[(ACCEPT_ENCODING, "br")]));
        assert_eq!(header(&first, ETAG), "\"abc-br\"");
        for (known, allowed, status) in [
            ("\"abc-br\"", "br", StatusCode::NOT_MODIFIED),
            ("\"x\", W/\"abc-br\"", "br", StatusCode::NOT_MODIFIED),
            ("*", "br", StatusCode::NOT_MODIFIED),
            ("\"abc\"", "", StatusCode::NOT_MODIFIED),
            // Another representation is another entity.
            ("\"abc-br\"", "gzip", StatusCode::OK),
            ("\"old\"", "br", StatusCode::OK),
        ] {
            let headers = request(&[(IF_NONE_MATCH, known), (ACCEPT_ENCODING, allowed)]);
            let response = File::from(&SCRIPT).answer(&headers);
            assert_eq!(response.status(), status, "{known} {allowed}");
            assert!(!header(&response, ETAG).is_empty());
            let sent = body(response).await;
            assert_eq!(sent.is_empty(), status == StatusCode::NOT_MODIFIED);
        }
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_good() {
        for path in [
            "/app-0123456789abcdef.js",
            "/a/app-0123456789abcdef_bg.wasm",
            // Trunk writes a hash without leading zeros.
            "/chat-a678c2a32a25157.css",
        ] {
            assert_eq!(cache_control(path), "public, max-age=31536000, immutable");
        }
        for path in ["/index.html", "/app-decade.js", "/app-0123456789abcdeg.js", "/x-/y"] {
            assert_eq!(cache_control(path), "no-cache");
        }
    }

    #[test]
    fn types_are_told() {
        assert_eq!(content_type("/app_bg.wasm"), "application/wasm");
        assert_eq!(content_type("/app.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("/what"), "application/octet-stream");
    }
}
