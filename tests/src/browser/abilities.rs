//! What an engine cannot do under WebDriver, and why. A scenario that needs it is ignored there, by
//! name and with the reason, and nowhere else: see [`in_every_browser!`](crate::in_every_browser).
//!
//! | ability | what it is | missing in |
//! |---|---|---|
//! | `profiles` | a browser that quits and comes back with what it had stored | WebKit |
//!
//! What is weaker somewhere, but needs no other scenario, is said where it is:
//! [`Tab::complaints`](super::Tab::complaints), [`Looks`](super::Looks).

/// Makes the test of one engine, ignored with the reason where the engine lacks the ability.
#[doc(hidden)]
#[macro_export]
macro_rules! where_it_can {
    // MiniBrowser gives every automated session a storage of its own, in memory. A scenario about a
    // window that is closed while the browser goes on can be had there too.
    (profiles, webkit, $($test:tt)*) => {
        $crate::in_every_browser!(
            @test webkit, $($test)*,
            ignore = "MiniBrowser keeps no profile: an automated session is ephemeral"
        );
    };
    (profiles, $name:ident, $($test:tt)*) => {
        $crate::in_every_browser!(@test $name, $($test)*);
    };
    // Scenarios that go through everything there is, and take a minute or more: all run in Chromium,
    // and in the other engines when they are asked for.
    (minutes, chromium, $($test:tt)*) => {
        $crate::in_every_browser!(@test chromium, $($test)*);
    };
    (minutes, $name:ident, $($test:tt)*) => {
        $crate::in_every_browser!(
            @test $name, $($test)*,
            ignore = "takes minutes: runs with `-- --ignored`"
        );
    };
}
