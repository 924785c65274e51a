//! Tokens of another system: signed JWTs that say who somebody is.
//!
//! [`Verifier`] holds one key, and the key decides the one algorithm: a secret takes HS256, an RSA
//! key RS256, an Ed25519 key EdDSA. What the token's header says is compared with that and never
//! chosen from, so a token cannot pick a weaker check (`none`, or HMAC with the public key).
//!
//! Claims are looked at only once the signature is right. `sub`, `name` and `exp` have to be
//! there; `nbf` is kept; `role` is a member's where there is none. Where an audience or an issuer
//! is set, the token has to name it. A token that is meant for somebody by name (`aud`) is not
//! taken by a server that has no name: another service's tokens may be signed by the same key.
//!
//! Time is an argument. Refusals tell what is wrong and never repeat what the token says.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use parlour_events::{Code, Nickname, Refusal, Role, Token};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

/// Shortest secret, in bytes: as long as what HS256 makes of it (RFC 7518, 3.2).
const SECRET_BYTES: usize = 32;

/// Sizes of RSA keys, in bits: RFC 7518, 3.3 asks for the lower, the verification takes no more
/// than the upper.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=4_096;

/// Longest `sub`, in bytes.
const SUBJECT_BYTES: usize = 255;

/// How far the issuer's clock may be ahead of ours, in seconds. Only `nbf` needs it: a token that
/// was made this moment has to be taken.
const LEEWAY: u64 = 30;

/// What the other system signs with.
pub(crate) enum Key {
    /// A secret that both share: HS256.
    Hs256(Vec<u8>),
    /// Its public key as PEM: RS256 or EdDSA, as the key is.
    PublicPem(String),
}

/// A key is never in a log.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hs256(_) => "Hs256(..)",
            Self::PublicPem(_) => "PublicPem(..)",
        })
    }
}

/// Why a key cannot be used. Each is one sentence for whoever runs the server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum KeyError {
    /// Somebody could find it by trying.
    #[error("the secret has {0} bytes; HS256 needs at least {SECRET_BYTES}")]
    ShortSecret(usize),
    /// Everybody may know a public key, so it must not be what signs.
    #[error("the secret is a PEM file: a public key has to be given as one")]
    SecretIsPem,
    /// No `-----BEGIN …-----`.
    #[error("the key is no PEM file (-----BEGIN PUBLIC KEY-----)")]
    NoPem,
    /// It can sign, and nobody but the issuer should be able to.
    #[error("this is a private key: give the public one only (openssl pkey -pubout)")]
    Private,
    /// A certificate, or something else in PEM.
    #[error("this PEM file holds no public key: extract it first (openssl x509 -pubkey -noout)")]
    NoPublicKey,
    /// Elliptic curves other than Ed25519, DSA, or damaged.
    #[error("the public key is neither an RSA nor an Ed25519 key, or it is damaged")]
    Unsupported,
    /// Too small to be safe, or too large to be checked.
    #[error(
        "the RSA key has {0} bits; {low} to {high} are taken",
        low = RSA_BITS.start(),
        high = RSA_BITS.end()
    )]
    RsaBits(usize),
}

/// Who somebody is, as the other system says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claims {
    /// Names the person for good, in that system: 1 to 255 bytes without control characters.
    pub(crate) subject: String,
    /// The name to be shown.
    pub(crate) name: Nickname,
    /// What they may do.
    pub(crate) role: Role,
    /// When the token ends, in seconds since 1970-01-01 UTC.
    pub(crate) expires: u64,
}

/// Checks the tokens of one issuer.
#[derive(Debug, Clone)]
pub(crate) struct Verifier {
    key: DecodingKey,
    algorithm: Algorithm,
    audience: Option<String>,
    issuer: Option<String>,
}

impl Verifier {
    /// Takes the tokens that this key signed, for this audience and from this issuer where they
    /// are given.
    ///
    /// # Errors
    /// [`KeyError`] if the key cannot be used.
    pub(crate) fn new(
        key: Key,
        audience: Option<String>,
        issuer: Option<String>,
    ) -> Result<Self, KeyError> {
        let (key, algorithm) = match key {
            Key::Hs256(secret) => (secret_key(&secret)?, Algorithm::HS256),
            Key::PublicPem(pem) => public_key(&pem)?,
        };
        Ok(Self { key, algorithm, audience, issuer })
    }

