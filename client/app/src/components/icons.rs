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
pub fn Sun() -> AnyView {
    icon(
        "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M4.900 4.900l1.400 1.400M17.700 17.700l1.400 1.400M19.100 4.900l-1.400 1.400M6.300 17.700l-1.400 1.400",
    )
}

/// Dark.
#[component]
pub fn Moon() -> AnyView {
    icon("M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z")
}

/// As the device has it.
#[component]
pub fn Screen() -> AnyView {
    icon("M3 5h18v11H3zM9 20h6M12 16v4")
}

/// Out of the door.
#[component]
pub fn Door() -> AnyView {
    icon("M14 4H5v16h9M10 12h11M17 8l4 4-4 4")
}

/// Send.
#[component]
pub fn Arrow() -> AnyView {
    icon("M12 19V5M6 11l6-6 6 6")
}

/// Down to the newest.
#[component]
pub fn Down() -> AnyView {
    icon("M12 5v14M6 13l6 6 6-6")
}

/// On its way.
#[component]
pub fn Clock() -> AnyView {
    icon("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.500V12l3 2")
}

/// A room.
#[component]
pub fn Hash() -> AnyView {
    icon("M9 4L7 20M17 4l-2 16M4 9h16M4 15h16")
}

/// A private room.
#[component]
pub fn Lock() -> AnyView {
    icon("M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3")
}

/// More.
#[component]
pub fn Plus() -> AnyView {
    icon("M12 5v14M5 12h14")
}

/// Search.
#[component]
pub fn Search() -> AnyView {
    icon("M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.500 4.500")
}

/// People.
#[component]
pub fn People() -> AnyView {
    icon("M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM3 20c0-4 2.500-6 6-6s6 2 6 6M16 4.500a3.500 3.500 0 0 1 0 6.500M17.500 14.300c2.300.7 3.500 2.700 3.500 5.700")
}

/// Open a list.
#[component]
pub fn Menu() -> AnyView {
    icon("M4 6h16M4 12h16M4 18h16")
}

/// What can be chosen.
#[component]
pub fn Gear() -> AnyView {
    icon("M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM19.400 13.500a7.600 7.600 0 0 0 0-3l2-1.500-2-3.500-2.300 1a7.600 7.600 0 0 0-2.600-1.500L14.200 2.500h-4l-.4 2.500a7.600 7.600 0 0 0-2.600 1.500l-2.300-1-2 3.500 2 1.500a7.600 7.600 0 0 0 0 3l-2 1.500 2 3.500 2.300-1a7.600 7.600 0 0 0 2.600 1.500l.4 2.500h4l.4-2.500a7.600 7.600 0 0 0 2.600-1.500l2.300 1 2-3.500z")
}

/// Away with it.
#[component]
pub fn Close() -> AnyView {
    icon("M6 6l12 12M18 6L6 18")
}

/// An emoji.
#[component]
pub fn Smile() -> AnyView {
    icon("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.500 14.500a4.500 4.500 0 0 0 7 0M9 9.500v.2M15 9.500v.2")
}

/// An answer.
#[component]
pub fn Reply() -> AnyView {
    icon("M10 5L4 11l6 6M4 11h9a7 7 0 0 1 7 7v1")
}

/// More to do.
#[component]
pub fn Dots() -> AnyView {
    icon("M5.500 12h.1M12 12h.1M18.500 12h.1")
}

/// A file.
#[component]
pub fn Clip() -> AnyView {
    icon("M20 11.500l-8 8a5 5 0 0 1-7-7l8.500-8.500a3.400 3.400 0 0 1 4.800 4.800L10 17a1.700 1.700 0 0 1-2.400-2.400l7.400-7.400")
}

/// Tell me.
#[component]
pub fn Bell() -> AnyView {
    icon("M6 17h12l-1.500-2.500V10a4.500 4.500 0 0 0-9 0v4.500zM10.500 20h3")
}

/// Nothing is told.
#[component]
pub fn Muted() -> AnyView {
    icon("M4 4l16 16M8 7.500A4.500 4.500 0 0 1 16.500 10v4M6 17h10M7.500 11v3.500L6 17M10.500 20h3")
}

fn icon(path: &'static str) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=path />
        </svg>
    }
    .into_any()
}
