//! A connection to `/chat`, from its CONNECT to its end.

use std::{future::ready, sync::Arc, time::Duration};

use parlour_events::{Code, Refusal, SessionEnded};
use socketioxide::{extract::SocketRef, socket::DisconnectReason};
use tokio::{sync::mpsc, time::sleep};
use tracing::{debug, error, info, warn};

use super::{
    Chat,
    audience::{self, Standing},
    door::{self, Presented},
    handlers,
    member::Member,
    pipeline::{Caller, Request},
};
use crate::{
    clock,
    store::{Asked, Store, Write},
};

/// A client that is connected for so long has got its session, even if it has asked for nothing.
/// Less where sessions live for less: a session that nobody has seen runs out.
const SETTLED: Duration = Duration::from_secs(30);

/// Before the CONNECT is answered: decides whether the client may come in. Its handlers are set
/// here because the first event may come right behind the answer.
pub(super) async fn arrive<S: Store>(
    socket: &SocketRef,
    presented: Option<Presented>,
    chat: Arc<Chat<S>>,
) -> Result<(), Refusal> {
    let member = Arc::new(door::let_in(socket, presented, &chat).await?);
    let (at, whose) = (chat.clone(), member.clone());
    handlers::let_in(Caller { chat, member: member.clone(), socket: socket.clone() });
    // Without the socket itself, which keeps what is set here.
    socket.on_disconnect(move |socket: SocketRef, reason: DisconnectReason| {
        leave(&socket, &at, &whose, reason);
        ready(())
    });
    socket.extensions.insert(member);
    Ok(())
}

/// Once the CONNECT is answered: tells the client its session and starts its tasks.
pub(super) fn enter<S: Store>(socket: SocketRef, chat: &Arc<Chat<S>>) {
    let member = socket.extensions.get::<Arc<Member>>();
    let Some((member, inbox)) = member.and_then(|m| m.inbox.receiver().map(|inbox| (m, inbox)))
    else {
        error!(sid = %socket.id, "a client without a session in /chat: disconnecting it");
        if let Err(error) = socket.disconnect() {
            warn!(%error, "it could not be disconnected; its heartbeat will end it");
        }
        return;
    };
    info!(
        sid = %socket.id,
        user = %member.user,
        nickname = %member.person().name,
        transport = ?socket.transport_type(),
        "member connected"
    );
    // First of all: from the next line on others may tell it things, its end among them.
    standing(chat).tell(&socket, &member);
    socket.join(audience::connections(member.user));
    chat.members.add(socket.clone(), member.clone());
    if member.inbox.is_closed() {
        // The disconnect may have come before these two.
        socket.leave_all();
        chat.members.remove(socket.id);
        return;
    }
    if let Some(left) = member.expires_in {
        let (socket, expiring) = (socket.clone(), member.clone());
        // On its own, so that nothing that the member asks for puts it off.
        let expiry = tokio::spawn(async move {
            sleep(left).await;
            let message = "The token has expired. Please come in with a new one.".to_owned();
            audience::end(socket, &expiring, &SessionEnded { code: Code::TokenInvalid, message });
        });
        member.until_gone(expiry.abort_handle());
    }
    tokio::spawn(attend(socket, chat.clone(), member, inbox));
}

/// A member's task: works off its requests, one after the other, until it is gone.
async fn attend<S: Store>(
    socket: SocketRef,
    chat: Arc<Chat<S>>,
    member: Arc<Member>,
    mut inbox: mpsc::Receiver<Request>,
) {
    look_again(&socket, &chat, &member).await;
    seen(&chat, &member).await;
    let settled = sleep(SETTLED.min(chat.settings.session_lifetime / 3));
    tokio::pin!(settled);
    let mut confirmed = member.is_confirmed();
    loop {
        let request = tokio::select! {
            request = inbox.recv() => match request {
                Some(request) => Some(request),
                None => return,
            },
            // A session that has ended settles no more, and a time that is over must not wake us
            // again.
            () = &mut settled, if !confirmed && !member.has_ended() => None,
        };
        if member.has_ended() {
            continue;
        }
        if !std::mem::replace(&mut confirmed, true) {
            member.confirm();
            seen(&chat, &member).await;
        }
        if let Some(request) = request {
            request.work_off().await;
        }
    }
}

/// What happened to the session between its being let in and its being listed, when nobody could
/// tell this connection: it may have ended, and the person may have another name or role, or
/// be muted.
async fn look_again<S: Store>(socket: &SocketRef, chat: &Arc<Chat<S>>, member: &Arc<Member>) {
    let address = member.address.to_string();
    let (code, message) = match chat.store.session(member.session, address, clock::now()).await {
        Ok(Some(kept)) => {
            member.mute(kept.muted_until);
            if kept.person != member.person() || kept.role != member.role() {
                member.is_now(kept.person, kept.role);
                standing(chat).tell(socket, member);
            }
            return;
        }
        Ok(None) => (Code::SessionEnded, "This session was ended.".to_owned()),
        Err(refusal) if refusal.code == Code::Banned => (refusal.code, refusal.message),
        // The store cannot read; it will tell those who ask.
        Err(refusal) => return debug!(sid = %socket.id, %refusal, "not looked at again"),
    };
    audience::end(socket.clone(), member, &SessionEnded { code, message });
}

fn standing<S: Store>(chat: &Chat<S>) -> Standing {
    Standing { epoch: chat.store.epoch(), limits: chat.settings.limits }
}

/// Writes down that the session is in use, and where; if it is.
async fn seen<S: Store>(chat: &Chat<S>, member: &Member) {
    let Some(seen) = member.seen() else { return };
    let answer = Box::new(|_| {});
    chat.hub.write(Write::Seen(Asked { op: vec![seen], answer })).await;
}

/// The client is gone.
fn leave<S: Store>(
    socket: &SocketRef,
    chat: &Arc<Chat<S>>,
    member: &Arc<Member>,
    reason: DisconnectReason,
) {
    member.inbox.close();
    member.stop_waiting();
    chat.members.remove(socket.id);
    chat.presence.lose_all(socket.id);
    info!(sid = %socket.id, user = %member.user, %reason, "member disconnected");
    // The session lives on from now.
    let (chat, member) = (chat.clone(), member.clone());
    tokio::spawn(async move { seen(&chat, &member).await });
}
