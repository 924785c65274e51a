use axum::http::{
    Request,
    header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;

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
