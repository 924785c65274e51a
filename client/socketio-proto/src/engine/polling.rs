//! HTTP long-polling: which requests are under way (Engine.IO v4, "HTTP long-polling").
//!
//! "At most one GET and one POST in flight": there is a place for one of each, and no other.

use crate::{config::add_parameter, host::Host, io::RequestId, transport::Transport};

/// The requests of one session.
#[derive(Debug)]
pub(super) struct Polling {
    get: Option<RequestId>,
    post: Option<Post>,
}

#[derive(Debug)]
struct Post {
    request: RequestId,
    bytes: usize,
}

impl Polling {
    /// Asks for the handshake.
    pub(super) fn begin(host: &mut Host) -> Self {
        let url = host.polling_url(None);
        Self { get: Some(host.request(url, None)), post: None }
    }

    pub(super) fn has(&self, request: RequestId) -> bool {
        self.get == Some(request) || self.post.as_ref().is_some_and(|post| post.request == request)
    }

    pub(super) fn is_posting(&self) -> bool {
        self.post.is_some()
    }

    /// Bytes under way.
    pub(super) fn posting(&self) -> usize {
        self.post.as_ref().map_or(0, |post| post.bytes)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.get.is_none() && self.post.is_none()
    }

    /// A request is over; says whether it was the GET.
    pub(super) fn answered(&mut self, request: RequestId) -> bool {
        if self.get == Some(request) {
            self.get = None;
            return true;
        }
        self.post.take_if(|post| post.request == request);
        false
    }

    /// Asks for what the server has next, unless that is under way.
    pub(super) fn get(&mut self, host: &mut Host, sid: &str) {
        if self.get.is_none() {
            let url = host.polling_url(Some(sid));
            self.get = Some(host.request(url, None));
        }
    }

    /// Sends a body. Only while no other one is under way.
    pub(super) fn post(&mut self, host: &mut Host, sid: &str, body: String) {
        let bytes = body.len();
        let url = host.polling_url(Some(sid));
        self.post = Some(Post { request: host.request(url, Some(body)), bytes });
    }

    /// Gives up what is under way.
    pub(super) fn cancel(&mut self, host: &mut Host) {
        let post = self.post.take().map(|post| post.request);
        for request in self.get.take().into_iter().chain(post) {
            host.cancel(request);
        }
    }
}

impl Host {
    /// The URL of one request; each is another one, since a cache must not answer it.
    fn polling_url(&mut self, sid: Option<&str>) -> String {
        let mut url = self.options.url(Transport::Polling);
        if let Some(sid) = sid {
            add_parameter(&mut url, "sid", sid);
        }
        self.add_cache_buster(&mut url);
        url
    }
}
