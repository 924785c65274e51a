//! What the program sends.

use std::time::Duration;

use super::{Link, Manager};
use crate::{
    error::EmitError,
    event::{AckOutcome, SocketEvent, SocketId, TransportId},
    socket::encode::{self, Arguments},
    time::Instant,
    timer::Timer,
};

impl Manager {
    /// Sends an event, or keeps it until the namespace is connected.
    ///
    /// # Errors
    ///
    /// When the event is neither sent nor kept: [`EmitError::BufferFull`],
    /// [`EmitError::Congested`].
    pub fn emit(
        &mut self,
        now: Instant,
        socket: SocketId,
        arguments: &Arguments,
    ) -> Result<(), EmitError> {
        self.check_heartbeat(now);
        let transport = self.place(socket, arguments.as_str().len())?;
        let frame = encode::event(&self.namespace(socket).name, None, arguments);
        self.dispatch(socket, transport, frame, None);
        Ok(())
    }

    /// Sends an event, or keeps it, and waits for its acknowledgement: a
    /// [`SocketEvent::Ack`] with the id given here tells what came of it. The time runs from
    /// now, whether or not the namespace is connected; without one the wait ends only with the
    /// connection.
    ///
    /// # Errors
    ///
    /// As [`Manager::emit`], and [`EmitError::TooManyAcks`].
    pub fn emit_with_ack(
        &mut self,
        now: Instant,
        socket: SocketId,
        arguments: &Arguments,
        timeout: Option<Duration>,
    ) -> Result<u64, EmitError> {
        self.check_heartbeat(now);
        let transport = self.place(socket, arguments.as_str().len())?;
        let most = self.options.limits.pending_acks;
        let namespace = self.namespace(socket);
        if namespace.acks.len() >= most {
            return Err(EmitError::TooManyAcks(most));
        }
        let id = namespace.acks.register();
        let frame = encode::event(&namespace.name, Some(id), arguments);
        if let Some(timeout) = timeout {
            self.timers.set(Timer::Ack(socket, id), now + timeout);
        }
        self.dispatch(socket, transport, frame, Some(id));
        Ok(id)
    }

    /// Answers an event that asked for an acknowledgement; `sid` is our id ([`Manager::sid`]) when
    /// it came. Dropped without a word if that connection is gone: the server has given up on it
    /// as well, and counts anew on the next one.
    pub fn acknowledge(
        &mut self,
        now: Instant,
        socket: SocketId,
        sid: &str,
        id: u64,
        arguments: &Arguments,
    ) {
        self.check_heartbeat(now);
        if let Some(transport) = self.open_transport()
            && self.sid(socket) == Some(sid)
        {
            let frame = encode::ack(&self.namespace(socket).name, id, arguments);
            self.send(transport, frame);
        }
    }

    /// Nobody waits for this acknowledgement any more. The event itself stays sent or kept.
    pub fn forget_ack(&mut self, socket: SocketId, id: u64) {
        self.namespace(socket).acks.take(id);
        self.timers.stop(Timer::Ack(socket, id));
    }

    pub(super) fn on_ack_timeout(&mut self, socket: SocketId, id: u64) {
        let namespace = self.namespace(socket);
        if namespace.acks.take(id) {
            namespace.unkeep(id);
            self.tell_socket(socket, SocketEvent::Ack { id, outcome: AckOutcome::TimedOut });
        }
    }

    /// Where a frame of about this size goes: to a transport, or (`None`) into the buffer.
    fn place(&self, socket: SocketId, bytes: usize) -> Result<Option<TransportId>, EmitError> {
        let limits = &self.options.limits;
        let namespace = &self.namespaces[socket.0 as usize];
        match &self.link {
            Link::Up { session, .. } if namespace.is_connected() => {
                let waiting = session.unwritten.saturating_add(self.unsent);
                // A single event beyond the limit may go when nothing else waits.
                if waiting > 0 && waiting.saturating_add(bytes) > limits.buffered_bytes {
                    return Err(EmitError::Congested { bytes: waiting });
                }
                Ok(Some(session.transport))
            }
            _ => namespace.room_for(bytes, limits).map(|()| None),
        }
    }

    fn dispatch(
        &mut self,
        socket: SocketId,
        transport: Option<TransportId>,
        frame: String,
        ack: Option<u64>,
    ) {
        match transport {
            Some(transport) => self.send(transport, frame),
            None => self.namespace(socket).keep(frame, ack),
        }
    }
}
