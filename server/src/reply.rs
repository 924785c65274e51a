//! How requests are answered: acknowledgements, refusals, and the sentences in them.

use parlour_events::{Code, Refusal, Reply};
use serde::Serialize;
use socketioxide::{ParserError, SendError, SocketError, extract::AckSender, socket::Sid};
use tracing::{debug, error, info, warn};

/// Most characters of a parser's words in a refusal.
const REASON_CHARS: usize = 200;

/// Acknowledges a request; does nothing if its sender did not ask for that.
pub(crate) fn acknowledge<T: Serialize>(sid: Sid, ack: AckSender, reply: &T) {
    if let Err(error) = ack.send(reply) {
        not_sent(sid, "an acknowledgement", &error);
    }
}

/// Refuses a request, by its acknowledgement.
pub(crate) fn refuse(sid: Sid, event: &str, ack: AckSender, refusal: Refusal) {
    log_refusal(sid, event, &refusal);
    acknowledge(sid, ack, &Reply::<()>::Error(refusal));
}

/// Logs a refusal. The sentence may quote what was sent, so it stays out of the usual log; so does
/// each single refusal of a client that asks too fast ([`log_overflow`]).
pub(crate) fn log_refusal(sid: Sid, event: &str, refusal: &Refusal) {
    if refusal.code != Code::Busy {
        info!(%sid, event, code = %refusal.code, "refused");
    }
    debug!(%sid, event, code = %refusal.code, reason = refusal.message, "refused");
}

/// Logs a refused CONNECT.
pub(crate) fn log_refused_connect(sid: Sid, namespace: &str, refusal: &Refusal) {
    info!(%sid, namespace, code = %refusal.code, reason = refusal.message, "connect refused");
}

/// Logs that a client's inbox has become full.
pub(crate) fn log_overflow(sid: Sid, event: &str) {
    warn!(%sid, event, "asks faster than it can be answered: refusing until it slows down");
}

/// Logs that something did not go out to one client, and what that means.
pub(crate) fn not_sent(sid: Sid, what: &str, error: &SendError) {
    match error {
        SendError::Socket(SocketError::Closed) => {
            debug!(%sid, what, "not sent: the client is gone")
        }
        SendError::Socket(SocketError::InternalChannelFull) => {
            debug!(%sid, what, "not sent: the client's queue is full, it has to ask again");
        }
        SendError::Serialize(error) => error!(%sid, what, %error, "not sent: no JSON for it"),
    }
}

/// The refusal of a payload that does not parse: says what is wrong with it.
pub(crate) fn invalid(error: &ParserError) -> Refusal {
    let error = error.to_string();
    // Line and column count in the JSON of the packet, which nobody sees.
    let what = error.rsplit_once(" at line ").map_or(error.as_str(), |(what, _)| what);
    // It may quote the payload, which may be long.
    let what = match what.char_indices().nth(REASON_CHARS) {
        Some((end, _)) => format!("{} …", &what[..end]),
        None => what.to_owned(),
    };
    Refusal::new(Code::Invalid, format!("The payload is not what this event takes: {what}."))
}

/// The refusal of a client that asks faster than it can be answered.
pub(crate) fn too_fast() -> Refusal {
    Refusal::new(Code::Busy, "Too many requests are waiting. Try again in a moment.")
}

/// The refusal of a client for whom there is no place.
pub(crate) fn full() -> Refusal {
    Refusal::new(Code::Full, "The server is full at the moment. Try again later.")
}
