//! The driver: turns what happens on the transport into inputs of the Manager, and does what the
//! Manager wants. One task a client, the same code on both platforms.

use std::{future::poll_fn, task::Poll};

use socketio_proto::{
    Event, EventPacket, Frame, Input, ManagerEvent, Output, SocketEvent, SocketId, TransportId,
};

use crate::{
    ack::Responder,
    alarm::Alarm,
    client::Shared,
    error::PayloadError,
    platform::{Ref, TransportEvent, WebSocket},
};

/// Runs until no handle is left and the connection is closed.
pub(crate) async fn run(shared: Ref<Shared>, frame_limit: usize) {
    let mut driver = Driver { shared, frame_limit, transport: None, alarm: Alarm::default() };
    while !driver.do_outputs() {
        let event = driver.wait().await;
        driver.input(event);
    }
}

struct Driver {
    shared: Ref<Shared>,
    frame_limit: usize,
    transport: Option<(TransportId, WebSocket)>,
    alarm: Alarm,
}

/// However the task ends, with the last handle or with the runtime: who waits for an
/// acknowledgement learns that none will come, and nobody takes the client for connected.
impl Drop for Driver {
    fn drop(&mut self) {
        self.shared.with_manager(|manager, now| manager.close(now));
        let waiting = std::mem::take(&mut self.shared.core().acks);
        drop(waiting);
    }
}

impl Driver {
    /// Does everything that is there to be done; says whether it was the last of all.
    fn do_outputs(&mut self) -> bool {
        loop {
            // The lock is given back before anything is done: a listener may take it. That nothing
            // is left to do and that no handle is left are seen under the same lock.
            let (output, abandoned) = {
                let mut core = self.shared.core();
                (core.manager.poll_output(), core.abandoned)
            };
            match output {
                None => return abandoned,
                Some(Output::Open { transport, url }) => {
                    self.transport = Some((transport, WebSocket::open(url, self.frame_limit)));
                }
                Some(Output::Send { transport, frame: Frame::Text(text) }) => {
                    if let Some(socket) = self.present(transport) {
                        socket.send(text);
                    }
                }
                Some(Output::Close { transport }) => {
                    if self.present(transport).is_some() {
                        self.transport = None;
                    }
                }
                Some(Output::Event(Event::Manager(event))) => self.on_manager(&event),
                Some(Output::Event(Event::Socket { socket, event })) => {
                    self.on_socket(socket, event);
                }
                // Outputs of a later version of the core that this driver was not built for.
                Some(_) => {}
            }
        }
    }

    fn present(&self, transport: TransportId) -> Option<&WebSocket> {
        self.transport.as_ref().filter(|(id, _)| *id == transport).map(|(_, socket)| socket)
    }

    /// Waits for the transport, for a deadline, or for a handle; `None` for the latter two.
    async fn wait(&mut self) -> Option<TransportEvent> {
        poll_fn(|cx| {
            if let Some((_, socket)) = &mut self.transport
                && let Poll::Ready(event) = socket.poll_event(cx)
            {
                return Poll::Ready(Some(event));
            }
            if self.shared.wake.poll(cx).is_ready() {
                return Poll::Ready(None);
            }
            let (now, deadline) = {
                let mut core = self.shared.core();
                (core.now(), core.manager.poll_timeout())
            };
            if let Some(at) = deadline
                && self.alarm.poll(at.saturating_since(now), cx).is_ready()
            {
                return Poll::Ready(None);
            }
            Poll::Pending
        })
        .await
    }

    fn input(&mut self, event: Option<TransportEvent>) {
        let mut core = self.shared.core();
        let now = core.now();
        let Some((transport, socket)) = &self.transport else {
            return core.manager.handle_input(now, Input::Timeout);
        };
        let transport = *transport;
        let bytes = socket.unwritten();
        core.manager.handle_input(now, Input::Unwritten { transport, bytes });
        let (input, over) = match event {
            None => (Input::Timeout, false),
            Some(TransportEvent::Text(text)) => (Input::Text { transport, text }, false),
            Some(TransportEvent::Binary(data)) => (Input::Binary { transport, data }, false),
            Some(TransportEvent::Closed { code }) => (Input::Closed { transport, code }, true),
            Some(TransportEvent::Failed { detail }) => (Input::Failed { transport, detail }, true),
        };
        core.manager.handle_input(now, input);
        drop(core);
        if over {
            self.transport = None;
        }
    }

    fn on_manager(&self, event: &ManagerEvent) {
        let listeners = self.shared.listeners().manager.snapshot();
        for listener in listeners {
            call(|| listener(event));
        }
    }

    fn on_socket(&self, socket: SocketId, event: SocketEvent) {
        match event {
            SocketEvent::Connected { .. } => {
                let listeners = self.shared.listeners().socket(socket).connect.snapshot();
                for listener in listeners {
                    call(|| listener());
                }
            }
            SocketEvent::ConnectError(error) => {
                let listeners = self.shared.listeners().socket(socket).connect_error.snapshot();
                for listener in listeners {
                    call(|| listener(error.clone()));
                }
            }
            SocketEvent::Disconnected { reason } => {
                let listeners = self.shared.listeners().socket(socket).disconnect.snapshot();
                for listener in listeners {
                    call(|| listener(reason));
                }
            }
            SocketEvent::Received(packet) => self.on_event(socket, &packet),
            SocketEvent::Ack { id, outcome } => {
                let waiting = self.shared.core().acks.remove(&(socket, id));
                if let Some(waiting) = waiting {
                    // A receiver that is gone has taken its entry with it, or is about to.
                    let _nobody_waits = waiting.send(outcome);
                }
            }
            _ => {}
        }
    }

    fn on_event(&self, socket: SocketId, packet: &EventPacket) {
        let (any, named) = {
            let mut listeners = self.shared.listeners();
            let listeners = listeners.socket(socket);
            (listeners.any.snapshot(), listeners.take_named(packet.name()))
        };
        for listener in any {
            call(|| listener(packet));
        }
        let responder = Responder::new(&self.shared, socket, packet.ack_id());
        for listener in named {
            if let Some(Err(source)) = call(|| listener(packet, &responder)) {
                let error = PayloadError { event: packet.name().to_owned(), source };
                let listeners = self.shared.listeners().socket(socket).payload_error.snapshot();
                for listener in listeners {
                    call(|| listener(&error));
                }
            }
        }
    }
}

/// Calls a listener. One that panics natively has been reported by the panic hook, and must not
/// take the client with it; in a browser a panic ends the program anyway.
fn call<R>(listener: impl FnOnce() -> R) -> Option<R> {
    #[cfg(not(target_arch = "wasm32"))]
    return std::panic::catch_unwind(std::panic::AssertUnwindSafe(listener)).ok();
    #[cfg(target_arch = "wasm32")]
    Some(listener())
}
