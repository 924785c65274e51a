//! People of another system, by its signed tokens: whom it vouches for, as what, and for how long.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use parlour_events::{AuthorKind, Code, EndSession, Kick, ListAudit, Mute, Role, RoomName, Token};
use parlour_tests::{
    person::{Door, Person, Told},
    raw::Raw,
    server::{Launch, Server},
    upload::sent,
};
use serde_json::{Value, json};
use tempfile::TempDir;

const SECRET: &str = "a secret of thirty-two bytes or so";

/// A system that vouches for people, and a server that believes it.
struct Issuer {
    server: Server,
    algorithm: Algorithm,
    key: EncodingKey,
    _folder: TempDir,
}

impl Issuer {
    async fn new(algorithm: Algorithm) -> Self {
        let folder = TempDir::new().unwrap();
        let file = |name: &str| folder.path().join(name);
        let (key, flag, path) = match algorithm {
            Algorithm::HS256 => {
                fs::write(file("secret"), SECRET).unwrap();
                let key = EncodingKey::from_secret(SECRET.as_bytes());
                (key, "--jwt-secret-file", file("secret"))
            }
            Algorithm::RS256 => {
                let (private, public) = key_pair(folder.path(), "RSA");
                (EncodingKey::from_rsa_pem(&private).unwrap(), "--jwt-public-key", public)
            }
            _ => {
                let (private, public) = key_pair(folder.path(), "ED25519");
                (EncodingKey::from_ed_pem(&private).unwrap(), "--jwt-public-key", public)
            }
        };
        let flags = ["--auth", "jwt", flag, path.to_str().unwrap()];
        let server = Launch::default().unlimited().flags(&flags).start().await;
        Self { server, algorithm, key, _folder: folder }
    }

    /// A token with these claims beside those that every token has.
    fn token(&self, subject: &str, name: &str, more: Value) -> Token {
        let mut claims = json!({ "sub": subject, "name": name, "exp": now() + 600 });
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        encode(&Header::new(self.algorithm), &claims, &self.key).unwrap().parse().unwrap()
    }

    fn door(&self, token: &Token) -> Door {
        Door::to(self.server.url()).token(token)
    }

    async fn enter(&self, subject: &str, name: &str, more: Value) -> Person {
        self.door(&self.token(subject, name, more)).enter().await
    }
}

