//! Every limit that can be set, in one list: the documentation's table is made from it, and what
//! it says can be tested.

use std::fmt::Write;

/// A limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The flag that sets it.
    pub flag: &'static str,
    /// What it is when nobody sets it, as it would be written.
    pub default: &'static str,
    /// Whether 0 switches it off.
    pub can_be_off: bool,
    /// What is limited.
    pub what: &'static str,
    /// What a client sees beyond it.
    pub refusal: Refused,
    /// Where in the server that is decided.
    pub place: &'static str,
}

/// What a client sees when it goes beyond a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// The typed refusal of a request or of a CONNECT, by its code.
    Code(&'static str),
    /// An HTTP status; with a code, in a body `{"code", "message"}`.
    Http(u16, Option<&'static str>),
    /// The connection is closed.
    Closed,
    /// A message over a WebSocket closes it; a POST gets this HTTP status.
    ClosedOr(u16),
}

/// All of them, in the order of `--help`.
pub const LIMITS: &[Limit] = &[
    Limit {
        flag: "--header-timeout",
        default: "10s",
        can_be_off: true,
        what: "Time for a TLS handshake, for the head of a request, and between two requests.",
        refusal: Refused::Closed,
        place: "listen",
    },
    Limit {
        flag: "--max-connections",
        default: "10000",
        can_be_off: true,
        what: "Clients in a namespace at a time. (Connections beyond it and 256 more, which are \
               there for the page, are closed.)",
        refusal: Refused::Code("full"),
        place: "seats",
    },
    Limit {
        flag: "--max-connections-per-address",
        default: "200",
        can_be_off: true,
        what: "Connections of an address at a time. (Behind a trusted proxy, requests and \
               WebSockets of the address that it forwards; then 429 with the code `limit`.)",
        refusal: Refused::Closed,
        place: "listen, peer",
    },
    Limit {
        flag: "--connects-per-minute",
        default: "600",
        can_be_off: true,
        what: "New sessions of an address in a minute. (And as many connects to a namespace over \
               them; these are refused with the code `rate_limited`.)",
        refusal: Refused::Http(429, Some("rate_limited")),
        place: "rate, budgets",
    },
    Limit {
        flag: "--new-guests-per-minute",
        default: "60",
        can_be_off: true,
        what: "New nicknames taken from an address in a minute.",
        refusal: Refused::Code("rate_limited"),
        place: "budgets",
    },
    Limit {
        flag: "--ping-timeout",
        default: "20s",
        can_be_off: false,
        what: "Time to answer a heartbeat.",
        refusal: Refused::Closed,
        place: "the library",
    },
    Limit {
        flag: "--connect-timeout",
        default: "10s",
        can_be_off: false,
        what: "Time until a new connection is in a namespace.",
        refusal: Refused::Closed,
        place: "the library",
    },
    Limit {
        flag: "--max-sessions",
        default: "20000",
        can_be_off: true,
        what: "Guests whose tokens and nicknames are kept.",
        refusal: Refused::Code("full"),
        place: "chat",
    },
    Limit {
        flag: "--max-message-size",
        default: "65536",
        can_be_off: false,
        what: "Bytes of a WebSocket message or of a POST.",
        refusal: Refused::ClosedOr(413),
        place: "the library",
    },
    Limit {
        flag: "--max-message-length",
        default: "4000",
        can_be_off: false,
        what: "Characters of a message. (Beyond 4000 it is no message at all: `invalid`.)",
        refusal: Refused::Code("too_long"),
        place: "chat, classic",
    },
    Limit {
        flag: "--messages-per-minute",
        default: "120",
        can_be_off: true,
        what: "Messages of a person in a minute.",
        refusal: Refused::Code("rate_limited"),
        place: "chat, classic",
    },
    Limit {
        flag: "--messages-per-minute-per-address",
        default: "600",
        can_be_off: true,
        what: "Messages from an address in a minute.",
        refusal: Refused::Code("rate_limited"),
        place: "chat, classic",
    },
    Limit {
        flag: "--requests-per-minute",
        default: "1200",
        can_be_off: true,
        what: "Requests of any kind of a person in a minute.",
        refusal: Refused::Code("rate_limited"),
        place: "chat, classic",
    },
    Limit {
        flag: "--max-pending-requests",
        default: "256",
        can_be_off: false,
        what: "Requests of a client in `/chat` that wait for their turn. (In `/` it is always 256.)",
        refusal: Refused::Code("busy"),
        place: "inbox",
    },
    Limit {
        flag: "--max-rooms",
        default: "10000",
        can_be_off: true,
        what: "Rooms.",
        refusal: Refused::Code("limit"),
        place: "chat",
    },
    Limit {
        flag: "--max-rooms-per-person",
        default: "200",
        can_be_off: true,
        what: "Rooms that a person is in.",
        refusal: Refused::Code("limit"),
        place: "chat",
    },
    Limit {
        flag: "--max-upload-size",
        default: "10485760",
        can_be_off: true,
        what: "Bytes of a file; with 0 no file is taken.",
        refusal: Refused::Http(413, Some("too_long")),
        place: "uploads",
    },
    Limit {
        flag: "--max-upload-space",
        default: "0",
        can_be_off: true,
        what: "Bytes of all files together.",
        refusal: Refused::Http(507, Some("limit")),
        place: "uploads",
    },
    Limit {
        flag: "--uploads-per-minute",
        default: "30",
        can_be_off: true,
        what: "Files of a person in a minute.",
        refusal: Refused::Http(429, Some("rate_limited")),
        place: "uploads",
    },
    Limit {
        flag: "--max-reactions",
        default: "20",
        can_be_off: true,
        what: "Different emoji on a message.",
        refusal: Refused::Code("limit"),
        place: "chat",
    },
];

impl Refused {
    /// For the documentation.
    fn text(self) -> String {
        match self {
            Self::Code(code) => format!("`{code}`"),
            Self::Http(status, None) => format!("HTTP {status}"),
            Self::Http(status, Some(code)) => format!("HTTP {status}, `{code}`"),
            Self::Closed => "connection closed".to_owned(),
            Self::ClosedOr(status) => format!("connection closed; HTTP {status}"),
        }
    }
}

/// [`LIMITS`] as a table in Markdown.
pub fn table() -> String {
    let mut text = String::from(
        "| flag | default | limits | beyond it | decided in |\n|---|---|---|---|---|\n",
    );
    for limit in LIMITS {
        let off = if limit.can_be_off { "" } else { " (never off)" };
        let Limit { flag, default, what, place, .. } = limit;
        let refusal = limit.refusal.text();
        writeln!(text, "| `{flag}` | `{default}`{off} | {what} | {refusal} | {place} |")
            .expect("a String takes everything");
    }
    text
}

#[cfg(test)]
mod tests;
