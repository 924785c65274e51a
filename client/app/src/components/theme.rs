//! Light, dark, or as the device has it.

use leptos::prelude::*;

use super::icons::{Moon, Screen, Sun};
use crate::{
    browser::{
        language::t,
        memory::{self, Theme},
    },
    words::Key,
};

/// The theme chosen at an earlier visit.
pub fn chosen() -> Theme {
    memory::theme()
}

/// Puts a theme on the page.
pub fn apply(theme: Theme) {
    let Some(root) = document().document_element() else { return };
    let name = match theme {
        Theme::System => {
            let _ = root.remove_attribute("data-theme");
            return;
        }
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let _ = root.set_attribute("data-theme", name);
}

/// A button that goes from one theme to the next.
#[component]
pub fn ThemeButton() -> impl IntoView {
    let theme = RwSignal::new(chosen());
    let label = move || {
        t(match theme.get() {
            Theme::System => Key::HEADER_THEME_SYSTEM,
            Theme::Light => Key::HEADER_THEME_LIGHT,
            Theme::Dark => Key::HEADER_THEME_DARK,
        })
    };
    let next = move |_| {
        theme.update(|theme| {
            *theme = match theme {
                Theme::System => Theme::Light,
                Theme::Light => Theme::Dark,
                Theme::Dark => Theme::System,
            };
            apply(*theme);
            memory::keep_theme(*theme);
        });
    };
    view! {
        <button type="button" class="icon-button" aria-label=label title=label on:click=next>
            {move || match theme.get() {
                Theme::System => view! { <Screen /> }.into_any(),
                Theme::Light => view! { <Sun /> }.into_any(),
                Theme::Dark => view! { <Moon /> }.into_any(),
            }}
        </button>
    }
}
