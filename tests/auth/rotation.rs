//! Keys that come and go, while requests come in.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    thread::{scope, sleep},
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    gate::{Gate, refused},
    key::{Key, claims},
    provider::Provider,
};

const THREADS: usize = 8;

#[test]
fn a_storm_of_unknown_keys_is_no_storm_of_fetches() {
    const REQUESTS: usize = 1000;
    let key = Key::ed("known", 1);
    let provider = Provider::start(&[&key]);
    let gate = Gate::ready(&[("OARLOCK_JWT_ISSUER", &provider.issuer)]);
    let before = provider.fetches();
    let (next, began) = (AtomicUsize::new(0), Instant::now());
    let counted: Mutex<BTreeMap<u16, usize>> = Mutex::default();
    let calm = AtomicBool::new(false);
    scope(|scope| {
        let storm: Vec<_> = (0..100)
            .map(|_| {
                scope.spawn(|| {
                    while let number @ 0..REQUESTS = next.fetch_add(1, Relaxed) {
                        let header = json!({ "alg": "EdDSA", "kid": format!("unknown-{number}") });
                        let token = key.signs(&header, &claims(&provider.issuer));
                        let status = gate.bear("/me", &token).status;
                        *counted.lock().expect("counts").entry(status).or_default() += 1;
                    }
                })
            })
            .collect();
        // Those whose key is known go by.
        let others = scope.spawn(|| {
            let token = key.token(&claims(&provider.issuer));
            while !calm.load(Relaxed) {
                assert_eq!(gate.bear("/me", &token).status, 200);
            }
        });
        for one in storm {
            one.join().expect("a thread");
        }
        calm.store(true, Relaxed);
        others.join().expect("a thread");
    });
    let counted = counted.into_inner().expect("counts");
    assert_eq!(counted, BTreeMap::from([(401, REQUESTS)]));
    let (discoveries, fetches) = provider.fetches();
    let most = began.elapsed().as_secs() / 3 + 2;
    let fetched = u64::try_from(fetches - before.1).expect("few");
    assert!((1..=most).contains(&fetched), "{fetched} of at most {most}");
    assert_eq!(discoveries, before.0);
    eprintln!(
        "{REQUESTS} unknown keys in {:?}: {fetched} fetches",
        began.elapsed()
    );
}

