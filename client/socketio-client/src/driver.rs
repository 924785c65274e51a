//! The driver: turns what happens on the network into inputs of the Manager, and does what the
//! Manager wants. One task a client, the same code on both platforms.
//!
//! Mostly there is one WebSocket, or one or two requests. During an upgrade there are both, and
//! while an old connection is being finished a new one may be opened already: so it keeps a short
//! list of each. An entry goes as soon as it is over or the Manager gives it up, and with it goes
//! whatever the platform holds for it. What the program is making for CONNECT is kept in a list as
//! well, so that it goes with the driver.

use std::{
    future::{poll_fn, ready},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use socketio_proto::{
    AskId, Auth, Event, EventPacket, Input, ManagerEvent, Output, RequestId, SocketEvent, SocketId,
    TransportId,
};

use crate::{
    ack::Responder,
    alarm::Alarm,
    client::Shared,
    error::{Dropped, PayloadError},
    options::NetworkOptions,
    platform::{
        self, Answer, Answered, Exchange, Network, Pinned, Ref, Signal, Signals, Sleep,
        TransportEvent, WebSocket,
    },
};

/// Runs until no handle is left and the last connection is finished. The driver is there before the
/// first poll, so that its end is told even if the runtime ends before that.
pub(crate) fn run(shared: Ref<Shared>, options: NetworkOptions) -> impl Future<Output = ()> {
    let mut driver = Driver {
        shared,
        sockets: Vec::new(),
        requests: Vec::new(),
        questions: Vec::new(),
        request_timeout: options.request_timeout,
        signals: Signals::listen(&options),
        network: Network::new(options),
        alarm: Alarm::default(),
    };
    async move {
        while !driver.do_outputs() {
            let happened = driver.wait().await;
            driver.input(happened);
        }
    }
}

struct Driver {
    shared: Ref<Shared>,
    sockets: Vec<(TransportId, WebSocket)>,
    requests: Vec<(RequestId, Request)>,
    /// What namespaces ask of the program, the latest of each.
    questions: Vec<(SocketId, Question)>,
    request_timeout: Option<Duration>,
    signals: Signals,
    network: Network,
    alarm: Alarm,
}

/// What a driver waits for.
enum Happened {
    On(TransportId, TransportEvent),
    Answered(RequestId, Answer),
    Made(AskId, Made),
    Told(Signal),
    /// A handle changed something, or a deadline has come.
    Woken,
}

/// However the task ends, with the last handle or with the runtime: who waits for an
/// acknowledgement or an event learns that none will come, and nobody takes the client for
/// connected.
impl Drop for Driver {
    fn drop(&mut self) {
        self.shared.end();
    }
}

impl Driver {
    /// Does everything that is there to be done; says whether it was the last of all.
    fn do_outputs(&mut self) -> bool {
        loop {
            // The lock is given back before anything is done: a listener may take it. That nothing
            // is left to do and that no handle is left are seen under the same lock.
            let (output, over) = {
                let mut core = self.shared.core();
                let output = core.manager.poll_output();
                (output, core.abandoned && core.manager.is_idle())
            };
            match output {
                None => return over,
                Some(Output::Event(Event::Manager(event))) => {
                    // What was asked for a connection that is gone need not be answered.
                    if matches!(event, ManagerEvent::Close { .. } | ManagerEvent::Failed(_)) {
                        self.questions.clear();
                    }
                    self.on_manager(&event);
                }
                Some(Output::Event(Event::Socket { socket, event })) => {
                    if matches!(event, SocketEvent::ConnectError(_)) {
                        self.questions.retain(|(of, _)| *of != socket);
                    }
                    self.on_socket(socket, event);
                }
                Some(Output::Send { transport, frame }) => {
                    let socket = self.sockets.iter().find(|(id, _)| *id == transport);
                    if let Some((_, socket)) = socket {
                        socket.send(frame);
                    }
                }
                Some(Output::Open { transport, url }) => {
                    let socket = self.network.open(url);
                    self.shared.core().meters.push((transport, socket.meter()));
                    self.sockets.push((transport, socket));
                }
                Some(Output::Close { transport }) => self.let_go(transport),
                Some(Output::Request { request, url, body }) => {
                    let exchange = self.network.request(url, body);
                    self.requests.push((request, Request::new(exchange, self.request_timeout)));
                }
                Some(Output::Cancel { request }) => self.requests.retain(|(id, _)| *id != request),
                Some(Output::Ask { ask, socket }) => self.ask(ask, socket),
                // Outputs of a later version of the core that this driver was not built for.
                Some(_) => {}
            }
        }
    }

    fn let_go(&mut self, transport: TransportId) {
        self.shared.core().meters.retain(|(id, _)| *id != transport);
        self.sockets.retain(|(id, _)| *id != transport);
    }

    /// Waits for the network, for a signal, for a deadline, or for a handle.
    async fn wait(&mut self) -> Happened {
        poll_fn(|cx| {
            // Requests and questions first: each is ready once, so a busy WebSocket cannot hold
            // them up.
            for (id, request) in &mut self.requests {
                if let Poll::Ready(answer) = request.poll(cx) {
                    return Poll::Ready(Happened::Answered(*id, answer));
                }
            }
            for (_, question) in &mut self.questions {
                if let Poll::Ready(made) = question.poll(cx) {
                    return Poll::Ready(Happened::Made(question.ask, made));
                }
            }
            for (id, socket) in &mut self.sockets {
                if let Poll::Ready(event) = socket.poll_event(cx) {
                    return Poll::Ready(Happened::On(*id, event));
                }
            }
            if let Poll::Ready(signal) = self.signals.poll(cx) {
                return Poll::Ready(Happened::Told(signal));
            }
            if self.shared.wake.poll(cx).is_ready() {
                return Poll::Ready(Happened::Woken);
            }
            let (now, deadline) = {
                let mut core = self.shared.core();
                (core.now(), core.manager.poll_timeout())
            };
            if let Some(at) = deadline
                && self.alarm.poll(at.saturating_since(now), cx).is_ready()
            {
                return Poll::Ready(Happened::Woken);
            }
            Poll::Pending
        })
        .await
    }

    fn input(&mut self, happened: Happened) {
        let input = match happened {
            Happened::Woken => Input::Timeout,
            Happened::Told(Signal::Offline) => Input::Offline,
            Happened::Told(Signal::Online) => Input::Online,
            Happened::Answered(request, answer) => {
                self.requests.retain(|(id, _)| *id != request);
                match answer {
                    Ok(Answered { status, body }) => Input::Response { request, status, body },
                    Err(detail) => Input::RequestFailed { request, detail },
                }
            }
            Happened::Made(ask, answer) => {
                self.questions.retain(|(_, question)| question.ask != ask);
                Input::Auth { ask, answer }
            }
            Happened::On(transport, event) => match event {
                TransportEvent::Opened => Input::Opened { transport },
                TransportEvent::Text(text) => Input::Text { transport, text },
                TransportEvent::Binary(data) => Input::Binary { transport, data },
                TransportEvent::TooLong { bytes } => Input::TooLong { transport, bytes },
                TransportEvent::Closed { code } => {
                    self.let_go(transport);
                    Input::Closed { transport, code }
                }
                TransportEvent::Failed { detail } => {
                    self.let_go(transport);
                    Input::Failed { transport, detail }
                }
            },
        };
        let mut core = self.shared.core();
        let now = core.now();
        core.measure(now);
        core.manager.handle_input(now, input);
    }

    /// Asks the program for a namespace's auth. What was asked for an earlier connection is of no
    /// use to anybody.
    fn ask(&mut self, ask: AskId, socket: SocketId) {
        let make = self.shared.listeners().socket(socket).auth.clone();
        let making = match make {
            Some(make) => call(|| make()).unwrap_or_else(|| Box::pin(ready(panicked()))),
            None => Box::pin(ready(Ok(None))),
        };
        self.questions.retain(|(of, _)| *of != socket);
        self.questions.push((socket, Question { ask, making }));
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
            SocketEvent::Sent(packet) => {
                let listeners = self.shared.listeners().socket(socket).outgoing.snapshot();
                for listener in listeners {
                    call(|| listener(&packet));
                }
            }
            SocketEvent::Dropped { event, reason } => {
                let dropped = Dropped { event, reason };
                let listeners = self.shared.listeners().socket(socket).dropped.snapshot();
                for listener in listeners {
                    call(|| listener(&dropped));
                }
            }
            SocketEvent::Ack { id, outcome } => {
                let waiting = self.shared.core().take_ack(socket, id);
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
                tell_payload_error(&self.shared, socket, &error);
            }
        }
    }
}

