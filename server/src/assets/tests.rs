use axum::http::Request;
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;

const SCRIPT: File = File {
    path: "/app-0123456789abcdef.js",
    tag: "abc",
    plain: b"plain",
    brotli: Some(b"br"),
    gzip: Some(b"gz"),
};

fn request(headers: &[(HeaderName, &'static str)]) -> HeaderMap {
    headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
}

fn header(response: &Response<Body>, name: HeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn body(response: Response<Body>) -> Vec<u8> {
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

/// The whole page with its headers.
async fn ask(method: Method, path: &str, headers: &[(HeaderName, &str)]) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    with_security_headers(router(), false).oneshot(request).await.unwrap()
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
        let response = SCRIPT.answer(&request(&[(ACCEPT_ENCODING, allowed)]));
        assert_eq!(header(&response, CONTENT_ENCODING), encoding, "{allowed}");
        assert_eq!(header(&response, VARY), "accept-encoding");
        assert_eq!(header(&response, CONTENT_LENGTH), bytes.len().to_string());
        assert_eq!(body(response).await, bytes, "{allowed}");
    }
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let first = SCRIPT.answer(&request(&[(ACCEPT_ENCODING, "br")]));
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
        let response = SCRIPT.answer(&headers);
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

#[test]
fn inline_scripts_are_found_as_they_stand() {
    let html = "<SCRIPT type=\"module\" data-x=\"a>b\">\nimport x;\n</SCRIPT>\
                <script src=\"/a.js\"></script><script></script><script>two</script >\
                <script>never closed";
    assert_eq!(inline_scripts(html), ["\nimport x;\n", "two"]);
    assert!(inline_scripts("<p>no script</p> <script").is_empty());
}

#[test]
fn the_policy_has_the_hash_of_each_inline_script() {
    let policy = content_security_policy(b"<script>alert(1)</script>");
    let policy = policy.to_str().unwrap();
    // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
    let hash = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='";
    assert!(policy.contains(&format!("script-src 'self' 'wasm-unsafe-eval' {hash};")), "{policy}");
    assert!(!policy.contains("unsafe-inline"));
}

#[tokio::test]
async fn the_page_is_there() {
    let response = ask(Method::GET, "/", &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(header(&response, CONTENT_TYPE), "text/html; charset=utf-8");
    assert_eq!(header(&response, CACHE_CONTROL), "no-cache");
    assert_eq!(header(&response, X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert!(header(&response, CONTENT_SECURITY_POLICY).starts_with("default-src 'none';"));
    let tag = header(&response, ETAG).to_owned();
    let page = body(response).await;
    assert!(String::from_utf8(page).unwrap().contains("<html"));

    let again = ask(Method::GET, "/index.html", &[(IF_NONE_MATCH, &tag)]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn every_answer_has_the_headers_that_keep_others_out() {
    for path in ["/", "/nothing"] {
        let response = ask(Method::GET, path, &[]).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(header(&response, HeaderName::from_static(name)), value, "{path}");
        }
        let policy = header(&response, CONTENT_SECURITY_POLICY);
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        let permissions = header(&response, HeaderName::from_static("permissions-policy"));
        assert!(permissions.contains("camera=(), "), "{permissions}");
        assert!(!permissions.contains("  "), "{permissions}");
        assert_eq!(header(&response, STRICT_TRANSPORT_SECURITY), "");
    }
    // What people put there may need to be kept in tighter.
    let own = Router::new().fallback(async || [(CONTENT_SECURITY_POLICY, "sandbox")]);
    let request = Request::get("/").body(Body::empty()).unwrap();
    let response = with_security_headers(own, false).oneshot(request).await.unwrap();
    assert_eq!(header(&response, CONTENT_SECURITY_POLICY), "sandbox");
    assert_eq!(header(&response, X_FRAME_OPTIONS), "DENY");

    let https = with_security_headers(router(), true);
    let response = https.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(header(&response, STRICT_TRANSPORT_SECURITY), "max-age=31536000");
}

#[tokio::test]
async fn every_file_is_found_by_its_path() {
    for file in FILES {
        let response = ask(Method::GET, file.path, &[]).await;
        assert_eq!(body(response).await, file.plain, "{}", file.path);
    }
}

#[tokio::test]
async fn head_tells_the_length_and_sends_nothing() {
    let get = ask(Method::GET, "/", &[]).await;
    let head = ask(Method::HEAD, "/", &[]).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(head.headers(), get.headers());
    assert!(body(head).await.is_empty());
}

#[tokio::test]
async fn nothing_else_is_there() {
    for path in ["/nothing", "/../Cargo.toml", "/index.html/", "//"] {
        let response = ask(Method::GET, path, &[]).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(header(&response, X_CONTENT_TYPE_OPTIONS), "nosniff");
    }
    let post = ask(Method::POST, "/", &[]).await;
    assert_eq!(post.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(header(&post, ALLOW), "GET, HEAD");
}
