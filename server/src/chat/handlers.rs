//! What each event does, behind the layers.
//!
//! What changes something goes to the hub, with the answer; what reads is read here.

use parlour_events::{
    Audit, Ban, Bans, CatchUp, Code, CreateRoom, DeleteMessage, Done, EditMessage, EndSession,
    Event, Found, History, Invite, JoinRoom, Kick, LeaveRoom, ListAudit, ListBans, ListMembers,
    ListRooms, MarkRead, Member, Members, Mute, OpenDirect, React, ReadMarker, Refusal,
    RemoveMember, Rename, Room, RoomHistory, Rooms, Search, SendMessage, Sent, SetRole, SetTopic,
    SomebodyTyping, SyncRoom, Typing, Unban, chat,
};
use tracing::debug;
use uuid::Uuid;

use super::{
    audience::followers,
    hub::ask,
    pipeline::{Caller, Cost, Handle, Hint, Pipeline},
};
use crate::store::{Answer, Asked, Store, Write, forbidden, not_joined, write::By};

/// Lets in every event of the namespace.
pub(super) fn let_in<S: Store>(caller: Caller<S>) {
    let pipeline = Pipeline::new(caller);
    pipeline
        .request::<ListRooms>()
        .request::<CreateRoom>()
        .request::<JoinRoom>()
        .request::<LeaveRoom>()
        .request::<SetTopic>()
        .request::<Invite>()
        .request::<RemoveMember>()
        .request::<ListMembers>()
        .request::<OpenDirect>()
        .request::<MarkRead>()
        .request::<SyncRoom>()
        .request::<RoomHistory>()
        .request::<SendMessage>()
        .request::<EditMessage>()
        .request::<DeleteMessage>()
        .request::<React>()
        .request::<Search>()
        .request::<Rename>()
        .request::<EndSession>()
        .request::<Mute>()
        .request::<Kick>()
        .request::<Ban>()
        .request::<Unban>()
        .request::<ListBans>()
        .request::<SetRole>()
        .request::<ListAudit>()
        .hint::<Typing>()
        .ignore_others();
}

/// Requests that are one write, under the caller's name.
macro_rules! writes {
    ($($event:ident, $done:ty, $cost:ident => $write:ident;)*) => {$(
        impl<S: Store> Handle<S> for $event {
            type Done = $done;
            const COST: Cost = Cost::$cost;

            async fn handle(self, caller: Caller<S>, answer: Answer<$done>) {
                let op = By { user: caller.member.user, event: self };
                caller.chat.hub.write(Write::$write(Asked { op, answer })).await;
            }
        }
    )*};
}

writes! {
    SendMessage, Sent, Message => Send;
    EditMessage, Sent, Message => Edit;
    DeleteMessage, Sent, Message => Delete;
    React, Sent, Message => React;
    CreateRoom, Room, Message => CreateRoom;
    SetTopic, Room, Message => Topic;
    LeaveRoom, Done, Request => Leave;
    Invite, Done, Message => Invite;
    RemoveMember, Done, Request => Remove;
    MarkRead, ReadMarker, Request => Read;
    Mute, Done, Request => Mute;
    Kick, Done, Request => Kick;
    Ban, Done, Request => Ban;
    Unban, Done, Request => Unban;
}

/// Requests that only read, under the caller's name.
macro_rules! reads {
    ($($event:ident, $done:ty => $read:ident;)*) => {$(
        impl<S: Store> Handle<S> for $event {
            type Done = $done;
            const COST: Cost = Cost::Request;

            async fn handle(self, caller: Caller<S>, answer: Answer<$done>) {
                answer(caller.chat.store.$read(caller.member.user, self).await);
            }
        }
    )*};
}

reads! {
    ListRooms, Rooms => rooms;
    RoomHistory, History => history;
    Search, Found => search;
    ListBans, Bans => bans;
    ListAudit, Audit => audit;
}

impl<S: Store> Handle<S> for OpenDirect {
    type Done = Room;
    const COST: Cost = Cost::Message;

    async fn handle(self, caller: Caller<S>, answer: Answer<Room>) {
        let op = (By { user: caller.member.user, event: self }, Uuid::now_v7());
        caller.chat.hub.write(Write::Direct(Asked { op, answer })).await;
    }
}

impl<S: Store> Handle<S> for Rename {
    type Done = Done;
    const COST: Cost = Cost::Message;

