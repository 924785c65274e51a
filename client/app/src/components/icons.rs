//! Drawings of our own, in the colour of the text around them.

use crate::dom::{Html, html};

/// On its way.
pub fn clock() -> Html {
    html(
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.500V12l3 2"/></svg>"#,
        Vec::new(),
    )
}

/// A room.
pub fn hash() -> Html {
    html(
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M9 4L7 20M17 4l-2 16M4 9h16M4 15h16"/></svg>"#,
        Vec::new(),
    )
}

/// A private room.
pub fn lock() -> Html {
    html(
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3"/></svg>"#,
        Vec::new(),
    )
}

/// Nothing is told.
pub fn muted() -> Html {
    html(
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 4l16 16M8 7.500A4.500 4.500 0 0 1 16.500 10v4M6 17h10M7.500 11v3.500L6 17M10.500 20h3"/></svg>"#,
        Vec::new(),
    )
}
