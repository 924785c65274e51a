//! What a browser looks like to its page: how large, and what the person has set.

/// How a browser is set up. What engines do not let set is said with the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    /// How wide the page is, in CSS pixels; at least 320.
    pub width: u32,
    /// How high the page is.
    pub height: u32,
    /// How many pixels of the screen one CSS pixel is, along a side.
    pub scale: u32,
    /// Whether the person prefers dark colours.
    pub dark: bool,
    /// Whether the person wants no motion.
    pub still: bool,
    /// Whether it is used with fingers: what `pointer` and `hover` say in style sheets, and scroll
    /// bars that take no room. It brings no touch events. WebKitGTK always has a mouse, and such
    /// scroll bars.
    pub touch: bool,
}

impl Looks {
    /// A window on a desktop, by day. The default.
    pub const DESKTOP: Self =
        Self { width: 1280, height: 800, scale: 1, dark: false, still: false, touch: false };
    /// A phone.
    pub const PHONE: Self = Self { width: 360, height: 740, touch: true, ..Self::DESKTOP };
    /// The narrowest that WCAG has pages work at, which is also a desktop's window at 400 %.
    pub const NARROW: Self = Self { width: 320, height: 640, ..Self::PHONE };

    /// The same with this size.
    #[must_use]
    pub fn sized(self, width: u32, height: u32) -> Self {
        Self { width, height, ..self }
    }

    /// The same on a screen with twice as many pixels along each side, for pictures to be looked at.
    #[must_use]
    pub fn sharp(self) -> Self {
        Self { scale: 2, ..self }
    }

    /// The same by night.
    #[must_use]
    pub fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    /// The same without motion.
    #[must_use]
    pub fn still(self) -> Self {
        Self { still: true, ..self }
    }
}

impl Default for Looks {
    fn default() -> Self {
        Self::DESKTOP
    }
}
