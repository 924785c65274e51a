//! Who is at the other end: the client's address, and how it came to reach the server.
//!
//! Without a proxy that is the connection's other end and the `Host` header. What a proxy forwards
//! (`X-Forwarded-For`, `-Host`, `-Proto`) is believed only from those that `--trust-proxy` names;
//! from everybody else it would be a way to be whoever one likes.
//!
//! [`resolve`] puts [`ClientAddress`] and [`Reached`] into every request's extensions. It also
//! counts what proxied clients have open, which the accept loop cannot: all come from one address.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, Request, Response, StatusCode, Version, header::HOST, uri::Authority},
    middleware::Next,
};
use ipnet::{IpNet, Ipv6Net};
use tracing::warn;

use crate::{
    refuse::refuse,
    seats::{AddressSeats, Place},
};

/// How much of an IPv6 address tells customers of a provider apart: everybody has a /64.
const IPV6_CUSTOMER: u8 = 64;

/// A client's own address, in the extensions of its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

/// What limits count by: an IPv4 address, or the /64 of an IPv6 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AddressKey(IpAddr);

/// Under which name a client reached the server, in the extensions of its requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reached {
    /// As a browser would write it in `Host`.
    pub(crate) host: Option<String>,
    /// Whether by HTTPS. None where that cannot be known: a proxy that says nothing may be there.
    pub(crate) secure: Option<bool>,
}

/// What the accept loop knows; it is in the extensions of a connection's requests until
/// [`resolve`] has used it.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) address: IpAddr,
    pub(crate) secure: bool,
    /// Ends with the connection, even if that has become a WebSocket.
    pub(crate) place: Place,
}

/// Who is believed, and how much an address may have open.
#[derive(Debug)]
pub(crate) struct Gate {
    proxies: Vec<IpNet>,
    pub(crate) seats: AddressSeats,
    warned: AtomicBool,
}

/// IPv4 addresses are IPv4 addresses, also when a socket for both writes them as IPv6.
pub(crate) fn plain_address(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

impl ClientAddress {
    pub(crate) fn key(self) -> AddressKey {
        AddressKey(match plain_address(self.0) {
            IpAddr::V6(address) => Ipv6Net::new(address, IPV6_CUSTOMER)
                .map_or(Ipv6Addr::UNSPECIFIED, |network| network.network())
                .into(),
            address => address,
        })
    }
}

impl std::fmt::Display for AddressKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            IpAddr::V4(address) => address.fmt(f),
            IpAddr::V6(address) => write!(f, "{address}/{IPV6_CUSTOMER}"),
        }
    }
}

impl Gate {
    /// Believes these proxies. So many connections an address; 0 for as many as wanted.
    pub(crate) fn new(proxies: Vec<IpNet>, connections_per_address: usize) -> Self {
        let seats = AddressSeats::new(connections_per_address);
        Self { proxies, seats, warned: AtomicBool::new(false) }
    }

    /// Whether this is a proxy that is believed.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(&address))
    }

    /// The client behind a connection from `peer`: the last address in `X-Forwarded-For` that no
    /// trusted proxy has. What stands before it is whatever the client wrote there.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        let mut client = plain_address(peer);
        let forwarded: Vec<_> = list(headers, "x-forwarded-for").collect();
        for text in forwarded.into_iter().rev() {
            if !self.trusts(client) {
                break;
            }
            match forwarded_address(text) {
                Some(address) => client = address,
                // Nothing before it can be told to be anybody's.
                None => break,
            }
        }
        ClientAddress(client)
    }

    fn reached(&self, connection: Option<&Connection>, headers: &HeaderMap) -> Reached {
        let mut host = headers.get(HOST).and_then(|host| host.to_str().ok()).map(str::to_owned);
        let mut secure = connection.filter(|connection| connection.secure).map(|_| true);
        if connection.is_some_and(|connection| self.trusts(connection.address)) {
            // The first of several is what the outermost proxy saw. No page can make a browser send
            // these headers to another site.
            if let Some(forwarded) = list(headers, "x-forwarded-host").next() {
                host = Some(forwarded.to_owned());
            }
            if let Some(protocol) = list(headers, "x-forwarded-proto").next() {
                let names = ["https", "wss"];
                secure = Some(names.iter().any(|name| protocol.eq_ignore_ascii_case(name)));
            }
        }
        Reached { host, secure }
    }

    /// A forgotten `--trust-proxy` makes all people one address: that is worth a line, once.
    fn notice(&self, connection: &Connection, headers: &HeaderMap) {
        if headers.contains_key("x-forwarded-for")
            && !self.trusts(connection.address)
            && !self.warned.swap(true, Ordering::Relaxed)
        {
            warn!(
                address = %connection.address,
                "X-Forwarded-For from an address that --trust-proxy does not name is ignored; \
                 if a reverse proxy of yours is there, its clients count as one"
            );
        }
    }
}

