//! Everybody who is told of changes: the members in the room, and the classic clients.

use parlour_events::{ChangeKind, Event, RoomChanges, RoomHead, RoomName, chat, classic};
use serde::Serialize;
use socketioxide::{BroadcastError, SocketError, SocketIo};
use tracing::{debug, error};

use super::hub::{Audience, Delivery};

/// The sockets of both namespaces.
pub(crate) struct Sockets(SocketIo);

impl Sockets {
    pub(crate) fn new(io: SocketIo) -> Self {
        Self(io)
    }

    async fn send<T>(&self, namespace: &str, room: &RoomName, event: &str, data: &T) -> Delivery
    where
        T: Serialize + ?Sized,
    {
        // No namespace: the server is stopping, and nobody is left in it.
        let Some(sockets) = self.0.of(namespace) else { return Delivery::Complete };
        match sockets.within(room.as_str().to_owned()).emit(event, data).await {
            Ok(()) => Delivery::Complete,
            Err(BroadcastError::Socket(errors)) => {
                // The others are gone, and catch up when they are back.
                match errors
                    .iter()
                    .filter(|e| matches!(e, SocketError::InternalChannelFull))
                    .count()
                {
                    0 => Delivery::Complete,
                    full => Delivery::Missed(full),
                }
            }
            Err(BroadcastError::Serialize(error)) => {
                error!(event, %room, %error, "not sent to anybody: no JSON for it");
                Delivery::Complete
            }
            Err(BroadcastError::Adapter(error)) => {
                error!(event, %room, %error, "not sent to everybody: they will be told to catch up");
                Delivery::Missed(0)
            }
        }
    }
}

impl Audience for Sockets {
    async fn changes(&self, news: RoomChanges) -> Delivery {
        let delivery = self.send(chat::NAMESPACE, &news.room, RoomChanges::NAME, &news).await;
        if news.room.as_str() == classic::ROOM {
            for change in &news.changes {
                let ChangeKind::Posted { body, .. } = &change.kind else { continue };
                let text = body.as_str();
                let classic = self.send("/", &news.room, classic::CHAT_MESSAGE, text).await;
                if let Delivery::Missed(clients) = classic {
                    let seq = change.seq.0;
                    debug!(seq, clients, "full queues: these classic clients miss a message");
                }
            }
        }
        delivery
    }

    async fn head(&self, head: RoomHead) -> Delivery {
        self.send(chat::NAMESPACE, &head.room, RoomHead::NAME, &head).await
    }
}