    /// Who the token says its bearer is, at `now` in seconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// [`Code::NicknameInvalid`] if the name cannot be shown, [`Code::TokenInvalid`] for
    /// everything else.
    pub(crate) fn verify(&self, token: &Token, now: u64) -> Result<Claims, Refusal> {
        let raw = self.read(token.as_str())?;
        let expires = time("exp", raw.exp)?.ok_or_else(|| missing("exp"))?;
        if now >= expires {
            return Err(invalid("The token has expired."));
        }
        let begins = time("nbf", raw.nbf)?.unwrap_or(0);
        if begins > now.saturating_add(LEEWAY) {
            return Err(invalid("The token is not valid yet."));
        }
        self.check_issuer(raw.iss)?;
        self.check_audience(raw.aud)?;
        Ok(Claims {
            subject: subject(raw.sub)?,
            name: name(raw.name)?,
            role: role(raw.role)?,
            expires,
        })
    }

    /// The claims, once the signature is right.
    ///
    /// The library checks the signature and nothing else: its own reading of claims asks the
    /// system's clock, and does not tell a claim of a wrong type from a missing one.
    fn read(&self, token: &str) -> Result<Raw, Refusal> {
        let no_jwt = || invalid("The token is no signed JWT.");
        let (message, signature) = token.rsplit_once('.').ok_or_else(no_jwt)?;
        let (header, claims) = message.split_once('.').ok_or_else(no_jwt)?;
        let header = BASE64_URL_SAFE_NO_PAD.decode(header).map_err(|_| no_jwt())?;
        let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).map_err(|_| no_jwt())?;
        self.check_header(serde_json::from_slice(&header).map_err(|_| no_jwt())?)?;
        let verified =
            jsonwebtoken::crypto::verify(signature, message.as_bytes(), &self.key, self.algorithm);
        match verified {
            Ok(true) => serde_json::from_slice(&claims)
                .map_err(|_| invalid("The token's claims cannot be read.")),
            Ok(false) => Err(invalid(
                "The token's signature is not right: another key made it, or it was changed.",
            )),
            Err(_) => Err(no_jwt()),
        }
    }

    fn check_header(&self, header: Header) -> Result<(), Refusal> {
        if header.alg != format!("{:?}", self.algorithm) {
            return Err(invalid(format!(
                "The token is not signed in the way that this server takes ({:?}).",
                self.algorithm
            )));
        }
        // RFC 7515, 4.1.11: what is critical and not understood makes the token invalid.
        if header.crit.is_some() {
            return Err(invalid("The token needs an extension that this server does not have."));
        }
        Ok(())
    }

    fn check_issuer(&self, claim: Option<Value>) -> Result<(), Refusal> {
        match (&self.issuer, claim) {
            (None, _) => Ok(()),
            (Some(_), None) => Err(missing("iss")),
            (Some(issuer), Some(Value::String(claim))) if *issuer == claim => Ok(()),
            (Some(_), Some(_)) => Err(invalid("The token is from another issuer.")),
        }
    }

    fn check_audience(&self, claim: Option<Value>) -> Result<(), Refusal> {
        // RFC 7519, 4.1.3: whoever does not find itself in the audience must refuse.
        let (audience, claim) = match (&self.audience, claim) {
            (None, None) => return Ok(()),
            (Some(_), None) => return Err(missing("aud")),
            (None, Some(_)) => {
                return Err(invalid("The token names an audience, and this server has none set."));
            }
            (Some(audience), Some(claim)) => (audience, claim),
        };
        let named = match claim {
            Value::String(one) => one == *audience,
            Value::Array(many) => many.iter().any(|one| one.as_str() == Some(audience)),
            _ => false,
        };
        if named { Ok(()) } else { Err(invalid("The token is for another audience.")) }
    }
}

/// What is read of the header.
#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    crit: Option<IgnoredAny>,
}

/// The claims as they stand; `null` counts as missing, a claim twice as unreadable.
#[derive(Deserialize)]
struct Raw {
    sub: Option<Value>,
    name: Option<Value>,
    role: Option<Value>,
    exp: Option<Value>,
    nbf: Option<Value>,
    iss: Option<Value>,
    aud: Option<Value>,
}

fn subject(claim: Option<Value>) -> Result<String, Refusal> {
    match claim.ok_or_else(|| missing("sub"))? {
        Value::String(subject)
            if (1..=SUBJECT_BYTES).contains(&subject.len())
                && !subject.chars().any(char::is_control) =>
        {
            Ok(subject)
        }
        _ => Err(invalid(format!(
            "The token's claim `sub` is not a text of 1 to {SUBJECT_BYTES} bytes."
        ))),
    }
}