/// Tells who wants to know that an event came with other arguments than expected.
pub(crate) fn tell_payload_error(shared: &Shared, socket: SocketId, error: &PayloadError) {
    let listeners = shared.listeners().socket(socket).payload_error.snapshot();
    for listener in listeners {
        call(|| listener(error));
    }
}

/// Calls something of the program's. What panics natively has been reported by the panic hook, and
/// must not take the client with it; in a browser a panic ends the program anyway.
fn call<R>(listener: impl FnOnce() -> R) -> Option<R> {
    #[cfg(not(target_arch = "wasm32"))]
    return std::panic::catch_unwind(std::panic::AssertUnwindSafe(listener)).ok();
    #[cfg(target_arch = "wasm32")]
    Some(listener())
}

/// A request under way, and how long it still may be.
struct Request {
    exchange: Exchange,
    timeout: Option<(Duration, Pin<Box<Sleep>>)>,
}

impl Request {
    fn new(exchange: Exchange, timeout: Option<Duration>) -> Self {
        let timeout = timeout.map(|after| (after, Box::pin(platform::sleep(after))));
        Self { exchange, timeout }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Answer> {
        if let Poll::Ready(answer) = self.exchange.as_mut().poll(cx) {
            return Poll::Ready(answer);
        }
        let Some((after, sleep)) = &mut self.timeout else { return Poll::Pending };
        sleep.as_mut().poll(cx).map(|()| Err(no_answer(*after)))
    }
}

/// Not as `{:?}`, which costs kilobytes of code in a browser.
fn no_answer(after: Duration) -> String {
    let ms = after.as_secs().saturating_mul(1_000).saturating_add(after.subsec_millis().into());
    "no answer within ".to_owned() + &ms.to_string() + " ms"
}

/// What CONNECT is to carry, as the program made it, or why there is nothing to be had.
type Made = Result<Option<Auth>, String>;

/// A question to the program, which may take its time.
struct Question {
    ask: AskId,
    making: Pinned<Made>,
}

impl Question {
    /// A panic is an answer too: without one nobody would know why there is no connection.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Made> {
        let polled = call(|| self.making.as_mut().poll(cx));
        polled.unwrap_or_else(|| Poll::Ready(panicked()))
    }
}

fn panicked() -> Made {
    Err("the program gave no auth: its function panicked".to_owned())
}
