use base64::prelude::BASE64_STANDARD;
use jsonwebtoken::EncodingKey;
use rcgen::PublicKeyData;
use serde_json::json;

use super::*;

mod rsa;

const NOW: u64 = 1_900_000_000;
const SECRET: &[u8] = b"a secret of thirty-two bytes or so";

fn hmac() -> Verifier {
    Verifier::new(Key::Hs256(SECRET.to_vec()), None, None).unwrap()
}

fn public(pem: &str) -> Result<Verifier, KeyError> {
    Verifier::new(Key::PublicPem(pem.to_owned()), None, None)
}

fn part(json: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(json)
}

/// A token with this header and these claims, as text, signed by this key.
fn sign(header: &str, claims: &str, key: &EncodingKey, algorithm: Algorithm) -> Token {
    let message = format!("{}.{}", part(header), part(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}").parse().unwrap()
}

/// The same by the secret.
fn token(claims: &str) -> Token {
    let key = EncodingKey::from_secret(SECRET);
    sign(r#"{"alg":"HS256","typ":"JWT"}"#, claims, &key, Algorithm::HS256)
}

/// Claims that are taken, with these put in or, where they are null, taken away.
fn claims(changes: Value) -> String {
    let mut claims = json!({"sub": "42", "name": "Ann", "exp": NOW + 60});
    let Value::Object(changes) = changes else { panic!("not an object: {changes}") };
    let all = claims.as_object_mut().unwrap();
    for (claim, value) in changes {
        if value.is_null() {
            all.remove(&claim);
        } else {
            all.insert(claim, value);
        }
    }
    claims.to_string()
}

/// The code and the sentence that this is refused with.
fn refused(verifier: &Verifier, token: &Token) -> (Code, String) {
    let refusal = verifier.verify(token, NOW).unwrap_err();
    (refusal.code, refusal.message)
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = BASE64_STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

/// A new key: what checks its tokens, what signs them, and its public half.
fn ed25519() -> (Verifier, EncodingKey, String) {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let pem = pem("PUBLIC KEY", &pair.subject_public_key_info());
    (public(&pem).unwrap(), EncodingKey::from_ed_der(&pair.serialize_der()), pem)
}

#[test]
fn a_token_of_each_algorithm_says_who_somebody_is() {
    let secret = hmac().verify(&token(&claims(json!({"role": "admin"}))), NOW).unwrap();
    assert_eq!(
        secret,
        Claims {
            subject: "42".to_owned(),
            name: "Ann".parse().unwrap(),
            role: Role::Admin,
            expires: NOW + 60
        }
    );

    let (verifier, key, _) = ed25519();
    let token = sign(r#"{"alg":"EdDSA"}"#, &claims(json!({})), &key, Algorithm::EdDSA);
    assert_eq!(verifier.verify(&token, NOW).unwrap().role, Role::Member);

    for pem in [rsa::PUBLIC, rsa::PUBLIC_PKCS1] {
        let claims = public(pem).unwrap().verify(&rsa::RS256.parse().unwrap(), NOW).unwrap();
        assert_eq!((claims.role, claims.expires), (Role::Moderator, 2_000_000_000));
    }
}

#[test]
fn only_the_algorithm_of_the_key_is_taken() {
    let rsa = public(rsa::PUBLIC).unwrap();
    let (ed, ed_key, ed_pem) = ed25519();
    // The classic: the public key, which everybody has, as the secret of an HMAC.
    let by_pem = |pem: &str| {
        let key = EncodingKey::from_secret(pem.as_bytes());
        sign(r#"{"alg":"HS256"}"#, &claims(json!({})), &key, Algorithm::HS256)
    };
    let ed_token = sign(r#"{"alg":"EdDSA"}"#, &claims(json!({})), &ed_key, Algorithm::EdDSA);
    let hs512 = EncodingKey::from_secret(SECRET);
    let hs512 = sign(r#"{"alg":"HS512"}"#, &claims(json!({})), &hs512, Algorithm::HS512);
    for (verifier, token) in [
        (&rsa, by_pem(rsa::PUBLIC)),
        (&rsa, by_pem(rsa::PUBLIC_PKCS1)),
        (&rsa, rsa::RS512.parse().unwrap()),
        (&rsa, rsa::PS256.parse().unwrap()),
        (&rsa, ed_token.clone()),
        (&ed, by_pem(&ed_pem)),
        (&ed, rsa::RS256.parse().unwrap()),
        (&hmac(), hs512),
        (&hmac(), ed_token.clone()),
        (&hmac(), rsa::RS256.parse().unwrap()),
    ] {
        let (code, sentence) = refused(verifier, &token);
        assert_eq!(code, Code::TokenInvalid);
        assert!(sentence.starts_with("The token is not signed in the way"), "{sentence}");
    }
    // The header says what it should, and something else signed.
    let key = EncodingKey::from_secret(rsa::PUBLIC.as_bytes());
    let token = sign(r#"{"alg":"RS256"}"#, &claims(json!({})), &key, Algorithm::HS256);
    assert!(refused(&rsa, &token).1.contains("signature"));
}

#[test]
fn a_token_that_nobody_signed_is_refused() {
    for alg in ["none", "None", "NONE", "", "hs256", "ES256"] {
        let header = part(&json!({"alg": alg}).to_string());
        for signature in ["", "AA"] {
            let token = format!("{header}.{}.{signature}", part(&claims(json!({}))));
            let (code, sentence) = refused(&hmac(), &token.parse().unwrap());
            assert_eq!(code, Code::TokenInvalid, "{alg}");
            assert!(sentence.contains("(HS256)"), "{sentence}");
        }
    }
}

#[test]
fn a_changed_token_is_refused() {
    let token = String::from(token(&claims(json!({}))));
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = message.split_once('.').unwrap();
    let other = part(&claims(json!({"role": "admin"})));
    for changed in [
        format!("{header}.{other}.{signature}"),
        format!("{message}."),
        format!("{message}.{}", &signature[4..]),
        format!("{message}.{signature}AAAA"),
    ] {
        let (code, sentence) = refused(&hmac(), &changed.parse().unwrap());
        assert_eq!(code, Code::TokenInvalid);
        assert!(sentence.contains("signature"), "{changed}: {sentence}");
    }
    let another = Verifier::new(Key::Hs256(vec![7; 32]), None, None).unwrap();
    assert!(refused(&another, &token.parse().unwrap()).1.contains("another key"));
}

#[test]
fn what_is_no_jwt_is_refused() {
    let header = part(r#"{"alg":"HS256"}"#);
    for junk in [
        "x".to_owned(),
        ".".to_owned(),
        "..".to_owned(),
        "....".to_owned(),
        header.clone(),
        format!("{header}."),
        format!("{header}.e30"),
        format!("{header}.e30.AA.AA.AA"),
        format!("{}.e30.AA", part("[]")),
        format!("{}.e30.AA", part("{}")),
        format!("{}.e30.AA", part(r#"{"alg":["HS256"]}"#)),
        format!("{}.e30.AA", part(&"[".repeat(1_000))),
        format!("{}.e30.AA", part(r#"{"alg":"HS256","alg":"HS256"}"#)),
        // Standard base64, with padding.
        "eyJhbGciOiJIUzI1NiJ9==.e30.AA".to_owned(),
        "~".repeat(4_096),
        format!("{header}.{}.AA", "A".repeat(4_000)),
    ] {
        let (code, sentence) = refused(&hmac(), &junk.parse().unwrap());
        assert_eq!(code, Code::TokenInvalid);
        assert!(sentence.starts_with("The token"), "{junk}: {sentence}");
    }
    assert!("x".repeat(4_097).parse::<Token>().is_err());
}

#[test]
fn a_critical_extension_is_refused() {
    let key = EncodingKey::from_secret(SECRET);
    let header = r#"{"alg":"HS256","crit":["b64"],"b64":false}"#;
    let token = sign(header, &claims(json!({})), &key, Algorithm::HS256);
    assert!(refused(&hmac(), &token).1.contains("extension"));
}

#[test]
fn a_token_ends_in_the_second_that_it_names() {
    let token = token(&claims(json!({"exp": NOW})));
    assert!(hmac().verify(&token, NOW - 1).is_ok());
    for now in [NOW, NOW + 1, u64::MAX] {
        let refusal = hmac().verify(&token, now).unwrap_err();
        assert_eq!(refusal.message, "The token has expired.");
    }
}

#[test]
fn a_token_begins_up_to_thirty_seconds_before_the_second_that_it_names() {
    let token = token(&claims(json!({"nbf": NOW, "exp": NOW + 60})));
    assert!(hmac().verify(&token, NOW - 30).is_ok());
    let refusal = hmac().verify(&token, NOW - 31).unwrap_err();
    assert_eq!(refusal.message, "The token is not valid yet.");
}

#[test]
fn times_may_have_fractions_and_no_other_form() {
    for (exp, expires) in
        [(json!(NOW as f64 + 1.5), NOW + 1), (json!(1e300), u64::MAX), (json!(u64::MAX), u64::MAX)]
    {
        let token = token(&claims(json!({"exp": exp})));
        assert_eq!(hmac().verify(&token, NOW).unwrap().expires, expires);
    }
    for exp in [json!(-1), json!(-1e300), json!(0)] {
        assert!(refused(&hmac(), &token(&claims(json!({"exp": exp})))).1.contains("expired"));
    }
    for bad in [json!("2000000000"), json!([1]), json!(true)] {
        for claim in ["exp", "nbf"] {
            let sentence = refused(&hmac(), &token(&claims(json!({claim: bad})))).1;
            assert_eq!(sentence, format!("The token's claim `{claim}` is not a time."));
        }
    }
}

#[test]
fn subject_name_and_end_have_to_be_there() {
    for claim in ["sub", "name", "exp"] {
        let (code, sentence) = refused(&hmac(), &token(&claims(json!({claim: null}))));
        assert_eq!(code, Code::TokenInvalid);
        assert_eq!(sentence, format!("The token has no claim `{claim}`."));
    }
    let null = r#"{"sub":null,"name":"Ann","exp":2000000000}"#;
    assert!(refused(&hmac(), &token(null)).1.contains("no claim `sub`"));
}

#[test]
fn a_subject_is_a_text_of_1_to_255_bytes() {
    for good in ["x".repeat(255), "auth0|5f7c".to_owned(), "Ä".to_owned()] {
        let token = token(&claims(json!({"sub": good})));
        assert_eq!(hmac().verify(&token, NOW).unwrap().subject, good);
    }
    for bad in [
        json!(""),
        json!("x".repeat(256)),
        json!("ä".repeat(128)),
        json!("a\u{0}b"),
        json!(42),
        json!({}),
    ] {
        let (code, sentence) = refused(&hmac(), &token(&claims(json!({"sub": bad}))));
        assert_eq!(code, Code::TokenInvalid);
        assert!(sentence.contains("`sub`"), "{sentence}");
    }
}

#[test]
fn a_name_that_cannot_be_shown_has_a_code_of_its_own() {
    for (bad, why) in [
        (json!(""), "The name in the token must not be empty."),
        (json!("x".repeat(33)), "The name in the token has 33 characters; at most 32 are allowed."),
        (json!("a\u{202e}b"), "The name in the token must not contain the character U+202E."),
        (json!(7), "The name in the token must be a text."),
        (json!({"a": {"b": []}}), "The name in the token must be a text."),
    ] {
        let refusal = refused(&hmac(), &token(&claims(json!({"name": bad}))));
        assert_eq!(refusal, (Code::NicknameInvalid, why.to_owned()));
    }
}

#[test]
fn a_role_is_one_that_exists() {
    for (claim, role) in [
        (json!(null), Role::Member),
        (json!("member"), Role::Member),
        (json!("moderator"), Role::Moderator),
        (json!("admin"), Role::Admin),
    ] {
        let token = token(&claims(json!({"role": claim})));
        assert_eq!(hmac().verify(&token, NOW).unwrap().role, role);
    }
    for bad in [json!("Admin"), json!("root"), json!(["admin"]), json!({"admin": null}), json!(1)] {
        let (code, sentence) = refused(&hmac(), &token(&claims(json!({"role": bad}))));
        assert_eq!(code, Code::TokenInvalid, "{bad}");
        assert!(sentence.contains("`role`"), "{sentence}");
    }
}

#[test]
fn an_audience_has_to_be_named_where_one_is_set_and_only_there() {
    let ours = Key::Hs256(SECRET.to_vec());
    let ours = Verifier::new(ours, Some("parlour".to_owned()), None).unwrap();
    for (aud, ours_takes, nameless_takes) in [
        (json!(null), false, true),
        (json!("parlour"), true, false),
        (json!(["other", "parlour"]), true, false),
        (json!("other"), false, false),
        (json!(["other", ["parlour"], 7]), false, false),
        (json!({"parlour": "parlour"}), false, false),
    ] {
        let token = token(&claims(json!({"aud": aud})));
        for (verifier, takes) in [(&ours, ours_takes), (&hmac(), nameless_takes)] {
            let verified = verifier.verify(&token, NOW);
            assert_eq!(verified.is_ok(), takes, "{aud}");
            if let Err(refusal) = verified {
                assert_eq!(refusal.code, Code::TokenInvalid);
                assert!(refusal.message.contains("aud"), "{}", refusal.message);
            }
        }
    }
}

#[test]
fn an_issuer_has_to_be_the_one_that_is_set() {
    let key = Key::Hs256(SECRET.to_vec());
    let verifier = Verifier::new(key, None, Some("https://id.example".to_owned())).unwrap();
    for (iss, takes) in [
        (json!("https://id.example"), true),
        (json!("https://id.example/"), false),
        (json!(["https://id.example"]), false),
        (json!(null), false),
    ] {
        let token = token(&claims(json!({"iss": iss})));
        assert_eq!(verifier.verify(&token, NOW).is_ok(), takes, "{iss}");
        assert!(hmac().verify(&token, NOW).is_ok(), "{iss}");
    }
}

#[test]
fn claims_that_cannot_be_read_are_refused() {
    let deep = format!(r#"{{"sub":{}{}}}"#, "[".repeat(500), "]".repeat(500));
    for text in
        ["", "[]", "7", "{", &deep, r#"{"sub":"1","sub":"2","name":"Ann","exp":2000000000}"#]
    {
        let (code, sentence) = refused(&hmac(), &token(text));
        assert_eq!((code, &*sentence), (Code::TokenInvalid, "The token's claims cannot be read."));
    }
    // What nobody asks for may be anything.
    let other = json!({"x": [[[[{"y": "z"}]]]], "iat": "never", "name": "Ann"});
    assert!(hmac().verify(&token(&claims(other)), NOW).is_ok());
}

#[test]
fn refusals_do_not_repeat_what_the_token_says() {
    let secret = "very-private-text";
    for claim in ["sub", "name", "role", "exp", "nbf", "aud", "iss"] {
        let value = json!([secret.repeat(20)]);
        let token = token(&claims(json!({claim: value})));
        if let Err(refusal) = hmac().verify(&token, NOW) {
            assert!(!refusal.message.contains(secret), "{}", refusal.message);
        }
    }
}

#[test]
fn keys_that_cannot_be_used_say_why() {
    let secret = |bytes: &[u8]| Verifier::new(Key::Hs256(bytes.to_vec()), None, None).unwrap_err();
    assert_eq!(secret(&[1; 31]), KeyError::ShortSecret(31));
    assert_eq!(secret(&[]), KeyError::ShortSecret(0));
    assert_eq!(secret(rsa::PUBLIC.as_bytes()), KeyError::SecretIsPem);

    let p256 = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    // Ed25519's name with a key of three bytes.
    let stump = [0x30, 0x0d, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 4, 0, 1, 2, 3];
    let cut: String = rsa::PUBLIC.chars().filter(|c| *c != 'M').collect();
    for (key, error) in [
        (String::new(), KeyError::NoPem),
        ("secret".to_owned(), KeyError::NoPem),
        ("-----BEGIN ".to_owned(), KeyError::NoPem),
        (pem("PRIVATE KEY", &p256.serialize_der()), KeyError::Private),
        (pem("RSA PRIVATE KEY", &[0x30, 0]), KeyError::Private),
        (pem("CERTIFICATE", &[0x30, 0]), KeyError::NoPublicKey),
        (pem("PUBLIC KEY", &p256.subject_public_key_info()), KeyError::Unsupported),
        (pem("PUBLIC KEY", &stump), KeyError::Unsupported),
        (pem("PUBLIC KEY", &[]), KeyError::Unsupported),
        (pem("RSA PUBLIC KEY", &[0x30, 3, 2, 1, 0]), KeyError::Unsupported),
        (pem("RSA PUBLIC KEY", &[0x30, 0x82, 0xff]), KeyError::Unsupported),
        (cut, KeyError::Unsupported),
        (rsa::SMALL.to_owned(), KeyError::RsaBits(1_024)),
    ] {
        assert_eq!(public(&key).unwrap_err(), error, "{key}");
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn keys_stay_out_of_debug_output() {
    let shown = format!("{:?} {:?}", Key::Hs256(SECRET.to_vec()), hmac());
    assert!(!shown.contains("thirty") && !shown.contains("97, 32"), "{shown}");
}