/// A middleware: finds out who asks, and turns away requests that do not say whom they ask and
/// clients of proxies that have too much open.
pub(crate) async fn resolve(
    State(gate): State<Arc<Gate>>,
    mut request: Request<Body>,
    next: Next,
) -> Response<Body> {
    let connection = request.extensions_mut().remove::<Connection>();
    let headers = request.headers();
    let reached = gate.reached(connection.as_ref(), headers);
    let Some(connection) = connection else {
        // Asked without a connection, which only this program can do.
        request.extensions_mut().insert(ClientAddress(Ipv4Addr::LOCALHOST.into()));
        request.extensions_mut().insert(reached);
        return next.run(request).await;
    };
    if !names_its_host(request.version(), headers) {
        let message = "A request has to name its host, in one Host header.";
        return refuse(StatusCode::BAD_REQUEST, "invalid", message);
    }
    gate.notice(&connection, headers);
    let client = gate.client(connection.address, headers);
    let mut seat = None;
    if gate.trusts(connection.address) {
        seat = gate.seats.take(client.key());
        if seat.is_none() {
            let message = "Too many connections from your address. Try again later.";
            return refuse(StatusCode::TOO_MANY_REQUESTS, "limit", message);
        }
    }
    request.extensions_mut().insert(client);
    request.extensions_mut().insert(reached);
    let response = next.run(request).await;
    if let Some(seat) = seat
        && response.status() == StatusCode::SWITCHING_PROTOCOLS
    {
        connection.place.keep(seat);
    }
    response
}

/// RFC 9112, section 3.2: "A server MUST respond with a 400 (Bad Request) status code to any
/// HTTP/1.1 request message that lacks a Host header field and to any request message that
/// contains more than one Host header field line or a Host header field with an invalid field
/// value."
fn names_its_host(version: Version, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => version < Version::HTTP_11,
        (Some(host), None) => {
            let authority = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
            authority.is_some_and(|authority| !authority.as_str().contains('@'))
        }
        (Some(_), Some(_)) => false,
    }
}

/// The items of a header that is a list, in any number of lines.
fn list<'h>(headers: &'h HeaderMap, name: &'static str) -> impl Iterator<Item = &'h str> {
    let values = headers.get_all(name).into_iter();
    values.flat_map(|value| value.to_str().unwrap_or("?").split(',').map(str::trim))
}

/// An address as proxies write it, some with the port.
fn forwarded_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().ok();
    let address = address.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    address.map(plain_address)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn gate(proxies: &[&str]) -> Gate {
        Gate::new(proxies.iter().map(|network| network.parse().unwrap()).collect(), 0)
    }

    fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in all {
            headers.append(*name, HeaderValue::try_from(*value).unwrap());
        }
        headers
    }

    #[test]
    fn the_last_address_that_no_trusted_proxy_has_is_the_client() {
        let gate = gate(&["10.0.0.0/8", "fd00::/8", "127.0.0.1/32"]);
        for (peer, forwarded, client) in [
            // Nobody is believed but proxies.
            ("192.0.2.1", &["198.51.100.1"][..], "192.0.2.1"),
            ("::1", &["198.51.100.1"], "::1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("fd00::1", &["2001:db8::1"], "2001:db8::1"),
            // What the client itself wrote stands before.
            ("10.0.0.1", &["203.0.113.9, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["203.0.113.9", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["127.0.0.1, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            // Proxies all the way.
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", &[], "10.0.0.1"),
            // Nonsense ends the search.
            ("10.0.0.1", &["198.51.100.1, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1, , 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &[""], "10.0.0.1"),
            // As some write it.
            ("10.0.0.1", &["198.51.100.1:5000"], "198.51.100.1"),
            ("10.0.0.1", &["[2001:db8::1]:5000"], "2001:db8::1"),
            ("10.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            // One address in two ways of writing.
            ("::ffff:10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
        ] {
            let all: Vec<_> = forwarded.iter().map(|value| ("x-forwarded-for", *value)).collect();
            let found = gate.client(peer.parse().unwrap(), &headers(&all));
            assert_eq!(found.0, client.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn an_ipv6_customer_is_one_address_to_limits() {
        for (address, key) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
            ("::1", "::/64"),
        ] {
            assert_eq!(ClientAddress(address.parse().unwrap()).key().to_string(), key);
        }
    }

    #[test]
    fn how_it_was_reached_is_believed_only_of_proxies() {
        let gate = gate(&["10.0.0.1/32"]);
        let sent = headers(&[
            ("host", "inner:3000"),
            ("x-forwarded-host", "chat.example.com, between"),
            ("x-forwarded-proto", "WSS"),
        ]);
        for (address, secure, host, by_https) in [
            ("10.0.0.1", false, "chat.example.com", Some(true)),
            ("10.0.0.2", false, "inner:3000", None),
            ("10.0.0.2", true, "inner:3000", Some(true)),
        ] {
            let address = address.parse().unwrap();
            let connection = Connection { address, secure, place: Place::default() };
            let reached = Reached { host: Some(host.to_owned()), secure: by_https };
            assert_eq!(gate.reached(Some(&connection), &sent), reached);
        }
        let plain = headers(&[("host", "inner:3000"), ("x-forwarded-proto", "http")]);
        let address = "10.0.0.1".parse().unwrap();
        let connection = Connection { address, secure: false, place: Place::default() };
        assert_eq!(gate.reached(Some(&connection), &plain).secure, Some(false));
    }

    #[test]
    fn a_request_names_one_host() {
        for (version, hosts, good) in [
            (Version::HTTP_11, &["chat.example.com:3000"][..], true),
            (Version::HTTP_11, &["[::1]:3000"], true),
            (Version::HTTP_11, &[], false),
            (Version::HTTP_10, &[], true),
            (Version::HTTP_11, &["a", "a"], false),
            (Version::HTTP_11, &[""], false),
            (Version::HTTP_11, &["a b"], false),
            (Version::HTTP_11, &["me@a"], false),
            (Version::HTTP_10, &["a/b"], false),
        ] {
            let all: Vec<_> = hosts.iter().map(|host| ("host", *host)).collect();
            assert_eq!(names_its_host(version, &headers(&all)), good, "{version:?} {hosts:?}");
        }
    }
}
