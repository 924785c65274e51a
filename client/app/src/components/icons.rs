//! Drawings of our own, in the colour of the text around them.

use leptos::prelude::*;

/// Parlour's sign: a P that is a speech bubble.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 64 64" aria-hidden="true">
            <rect class="mark-ground" width="64" height="64" rx="15" />
            <path
                class="mark-sign"
                d="M18 51V29a15 15 0 1 1 15 15h-5.500z M33 39a10 10 0 1 0-10-10 10 10 0 0 0 10 10z"
                fill-rule="evenodd"
            />
        </svg>
    }
}

/// Light.
#[component]
pub fn Sun() -> impl IntoView {
    icon(
        "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M4.900 4.900l1.400 1.400M17.700 17.700l1.400 1.400M19.100 4.900l-1.400 1.400M6.300 17.700l-1.400 1.400",
    )
}

/// Dark.
#[component]
pub fn Moon() -> impl IntoView {
    icon("M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z")
}

/// As the device has it.
#[component]
pub fn Screen() -> impl IntoView {
    icon("M3 5h18v11H3zM9 20h6M12 16v4")
}

/// Out of the door.
#[component]
pub fn Door() -> impl IntoView {
    icon("M14 4H5v16h9M10 12h11M17 8l4 4-4 4")
}

/// Send.
#[component]
pub fn Arrow() -> impl IntoView {
    icon("M12 19V5M6 11l6-6 6 6")
}

/// Down to the newest.
#[component]
pub fn Down() -> impl IntoView {
    icon("M12 5v14M6 13l6 6 6-6")
}

/// On its way.
#[component]
pub fn Clock() -> impl IntoView {
    icon("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.500V12l3 2")
}

fn icon(path: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=path />
        </svg>
    }
}
