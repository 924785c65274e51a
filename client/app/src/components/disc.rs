//! A person's initials on their colour.

use parlour_events::Nickname;

use crate::{
    dom::{Html, hole, html},
    identity,
};

/// A disc with initials. Names stand beside it, so it says nothing to a screen reader.
pub fn disc(name: &Nickname) -> Html {
    html(
        r#"<span _ class="disc" aria-hidden="true"></span>"#,
        vec![hole().styled("--hue", identity::hue(name).to_string()).put(identity::initials(name))],
    )
}
