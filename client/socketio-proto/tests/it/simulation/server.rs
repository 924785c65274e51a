//! A server as simple as one can be that speaks both transports, upgrades, and has one namespace.

use std::{collections::BTreeMap, time::Duration};

use socketio_proto::{Instant, RequestId, TransportId};

const PING: Duration = Duration::from_secs(5);

/// What the server puts on its way.
#[derive(Debug)]
pub(super) enum Reply {
    Text(TransportId, String),
    Answer(RequestId, u16, String),
    Close(TransportId),
}

#[derive(Debug, Default)]
struct Session {
    /// Once it has gone over, or from the beginning.
    socket: Option<TransportId>,
    get: Option<RequestId>,
    waiting: Vec<String>,
    connected: bool,
}

#[derive(Debug)]
pub(super) struct Server {
    sessions: BTreeMap<String, Session>,
    /// WebSockets that are open, and whose they are.
    sockets: BTreeMap<TransportId, String>,
    last_sid: u32,
    next_ping: Instant,
    /// What came under `n`, and what under `sure`, in order.
    pub(super) received: Vec<u32>,
    pub(super) surely: Vec<u32>,
}

impl Server {
    pub(super) fn new() -> Self {
        Self {
            sessions: BTreeMap::new(),
            sockets: BTreeMap::new(),
            last_sid: 0,
            next_ping: Instant::from_origin(PING),
            received: Vec::new(),
            surely: Vec::new(),
        }
    }

    pub(super) fn next_ping(&self) -> Instant {
        self.next_ping
    }

    pub(super) fn forget(&mut self) {
        self.sessions.clear();
        self.sockets.clear();
    }

    pub(super) fn ping(&mut self, now: Instant) -> Vec<Reply> {
        self.next_ping = now + PING;
        self.push_to_all("2")
    }

    /// A numbered event to the last one that connected; `None` if nobody is.
    pub(super) fn emit(&mut self, number: u32) -> Option<Vec<Reply>> {
        let connected = self.sessions.iter().rev().find(|(_, session)| session.connected);
        let sid = connected?.0.clone();
        Some(self.push(&sid, format!("42[\"n\",{number}]")))
    }

    pub(super) fn opened(&mut self, transport: TransportId, url: &str) -> Vec<Reply> {
        match sid_in(url) {
            Some(sid) if self.sessions.contains_key(&sid) => {
                self.sockets.insert(transport, sid);
                Vec::new()
            }
            Some(_) => vec![Reply::Close(transport)],
            None => {
                let (sid, handshake) = self.new_session();
                self.sessions.entry(sid.clone()).or_default().socket = Some(transport);
                self.sockets.insert(transport, sid);
                vec![Reply::Text(transport, handshake)]
            }
        }
    }

    pub(super) fn closed(&mut self, transport: TransportId) -> Vec<Reply> {
        if let Some(sid) = self.sockets.remove(&transport)
            && self.sessions.get(&sid).is_some_and(|session| session.socket == Some(transport))
        {
            self.sessions.remove(&sid);
        }
        Vec::new()
    }

    pub(super) fn text(&mut self, transport: TransportId, text: &str) -> Vec<Reply> {
        let Some(sid) = self.sockets.get(&transport).cloned() else { return Vec::new() };
        let Some(session) = self.sessions.get_mut(&sid) else { return Vec::new() };
        match text {
            "2probe" => {
                let mut replies = vec![Reply::Text(transport, "3probe".to_owned())];
                if let Some(get) = session.get.take() {
                    replies.push(Reply::Answer(get, 200, "6".to_owned()));
                }
                replies
            }
            "5" => {
                session.socket = Some(transport);
                let waiting = std::mem::take(&mut session.waiting);
                waiting.into_iter().map(|text| Reply::Text(transport, text)).collect()
            }
            _ => {
                assert_eq!(session.socket, Some(transport), "a packet before the upgrade: {text}");
                self.packet(&sid, text)
            }
        }
    }