#[test]
fn keys_that_change_under_load_refuse_nobody() {
    let names = ["k0", "k1", "k2", "k3", "k4"];
    let keys: Vec<Key> = (0..)
        .zip(names)
        .map(|(seed, kid)| Key::ed(kid, seed))
        .collect();
    let provider = Provider::start(&[&keys[0]]);
    let gate = Gate::ready(&[("OARLOCK_JWT_ISSUER", &provider.issuer)]);
    let (current, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (asked, slowest) = (AtomicUsize::new(0), Mutex::new(Duration::ZERO));
    scope(|scope| {
        for thread in 0..THREADS {
            let (keys, provider, gate, slowest) = (&keys, &provider, &gate, &slowest);
            let (current, done, asked) = (&current, &done, &asked);
            scope.spawn(move || {
                while !done.load(Relaxed) {
                    // Half of the tokens are of the key before.
                    let newest = current.load(Relaxed);
                    let key = &keys[newest.saturating_sub(thread % 2)];
                    let began = Instant::now();
                    let answer = gate.bear("/me", &key.token(&claims(&provider.issuer)));
                    assert_eq!(answer.status, 200, "{}: {answer:?}", key.kid);
                    asked.fetch_add(1, Relaxed);
                    let mut slowest = slowest.lock().expect("a time");
                    *slowest = slowest.max(began.elapsed());
                }
            });
        }
        for next in 1..keys.len() {
            // The second and third come one after the other, sooner than keys are fetched again.
            sleep(Duration::from_millis(if next == 2 { 300 } else { 4000 }));
            provider.publish(&[&keys[next], &keys[next - 1]]);
            current.store(next, Relaxed);
        }
        sleep(Duration::from_secs(4));
        done.store(true, Relaxed);
    });
    // A key that is not listed any more is good for nothing.
    let old = keys[0].token(&claims(&provider.issuer));
    refused(&gate.bear("/me", &old), 401);
    let (asked, slowest) = (asked.into_inner(), slowest.into_inner().expect("a time"));
    eprintln!("{asked} requests, 4 new keys, the slowest answer after {slowest:?}");
    assert!(asked > 500, "{asked}");
}

#[test]
fn while_the_provider_is_down_the_last_keys_go_on_for_a_while() {
    let key = Key::ed("known", 1);
    let provider = Provider::start(&[&key]);
    let gate = Gate::ready(&[
        ("OARLOCK_JWT_ISSUER", &provider.issuer),
        ("OARLOCK_JWT_REFRESH", "10s"),
        ("OARLOCK_JWT_KEYS_MAX_AGE", "14s"),
    ]);
    let began = Instant::now();
    provider.set_down(true);
    let token = key.token(&claims(&provider.issuer));
    let failed = "oarlock_jwt_fetches_total{verifier=\"jwt\",outcome=\"failed\"}";
    while gate.metric(failed) < 1.0 {
        assert_eq!(gate.bear("/me", &token).status, 200);
        sleep(Duration::from_millis(50));
    }
    // It is known to operators, and takes no instance away.
    let told = gate.wait("/readyz?verbose", |answer| {
        String::from_utf8_lossy(&answer.body).contains("the last keys are in use")
    });
    assert_eq!(told.status, 200);
    assert_eq!(gate.bear("/me", &token).status, 200);
    assert!(gate.metric("oarlock_jwt_keys_age_seconds") > 8.0);
    // Nobody can say whether an unknown key is good.
    let other = Key::ed("other", 2).token(&claims(&provider.issuer));
    refused(&gate.bear("/me", &other), 503);
    sleep(Duration::from_secs(15).saturating_sub(began.elapsed()));
    let answer = gate.bear("/me", &token);
    assert!(refused(&answer, 503).contains("cannot be had right now"));
    assert_eq!(answer.header("www-authenticate"), None);
    assert_eq!(answer.header("retry-after"), Some("3"));
    provider.set_down(false);
    assert_eq!(gate.bear("/me", &token).status, 200);
}

#[test]
fn a_service_is_not_ready_before_the_keys_are_there() {
    let key = Key::ed("known", 1);
    let provider = Provider::start(&[&key]);
    provider.set_down(true);
    let gate = Gate::start(&[("OARLOCK_JWT_ISSUER", &provider.issuer)]);
    let told = gate.wait("/startupz?verbose", |answer| {
        String::from_utf8_lossy(&answer.body).contains("503")
    });
    assert_ne!(told.status, 200);
    provider.set_down(false);
    gate.wait("/readyz", |answer| answer.status == 200);
    assert_eq!(
        gate.bear("/me", &key.token(&claims(&provider.issuer)))
            .status,
        200
    );
}

#[test]
fn a_configuration_of_another_issuer_is_not_taken() {
    let key = Key::ed("known", 1);
    let provider = Provider::start(&[&key]);
    provider.pretend("http://127.0.0.1:1/evil");
    let gate = Gate::start(&[("OARLOCK_JWT_ISSUER", &provider.issuer)]);
    gate.wait("/startupz?verbose", |answer| {
        String::from_utf8_lossy(&answer.body).contains("configuration is of another issuer")
    });
    let token = key.token(&claims(&provider.issuer));
    refused(&gate.bear("/me", &token), 503);
    assert_eq!(provider.fetches().1, 0);
}

#[test]
fn keys_may_be_at_a_url_or_in_a_file() {
    let key = Key::ed("known", 1);
    let provider = Provider::start(&[&key]);
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("auth/keys.json");
    let listed = |key: &Key| json!({ "keys": [key.public()] }).to_string();
    std::fs::write(&path, listed(&key)).expect("a file");
    let path = path.to_str().expect("a path of text");
    let url = format!("{}/keys?form=jwks", provider.issuer);
    for place in [
        ("OARLOCK_JWT_JWKS_URL", &*url),
        ("OARLOCK_JWT_JWKS_PATH", path),
    ] {
        let gate = Gate::ready(&[("OARLOCK_JWT_ISSUER", "the-office"), place]);
        let token = key.token(&claims("the-office"));
        assert_eq!(gate.bear("/me", &token).status, 200);
        if place.1 == path {
            let next = Key::ed("next", 2);
            std::fs::write(path, listed(&next)).expect("a file");
            let token = next.token(&claims("the-office"));
            assert_eq!(gate.bear("/me", &token).status, 200);
        }
    }
    assert_eq!(provider.fetches(), (0, 1));
}
