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
    loop {
        driver.do_outputs();
        {
            let mut core = driver.shared.core();
            if core.abandoned {
                // Whoever still waits for an acknowledgement learns that none will come.
                core.acks.clear();
                return;
            }
        }
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

impl Driver {
    fn do_outputs(&mut self) {
        loop {
            // The lock is given back before anything is done: a listener may take it.
            let output = self.shared.core().manager.poll_output();
            match output {
                None => return,
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
                && self.alarm.poll(now, at, cx).is_ready()
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
            listener(event);
        }
    }

    fn on_socket(&self, socket: SocketId, event: SocketEvent) {
        match event {
            SocketEvent::Connected { .. } => {
                let listeners = self.shared.listeners().socket(socket).connect.snapshot();
                for listener in listeners {
                    listener();
                }
            }
            SocketEvent::ConnectError(error) => {
                let listeners = self.shared.listeners().socket(socket).connect_error.snapshot();
                for listener in listeners {
                    listener(error.clone());
                }
            }
            SocketEvent::Disconnected { reason } => {
                let listeners = self.shared.listeners().socket(socket).disconnect.snapshot();
                for listener in listeners {
                    listener(reason);
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
            listener(packet);
        }
        let shared = Ref::downgrade(&self.shared);
        let responder = Responder { id: packet.ack_id(), socket, shared };
        for listener in named {
            if let Err(source) = listener(packet, &responder) {
                let error = PayloadError { event: packet.name().to_owned(), source };
                let listeners = self.shared.listeners().socket(socket).payload_error.snapshot();
                for listener in listeners {
                    listener(&error);
                }
            }
        }
    }
}
