//! What an engine cannot do under WebDriver, and why. A scenario that needs it is ignored there, by
//! name and with the reason, and nowhere else: see [`in_every_browser!`](crate::in_every_browser).
//!
//! | ability | what it is | missing in |
//! |---|---|---|
//! | `profiles` | a browser that quits and comes back with what it had stored | WebKit |
//! | `minutes` | none, but time: what nobody waits for each time | all, unless they are asked |
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
    // Nothing that an engine cannot do: what takes minutes in each is run when it is asked for.
    (minutes, $name:ident, $($test:tt)*) => {
        $crate::in_every_browser!(
            @test $name, $($test)*,
            ignore = "takes minutes: runs with `-- --ignored`"
        );
    };
}