/// A new private key, and where the public one is.
fn key_pair(folder: &Path, kind: &str) -> (Vec<u8>, PathBuf) {
    let (private, public) = (folder.join("private.pem"), folder.join("public.pem"));
    let run = |arguments: &[&str]| {
        let done = Command::new("openssl").args(arguments).output().expect("openssl is installed");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let (private_path, public_path) = (private.to_str().unwrap(), public.to_str().unwrap());
    run(&["genpkey", "-algorithm", kind, "-out", private_path]);
    run(&["pkey", "-in", private_path, "-pubout", "-out", public_path]);
    (fs::read(&private).unwrap(), public)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

async fn vouches_with(algorithm: Algorithm) {
    let issuer = Issuer::new(algorithm).await;
    let url = issuer.server.url();
    let ann = issuer.enter("42", "Ann", json!({})).await;
    let session = &ann.session;
    assert_eq!((session.person.name.as_str(), session.role), ("Ann", Role::Member));
    assert_eq!((session.person.kind, &session.token), (AuthorKind::Member, &None));
    ann.join(&RoomName::default()).await;
    ann.say(&RoomName::default(), "Good evening").await;

    // Who somebody is, `sub` says; what they are called may change, and be somebody's else as well.
    let renamed = issuer.enter("42", "Anna", json!({})).await;
    assert_eq!(renamed.session.person.name.as_str(), "Anna");
    assert_eq!(renamed.id(), ann.id());
    let other = issuer.enter("43", "Anna", json!({})).await;
    assert_ne!(other.id(), ann.id());

    // The nickname alone says nothing here.
    assert_eq!(Door::to(url).nickname("Eve").refused().await.code, Code::TokenInvalid);
    assert_eq!(Door::to(url).refused().await.code, Code::TokenInvalid);
    let mut raw = Raw::open(url).await;
    for nothing in ["40/chat,", "40/chat,[]", r#"40/chat,{"token":""}"#] {
        raw.send(nothing).await;
        let refusal = raw.until("44/chat,").await;
        assert!(refusal.contains("token_invalid: "), "{nothing}: {refusal}");
    }
    let expired = issuer.token("42", "Ann", json!({ "exp": now() - 1 }));
    let refusal = issuer.door(&expired).refused().await;
    assert_eq!(refusal.code, Code::TokenInvalid, "{refusal}");
    // Nor does a token that somebody else signed, or changed, or that another way signed.
    let good = issuer.token("42", "Ann", json!({ "role": "member" }));
    let forger = EncodingKey::from_secret(b"another secret of as many bytes or so");
    let claims = json!({ "sub": "42", "name": "Ann", "exp": now() + 600, "role": "admin" });
    let forged = encode(&Header::new(Algorithm::HS256), &claims, &forger).unwrap();
    let parts: Vec<&str> = good.as_str().split('.').collect();
    let swapped = format!("{}.{}.{}", parts[0], forged.split('.').nth(1).unwrap(), parts[2]);
    for bad in [forged, swapped, format!("{}.{}.", parts[0], parts[1])] {
        let refusal = issuer.door(&bad.parse().unwrap()).refused().await;
        assert_eq!(refusal.code, Code::TokenInvalid, "{bad}");
    }
    // No token is in the log, whatever became of it.
    let log = issuer.server.log.text();
    assert!(!log.contains(parts[2]) && !log.contains(expired.as_str()));
}

#[tokio::test]
async fn a_shared_secret_vouches() {
    vouches_with(Algorithm::HS256).await;
}

#[tokio::test]
async fn an_rsa_key_vouches() {
    vouches_with(Algorithm::RS256).await;
}

#[tokio::test]
async fn an_ed25519_key_vouches() {
    vouches_with(Algorithm::EdDSA).await;
}

#[tokio::test]
async fn a_token_that_expires_ends_the_session_in_the_middle() {
    let issuer = Issuer::new(Algorithm::HS256).await;
    // As long as a slow machine needs to come in.
    let token = issuer.token("42", "Ann", json!({ "exp": now() + 5 }));
    let mut ann = issuer.door(&token).enter().await;
    ann.join(&RoomName::default()).await;
    let ben = issuer.enter("43", "Ben", json!({})).await;
    let ended = ann.ended().await;
    assert_eq!(ended.code, Code::TokenInvalid, "{ended:?}");
    assert!(now() >= decoded_expiry(&token), "before its time");
    assert_eq!(issuer.door(&token).refused().await.code, Code::TokenInvalid);
    // With a new one she is who she was.
    let again = issuer.enter("42", "Ann", json!({})).await;
    assert_eq!(again.id(), ann.id());
    ben.join(&RoomName::default()).await;
}

fn decoded_expiry(token: &Token) -> u64 {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let claims = token.as_str().split('.').nth(1).unwrap();
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap();
    serde_json::from_slice::<Value>(&claims).unwrap()["exp"].as_u64().unwrap()
}

#[tokio::test]
async fn a_role_in_the_token_is_a_role_in_the_chat() {
    let issuer = Issuer::new(Algorithm::HS256).await;
    let mut mod_ = issuer.enter("1", "Mod", json!({ "role": "moderator" })).await;
    let admin = issuer.enter("2", "Admin", json!({ "role": "admin" })).await;
    let ann = issuer.enter("3", "Ann", json!({})).await;
    assert_eq!(
        [mod_.role(), admin.role(), ann.role()],
        [Role::Moderator, Role::Admin, Role::Member]
    );
    let mute = |user| Mute { user, seconds: 60, reason: Default::default() };
    mod_.may(&mute(ann.id())).await;
    assert_eq!(ann.may_not(&mute(mod_.id())).await.code, Code::Forbidden);
    assert_eq!(mod_.may_not(&mute(admin.id())).await.code, Code::Forbidden);
    assert_eq!(mod_.may_not(&ListAudit { before: None }).await.code, Code::Forbidden);
    admin.may(&ListAudit { before: None }).await;
    // What the other system takes away, a new token takes away here, and for all connections.
    let less = issuer.enter("1", "Mod", json!({})).await;
    assert_eq!(less.role(), Role::Member);
    let lost = |told: &Told| matches!(told, Told::Session(it) if it.role == Role::Member);
    mod_.news.expect("to be told", lost).await;
    assert_eq!(mod_.may_not(&mute(ann.id())).await.code, Code::Forbidden);
    // And a role that is none is refused, not taken for a member's.
    let odd = issuer.token("4", "Odd", json!({ "role": "owner" }));
    assert_eq!(issuer.door(&odd).refused().await.code, Code::TokenInvalid);
}

#[tokio::test]
async fn whoever_was_kicked_or_has_left_comes_in_again_with_the_same_token_and_may_do_everything() {
    let issuer = Issuer::new(Algorithm::HS256).await;
    let mod_ = issuer.enter("1", "Mod", json!({ "role": "moderator" })).await;
    let token = issuer.token("2", "Ann", json!({}));
    let mut ann = issuer.door(&token).enter().await;
    let first = ann.id();
    sent(issuer.server.url(), &token, "a file").await;
    mod_.may(&Kick { user: first, reason: "noise".parse().unwrap() }).await;
    assert_eq!(ann.ended().await.code, Code::Kicked);
    let mut ann = issuer.door(&token).enter().await;
    assert_eq!(ann.id(), first);
    sent(issuer.server.url(), &token, "another file").await;
    ann.may(&EndSession {}).await;
    assert_eq!(ann.ended().await.code, Code::SessionEnded);
    let ann = issuer.door(&token).enter().await;
    assert_eq!(ann.id(), first);
    sent(issuer.server.url(), &token, "one more file").await;
}
