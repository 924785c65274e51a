//! `/sw.js`: the service worker that starts the page without a connection.
//!
//! What it does stands in `sw.js`. Here it gets its list of files, and a version that changes with
//! any of them, with its own text, and with what the page is told.

use sha2::{Digest, Sha256};

use super::Embedded;

/// Where it is served: at the top, so that it may serve all of the page.
pub(super) const PATH: &str = "/sw.js";

const TEMPLATE: &str = include_str!("sw.js");

/// Hexadecimal digits of a version.
const VERSION_DIGITS: usize = 16;

/// What names everything that the page consists of, `settings` included.
pub(super) fn version(files: &[Embedded], settings: &str) -> String {
    let mut hash = Sha256::new();
    for part in
        [TEMPLATE, settings].into_iter().chain(files.iter().flat_map(|it| [it.path, it.tag]))
    {
        // So that no two lists of parts are one text.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut text: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    text.truncate(VERSION_DIGITS);
    text
}

/// The service worker for these files. None if they are no page that could be started from a cache:
/// a server that was built without its page has only a note that says so.
pub(super) fn service_worker(files: &[Embedded], version: &str) -> Option<String> {
    if !files.iter().any(|file| file.path.ends_with(".wasm")) {
        return None;
    }
    let paths = |wanted: fn(&str) -> bool| {
        let paths = files.iter().map(|file| file.path).filter(|path| wanted(path));
        // `index.html` is known by its address.
        let paths = paths.map(|path| if path == super::INDEX { "/" } else { path });
        let texts = paths.map(|path| serde_json::Value::from(path).to_string());
        texts.collect::<Vec<_>>().join(", ")
    };
    let worker = TEMPLATE
        .replace("@VERSION@", version)
        .replace("\"@SHELL@\"", &paths(is_shell))
        .replace("\"@LATER@\"", &paths(is_data));
    Some(worker)
}

/// What the page fetches when it first needs it: long lists, such as those of emoji and of words.
fn is_data(path: &str) -> bool {
    path.ends_with(".txt")
}

/// What it cannot start without. Maps of the sources are for developers.
fn is_shell(path: &str) -> bool {
    !is_data(path) && !path.ends_with(".map")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &'static str, tag: &'static str) -> Embedded {
        Embedded { path, tag, plain: b"", brotli: None, gzip: None }
    }

    fn page() -> Vec<Embedded> {
        [
            ("/app-0123456789abcdef.js", "1"),
            ("/app-0123456789abcdef.js.map", "2"),
            ("/app-0123456789abcdef_bg.wasm", "3"),
            ("/emoji-0123456789abcdef.txt", "4"),
            ("/icons/a \"b\".png", "5"),
            ("/index.html", "6"),
            ("/words.txt", "7"),
        ]
        .map(|(path, tag)| file(path, tag))
        .into()
    }

    #[test]
    fn it_lists_what_the_page_starts_with_and_what_comes_later() {
        let worker = service_worker(&page(), "v1").unwrap();
        for line in [
            "const VERSION = \"v1\";",
            r#"const SHELL = ["/app-0123456789abcdef.js", "/app-0123456789abcdef_bg.wasm", "/icons/a \"b\".png", "/"];"#,
            r#"const LATER = ["/emoji-0123456789abcdef.txt", "/words.txt"];"#,
        ] {
            assert!(worker.lines().any(|there| there == line), "{line}\n{worker}");
        }
        assert!(!worker.contains("@VERSION@") && !worker.contains("@SHELL@"), "{worker}");
    }

    #[test]
    fn a_version_changes_with_any_file_and_with_the_settings() {
        let version_of = |change: fn(&mut Vec<Embedded>)| {
            let mut files = page();
            change(&mut files);
            version(&files, "{}")
        };
        let first = version_of(|_| {});
        assert_eq!(first, version_of(|_| {}), "the same files are the same version");
        assert!(first.len() == 16 && first.bytes().all(|byte| byte.is_ascii_hexdigit()), "{first}");
        let mut all = vec![
            first,
            version(&page(), "{\"auth\":\"jwt\"}"),
            version_of(|files| files[6].tag = "8"),
            version_of(|files| files[0].path = "/app-0123456789abcdee.js"),
            version_of(|files| files.truncate(6)),
            version_of(|files| files.push(file("/z", "9"))),
        ];
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 6);
    }

    #[test]
    fn a_server_without_its_page_has_none() {
        let note = [file("/index.html", "1"), file("/no-page.css", "2")];
        assert_eq!(service_worker(&note, "v1"), None);
    }
}
