//! The Content-Security-Policy of the page: its own scripts and its WebAssembly run, nothing else.

use std::collections::HashMap;

use parlour_tests::{http, server::Server};

/// The directives, each with its sources.
fn directives(policy: &str) -> HashMap<&str, Vec<&str>> {
    let parts = policy.split(';').map(|part| part.split_whitespace().collect::<Vec<_>>());
    parts.filter(|part| !part.is_empty()).map(|part| (part[0], part[1..].to_vec())).collect()
}

/// What stands between the tags of each script without a source of its own.
fn inline_scripts(html: &str) -> Vec<&str> {
    let scripts = html.split("<script").skip(1);
    let parts = scripts.filter_map(|rest| {
        let (tag, rest) = rest.split_once('>')?;
        let (text, _) = rest.split_once("</script")?;
        (!tag.contains(" src")).then_some(text)
    });
    parts.filter(|text| !text.is_empty()).collect()
}

#[tokio::test]
async fn only_the_pages_own_scripts_run() {
    let server = Server::start().await;
    let index = http::get(&format!("{}/", server.url()), &[]).await;
    let policy = directives(index.header("content-security-policy"));
    let sources = &policy["script-src"];
    assert!(sources.contains(&"'wasm-unsafe-eval'"), "{sources:?}");
    for (directive, sources) in &policy {
        for source in sources {
            let unsafe_ones = ["'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"];
            assert!(!unsafe_ones.contains(source), "{directive} {source}");
            assert!(*source != "data:" || *directive != "script-src", "{directive} {source}");
        }
    }
    for directive in ["default-src", "object-src", "base-uri", "frame-ancestors"] {
        assert_eq!(policy[directive], ["'none'"], "{directive}");
    }

    assert_eq!(inline_scripts(index.text()), [""; 0], "no script stands in the page");
    assert!(!sources.iter().any(|it| it.starts_with("'sha")), "and none that does may run");
}

#[tokio::test]
async fn the_policy_stands_on_every_answer() {
    let server = Server::start().await;
    let index = http::get(&format!("{}/", server.url()), &[]).await;
    let policy = index.header("content-security-policy");
    for path in ["/nothing", "/healthz", "/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=9"]
    {
        let answer = http::get(&format!("{}{path}", server.url()), &[]).await;
        assert_eq!(answer.header("content-security-policy"), policy, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
}