    async fn handle(self, caller: Caller<S>, answer: Answer<Done>) {
        if caller.chat.names_are_given() {
            let sentence = "Names here come from the other system: change yours there.";
            return answer(Err(forbidden(sentence)));
        }
        let op = By { user: caller.member.user, event: self };
        caller.chat.hub.write(Write::Rename(Asked { op, answer })).await;
    }
}

impl<S: Store> Handle<S> for SetRole {
    type Done = Done;
    const COST: Cost = Cost::Request;

    async fn handle(self, caller: Caller<S>, answer: Answer<Done>) {
        if caller.chat.names_are_given() {
            let sentence = "Roles here come from the other system: give them there.";
            return answer(Err(forbidden(sentence)));
        }
        let op = By { user: caller.member.user, event: self };
        caller.chat.hub.write(Write::Role(Asked { op, answer })).await;
    }
}

impl<S: Store> Handle<S> for EndSession {
    type Done = Done;
    const COST: Cost = Cost::Request;

    async fn handle(self, caller: Caller<S>, answer: Answer<Done>) {
        let op = (caller.member.user, caller.member.session);
        caller.chat.hub.write(Write::End(Asked { op, answer })).await;
    }
}

impl<S: Store> Handle<S> for JoinRoom {
    type Done = CatchUp;
    const COST: Cost = Cost::Request;

    async fn handle(self, caller: Caller<S>, answer: Answer<CatchUp>) {
        answer(join(self, &caller).await);
    }
}

async fn join<S: Store>(event: JoinRoom, caller: &Caller<S>) -> Result<CatchUp, Refusal> {
    let Caller { chat, member, socket } = caller;
    let (user, room, after) = (member.user, event.room.clone(), event.after);
    // Whoever is a member already comes in even while the store cannot write.
    if chat.store.is_member(user, room.clone()).await != Ok(true) {
        let op = By { user, event };
        ask(&chat.hub, |answer| Write::Join(Asked { op, answer })).await?;
    }
    // Followed before the log is read: see the hub for why nothing is lost.
    let followed = member.is_following(&room);
    member.follow(socket, &room);
    match chat.store.catch_up(user, room.clone(), after, None, false).await {
        Ok(missed) => {
            chat.presence.enter(&room, socket.id, || {
                let stays = !member.inbox.is_closed() && member.is_following(&room);
                stays.then(|| member.person())
            });
            Ok(missed)
        }
        Err(refusal) => {
            // They were put out of the room meanwhile, or the store cannot read.
            if !followed || matches!(refusal.code, Code::NotJoined | Code::RoomUnknown) {
                member.unfollow(socket, &room);
            }
            Err(refusal)
        }
    }
}

impl<S: Store> Handle<S> for SyncRoom {
    type Done = CatchUp;
    const COST: Cost = Cost::Request;

    async fn handle(self, caller: Caller<S>, answer: Answer<CatchUp>) {
        let Self { room, after, limit } = self;
        if !caller.member.is_following(&room) {
            return answer(Err(not_joined(&room)));
        }
        let user = caller.member.user;
        answer(caller.chat.store.catch_up(user, room, Some(after), limit, true).await);
    }
}

impl<S: Store> Handle<S> for ListMembers {
    type Done = Members;
    const COST: Cost = Cost::Request;

    async fn handle(self, caller: Caller<S>, answer: Answer<Members>) {
        let room = self.room.clone();
        let page = caller.chat.store.members(caller.member.user, self).await;
        answer(page.map(|page| {
            Members {
                members: page
                    .members
                    .into_iter()
                    .map(|(person, role)| {
                        let here = caller.chat.presence.is_here(&room, person.id);
                        Member { person, role, here }
                    })
                    .collect(),
                more: page.more,
            }
        }));
    }
}

impl<S: Store> Hint<S> for Typing {
    fn hint(self, caller: &Caller<S>) {
        let Self { room } = self;
        if !caller.member.is_following(&room) || caller.member.is_muted() {
            return;
        }
        let to = followers(&room);
        let typing = SomebodyTyping { room, person: caller.member.person() };
        let (socket, io) = (caller.socket.clone(), caller.chat.io.clone());
        tokio::spawn(async move {
            let Some(sockets) = io.of(chat::NAMESPACE) else { return };
            let mine = super::audience::connections(typing.person.id);
            let others = sockets.within(to).except(mine).volatile();
            if let Err(error) = others.emit(SomebodyTyping::NAME, &typing).await {
                debug!(sid = %socket.id, %error, "not everybody was told that somebody types");
            }
        });
    }
}
