//! Cookies that a server sets, bounded: a server may set a new one with every answer, and all of
//! them go with every request.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use reqwest::{
    Url,
    cookie::{CookieStore, Jar},
    header::HeaderValue,
};

/// How many names are kept; browsers keep 180 or so for a site.
const MOST_NAMES: usize = 100;
/// The longest cookie that is kept, in bytes with its attributes; the same in browsers.
const LONGEST: usize = 4_096;

/// Keeps cookies as [`Jar`] does, as long as there are not too many and none is too long. Others
/// are left out.
#[derive(Debug, Default)]
pub(super) struct Cookies {
    jar: Jar,
    names: Mutex<HashSet<Vec<u8>>>,
}

impl Cookies {
    fn is_kept(&self, cookie: &HeaderValue) -> bool {
        let cookie = cookie.as_bytes();
        let name = cookie.split(|byte| *byte == b'=').next().unwrap_or_default();
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let is_kept = cookie.len() <= LONGEST && (names.len() < MOST_NAMES || names.contains(name));
        if is_kept {
            names.insert(name.to_owned());
        }
        is_kept
    }
}

impl CookieStore for Cookies {
    fn set_cookies(&self, cookies: &mut dyn Iterator<Item = &HeaderValue>, url: &Url) {
        self.jar.set_cookies(&mut cookies.filter(|cookie| self.is_kept(cookie)), url);
    }

    fn cookies(&self, url: &Url) -> Option<HeaderValue> {
        self.jar.cookies(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_bounded_and_those_that_are_kept_can_change() {
        let (cookies, url) = (Cookies::default(), Url::parse("http://h/").unwrap());
        let set = |cookie: &str| {
            let cookie = HeaderValue::from_str(cookie).unwrap();
            cookies.set_cookies(&mut [&cookie].into_iter(), &url);
        };
        for n in 0..1_000 {
            set(&format!("c{n}=x"));
        }
        set(&format!("c0={}", "x".repeat(5_000)));
        set("c1=new");
        let sent = cookies.cookies(&url).unwrap();
        let sent = sent.to_str().unwrap();
        assert_eq!(sent.split("; ").count(), MOST_NAMES);
        assert!(sent.split("; ").any(|cookie| cookie == "c1=new"), "{sent}");
        assert!(sent.len() < 2_000, "{sent}");
    }
}
