use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::{key_set::KeySet, *};

const EVERY: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

fn ed(kid: Value) -> Value {
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid })
}

fn with(mut key: Value, name: &str, value: Value) -> Value {
    key[name] = value;
    key
}

fn count(keys: Vec<Value>) -> usize {
    KeySet::read(&json!({ "keys": keys }), &EVERY)
        .expect("a JWKS")
        .len()
}

#[test]
fn keys_that_verify_nothing_are_left_out() {
    let key = ed("a".into());
    let rsa = |length: usize| {
        let modulus = format!("{}AQ", "_".repeat(length));
        json!({ "kty": "RSA", "n": modulus, "e": "AQAB", "kid": "r" })
    };
    for (what, key, taken) in [
        ("a key", key.clone(), 1),
        ("no name", with(key.clone(), "kid", Value::Null), 1),
        ("its use", with(key.clone(), "use", "sig".into()), 1),
        ("another use", with(key.clone(), "use", "enc".into()), 0),
        (
            "its operation",
            with(key.clone(), "key_ops", json!(["verify"])),
            1,
        ),
        (
            "another operation",
            with(key.clone(), "key_ops", json!(["encrypt"])),
            0,
        ),
        ("its algorithm", with(key.clone(), "alg", "EdDSA".into()), 1),
        (
            "another algorithm",
            with(key.clone(), "alg", "RS256".into()),
            0,
        ),
        ("an unknown one", with(key.clone(), "alg", "X".into()), 0),
        (
            "another curve",
            with(key.clone(), "crv", "X25519".into()),
            0,
        ),
        ("another type", with(key.clone(), "kty", "X".into()), 0),
        ("a name of no text", with(key, "kid", json!(7)), 0),
        (
            "a secret",
            json!({ "kty": "oct", "k": "c2VjcmV0", "alg": "HS256" }),
            0,
        ),
        ("RSA of 2048 bits", rsa(340), 1),
        ("RSA of less", rsa(240), 0),
        ("RSA of more than 4096", rsa(700), 0),
        (
            "half a point",
            json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }),
            0,
        ),
        ("nothing", json!("key"), 0),
    ] {
        assert_eq!(count(vec![key]), taken, "{what}");
    }
}

#[test]
fn what_is_no_jwks_is_told() {
    for document in [json!([]), json!({}), json!({ "keys": {} })] {
        assert!(KeySet::read(&document, &EVERY).is_err(), "{document}");
    }
    let many = json!({ "keys": vec![ed("a".into()); 101] });
    assert!(KeySet::read(&many, &EVERY).is_err());
}

#[test]
fn a_key_fits_by_its_name_and_what_it_is_for() {
    let keys = vec![
        ed("a".into()),
        ed("a".into()),
        ed("b".into()),
        ed(Value::Null),
    ];
    let set = KeySet::read(&json!({ "keys": keys }), &EVERY).expect("a JWKS");
    let fitting = |kid, algorithm| set.fitting(kid, algorithm).count();
    assert_eq!(fitting(Some("a"), Algorithm::EdDSA), 3);
    assert_eq!(fitting(Some("c"), Algorithm::EdDSA), 1);
    assert_eq!(fitting(None, Algorithm::EdDSA), 4);
    assert_eq!(fitting(Some("a"), Algorithm::RS256), 0);
}

#[test]
fn what_is_set_wrongly_in_code_is_told() {
    let told = Jwt::builder("").build().expect_err("a mistake");
    assert!(
        told.contains("issuer must be") && told.contains("audience must be"),
        "{told}"
    );
    let builder = || Jwt::builder("http://identity.example").audience("shop");
    assert!(builder().build().is_ok());
    for builder in [
        builder().algorithms(["none"]),
        builder().algorithms(["HS256"]),
        builder().jwks_url("ftp://identity.example/keys"),
        builder()
            .jwks_url("http://identity.example/keys")
            .jwks_path("keys"),
        builder().max_bytes(0),
        Jwt::builder("http://identity.example?a=b").audience("shop"),
    ] {
        builder.build().expect_err("a mistake");
    }
}

#[tokio::test]
async fn nothing_is_taken_before_the_settings_are_read() {
    let refusal = Jwt::from_environment().verify("a.b.c", &[]).await;
    let reason = refusal.expect_err("not set up").reason();
    assert_eq!(reason, super::super::Reason::Unavailable);
}
