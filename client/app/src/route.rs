//! Addresses of rooms and messages: `/r/chat`, `/r/chat/m/123`.

use parlour_events::{RoomName, Seq};

use crate::text::cut;

/// A place in the chat that has an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The room.
    pub room: RoomName,
    /// A message of it.
    pub message: Option<Seq>,
}

impl Route {
    /// The room's newest messages.
    pub fn to(room: RoomName) -> Self {
        Self { room, message: None }
    }

    /// What a path leads to; none if it is no place in the chat.
    pub fn parse(path: &str) -> Option<Self> {
        let mut parts = path.strip_prefix("/r/")?.trim_end_matches('/').split('/');
        let room = decode(parts.next()?)?.parse().ok()?;
        let message = match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => None,
            (Some("m"), Some(seq), None) => Some(Seq(seq.parse().ok()?)),
            _ => return None,
        };
        Some(Self { room, message })
    }

    /// What a whole address leads to in the chat of this origin; none if it leads out of it.
    pub fn of_link(href: &str, origin: &str) -> Option<Self> {
        let path = href.strip_prefix(origin)?;
        Self::parse(cut::part(path, 0, cut::find(path, b"?#")))
    }

    /// The path that leads here.
    pub fn path(&self) -> String {
        let mut path = String::from("/r/");
        encode(self.room.as_str(), &mut path);
        if let Some(seq) = self.message {
            path.push_str("/m/");
            path.push_str(&seq.to_string());
        }
        path
    }
}

/// Writes a part of a path so that it stays one, whatever is in it.
fn encode(text: &str, path: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' | b'@' => {
                path.push(char::from(byte));
            }
            _ => {
                path.push('%');
                path.push(char::from(HEX[usize::from(byte >> 4)]));
                path.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
    // Taken for steps in the path, even if they are encoded. A blank at the end of a name does not
    // count.
    if matches!(text, "." | "..") {
        path.push_str("%20");
    }
}

fn decode(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_room_has_an_address_that_leads_back() {
        for name in
            ["chat", "Tea room", "a/b", "50 % off?", "Übung #1", "dm:01890a5d", ".", "..", "茶"]
        {
            for message in [None, Some(Seq(123))] {
                let route = Route { room: name.parse().unwrap(), message };
                assert_eq!(Route::parse(&route.path()), Some(route), "{name}");
            }
        }
        let path = |name: &str| Route::to(name.parse().unwrap()).path();
        assert_eq!(path("Tea room"), "/r/Tea%20room");
        assert_eq!([path("."), path(".."), path("...")], ["/r/.%20", "/r/..%20", "/r/..."]);
    }

    #[test]
    fn a_link_leads_into_the_chat_if_it_is_of_its_origin() {
        let of = |href: &str| Route::of_link(href, "https://chat.example:4000");
        let tea = Route::to("tea".parse().unwrap());
        let third = Route { message: Some(Seq(3)), ..tea.clone() };
        for (path, route) in [
            ("/r/tea", Some(&tea)),
            ("/r/tea?embed=chat", Some(&tea)),
            ("/r/tea/m/3", Some(&third)),
            ("/r/tea/m/3#top", Some(&third)),
            ("", None),
            ("/", None),
            ("/files/tea", None),
            ("/r/tea/x", None),
        ] {
            let href = format!("https://chat.example:4000{path}");
            assert_eq!(of(&href).as_ref(), route, "{path}");
        }
        for href in [
            "https://chat.example/r/tea",
            "http://chat.example:4000/r/tea",
            "https://chat.example:40001/r/tea",
            "https://chat.example:4000.evil.example/r/tea",
            "https://evil.example/https://chat.example:4000/r/tea",
            "mailto:r@tea.example",
        ] {
            assert_eq!(of(href), None, "{href}");
        }
    }

    #[test]
    fn what_is_no_place_in_the_chat_leads_nowhere() {
        for path in ["/", "/r", "/r/", "/r/%", "/r/%zz", "/r/%ff", "/r/a/b", "/r/a/m", "/r/a/m/x"] {
            assert_eq!(Route::parse(path), None, "{path}");
        }
        assert_eq!(Route::parse("/r/a/m/-1"), None);
        assert!(Route::parse("/r/a/").is_some());
    }
}
