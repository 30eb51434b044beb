//! What the settings of verifiers say, and what becomes of those that are wrong.

use crate::gate::{command, run};

fn told(arguments: &[&str], settings: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let output = command(settings).args(arguments).output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn every_mistake_is_told_with_all_others() {
    let settings = [
        ("OARLOCK_API_KEYS_FILE", ""),
        ("OARLOCK_API_KEYS", "till 1234"),
        ("OARLOCK_PASSWORDS", "bob:hunter2"),
        ("OARLOCK_JWT_ISSUER", "identity.example"),
        ("OARLOCK_JWT_AUDIENCE", ","),
        ("OARLOCK_JWT_ALGORITHMS", "RS256,HS256"),
        ("OARLOCK_JWT_CLOCK_SKEW", "1h"),
        ("OARLOCK_JWT_REFRESH", "1s"),
        ("OARLOCK_JWT_KEYS_MAX_AGE", "0s"),
        ("OARLOCK_JWT_MAX_BYTES", "0"),
        ("OARLOCK_JWT_ISUER", "x"),
        ("OARLOCK_DRAIN_TIMEOUT", "x"),
    ];
    let (code, _, told) = told(&[], &settings);
    assert_eq!(code, Some(2), "{told}");
    for words in [
        "OARLOCK_API_KEYS must be lines of a name, the SHA-256",
        "OARLOCK_PASSWORDS must be lines of a name, a colon and a PHC string",
        "OARLOCK_JWT_ISSUER is \"identity.example\", but must be a URL that can be called",
        "OARLOCK_JWT_AUDIENCE is \",\", but must be what the issuer calls this service",
        "OARLOCK_JWT_ALGORITHMS is \"RS256,HS256\", but must be some of RS256,",
        "OARLOCK_JWT_CLOCK_SKEW is \"1h\", but must be 10m at most",
        "OARLOCK_JWT_REFRESH is \"1s\", but must be 10s at least",
        "OARLOCK_JWT_KEYS_MAX_AGE is \"0s\", but must be as long as OARLOCK_JWT_REFRESH",
        "OARLOCK_JWT_MAX_BYTES is \"0\", but must be a whole number above 0",
        "OARLOCK_JWT_ISUER is no setting of this service; did you mean OARLOCK_JWT_ISSUER?",
        "OARLOCK_DRAIN_TIMEOUT is \"x\"",
    ] {
        assert!(told.contains(words), "{words} in {told}");
    }
    assert_eq!(told.lines().count(), 11, "{told}");
    assert!(
        !told.contains("hunter2") && !told.contains("1234"),
        "{told}"
    );
}

#[test]
fn a_service_without_an_issuer_does_not_start() {
    let (code, _, told) = told(&[], &[]);
    assert_eq!(code, Some(2));
    assert!(
        told.contains("OARLOCK_JWT_ISSUER must be the `iss`"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn an_issuer_that_cannot_be_called_stops_the_start() {
    for (issuer, words) in [
        ("https://identity.example", "TLS"),
        (
            "http://ann:secret@identity.example",
            "cannot hold a name or password",
        ),
        ("http://identity.example/?a=b", "more than a path"),
    ] {
        let (code, _, told) = told(&[], &[("OARLOCK_JWT_ISSUER", issuer)]);
        assert_eq!(code, Some(2));
        assert!(
            told.contains("OARLOCK_JWT_ISSUER") && told.contains(words),
            "{told}"
        );
    }
}

#[test]
fn settings_are_shown_and_secrets_are_not() {
    let settings = [("OARLOCK_JWT_ISSUER", "http://identity.example")];
    let (code, shown, told) = told(&["--print-config"], &settings);
    assert_eq!((code, &*told), (Some(0), ""));
    for line in [
        "jwt_issuer: \"http://identity.example\"",
        "jwt_audience: gate",
        "jwt_clock_skew: 1m",
        "jwt_refresh: 5m",
        "jwt_keys_max_age: 6h",
        "# api_keys: (hidden)",
        "# passwords: (hidden)",
    ] {
        assert!(
            shown.lines().any(|one| one.starts_with(line)),
            "{line} in {shown}"
        );
    }
    assert!(!shown.contains("argon2id"));
}

#[test]
fn a_command_needs_no_settings() {
    assert!(
        run(&["hash-key", "shop"], "0123456789abcdef")
            .status
            .success()
    );
}
