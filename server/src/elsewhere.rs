//! Every namespace that is not there.
//!
//! The answer is the one that Socket.IO servers give, a connect error `Invalid namespace`. It is
//! given here, by a namespace made for the occasion and removed at once, for two reasons: there is
//! a line in the log; and while the server stops, when the real namespaces are gone already, there
//! is no answer at all. A client takes a connect error for final; a connection that just ends
//! makes it try again, and find the next process.

use std::{
    future::{pending, ready},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use socketioxide::{NsInsertError, SocketIo, extract::SocketRef, handler::ConnectHandler};
use tracing::info;

/// What Socket.IO servers say.
const NO_SUCH_NAMESPACE: &str = "Invalid namespace";

/// Most characters of a namespace's name in the log.
const NAME_CHARS: usize = 64;

/// Answers for every namespace that is not opened elsewhere, until the server is `stopping`.
///
/// # Errors
/// None, unless somebody has opened a namespace by pattern before.
pub(crate) fn open(io: &SocketIo, stopping: Arc<AtomicBool>) -> Result<(), NsInsertError> {
    // The root is asked for by this pattern only once the real one is gone.
    for pattern in ["/", "/{*name}"] {
        let stopping = stopping.clone();
        let refuse = async move |socket: SocketRef, io: SocketIo| {
            if stopping.load(Ordering::SeqCst) {
                // The connection ends first.
                return pending().await;
            }
            let namespace: String = socket.ns().chars().take(NAME_CHARS).collect();
            info!(sid = %socket.id, namespace, "connect refused: no such namespace");
            // The library keeps it for good otherwise, under whatever name somebody thinks of.
            // The root is never removed: it is always there until the server stops.
            if socket.ns() != "/" {
                io.delete_ns(socket.ns());
            }
            Err::<(), _>(NO_SUCH_NAMESPACE)
        };
        io.dyn_ns(pattern, (|| ready(())).with(refuse))?;
    }
    Ok(())
}