    pub(super) fn request(
        &mut self,
        request: RequestId,
        url: &str,
        body: Option<&str>,
    ) -> Vec<Reply> {
        let Some(sid) = sid_in(url) else {
            let (_, handshake) = self.new_session();
            return vec![Reply::Answer(request, 200, handshake)];
        };
        let Some(session) = self.sessions.get_mut(&sid) else {
            return vec![Reply::Answer(request, 400, "unknown session".to_owned())];
        };
        let Some(body) = body else {
            assert!(session.get.is_none(), "two GETs at once");
            assert!(session.socket.is_none(), "a GET after the upgrade");
            session.get = Some(request);
            return self.release(&sid);
        };
        let mut replies = Vec::new();
        for packet in body.split('\x1e') {
            if packet == "1" {
                if let Some(get) = self.sessions.remove(&sid).and_then(|session| session.get) {
                    replies.push(Reply::Answer(get, 200, "6".to_owned()));
                }
                break;
            }
            replies.extend(self.packet(&sid, packet));
        }
        replies.push(Reply::Answer(request, 200, "ok".to_owned()));
        replies
    }

    fn packet(&mut self, sid: &str, packet: &str) -> Vec<Reply> {
        if packet == "40" {
            if let Some(session) = self.sessions.get_mut(sid) {
                session.connected = true;
            }
            return self.push(sid, format!("40{{\"sid\":\"socket-{sid}\"}}"));
        }
        if packet == "41" {
            if let Some(session) = self.sessions.get_mut(sid) {
                session.connected = false;
            }
            return Vec::new();
        }
        if packet == "3" {
            return Vec::new();
        }
        // 42["n",7] or 42<id>["sure",7]
        let (id, event) = packet
            .strip_prefix("42")
            .and_then(|rest| rest.split_once('['))
            .unwrap_or_else(|| panic!("what is {packet:?}?"));
        let number = |text: &str| text.trim_end_matches(']').parse().unwrap();
        match event.split_once(',') {
            Some(("\"n\"", text)) => {
                self.received.push(number(text));
                Vec::new()
            }
            Some(("\"sure\"", text)) => {
                self.surely.push(number(text));
                self.push(sid, format!("43{id}[]"))
            }
            _ => panic!("what is {packet:?}?"),
        }
    }

    fn push_to_all(&mut self, packet: &str) -> Vec<Reply> {
        let sids: Vec<String> = self.sessions.keys().cloned().collect();
        sids.iter().flat_map(|sid| self.push(sid, packet.to_owned())).collect()
    }

    /// Sends a packet by whatever the session has.
    fn push(&mut self, sid: &str, packet: String) -> Vec<Reply> {
        let Some(session) = self.sessions.get_mut(sid) else { return Vec::new() };
        match session.socket {
            Some(transport) => vec![Reply::Text(transport, packet)],
            None => {
                session.waiting.push(packet);
                self.release(sid)
            }
        }
    }

    fn release(&mut self, sid: &str) -> Vec<Reply> {
        let Some(session) = self.sessions.get_mut(sid) else { return Vec::new() };
        if session.waiting.is_empty() {
            return Vec::new();
        }
        let Some(get) = session.get.take() else { return Vec::new() };
        let body = std::mem::take(&mut session.waiting).join("\x1e");
        vec![Reply::Answer(get, 200, body)]
    }

    fn new_session(&mut self) -> (String, String) {
        self.last_sid += 1;
        let sid = format!("s{:06}", self.last_sid);
        self.sessions.insert(sid.clone(), Session::default());
        let handshake = format!(
            r#"0{{"sid":"{sid}","upgrades":["websocket"],"pingInterval":5000,"pingTimeout":3000,"maxPayload":1000}}"#
        );
        (sid, handshake)
    }
}

fn sid_in(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("&sid=")?;
    Some(rest.split('&').next().unwrap_or_default().to_owned())
}
