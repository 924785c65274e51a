//! Counts what the loops over a text do, so that tests can tell that the work does not grow faster
//! than the text. Outside of tests it is nothing.

#[cfg(all(test, not(target_arch = "wasm32")))]
thread_local! {
    static DONE: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// One more turn of a loop.
#[inline(always)]
pub(super) fn step() {
    #[cfg(all(test, not(target_arch = "wasm32")))]
    DONE.set(DONE.get() + 1);
}

/// The steps that this takes.
#[cfg(all(test, not(target_arch = "wasm32")))]
pub(super) fn count(run: impl FnOnce()) -> usize {
    DONE.set(0);
    run();
    DONE.get()
}
