//! API keys, names with passwords, forwarded certificates, and one or another.

use std::time::Instant;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    gate::{Gate, NEXT_KEY, OTHER_KEY, PASSWORD, STOCK_KEY, refused, run},
    key::{Key, claims},
    provider::Provider,
};

fn begin() -> (Provider, Gate) {
    let provider = Provider::start(&[&Key::ed("ed", 1)]);
    let gate = Gate::ready(&[("OARLOCK_JWT_ISSUER", &provider.issuer)]);
    (provider, gate)
}

#[test]
fn a_caller_is_known_by_any_of_its_keys() {
    let (_provider, gate) = begin();
    for key in [STOCK_KEY, NEXT_KEY] {
        let answer = gate.get("/stock", &[("gate-key", key)]);
        assert_eq!((answer.status, &*answer.body), (200, &b"till"[..]));
    }
    let answer = gate.get("/stock", &[("gate-key", OTHER_KEY)]);
    assert!(refused(&answer, 403).contains("the scope stock"));
    let answer = gate.get("/stock", &[("gate-key", &STOCK_KEY[1..])]);
    assert_eq!(refused(&answer, 401), "the key is not known");
    assert_eq!(
        answer.header("www-authenticate"),
        Some("ApiKey header=\"Gate-Key\"")
    );
    assert!(!gate.log().contains(STOCK_KEY));
}

#[test]
fn a_name_is_known_by_its_password() {
    let (_provider, gate) = begin();
    let ask = |name: &str, password: &str| {
        let pair = STANDARD.encode(format!("{name}:{password}"));
        gate.get("/staff", &[("authorization", &format!("Basic {pair}"))])
    };
    let began = Instant::now();
    let answer = ask("bob", PASSWORD);
    let first = began.elapsed();
    assert_eq!((answer.status, &*answer.body), (200, &b"bob"[..]));
    let began = Instant::now();
    for _ in 0..10 {
        assert_eq!(ask("bob", PASSWORD).status, 200);
    }
    let again = began.elapsed() / 10;
    assert!(again < first / 2, "{first:?}, then {again:?}");
    for (name, password) in [("bob", "wrong"), ("eve", PASSWORD), ("", "")] {
        let answer = ask(name, password);
        assert_eq!(refused(&answer, 401), "the name or the password is wrong");
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge, Some("Basic realm=\"api\", charset=\"UTF-8\""));
    }
}

#[test]
fn a_certificate_is_believed_of_a_trusted_proxy_alone() {
    let (_provider, gate) = begin();
    let certificate = ("client-cert", ":MAMCAQE=:");
    assert_eq!(gate.get("/sealed", &[certificate]).status, 200);
    for headers in [
        &[certificate, ("from-afar", "1")][..],
        &[("client-cert", "MAMCAQE=")],
        &[certificate, certificate],
        &[],
    ] {
        refused(&gate.get("/sealed", headers), 401);
    }
}

#[test]
fn one_credential_or_another_will_do() {
    let (provider, gate) = begin();
    let token = Key::ed("ed", 1).token(&claims(&provider.issuer));
    let bearer = format!("Bearer {token}");
    let key = ("gate-key", STOCK_KEY);
    let wrong = ("gate-key", "of-somebody-else-entirely");
    for headers in [
        &[key][..],
        &[("authorization", &*bearer)],
        &[wrong, ("authorization", &bearer)],
        &[key, ("authorization", "Bearer nothing")],
    ] {
        assert_eq!(gate.get("/either", headers).status, 200, "{headers:?}");
    }
    let both = [wrong, ("authorization", "Bearer nothing")];
    refused(&gate.get("/either", &both), 401);
}

#[test]
fn keys_and_passwords_are_hashed_by_commands() {
    let output = run(&["hash-key", "shop", "read", "write"], "0123456789abcdef\n");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "shop 9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f read write\n"
    );
    for (words, input, told) in [
        (
            &["hash-key"][..],
            "0123456789abcdef",
            "usage: hash-key NAME",
        ),
        (&["hash-key", "shop"], "short", "shorter than 16 characters"),
        (&["hash-key", "shop"], "", "one line"),
        (&["hash-key", "a,b"], "0123456789abcdef", "no space, comma"),
        (&["hash-password"], "secret", "usage: hash-password NAME"),
        (&["hash-password", "a:b"], "secret", "no colon"),
    ] {
        let output = run(words, input);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains(told), "{error}");
        assert!(output.stdout.is_empty());
    }
    let one = run(&["hash-password", "bob"], "secret").stdout;
    let other = run(&["hash-password", "bob"], "secret").stdout;
    assert!(one.starts_with(b"bob:$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_ne!(one, other);
}
