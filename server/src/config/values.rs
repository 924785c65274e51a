//! How values are written: times, sizes, addresses, networks.

use std::{net::IpAddr, time::Duration};

use axum::http::Uri;
use ipnet::IpNet;

use crate::peer::plain_address;

/// Units of time, in milliseconds.
const TIMES: [(&str, u64); 5] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// Units of size, in bytes. Upper or lower case.
const SIZES: [(&str, u64); 8] = [
    ("", 1),
    ("b", 1),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
];

pub(super) fn host_and_port(text: &str) -> Result<String, String> {
    let parts = text.rsplit_once(':').filter(|(host, _)| !host.is_empty());
    match parts.map(|(_, port)| port.parse::<u16>()) {
        Some(Ok(_)) => Ok(text.to_owned()),
        _ => Err("expected a host and a port, such as 127.0.0.1:3000 or [::1]:3000".to_owned()),
    }
}

/// An address, which is a network of one, or a network.
pub(super) fn network(text: &str) -> Result<IpNet, String> {
    match text.parse::<IpAddr>() {
        Ok(address) => Ok(plain_address(address).into()),
        Err(_) => text.parse::<IpNet>().map(|network| network.trunc()).map_err(|_| {
            "expected an address or a network, such as 10.0.0.7 or 10.0.0.0/8".to_owned()
        }),
    }
}

/// An address that a link may lead to: of the web, and whole.
pub(super) fn web_address(text: &str) -> Result<String, String> {
    let uri = text.parse::<Uri>().ok().filter(|uri| {
        let has_host = uri.host().is_some_and(|host| !host.is_empty());
        has_host && matches!(uri.scheme_str(), Some("http" | "https"))
    });
    // `Uri` drops what stands behind a `#`, so that this is not looked at by it.
    match uri {
        Some(_) if text.chars().all(|c| c.is_ascii_graphic()) => Ok(text.to_owned()),
        _ => Err("expected the address of a page, such as https://example.com/login".to_owned()),
    }
}

pub(super) fn positive_duration(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("expected a time above 0".to_owned()),
        time => Ok(time),
    }
}

/// A number and a unit; 0 needs none.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    match product(text, &TIMES) {
        Some(milliseconds) => Ok(Duration::from_millis(milliseconds)),
        None => Err("expected a number and a unit, such as 500ms, 25s, 2m, 1h or 30d".to_owned()),
    }
}

/// Bytes, or a number and a unit.
pub(super) fn size(text: &str) -> Result<u64, String> {
    product(&text.to_ascii_lowercase(), &SIZES)
        .ok_or_else(|| "expected a size, such as 65536, 64KiB or 10MB".to_owned())
}

/// A number times its unit. None for what is neither, or is too much.
fn product(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, name) = text.split_at(digits);
    let (_, unit) = units.iter().find(|(unit, _)| *unit == name)?;
    number.parse::<u64>().ok()?.checked_mul(*unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        for (text, milliseconds) in [
            ("250ms", 250),
            ("3m", 180_000),
            ("1h", 3_600_000),
            ("30d", 2_592_000_000),
            ("0s", 0),
            ("0", 0),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["s", "-1s", "5", "", "1w", "1 s", "99999999999999999999h", "300000000000d"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert!(positive_duration("0").is_err());
    }

    #[test]
    fn sizes_may_have_units() {
        for (text, bytes) in
            [("0", 0), ("65536", 65_536), ("10MB", 10_000_000), ("10MiB", 10 << 20), ("1kb", 1_000)]
        {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "MB", "1.5MB", "-1", "10 MB", "1TB", "99999999999GiB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_link_leads_to_the_web() {
        for text in
            ["https://site.example", "HTTPS://site.example:8443/a?b='c'&d#e", "http://[::1]/"]
        {
            assert_eq!(web_address(text), Ok(text.to_owned()));
        }
        for text in [
            "",
            "site.example",
            "//site.example",
            "/login",
            "javascript:alert(1)",
            "ftp://a/",
            "https://",
            "https://a/ b",
            "https://a/#\u{e9}",
        ] {
            assert!(web_address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_is_a_network_of_one() {
        for (text, network_) in [
            ("10.0.0.7", "10.0.0.7/32"),
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("::1", "::1/128"),
            ("::ffff:10.0.0.7", "10.0.0.7/32"),
        ] {
            assert_eq!(network(text).unwrap().to_string(), network_);
        }
        for text in ["proxy", "10.0.0.0/33", ""] {
            assert!(network(text).is_err(), "{text}");
        }
    }
}