fn name(claim: Option<Value>) -> Result<Nickname, Refusal> {
    let refuse = |why: String| Refusal::new(Code::NicknameInvalid, why);
    match claim.ok_or_else(|| missing("name"))? {
        Value::String(name) => {
            Nickname::try_from(name).map_err(|why| refuse(format!("The name in the token {why}.")))
        }
        _ => Err(refuse("The name in the token must be a text.".to_owned())),
    }
}

fn role(claim: Option<Value>) -> Result<Role, Refusal> {
    let Some(claim) = claim else { return Ok(Role::Member) };
    match claim.as_str() {
        Some("member") => Ok(Role::Member),
        Some("moderator") => Ok(Role::Moderator),
        Some("admin") => Ok(Role::Admin),
        // Not taken for a member: somebody meant to give or to take something.
        _ => Err(invalid("The token's claim `role` is not one of member, moderator and admin.")),
    }
}

/// A NumericDate (RFC 7519, 2): seconds, possibly with a fraction, which is dropped.
fn time(claim: &str, value: Option<Value>) -> Result<Option<u64>, Refusal> {
    match value {
        None => Ok(None),
        // Saturates: before 1970 is 0, and no clock comes to the other end.
        Some(Value::Number(number)) => {
            Ok(number.as_u64().or_else(|| number.as_f64().map(|seconds| seconds as u64)))
        }
        Some(_) => Err(invalid(format!("The token's claim `{claim}` is not a time."))),
    }
}

fn secret_key(secret: &[u8]) -> Result<DecodingKey, KeyError> {
    if secret.trim_ascii_start().starts_with(b"-----BEGIN ") {
        return Err(KeyError::SecretIsPem);
    }
    if secret.len() < SECRET_BYTES {
        return Err(KeyError::ShortSecret(secret.len()));
    }
    Ok(DecodingKey::from_secret(secret))
}

fn public_key(pem: &str) -> Result<(DecodingKey, Algorithm), KeyError> {
    let (_, begun) = pem.split_once("-----BEGIN ").ok_or(KeyError::NoPem)?;
    let (label, _) = begun.split_once("-----").ok_or(KeyError::NoPem)?;
    match label {
        "PUBLIC KEY" | "RSA PUBLIC KEY" => {}
        private if private.ends_with("PRIVATE KEY") => return Err(KeyError::Private),
        _ => return Err(KeyError::NoPublicKey),
    }
    // Each of the two takes its own kind of key only.
    if let Ok(key) = DecodingKey::from_ed_pem(pem.as_bytes()) {
        // The library takes the first 32 bytes of whatever is there.
        return match key.try_get_as_bytes() {
            Ok(bytes) if bytes.len() == 32 => Ok((key, Algorithm::EdDSA)),
            _ => Err(KeyError::Unsupported),
        };
    }
    let key = DecodingKey::from_rsa_pem(pem.as_bytes()).map_err(|_| KeyError::Unsupported)?;
    // The library would find out at the first token, and blame the token's signature.
    let bits = key.try_get_as_bytes().ok().and_then(rsa_bits).ok_or(KeyError::Unsupported)?;
    if !RSA_BITS.contains(&bits) {
        return Err(KeyError::RsaBits(bits));
    }
    Ok((key, Algorithm::RS256))
}

/// The size of the modulus of an `RSAPublicKey` in DER (RFC 8017, A.1.1): a sequence of two
/// integers. None if it is something else.
fn rsa_bits(der: &[u8]) -> Option<usize> {
    let (sequence, rest) = der_value(0x30, der)?;
    let (modulus, exponent) = der_value(0x02, sequence)?;
    let (_, end) = der_value(0x02, exponent)?;
    // Where the highest bit is set, a zero stands before it.
    let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    let first = modulus.first()?;
    (rest.is_empty() && end.is_empty()).then(|| modulus.len() * 8 - first.leading_zeros() as usize)
}

/// The value with this tag that `der` begins with, and what follows it.
fn der_value(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        0x81 | 0x82 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(length - 0x80))?;
            (bytes.iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte)), rest)
        }
        // A key that large is not taken.
        _ => return None,
    };
    (found == tag).then(|| rest.split_at_checked(length))?
}

fn missing(claim: &str) -> Refusal {
    invalid(format!("The token has no claim `{claim}`."))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(Code::TokenInvalid, message)
}

#[cfg(test)]
mod tests;
