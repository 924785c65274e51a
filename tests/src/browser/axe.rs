//! axe-core: what is wrong with a page for those who do not use it with eyes and a mouse.

use std::{fs, path::PathBuf, sync::OnceLock};

use serde::Deserialize;

use super::Tab;
use crate::settings;

/// All of WCAG 2.2 that can be told by a program, up to AA, and what axe adds of its own.
const TAGS: &str =
    r#"["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]"#;

/// A rule that axe leaves out if it is not named, for it is young: WCAG 2.5.3, what is seen on a
/// control is in what it is called.
const YOUNG: &str = r#"{ "label-content-name-mismatch": { "enabled": true } }"#;

/// axe-core itself, a script that makes `window.axe`.
static SOURCE: OnceLock<String> = OnceLock::new();

/// A rule that a page breaks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Finding {
    /// The rule, such as `color-contrast`.
    pub rule: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: Option<String>,
    /// What it asks for.
    pub help: String,
    /// Where it is broken: the elements, as HTML with the reason.
    pub places: Vec<String>,
}

impl Tab {
    /// Runs axe-core on the page as it is now; gives the rules that it breaks.
    ///
    /// # Panics
    /// If axe-core does not run.
    pub async fn axe(&self) -> Vec<Finding> {
        // Half a megabyte goes to each page once.
        if self.run("return window.axe === undefined;").await == true {
            self.run(SOURCE.get_or_init(source)).await;
        }
        let script = format!(
            "const what = {{ runOnly: {TAGS}, rules: {YOUNG}, resultTypes: ['violations'] }};
            return window.axe.run(document, what)
                .then(({{ violations }}) => violations.map(({{ id, impact, help, nodes }}) => ({{
                    rule: id, impact, help,
                    places: nodes.map((node) => `${{node.html}}\n${{node.failureSummary}}`),
                }})));"
        );
        serde_json::from_value(self.run(&script).await).expect("findings")
    }
}

fn source() -> String {
    let path = PathBuf::from(settings::needed("NODE_PATH")).join("axe-core/axe.min.js");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}
