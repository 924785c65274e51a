//! What the program sends.

use std::time::Duration;

use super::{Link, Manager};
use crate::{
    error::{EmitError, EncodeError},
    event::{AckOutcome, DropReason, SocketEvent},
    io::SocketId,
    socket::{arguments::Arguments, buffer::Kept, packet::PacketType, retry::Reliable},
    time::Instant,
    timer::Timer,
};

/// How an acknowledgement is waited for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AckOptions {
    /// How long; [`ManagerOptions::ack_timeout`](crate::ManagerOptions::ack_timeout) where nothing
    /// is said. With retries, how long in each try.
    pub timeout: Option<Duration>,
    /// How often the event is sent again without one;
    /// [`ManagerOptions::retries`](crate::ManagerOptions::retries) where nothing is said.
    pub retries: Option<u32>,
}

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
        arguments: Arguments,
    ) -> Result<(), EmitError> {
        self.check_heartbeat(now);
        if let Some(retries) = self.host.options.retries {
            let timeout = self.host.options.ack_timeout;
            return self.enqueue(now, socket, arguments, retries, timeout, false).map(drop);
        }
        self.make_room(now, socket, &arguments)?;
        self.send_or_keep(now, socket, arguments, None).map_err(Into::into)
    }

    /// Sends an event if the transport takes it at once, and drops it otherwise; says which.
    ///
    /// # Errors
    ///
    /// When a custom parser cannot write it.
    pub fn emit_volatile(
        &mut self,
        now: Instant,
        socket: SocketId,
        arguments: Arguments,
    ) -> Result<bool, EmitError> {
        self.check_heartbeat(now);
        self.check_attachments(&arguments)?;
        let watermark = self.host.options.volatile_watermark;
        let takes = self.namespace(socket).is_connected()
            && self.host.unsent() <= watermark
            && matches!(&self.link, Link::Up { session, .. } if session.is_writable(watermark));
        if takes {
            self.send_packet(socket, PacketType::Event, None, arguments)?;
        }
        Ok(takes)
    }

    /// Sends an event, or keeps it, and waits for its acknowledgement: a
    /// [`SocketEvent::Ack`] with the id given here tells what came of it. The time runs from
    /// now, whether or not the namespace is connected, or with retries from each try; without one
    /// the wait ends only with the connection.
    ///
    /// # Errors
    ///
    /// As [`Manager::emit`], and [`EmitError::TooManyAcks`].
    pub fn emit_with_ack(
        &mut self,
        now: Instant,
        socket: SocketId,
        arguments: Arguments,
        options: AckOptions,
    ) -> Result<u64, EmitError> {
        self.check_heartbeat(now);
        let most = self.host.options.limits.pending_acks;
        let timeout = options.timeout.or(self.host.options.ack_timeout);
        let namespace = self.namespace(socket);
        if namespace.acks.len() + namespace.queue.len() >= most {
            return Err(EmitError::TooManyAcks(most));
        }
        if let Some(retries) = options.retries.or(self.host.options.retries) {
            return self.enqueue(now, socket, arguments, retries, timeout, true);
        }
        self.make_room(now, socket, &arguments)?;
        let id = self.namespace(socket).acks.register();
        if let Err(error) = self.send_or_keep(now, socket, arguments, Some(id)) {
            self.namespace(socket).acks.take(id);
            return Err(error.into());
        }
        if let Some(timeout) = timeout {
            self.host.timers.set(Timer::Ack(socket, id), now + timeout);
        }
        Ok(id)
    }

    /// Answers an event that asked for an acknowledgement; `sid` is our id ([`Manager::sid`]) when
    /// it came. Dropped without a word if that connection is gone: the server has given up on it
    /// as well, and counts anew on the next one.
    ///
    /// # Errors
    ///
    /// [`EmitError::Congested`], and when a custom parser cannot write it.
    pub fn acknowledge(
        &mut self,
        now: Instant,
        socket: SocketId,
        sid: &str,
        id: u64,
        arguments: Arguments,
    ) -> Result<(), EmitError> {
        self.check_heartbeat(now);
        if self.is_open() && self.sid(socket) == Some(sid) {
            self.make_room(now, socket, &arguments)?;
            self.send_packet(socket, PacketType::Ack, Some(id), arguments)?;
        }
        Ok(())
    }

    /// Nobody waits for this acknowledgement any more. The event itself stays sent, kept or to be
    /// retried.
    pub fn forget_ack(&mut self, socket: SocketId, id: u64) {
        let namespace = self.namespace(socket);
        if !namespace.queue.forget(id) && namespace.acks.take(id) {
            namespace.buffer.forget(id);
            self.host.timers.stop(Timer::Ack(socket, id));
        }
    }

    /// How many events wait for the namespace to be connected, or to be acknowledged in a try.
    pub fn buffered(&self, socket: SocketId) -> usize {
        let namespace = &self.namespaces[socket.0 as usize];
        namespace.buffer.len() + namespace.queue.len()
    }

    /// Gives up every event that waits, also those to be retried; each is told as dropped. Says
    /// how many there were.
    pub fn clear_buffer(&mut self, socket: SocketId) -> usize {
        let mut count = 0;
        while let Some(kept) = self.namespace(socket).buffer.pop() {
            self.tell_dropped(socket, kept, DropReason::Cleared);
            count += 1;
        }
        self.host.timers.stop(Timer::Expiry(socket));
        while let Some(event) = self.namespace(socket).queue.pop() {
            self.host.timers.stop(Timer::Ack(socket, event.id));
            self.tell_given_up(socket, event, AckOutcome::Dropped(DropReason::Cleared));
            count += 1;
        }
        count
    }

    pub(super) fn on_ack_timeout(&mut self, now: Instant, socket: SocketId, id: u64) {
        let namespace = self.namespace(socket);
        if namespace.queue.under_way() == Some(id) {
            self.fail_try(socket, AckOutcome::TimedOut);
            self.start_try(now, socket);
        } else if namespace.acks.take(id) {
            namespace.buffer.remove(id);
            self.set_expiry(socket);
            self.tell_socket(socket, SocketEvent::Ack { id, outcome: AckOutcome::TimedOut });
        }
    }

    pub(super) fn on_expiry(&mut self, now: Instant, socket: SocketId) {
        while let Some(kept) = self.namespace(socket).buffer.pop_expired(now) {
            self.tell_dropped(socket, kept, DropReason::Expired);
        }
        self.set_expiry(socket);
    }

    /// Sends what was kept, in order.
    pub(super) fn flush_buffer(&mut self, now: Instant, socket: SocketId) {
        self.on_expiry(now, socket);
        self.host.timers.stop(Timer::Expiry(socket));
        while let Some(kept) = self.namespace(socket).buffer.pop() {
            // What cannot be written was refused when it was emitted.
            let _written = self.send_packet(socket, PacketType::Event, kept.ack, kept.arguments);
        }
    }

    /// Sends the head of the retry queue, unless it is under way.
    pub(super) fn start_try(&mut self, now: Instant, socket: SocketId) {
        let namespace = self.namespace(socket);
        if !namespace.is_connected() {
            return;
        }
        let Some(head) = namespace.queue.start() else { return };
        let (id, timeout, arguments) = (head.id, head.timeout, head.arguments.clone());
        if let Some(timeout) = timeout {
            self.host.timers.set(Timer::Ack(socket, id), now + timeout);
        }
        let _written = self.send_packet(socket, PacketType::Event, Some(id), arguments);
    }

    /// The try that is under way brought no acknowledgement; `last` is told if there is no other.
    pub(super) fn fail_try(&mut self, socket: SocketId, last: AckOutcome) {
        let namespace = self.namespace(socket);
        let under_way = namespace.queue.under_way();
        let given_up = namespace.queue.fail();
        if let Some(id) = under_way {
            self.host.timers.stop(Timer::Ack(socket, id));
        }
        if let Some(event) = given_up {
            self.tell_given_up(socket, event, last);
        }
    }

    fn enqueue(
        &mut self,
        now: Instant,
        socket: SocketId,
        arguments: Arguments,
        retries: u32,
        timeout: Option<Duration>,
        wanted: bool,
    ) -> Result<u64, EmitError> {
        self.check_attachments(&arguments)?;
        self.check_writable(socket, Some(0), &arguments)?;
        let limits = &self.host.options.limits;
        let namespace = &mut self.namespaces[socket.0 as usize];
        namespace.queue.room_for(arguments.len(), limits)?;
        let id = namespace.acks.next_id();
        let tries = retries.saturating_add(1);
        namespace.queue.push(Reliable { id, arguments, tries, sent: 0, timeout, wanted });
        self.start_try(now, socket);
        Ok(id)
    }

    /// Servers count as well, and close the connection. A custom parser has its own way with bytes.
    fn check_attachments(&self, arguments: &Arguments) -> Result<(), EncodeError> {
        let (count, limit) = (arguments.attachments().len(), self.host.options.limits.attachments);
        if count > limit && self.host.options.parser.is_none() {
            return Err(EncodeError::TooManyAttachments { event: arguments.name(), count, limit });
        }
        Ok(())
    }

    /// Whether an event of this size can be sent or kept; in the buffer, others may go for it.
    fn make_room(
        &mut self,
        now: Instant,
        socket: SocketId,
        arguments: &Arguments,
    ) -> Result<(), EmitError> {
        self.check_attachments(arguments)?;
        let bytes = arguments.len();
        let limits = &self.host.options.limits;
        let namespace = &mut self.namespaces[socket.0 as usize];
        if let Link::Up { session, .. } = &self.link
            && namespace.is_connected()
        {
            let waiting = session.unwritten().saturating_add(self.host.unsent());
            // A single event beyond the limit may go when nothing else waits.
            if waiting > 0 && waiting.saturating_add(bytes) > limits.buffered_bytes {
                return Err(EmitError::Congested { bytes: waiting });
            }
            return Ok(());
        }
        self.on_expiry(now, socket);
        let (limits, overflow) = (&self.host.options.limits, self.host.options.overflow);
        let namespace = &mut self.namespaces[socket.0 as usize];
        for gone in namespace.buffer.make_room(bytes, limits, overflow)? {
            self.tell_dropped(socket, gone, DropReason::Displaced);
        }
        Ok(())
    }

    fn send_or_keep(
        &mut self,
        now: Instant,
        socket: SocketId,
        arguments: Arguments,
        ack: Option<u64>,
    ) -> Result<(), EncodeError> {
        if self.namespace(socket).is_connected() {
            return self.send_packet(socket, PacketType::Event, ack, arguments);
        }
        self.check_writable(socket, ack, &arguments)?;
        let expires = self.host.options.buffer_ttl.map(|ttl| now + ttl);
        self.namespace(socket).buffer.push(Kept { arguments, ack, wanted: ack.is_some(), expires });
        self.set_expiry(socket);
        Ok(())
    }

    fn set_expiry(&mut self, socket: SocketId) {
        match self.namespace(socket).buffer.next_expiry() {
            Some(at) => self.host.timers.set(Timer::Expiry(socket), at),
            None => self.host.timers.stop(Timer::Expiry(socket)),
        }
    }

    fn tell_dropped(&mut self, socket: SocketId, kept: Kept, reason: DropReason) {
        let event = match kept.ack.filter(|_| kept.wanted) {
            Some(id) => {
                self.namespace(socket).acks.take(id);
                self.host.timers.stop(Timer::Ack(socket, id));
                SocketEvent::Ack { id, outcome: AckOutcome::Dropped(reason) }
            }
            None => SocketEvent::Dropped { event: kept.arguments.name(), reason },
        };
        self.tell_socket(socket, event);
    }

    fn tell_given_up(&mut self, socket: SocketId, event: Reliable, outcome: AckOutcome) {
        let told = if event.wanted {
            SocketEvent::Ack { id: event.id, outcome }
        } else {
            let reason = match outcome {
                AckOutcome::Dropped(reason) => reason,
                _ => DropReason::Unacknowledged,
            };
            SocketEvent::Dropped { event: event.arguments.name(), reason }
        };
        self.tell_socket(socket, told);
    }
}
