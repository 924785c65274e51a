//! Who may come in, and as whom.

use std::{sync::Arc, time::Duration};

use parlour_events::{Code, Nickname, Refusal, Role, Token};
use serde::Deserialize;
use socketioxide::extract::SocketRef;
use tracing::error;
use uuid::Uuid;

use super::{
    Chat,
    hub::ask,
    member::{Arrived, Member},
};
use crate::{
    clock,
    identity::{Authority, new_token, session_key, subject_key},
    peer::{AddressKey, ClientAddress},
    reply::full,
    store::{
        Asked, Store, Write,
        read::Kept,
        write::{AsWhom, Enter, Entered},
    },
};

/// What stands in the CONNECT packet, before anything is known of it.
#[derive(Default, Deserialize)]
pub(super) struct Presented {
    #[serde(default)]
    nickname: serde_json::Value,
    #[serde(default)]
    token: serde_json::Value,
}

/// Lets a client in.
///
/// # Errors
/// Why not; the code tells what the client can do about it.
pub(super) async fn let_in<S: Store>(
    socket: &SocketRef,
    presented: Option<Presented>,
    chat: &Arc<Chat<S>>,
) -> Result<Member, Refusal> {
    let presented = match (presented, &*chat.authority) {
        (Some(presented), _) => presented,
        // Whoever says nothing has no token, and is told so.
        (None, Authority::Jwt(_)) => Presented::default(),
        (None, Authority::Guests) => {
            let sentence = "Connecting takes an object with a nickname, or a token.";
            return Err(Refusal::new(Code::NicknameInvalid, sentence));
        }
    };
    let address = address(socket)?;
    chat.budgets.connect(address)?;
    let (as_whom, expires_in) = whom(&presented, &chat.authority)?;
    let seat = chat.seats.take().ok_or_else(full)?;
    let known = known(&as_whom, address, chat).await?;
    let was_known = known.is_some();
    let Entered { kept, token } = match known {
        Some(entered) => entered,
        None => {
            if let AsWhom::Guest { .. } = as_whom {
                chat.budgets.new_guest(address)?;
            }
            let op = Enter { as_whom, address: address.to_string(), fresh: Uuid::now_v7() };
            ask(&chat.hub, |answer| Write::Enter(Asked { op, answer })).await?
        }
    };
    let arrived = Arrived {
        person: kept.person,
        role: kept.role,
        session: kept.session,
        address,
        token,
        expires_in,
        muted_until: kept.muted_until,
        known: was_known,
    };
    Ok(Member::new(arrived, chat.settings.pending_requests, seat))
}

/// Somebody whose session lives, and who is what they were: they come in without a write, and so
/// even while the disk is full. That they are here is written down when they use it.
async fn known<S: Store>(
    as_whom: &AsWhom,
    address: AddressKey,
    chat: &Chat<S>,
) -> Result<Option<Entered>, Refusal> {
    let (key, token, same): (_, _, Option<(&Nickname, Role)>) = match as_whom {
        AsWhom::Guest { token: Some((key, token)), .. } => (*key, Some(token.clone()), None),
        AsWhom::Guest { token: None, .. } => return Ok(None),
        AsWhom::Vouched { key, name, role, .. } => (*key, None, Some((name, *role))),
    };
    let kept = chat.store.session(key, address.to_string(), clock::now()).await?;
    let is_same = |kept: &Kept| {
        same.is_none_or(|(name, role)| kept.person.name == *name && kept.role == role)
    };
    Ok(kept.filter(is_same).map(|kept| Entered { kept, token }))
}

/// Where the client comes from.
pub(crate) fn address(socket: &SocketRef) -> Result<AddressKey, Refusal> {
    let address = socket.req_parts().extensions.get::<ClientAddress>();
    address.map(|address| address.key()).ok_or_else(|| {
        error!(sid = %socket.id, "a request without its client's address");
        Refusal::new(Code::Internal, "The server cannot tell where you come from.")
    })
}

