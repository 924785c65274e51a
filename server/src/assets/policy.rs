//! The Content-Security-Policy.

use axum::http::HeaderValue;
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use crate::origin::Origin;

/// The policy for a page with this `index.html`, which pages of these sites may show in a frame.
///
/// `connect-src 'self'` covers the WebSocket to the same host and port in every browser that can
/// run the page.
pub(super) fn content_security_policy(index: &str, embedders: &[Origin]) -> HeaderValue {
    let mut policy = String::from("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'");
    for script in inline_scripts(index) {
        // Browsers hash what their parser hands them, in which line ends are `\n`.
        let script = script.replace("\r\n", "\n").replace('\r', "\n");
        let hash = BASE64_STANDARD.encode(Sha256::digest(script));
        policy.push_str(&format!(" 'sha256-{hash}'"));
    }
    policy.push_str(
        "; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; \
         connect-src 'self'; manifest-src 'self'; worker-src 'self'; object-src 'none'; \
         base-uri 'none'; form-action 'none'; frame-ancestors",
    );
    for embedder in embedders {
        // Letters, digits, `.`, `-` and a port: see `origin::embedder`.
        policy.push_str(&format!(" {embedder}"));
    }
    if embedders.is_empty() {
        policy.push_str(" 'none'");
    }
    HeaderValue::try_from(policy).expect("ASCII: directives, base64 and hosts")
}

/// The text of each `<script>` without a `src`, exactly what stands between its tags.
pub(super) fn inline_scripts(html: &str) -> Vec<&str> {
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
mod tests {
    use super::*;

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
        let policy = content_security_policy("<script>alert(1)</script>", &[]);
        let policy = policy.to_str().unwrap();
        // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
        let hash = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='";
        assert!(
            policy.contains(&format!("script-src 'self' 'wasm-unsafe-eval' {hash};")),
            "{policy}"
        );
        assert!(!policy.contains("unsafe-inline"));
    }
}
