//! The state of the line to the server, and what is said about it.
//!
//! No clock of its own: times are milliseconds of whatever clock the caller reads.

use serde::{Deserialize, Serialize};

use crate::words::{self, Key, Pattern, fill, text};

/// The state of the line, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The first connection is being made.
    Connecting,
    /// Connected.
    Connected,
    /// The connection was lost, or the first attempt failed: it is tried again.
    Reconnecting,
    /// The device says that it has no network.
    Offline,
    /// The server did not let us in; it is not tried again by itself.
    Refused,
}

impl Status {
    /// The word, for style sheets and tests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Reconnecting => "reconnecting",
            Self::Offline => "offline",
            Self::Refused => "refused",
        }
    }

    /// What a person reads in the header.
    pub fn label(self) -> &'static str {
        text(match self {
            Self::Connecting => Key::HEADER_STATUS_CONNECTING,
            Self::Connected => Key::HEADER_STATUS_CONNECTED,
            Self::Reconnecting => Key::HEADER_STATUS_RECONNECTING,
            Self::Offline => Key::HEADER_STATUS_OFFLINE,
            Self::Refused => Key::HEADER_STATUS_REFUSED,
        })
    }
}

/// The strip above the composer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strip {
    /// What it says.
    pub text: String,
    /// The button behind it that tries at once, if there is something to try.
    pub button: Option<&'static str>,
    /// It is good news and may fade.
    pub passing: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Socket {
    Connecting,
    Connected,
    /// Lost, or never had; the time of the next attempt, or none while one is made.
    Trying(Option<f64>),
    /// Why, and when it is asked again by itself, if it is.
    Refused(String, Option<f64>),
}

/// Where the way back stands, after the connection was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Return {
    /// Nothing was lost, or it is long over.
    None,
    /// What was missed is not here yet.
    Due,
    /// What was missed is here, since a moment ago.
    Done,
}

/// The state of the line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    socket: Socket,
    online: bool,
    /// The server was heard since the device said that it has no network.
    heard: bool,
    was_connected: bool,
    back: Return,
}

impl Line {
    /// No connection yet, and one is being made.
    pub fn new(online: bool) -> Self {
        Self {
            socket: Socket::Connecting,
            online,
            heard: false,
            was_connected: false,
            back: Return::None,
        }
    }

    /// The state in one word. Hearing the server counts more than what the device says of its
    /// network: a server on the same machine needs none.
    pub fn status(&self) -> Status {
        match self.socket {
            Socket::Connected if self.online || self.heard => Status::Connected,
            _ if !self.online => Status::Offline,
            Socket::Connected => Status::Connected,
            Socket::Connecting => Status::Connecting,
            Socket::Trying(_) => Status::Reconnecting,
            Socket::Refused(..) => Status::Refused,
        }
    }

    /// The device says whether it has a network.
    pub fn network(&mut self, online: bool) {
        self.online = online;
        self.heard = false;
    }

    /// Something came from the server. Says whether that changes anything.
    pub fn heard(&mut self) -> bool {
        let news = !self.online && !self.heard && self.socket == Socket::Connected;
        self.heard = true;
        news
    }

    /// The server let us in.
    pub fn connected(&mut self) {
        self.socket = Socket::Connected;
        self.heard = true;
        self.was_connected = true;
    }

    /// The server did not let us in.
    pub fn refused(&mut self, sentence: String) {
        self.socket = Socket::Refused(sentence, None);
    }

    /// The connection is gone, or an attempt failed.
    pub fn lost(&mut self) {
        self.socket = Socket::Trying(None);
        if self.was_connected {
            self.back = Return::Due;
        }
    }

    /// The next attempt is made at this time.
    pub fn next_try(&mut self, at: f64) {
        match &mut self.socket {
            Socket::Connected => {}
            // Why stays to be read.
            Socket::Refused(_, next) => *next = Some(at),
            socket => *socket = Socket::Trying(Some(at)),
        }
    }

    /// When the server that has refused is asked again by itself.
    pub fn asks_again_at(&self) -> Option<f64> {
        match self.socket {
            Socket::Refused(_, at) => at,
            _ => None,
        }
    }

    /// Whole seconds until then.
    pub fn asks_again_in(&self, now: f64) -> Option<u64> {
        self.asks_again_at().map(|at| seconds(at - now))
    }

    /// An attempt is made now.
    pub fn trying(&mut self) {
        if self.was_connected || matches!(self.socket, Socket::Trying(_)) {
            self.socket = Socket::Trying(None);
        } else {
            self.socket = Socket::Connecting;
        }
    }

    /// What was missed while away is here. Says whether anything was away.
    pub fn caught_up(&mut self) -> bool {
        let was_due = self.socket == Socket::Connected && self.back == Return::Due;
        if was_due {
            self.back = Return::Done;
        }
        was_due
    }

    /// The good news has stood long enough.
    pub fn fade(&mut self) {
        if self.back == Return::Done {
            self.back = Return::None;
        }
    }

    /// Whether what the strip says changes with time.
    pub fn is_counting(&self) -> bool {
        self.online && matches!(self.socket, Socket::Trying(Some(_)))
    }

