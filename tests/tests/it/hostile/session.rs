//! Somebody who floods the server over WebSockets, and comes back whenever they are thrown out.

use std::{ops::ControlFlow, sync::Arc};

use parlour_tests::{chaos::random::Random, server::Server};
use serde_json::{Value, json};

use super::{
    Tally,
    frames::{harm, nonsense},
    wire::{TEXT, Wire, frame},
};

/// Most frames sent before it is looked whether the connection is still there.
const BATCH: usize = 16;

/// See the top of this file.
pub(super) struct Flooder {
    address: String,
    nickname: String,
    token: Option<String>,
    random: Random,
    tally: Arc<Tally>,
    asked: u64,
    /// What may have ended the connection, although something was answered after it: the end takes
    /// a moment.
    suspect: Option<String>,
}

impl Flooder {
    pub(super) fn new(server: &Server, number: usize, random: Random, tally: Arc<Tally>) -> Self {
        Self {
            address: server.address().to_owned(),
            nickname: format!("Flooder {number}"),
            token: None,
            random,
            tally,
            asked: 0,
            suspect: None,
        }
    }

    /// Floods until so many frames were read, by all together.
    pub(super) async fn run(mut self, total: u64) {
        while self.tally.frames() < total {
            let version = if self.random.below(5) == 0 { 3 } else { 4 };
            let wire = Wire::open(&self.address, version).await;
            let mut wire = wire.expect("another connection is always let in");
            Tally::add(&self.tally.opened, 1);
            self.suspect = None;
            if self.connection(&mut wire, version, total).await.is_break() {
                Tally::add(&self.tally.ended, 1);
            }
        }
    }

    /// A connection: until it ends, or enough was sent.
    async fn connection(&mut self, wire: &mut Wire, version: u8, total: u64) -> ControlFlow<()> {
        if version == 3 {
            assert!(wire.until("40", &"the handshake").await, "it is connected without asking");
        } else if self.random.below(4) == 0 {
            // Before the connection is anybody's.
            self.harms(wire, "40", "40{").await?;
        } else {
            wire.say("40").await;
            assert!(wire.until("40{", &"CONNECT").await, "everybody is let in");
        }
        // Clients of the older protocol have no way to say who they are in the packet; and what came
        // first may have been somebody's CONNECT.
        let in_chat = version == 4 && self.suspect.is_none() && self.random.below(3) > 0;
        if in_chat {
            self.join(wire).await?;
        }
        while self.tally.frames() < total {
            self.batch(wire, in_chat).await?;
            if self.random.below(3) == 0 {
                let (ask, answer) = self.question();
                self.harms(wire, &ask, &answer).await?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Comes in to the chat, always as the same person.
    async fn join(&mut self, wire: &mut Wire) -> ControlFlow<()> {
        let auth = json!({ "nickname": self.nickname, "token": self.token });
        wire.say(&format!("40/chat,{auth}")).await;
        loop {
            let Some(packet) = wire.next().await else { return self.ended("not let in") };
            let packet = String::from_utf8_lossy(&packet).into_owned();
            assert!(!packet.starts_with("44/chat,"), "{}: {packet}", self.nickname);
            if let Some(session) = packet.strip_prefix(r#"42/chat,["session","#) {
                let session: Value =
                    serde_json::from_str(&session[..session.len() - 1]).expect("JSON");
                self.token = session["token"].as_str().map(str::to_owned);
                break;
            }
        }
        wire.say(r#"42/chat,1["room:join",{"room":"chat"}]"#).await;
        if wire.until("43/chat,1[", &"CONNECT").await {
            return ControlFlow::Continue(());
        }
        self.ended("not let into the room")
    }

    /// The connection has ended, which only a suspect may have done.
    fn ended(&self, when: &str) -> ControlFlow<()> {
        assert!(self.suspect.is_some(), "ended without a reason: {when}");
        ControlFlow::Break(())
    }

    /// Something to be answered, and the answer.
    fn question(&mut self) -> (String, String) {
        self.asked += 1;
        let word = format!("{} asks {}", self.nickname, self.asked);
        (
            format!(r#"42["message","{word}"]"#),
            format!(r#"42["response","Message received: {word}""#),
        )
    }

    /// Sends nonsense, which the connection has to survive.
    async fn batch(&mut self, wire: &mut Wire, in_chat: bool) -> ControlFlow<()> {
        let count = 1 + self.random.below(BATCH);
        let mut packets = Vec::with_capacity(count);
        while packets.len() < count {
            let packet = nonsense(&mut self.random);
            // Events for a namespace that one is not in are no nonsense, but against the protocol.
            if in_chat || !packet.starts_with("42/chat,") {
                packets.push(packet);
            }
        }
        let mut bytes = wire.heartbeat();
        bytes.extend(packets.iter().flat_map(|packet| frame(TEXT, packet.as_bytes())));
        let (ask, answer) = self.question();
        bytes.extend(frame(TEXT, ask.as_bytes()));
        wire.send(&bytes).await;
        if !wire.until(&answer, &packets).await {
            return self.ended(&format!("by one of {packets:#?}"));
        }
        self.suspect = None;
        Tally::add(&self.tally.frames, count as u64);
        ControlFlow::Continue(())
    }

    /// Sends what may end the connection; breaks if it does.
    async fn harms(&mut self, wire: &mut Wire, ask: &str, answer: &str) -> ControlFlow<()> {
        let harm = harm(&mut self.random);
        self.suspect = Some(String::from_utf8_lossy(&harm.bytes).into_owned());
        wire.send(&harm.bytes).await;
        if harm.last {
            wire.finish().await;
        } else {
            wire.say(ask).await;
        }
        let alive = wire.until(answer, &self.suspect).await;
        Tally::add(&self.tally.frames, 1);
        if alive { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}
