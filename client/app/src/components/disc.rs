//! A person's initials on their colour.

use leptos::prelude::*;
use parlour_events::Nickname;

use crate::identity;

/// A disc with initials. Names stand beside it, so it says nothing to a screen reader.
pub fn disc(name: &Nickname) -> AnyView {
    let hue = identity::hue(name).to_string();
    view! {
        <span class="disc" style=("--hue", hue) aria-hidden="true">
            {identity::initials(name)}
        </span>
    }
    .into_any()
}
