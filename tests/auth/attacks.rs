//! Tokens that are good, and those that are none.

use std::{thread::sleep, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::{
    gate::{Gate, refused},
    key::{Key, claims, claims_but, now, signed, unsigned},
    provider::Provider,
};

const INVALID: &str = "Bearer error=\"invalid_token\", scope=\"notes:read\"";

struct Trial {
    provider: Provider,
    gate: Gate,
    key: Key,
}

impl Trial {
    fn begin() -> Self {
        let key = Key::rsa("main", 1);
        let provider = Provider::start(&[&key, &Key::ed("ed", 1)]);
        let gate = Gate::ready(&[("OARLOCK_JWT_ISSUER", &provider.issuer)]);
        Trial {
            provider,
            gate,
            key,
        }
    }

    fn issuer(&self) -> &str {
        &self.provider.issuer
    }

    fn good(&self) -> Value {
        claims(self.issuer())
    }

    /// The token is refused in these words.
    #[track_caller]
    fn refuses(&self, what: &str, token: &str, words: &str) {
        let answer = self.gate.bear("/notes", token);
        assert!(refused(&answer, 401).contains(words), "{what}: {answer:?}");
        assert_eq!(answer.header("www-authenticate"), Some(INVALID), "{what}");
    }

    /// Everything of a good token but for one parameter of its header.
    fn header(&self, name: &str, value: Value) -> String {
        let mut header = self.key.header();
        header[name] = value;
        self.key.signs(&header, &self.good())
    }
}

#[test]
fn a_good_token_is_taken_whatever_stands_beside() {
    let trial = Trial::begin();
    let ed = Key::ed("ed", 1);
    let foreign = Key::rsa("foreign", 2).public();
    for (what, token) in [
        ("RSA", trial.key.token(&trial.good())),
        ("Ed25519", ed.token(&trial.good())),
        ("no kid", trial.header("kid", Value::Null)),
        ("jwk", trial.header("jwk", foreign)),
        ("jku", trial.header("jku", "http://127.0.0.1:1/keys".into())),
        ("a clock that is ahead", {
            let ahead = claims_but(trial.issuer(), "nbf", (now() + 30).into());
            trial.key.token(&ahead)
        }),
        ("one audience", {
            let one = claims_but(trial.issuer(), "aud", "gate".into());
            trial.key.token(&one)
        }),
    ] {
        let answer = trial.gate.bear("/notes", &token);
        assert_eq!(answer.status, 200, "{what}: {answer:?}");
        assert_eq!(answer.body, b"ann notes:read+profile", "{what}");
    }
    assert_eq!(trial.provider.fetches(), (1, 1));
}

#[test]
fn a_token_without_the_scope_is_forbidden() {
    let trial = Trial::begin();
    let ask = |token: &str| {
        let value = format!("Bearer {token}");
        let headers = [("authorization", &*value)];
        crate::client::ask(trial.gate.http, "POST", "/notes", &headers, "")
    };
    let answer = ask(&trial.key.token(&trial.good()));
    assert!(refused(&answer, 403).contains("notes:write"));
    assert_eq!(
        answer.header("www-authenticate"),
        Some("Bearer error=\"insufficient_scope\", scope=\"notes:read notes:write\"")
    );
    let scopes = json!(["notes:write", "notes:read"]);
    let mut wider = claims_but(trial.issuer(), "scope", Value::Null);
    wider["scp"] = scopes;
    assert_eq!(ask(&trial.key.token(&wider)).status, 200);
    // Part of a scope is none.
    let near = claims_but(trial.issuer(), "scope", "notes:read notes:writer".into());
    assert_eq!(ask(&trial.key.token(&near)).status, 403);
}

#[test]
fn tokens_of_the_wrong_time_place_or_hand_are_refused() {
    let trial = Trial::begin();
    for (name, value, words) in [
        ("exp", json!(now() - 61), "has expired"),
        ("exp", Value::Null, "has no `exp`"),
        ("exp", json!("soon"), "has no `exp`"),
        ("nbf", json!(now() + 120), "is not valid yet"),
        ("nbf", json!("soon"), "`nbf` cannot be read"),
        ("iat", json!(now() + 120), "issued in the future"),
        ("iat", json!("long ago"), "`iat` is no time"),
        ("aud", json!("other"), "for another audience"),
        ("aud", json!(["other", "gate "]), "for another audience"),
        ("aud", json!([]), "for another audience"),
        ("aud", Value::Null, "has no `aud`"),
        ("iss", json!("http://evil.example"), "from another issuer"),
        (
            "iss",
            json!(format!("{}/", trial.issuer())),
            "from another issuer",
        ),
        ("iss", json!([trial.issuer()]), "`iss` is no text"),
        ("iss", Value::Null, "has no `iss`"),
    ] {
        let claims = claims_but(trial.issuer(), name, value.clone());
        let token = trial.key.token(&claims);
        trial.refuses(&format!("{name} {value}"), &token, words);
    }
    let stranger = Key::rsa("main", 2).token(&trial.good());
    trial.refuses(
        "another's key of the same name",
        &stranger,
        "signed by no key",
    );
    let mut bent = trial.key.token(&trial.good());
    let other = claims_but(trial.issuer(), "sub", "eve".into());
    let payload = URL_SAFE_NO_PAD.encode(other.to_string());
    let parts: Vec<&str> = bent.split('.').collect();
    bent = format!("{}.{payload}.{}", parts[0], parts[2]);
    trial.refuses("other claims", &bent, "signed by no key");
}

#[test]
fn a_token_that_was_good_is_refused_when_it_has_expired() {
    let key = Key::ed("ed", 1);
    let provider = Provider::start(&[&key]);
    let gate = Gate::ready(&[
        ("OARLOCK_JWT_ISSUER", &provider.issuer),
        ("OARLOCK_JWT_CLOCK_SKEW", "0s"),
    ]);
    let token = key.token(&claims_but(&provider.issuer, "exp", (now() + 4).into()));
    for _ in 0..2 {
        assert_eq!(gate.bear("/me", &token).status, 200);
    }
    sleep(Duration::from_secs(6));
    assert_eq!(
        refused(&gate.bear("/me", &token), 401),
        "the token has expired"
    );
}

#[test]
fn no_header_chooses_how_a_token_is_verified() {
    let trial = Trial::begin();
    let good = trial.good();
    for none in ["none", "None", "NONE", ""] {
        let header = json!({ "typ": "JWT", "alg": none });
        trial.refuses(none, &(unsigned(&header, &good) + "AA"), "no JWT");
        // Without even a signature.
        trial.refuses(none, &unsigned(&header, &good), "no JWT");
    }
    // Key confusion: what everybody can read, taken for a secret.
    let public = trial.key.public();
    let modulus = public["n"].as_str().expect("text");
    let der = URL_SAFE_NO_PAD.decode(modulus).expect("base64");
    let text = public.to_string();
    for secret in [modulus.as_bytes(), &der, text.as_bytes()] {
        let header = json!({ "typ": "JWT", "alg": "HS256", "kid": "main" });
        let key = EncodingKey::from_secret(secret);
        let token = signed(&header, &good, &key, Algorithm::HS256);
        trial.refuses("HS256", &token, "algorithm that is not taken");
    }
    // An algorithm that the key is not for.
    let mut header = trial.key.header();
    header["alg"] = "EdDSA".into();
    let crossed = trial.key.signs(&header, &good);
    trial.refuses("EdDSA by an RSA key", &crossed, "signed by no key");
    // Keys that come along.
    let mine = Key::rsa("main", 2);
    let mut header = mine.header();
    header["jwk"] = mine.public();
    header["jku"] = format!("{}/keys", trial.issuer()).into();
    header["x5u"] = "http://127.0.0.1:1/certificate".into();
    header["x5c"] = json!(["MAMCAQE="]);
    trial.refuses("jwk", &mine.signs(&header, &good), "signed by no key");
    trial.refuses("crit", &trial.header("crit", json!(["b64"])), "`crit`");
    trial.refuses("crit", &trial.header("crit", json!([])), "`crit`");
    let odd = trial.header("kid", json!({ "a": 1 }));
    trial.refuses("kid of no text", &odd, "no JWT");
}

#[test]
fn what_is_no_token_is_refused() {
    let trial = Trial::begin();
    let token = trial.key.token(&trial.good());
    let parts: Vec<&str> = token.split('.').collect();
    for text in [
        "a".to_owned(),
        "..".to_owned(),
        "a.b".to_owned(),
        format!("{}.{}", parts[0], parts[1]),
        format!("{token}.{}", parts[2]),
        format!("{0}.{0}.{0}.{0}.{0}", parts[0]),
        format!("{}.{}.~", parts[0], parts[1]),
        format!("{}.{}.{}", parts[1], parts[1], parts[2]),
    ] {
        let answer = trial.gate.bear("/notes", &text);
        refused(&answer, 401);
        assert_eq!(answer.header("www-authenticate"), Some(INVALID), "{text}");
    }
    let long = claims_but(trial.issuer(), "more", "x".repeat(8192).into());
    trial.refuses("long", &trial.key.token(&long), "too long");
    let absent = trial.gate.get("/notes", &[]);
    refused(&absent, 401);
    assert_eq!(
        absent.header("www-authenticate"),
        Some("Bearer scope=\"notes:read\"")
    );
}

#[test]
fn names_of_keys_are_nothing_but_names() {
    let trial = Trial::begin();
    for kid in [
        "../../../etc/passwd",
        "main' OR '1'='1",
        "http://127.0.0.1:1/",
        "m\u{e4}in\u{0}\r\n",
        "",
        "MAIN",
    ] {
        let token = trial.header("kid", kid.into());
        trial.refuses(kid, &token, "signed by no key");
    }
    assert!(!trial.gate.log().contains("passwd"));
}