/// How the client says who it is, and for how long that holds.
fn whom(
    presented: &Presented,
    authority: &Authority,
) -> Result<(AsWhom, Option<Duration>), Refusal> {
    match authority {
        Authority::Guests => {
            let token = presented.token()?;
            let nickname = presented.nickname(token.is_some())?;
            let fresh = new_token()?;
            let as_whom = AsWhom::Guest {
                nickname,
                token: token.map(|token| (session_key(&token), token)),
                fresh: (session_key(&fresh), fresh),
            };
            Ok((as_whom, None))
        }
        Authority::Jwt(verifier) => {
            // An empty one is how some programs say that they have none.
            let token = if presented.token == "" { None } else { presented.token()? };
            let token = token.ok_or_else(|| {
                let sentence = "This server takes people from another system: a token is needed.";
                Refusal::new(Code::TokenInvalid, sentence)
            })?;
            let now = clock::now();
            let claims = verifier.verify(&token, now / 1_000)?;
            let left = claims.expires.saturating_mul(1_000).saturating_sub(now);
            let as_whom = AsWhom::Vouched {
                key: subject_key(&claims.subject),
                subject: claims.subject,
                name: claims.name,
                role: claims.role,
            };
            Ok((as_whom, Some(Duration::from_millis(left))))
        }
    }
}

impl Presented {
    /// The nickname; may be missing beside a token.
    fn nickname(&self, has_token: bool) -> Result<Option<Nickname>, Refusal> {
        if self.nickname.is_null() && has_token {
            return Ok(None);
        }
        let nickname = self.nickname.as_str().unwrap_or_default().parse().map_err(|error| {
            Refusal::new(Code::NicknameInvalid, format!("The nickname {error}."))
        })?;
        Ok(Some(nickname))
    }

    fn token(&self) -> Result<Option<Token>, Refusal> {
        match &self.token {
            serde_json::Value::Null => Ok(None),
            serde_json::Value::String(token) => token
                .parse()
                .map(Some)
                .map_err(|error| Refusal::new(Code::Invalid, format!("The token {error}."))),
            _ => Err(Refusal::new(Code::Invalid, "The token must be a string.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::jwt;

    fn read(json: &str) -> Result<(Option<String>, Option<String>), Refusal> {
        let presented: Presented = serde_json::from_str(json).unwrap();
        let (as_whom, expires) = whom(&presented, &Authority::Guests)?;
        assert_eq!(expires, None, "a guest's session has no end of its own");
        let AsWhom::Guest { nickname, token, .. } = as_whom else { panic!("a guest") };
        let token = token.map(|(_, token)| token.as_str().to_owned());
        Ok((nickname.map(|name| name.to_string()), token))
    }

    #[test]
    fn credentials_are_a_nickname_or_a_token_or_both() {
        let (ann, abc) = (Some("Ann".to_owned()), Some("abc".to_owned()));
        let both = read(r#"{"nickname":" Ann ","token":"abc","more":1}"#).unwrap();
        assert_eq!(both, (ann.clone(), abc.clone()));
        assert_eq!(read(r#"{"nickname":"Ann","token":null}"#).unwrap(), (ann, None));
        assert_eq!(read(r#"{"token":"abc"}"#).unwrap(), (None, abc));
    }

    #[test]
    fn whoever_has_no_jwt_is_told_so_in_one_way() {
        let key = jwt::Key::Hs256(vec![b'x'; 32]);
        let authority = Authority::Jwt(jwt::Verifier::new(key, None, None).unwrap());
        for json in ["{}", r#"{"nickname":"Ann"}"#, r#"{"token":null}"#, r#"{"token":""}"#] {
            let presented: Presented = serde_json::from_str(json).unwrap();
            let Err(refusal) = whom(&presented, &authority) else { panic!("let in: {json}") };
            let sentence = "This server takes people from another system: a token is needed.";
            assert_eq!(refusal, Refusal::new(Code::TokenInvalid, sentence), "{json}");
        }
    }

    #[test]
    fn bad_credentials_are_refused_with_a_sentence() {
        for (json, code, sentence) in [
            ("{}", Code::NicknameInvalid, "The nickname must not be empty."),
            (r#"{"nickname":7}"#, Code::NicknameInvalid, "The nickname must not be empty."),
            (
                r#"{"nickname":"a\u0000b"}"#,
                Code::NicknameInvalid,
                "The nickname must not contain the character U+0000.",
            ),
            (r#"{"nickname":"A","token":7}"#, Code::Invalid, "The token must be a string."),
            (r#"{"nickname":"A","token":""}"#, Code::Invalid, "The token must not be empty."),
        ] {
            assert_eq!(read(json), Err(Refusal::new(code, sentence)), "{json}");
        }
    }
}
