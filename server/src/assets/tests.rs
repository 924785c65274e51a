use std::io::Read;

use axum::http::{
    Request,
    header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
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

/// A page as Trunk makes it, so that these tests need none that was built.
const SOURCES: [Embedded; 4] = [
    file("/app-0123456789abcdef.js", "1", b"start()"),
    file("/app-0123456789abcdef_bg.wasm", "2", b"\0asm"),
    file(
        "/index.html",
        "3",
        b"<html><head><title>x</title><script>start()</script></head><body></body></html>",
    ),
    file("/words.txt", "4", b"one two"),
];

const fn file(path: &'static str, tag: &'static str, plain: &'static [u8]) -> Embedded {
    Embedded { path, tag, plain, brotli: None, gzip: None }
}

/// A page that these sites may show in a frame.
fn embeddable(sites: &[&str]) -> Arc<Page> {
    let embedders = sites.iter().map(|site| site.parse().unwrap()).collect();
    Page::of(&SOURCES, &Told { embedders, ..Told::default() })
}

async fn ask_page(
    page: &Arc<Page>,
    method: Method,
    path: &str,
    headers: &[(HeaderName, &str)],
) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    page.with_security_headers(page.router(), false).oneshot(request).await.unwrap()
}

/// The page in the binary, with its headers.
async fn ask(method: Method, path: &str, headers: &[(HeaderName, &str)]) -> Response<Body> {
    ask_page(&Page::new(&Told::default()), method, path, headers).await
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
    let page = embeddable(&[]);
    let response = page.with_security_headers(own, false).oneshot(request).await.unwrap();
    assert_eq!(header(&response, CONTENT_SECURITY_POLICY), "sandbox");
    assert_eq!(header(&response, X_FRAME_OPTIONS), "DENY");

    let https = page.with_security_headers(page.router(), true);
    let response = https.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(header(&response, STRICT_TRANSPORT_SECURITY), "max-age=31536000");
}

