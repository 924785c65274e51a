//! What pages talk to, when their test fails: it stays until they have been looked at.

use std::{
    any::Any,
    cell::RefCell,
    ops::{Deref, DerefMut},
    thread,
};

tokio::task_local! {
    static KEPT: RefCell<Vec<Box<dyn Any>>>;
}

/// Something that goes when it is dropped, as it would by itself; but where that is because a test
/// with browsers fails, only after their pages have been looked at. A picture of a page whose server
/// has gone shows nothing but that.
#[derive(Debug)]
pub(crate) struct Kept<T: 'static>(Option<T>);

impl<T> Kept<T> {
    pub(crate) fn new(it: T) -> Self {
        Self(Some(it))
    }
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("only dropping takes it")
    }
}

impl<T> DerefMut for Kept<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_mut().expect("only dropping takes it")
    }
}

impl<T> Drop for Kept<T> {
    fn drop(&mut self) {
        if thread::panicking()
            && let Some(it) = self.0.take()
        {
            // Where there are no browsers, nobody keeps it.
            let _ = KEPT.try_with(|kept| kept.borrow_mut().push(Box::new(it)));
        }
    }
}

/// Keeps what `test` drops while it fails, until it is over.
pub(crate) async fn keeping<T>(test: impl Future<Output = T>) -> T {
    KEPT.scope(RefCell::default(), test).await
}