    /// What the strip says `now`, with so many messages waiting; nothing while all is well.
    pub fn strip(&self, now: f64, waiting: usize) -> Option<Strip> {
        let strip = |text: String| Strip { text, button: None, passing: false };
        let said = |key| strip(text(key).to_owned());
        let mut shown = match (&self.socket, self.back) {
            _ if self.status() == Status::Offline => said(Key::STRIP_OFFLINE),
            (Socket::Connected, Return::None) => return None,
            (Socket::Connected, Return::Due) => return Some(said(Key::STRIP_CATCHING_UP)),
            (Socket::Connected, Return::Done) => {
                return Some(Strip { passing: true, ..said(Key::STRIP_CAUGHT_UP) });
            }
            (Socket::Connecting, _) => said(Key::STRIP_CONNECTING),
            (Socket::Trying(at), _) => {
                let at = at.map(|at| seconds(at - now)).filter(|seconds| *seconds > 0);
                let within = |pattern, at| strip(fill(pattern, [&words::whole(at)]));
                let said = match (at, self.was_connected) {
                    (None, true) => said(Key::STRIP_RECONNECTING),
                    (None, false) => said(Key::STRIP_CONNECTING),
                    (Some(at), true) => within(Pattern::STRIP_RECONNECTING_IN, at),
                    (Some(at), false) => within(Pattern::STRIP_FIRST_TRY_IN, at),
                };
                Strip { button: at.map(|_| text(Key::STRIP_TRY_NOW)), ..said }
            }
            (Socket::Refused(sentence, _), _) => {
                Strip { button: Some(text(Key::STRIP_TRY_AGAIN)), ..strip(sentence.clone()) }
            }
        };
        // Where a button stands behind it there is less room.
        let waiting = match (waiting, shown.button) {
            (1.., Some(_)) => {
                Some(fill(Pattern::STRIP_WAITING_SHORT, [&words::whole(waiting as u64)]))
            }
            _ => words::waiting(waiting),
        };
        if let Some(waiting) = waiting {
            shown.text = format!("{} · {waiting}", shown.text);
        }
        Some(shown)
    }

    /// What is read out when the state changes; seconds are not, and neither is the first
    /// connection.
    pub fn announcement(&self) -> Option<String> {
        let key = match (self.status(), self.back) {
            (Status::Connected, Return::Done) => Key::STRIP_SAID_BACK,
            (Status::Reconnecting, _) => Key::STRIP_SAID_LOST,
            (Status::Offline, _) => Key::STRIP_SAID_OFFLINE,
            (Status::Refused, _) => Key::STRIP_SAID_REFUSED,
            (Status::Connecting | Status::Connected, _) => return None,
        };
        Some(text(key).to_owned())
    }
}

/// Whole seconds that are left, counting the one that has begun.
fn seconds(millis: f64) -> u64 {
    // A float that is negative, huge or no number becomes the nearest that fits.
    (millis / 1_000.0).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &Line, now: f64, waiting: usize) -> Option<String> {
        line.strip(now, waiting).map(|strip| strip.text)
    }

    fn lost() -> Line {
        let mut line = Line::new(true);
        line.connected();
        line.lost();
        line
    }

    #[test]
    fn nothing_is_said_while_all_is_well() {
        let mut line = Line::new(true);
        assert_eq!(said(&line, 0.0, 0).as_deref(), Some("Connecting …"));
        line.connected();
        assert_eq!(line.status(), Status::Connected);
        assert_eq!(line.strip(0.0, 1), None);
        assert!(!line.caught_up(), "nothing was lost");
    }

    #[test]
    fn the_next_try_is_counted_down_and_can_be_made_now() {
        let mut line = lost();
        line.next_try(4_000.0);
        assert!(line.is_counting());
        let strip = line.strip(10.0, 0).unwrap();
        assert_eq!((strip.text.as_str(), strip.button), ("Reconnecting in 4 s", Some("Try now")));
        assert_eq!(said(&line, 3_500.0, 0).as_deref(), Some("Reconnecting in 1 s"));
        assert_eq!(said(&line, 9_000.0, 0).as_deref(), Some("Reconnecting …"));
        line.trying();
        assert_eq!(said(&line, 4_000.0, 1).as_deref(), Some("Reconnecting … · 1 message waiting"));
    }

    #[test]
    fn coming_back_is_told_once_and_fades() {
        let mut line = lost();
        line.connected();
        assert_eq!(said(&line, 0.0, 0).as_deref(), Some("Back · catching up"));
        assert!(line.caught_up());
        assert!(!line.caught_up());
        assert!(line.strip(0.0, 0).unwrap().passing);
        line.fade();
        assert_eq!(line.strip(0.0, 0), None);
    }

    #[test]
    fn offline_tells_what_waits() {
        let mut line = lost();
        line.network(false);
        assert_eq!(line.status(), Status::Offline);
        assert_eq!(said(&line, 0.0, 2).as_deref(), Some("Offline · 2 messages waiting"));
    }

    #[test]
    fn a_server_that_is_heard_is_not_offline() {
        let mut line = Line::new(false);
        line.connected();
        assert_eq!(line.status(), Status::Connected);
        line.network(false);
        assert_eq!(line.status(), Status::Offline);
        assert_eq!(said(&line, 0.0, 1).as_deref(), Some("Offline · 1 message waiting"));
        assert!(line.heard());
        assert!(!line.heard());
        assert_eq!(line.strip(0.0, 0), None);
    }

    #[test]
    fn a_refusal_stays_until_it_is_tried_again() {
        let mut line = lost();
        line.refused("Ann is here already.".to_owned());
        line.next_try(1_000.0);
        assert_eq!(line.status(), Status::Refused);
        assert_eq!(said(&line, 0.0, 0).as_deref(), Some("Ann is here already."));
        assert_eq!(line.asks_again_in(100.0), Some(1));
        line.trying();
        assert_eq!(line.asks_again_in(100.0), None);
        assert_eq!(line.status(), Status::Reconnecting);
    }

    #[test]
    fn a_first_attempt_that_fails_does_not_speak_of_returning() {
        let mut line = Line::new(true);
        line.lost();
        line.next_try(2_000.0);
        let said = said(&line, 0.0, 0).unwrap();
        assert_eq!(said, "No answer from the server · next try in 2 s");
        line.connected();
        assert_eq!(line.strip(0.0, 0), None);
    }
}