#[tokio::test]
async fn every_file_is_found_by_its_path() {
    for page in [Page::new(&Told::default()), embeddable(&[])] {
        for file in &page.files {
            let response = ask_page(&page, Method::GET, file.path, &[]).await;
            assert_eq!(body(response).await, file.plain, "{}", file.path);
        }
        for path in EMBEDDED.iter().map(|file| file.path) {
            assert!(ask(Method::GET, path, &[]).await.status().is_success(), "{path}");
        }
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
    assert_eq!(header(&post, ALLOW), "GET,HEAD");
}

#[tokio::test]
async fn links_to_rooms_and_messages_lead_to_the_page() {
    let page = embeddable(&[]);
    let index = ask_page(&page, Method::GET, "/", &[]).await;
    let tag = header(&index, ETAG).to_owned();
    let html = body(index).await;
    for path in [
        "/r/chat",
        "/r/chat/m/1",
        "/r/chat/m/18446744073709551615",
        "/r/dm:01890a5d-ac96-774b-bcce-b302099a8057",
        "/r/dm%3A01890a5d-ac96-774b-bcce-b302099a8057/m/7",
        "/r/Tea%20%26%20cake%3F",
        "/r/either%2For",
        "/r/%F0%9F%91%A9%E2%80%8D%F0%9F%91%A9",
        "/r/100%25",
        // Blanks around a name do not count, which makes links to rooms of these names possible:
        // without them browsers take dots for steps in the path, and escapes do not help.
        "/r/..%20",
        "/r/chat?embed=chat",
    ] {
        let response = ask_page(&page, Method::GET, path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(header(&response, CACHE_CONTROL), "no-cache", "{path}");
        assert_eq!(header(&response, CONTENT_TYPE), "text/html; charset=utf-8", "{path}");
        assert_eq!(header(&response, ETAG), tag, "{path}");
        let get = response.headers().clone();
        assert!(body(response).await == html, "{path}");
        let head = ask_page(&page, Method::HEAD, path, &[]).await;
        assert_eq!((head.status(), head.headers()), (StatusCode::OK, &get), "{path}");
        assert!(body(head).await.is_empty(), "{path}");
        let known = ask_page(&page, Method::GET, path, &[(IF_NONE_MATCH, &tag)]).await;
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED, "{path}");
        let post = ask_page(&page, Method::POST, path, &[]).await;
        assert_eq!(post.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(header(&post, ALLOW), "GET,HEAD", "{path}");
    }
    for path in [
        "/r",
        "/r/",
        "/r/chat/",
        "/r/a/b",
        "/r/chat/m",
        "/r/chat/m/",
        "/r/chat/m/0",
        "/r/chat/m/-1",
        "/r/chat/m/1/2",
        "/r/chat/m/x",
        "/r/chat/m/18446744073709551616",
        "/r/%20",
        "/r/%FF",
        "/r/a%00b",
        "/r/a%E2%80%AEb",
        &format!("/r/{}", "x".repeat(65)),
        "/R/chat",
    ] {
        let response = ask_page(&page, Method::GET, path, &[]).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_page_is_told_its_settings() {
    let told = Told {
        jwt: true,
        sign_in: Some("https://site.example/?a&b".to_owned()),
        embedders: Vec::new(),
    };
    let page = Page::of(&SOURCES, &told);
    let other = ask_page(&embeddable(&[]), Method::GET, "/", &[]).await;
    let response = ask_page(&page, Method::GET, "/", &[]).await;
    assert_ne!(header(&response, ETAG), header(&other, ETAG), "it is another page");
    let html = String::from_utf8(body(response).await).unwrap();
    let (head, _) = html.split_once("</head>").unwrap();
    assert!(
        head.contains(
            "<meta name=\"parlour\" content=\"{&quot;name&quot;:&quot;Parlour&quot;,\
             &quot;auth&quot;:&quot;jwt&quot;,\
             &quot;sign_in&quot;:&quot;https://site.example/?a&amp;b&quot;,\
             &quot;embed&quot;:[],&quot;version&quot;:&quot;"
        ),
        "{head}"
    );
    // Compressed it is the same.
    let gzip = ask_page(&page, Method::GET, "/", &[(ACCEPT_ENCODING, "gzip")]).await;
    assert_eq!(header(&gzip, CONTENT_ENCODING), "gzip");
    let mut plain = String::new();
    flate2::read::GzDecoder::new(&body(gzip).await[..]).read_to_string(&mut plain).unwrap();
    assert_eq!(plain, html);
    let brotli = ask_page(&page, Method::GET, "/", &[(ACCEPT_ENCODING, "br")]).await;
    assert_eq!(header(&brotli, CONTENT_ENCODING), "br");
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut &body(brotli).await[..], &mut plain).unwrap();
    assert_eq!(plain, html.into_bytes());
}

#[tokio::test]
async fn only_named_sites_may_show_the_page_in_a_frame_and_only_in_its_form_for_that() {
    let page = embeddable(&["https://site.example", "http://localhost:5000"]);
    let none = embeddable(&[]);
    for path in ["/?embed=chat", "/r/chat?embed=chat", "/r/chat/m/1?theme=dark&embed=chat&x"] {
        let response = ask_page(&page, Method::GET, path, &[]).await;
        let policy = header(&response, CONTENT_SECURITY_POLICY);
        let ancestors = "; frame-ancestors https://site.example http://localhost:5000";
        assert!(policy.ends_with(ancestors), "{path}: {policy}");
        assert!(!response.headers().contains_key(X_FRAME_OPTIONS), "{path}");
        // All else is as for the plain page.
        let plain = ask_page(&page, Method::GET, "/", &[]).await;
        let plain_policy = header(&plain, CONTENT_SECURITY_POLICY);
        assert_eq!(
            policy.strip_suffix(ancestors),
            plain_policy.strip_suffix("; frame-ancestors 'none'")
        );
        assert_eq!(response.headers().len() + 1, plain.headers().len());
        // What a browser has stays under the same policy.
        let tag = header(&response, ETAG);
        let known = ask_page(&page, Method::GET, path, &[(IF_NONE_MATCH, tag)]).await;
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(header(&known, CONTENT_SECURITY_POLICY), policy);
        assert!(!known.headers().contains_key(X_FRAME_OPTIONS), "{path}");
        assert_closed(&ask_page(&none, Method::GET, path, &[]).await, path);
    }
    for path in [
        "/",
        "/r/chat",
        "/?embed",
        "/?embed=",
        "/?embed=1",
        "/?embed=chat%20",
        "/?embed=room&embed=chat",
        // A name that may be `embed`, and would be read before ours.
        "/?%65mbed=x&embed=chat",
        "/?Embed=chat",
        "/?x=embed=chat",
        "/index.html?embed=chat",
        "/app-0123456789abcdef.js?embed=chat",
        "/nothing?embed=chat",
        "/r/?embed=chat",
    ] {
        assert_closed(&ask_page(&page, Method::GET, path, &[]).await, path);
    }
}

fn assert_closed(response: &Response<Body>, path: &str) {
    let policy = header(response, CONTENT_SECURITY_POLICY);
    assert!(policy.ends_with("; frame-ancestors 'none'"), "{path}: {policy}");
    assert_eq!(header(response, X_FRAME_OPTIONS), "DENY", "{path}");
}

#[tokio::test]
async fn the_service_worker_is_of_the_same_version_as_the_page() {
    let page = embeddable(&[]);
    let response = ask_page(&page, Method::GET, "/sw.js", &[]).await;
    assert_eq!(header(&response, CONTENT_TYPE), "text/javascript; charset=utf-8");
    assert_eq!(header(&response, CACHE_CONTROL), "no-cache");
    let worker = String::from_utf8(body(response).await).unwrap();
    let line = worker.lines().find_map(|line| line.strip_prefix("const VERSION = \"")).unwrap();
    let version = line.strip_suffix("\";").unwrap();
    let html = body(ask_page(&page, Method::GET, "/", &[]).await).await;
    let meta = format!("&quot;version&quot;:&quot;{version}&quot;");
    assert!(String::from_utf8(html).unwrap().contains(&meta), "{version}");
    // Who may show the page stands in the page, so it is another one then.
    let other = ask_page(&embeddable(&["https://a.example"]), Method::GET, "/sw.js", &[]).await;
    assert!(!String::from_utf8(body(other).await).unwrap().contains(version));

    let note = Page::of(&[SOURCES[2]], &Told::default());
    let response = ask_page(&note, Method::GET, "/sw.js", &[]).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND, "there is no page to start");
}
