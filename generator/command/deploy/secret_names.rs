//! Which names say that a value is secret.

use oarlock_runtime::defaults::{SECRET_NAMES, SECRET_SETTINGS};

/// How names end whose values are secret, beside those that no log shows.
const ENDS: [&str; 9] = [
    "accesskey",
    "credential",
    "dsn",
    "encryptionkey",
    "passphrase",
    "passwd",
    "privatekey",
    "secretkey",
    "signingkey",
];
/// What is secret as a whole word, and not at the end of one: `bypass` is none.
const WORDS: [&str; 4] = ["cred", "jwt", "pass", "pwd"];
/// What stands before `key` in the names of keys that anybody may know.
const OPEN_KEYS: &str =
    "cache foreign idempotency label partition primary public routing sort topology";
/// A name that goes on with one of these says something of a secret: where it lies, how long it lives.
const ABOUT: &str = "age alg algorithm audience class count dir domain enable enabled endpoint expiration expire expiry \
    field file folder header host http interval issuer len length lifetime limit max method min mode mount name only \
    optional path per policy port prefix provider rate ref required rotation secure site size store timeout ttl uri url";

/// Whether a name says that its value is secret. In doubt it does.
pub(super) fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let whole = words.concat();
    let is_setting = |setting: &&str| whole.ends_with(&self::words(setting).concat());
    if SECRET_SETTINGS.iter().any(is_setting) || is_exporters_headers(&words) {
        return true;
    }
    (1..=words.len()).any(|end| {
        let (head, rest) = words.split_at(end);
        let says_about = rest.iter().any(|word| is_among(ABOUT, word));
        !says_about && is_secret(head, rest.is_empty())
    })
}

fn is_among(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|one| one == word)
}

/// OpenTelemetry has a variable of headers for each signal, beside that for all.
fn is_exporters_headers(words: &[String]) -> bool {
    let has = |word: &str| words.iter().any(|one| one == word);
    has("otlp") && words.last().is_some_and(|last| last == "header")
}

fn is_secret(words: &[String], is_whole: bool) -> bool {
    let joined = words.concat();
    let mut ends = SECRET_NAMES.iter().chain(&ENDS);
    if ends.any(|end| joined.ends_with(end)) {
        return true;
    }
    match words {
        [.., before, last] if last == "key" => is_whole && !is_among(OPEN_KEYS, before),
        [.., last] => WORDS.contains(&last.as_str()),
        [] => false,
    }
}

/// The words of a name in small letters and in the singular, without the numbers behind them: `dbPasswords_2` is `db` and
/// `password`.
fn words(name: &str) -> Vec<String> {
    let (mut words, mut word, mut was_small) = (Vec::new(), String::new(), false);
    for letter in name.chars() {
        let begins = was_small && letter.is_ascii_uppercase();
        if begins || !letter.is_alphanumeric() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
        was_small = letter.is_lowercase();
    }
    words.push(word);
    let words = words.iter().map(|word| singular(word).to_owned());
    words.filter(|word| !word.is_empty()).collect()
}

fn singular(word: &str) -> &str {
    let word = word.trim_end_matches(|one: char| one.is_ascii_digit());
    match word.strip_suffix('s') {
        Some(one) if !one.ends_with('s') => one,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_is_secret() {
        for name in [
            "DB_PASSWORD",
            "DB_PASSWORD_PROD",
            "dbPassword2",
            "DB_PASS",
            "DB_PWD",
            "PGPASSWORD",
            "api-keys",
            "AWS_ACCESS_KEY",
            "SIGNING_KEY",
            "ENCRYPTION_KEY",
            "ENCRYPTION_KEY_OLD",
            "SECRET_KEY_BASE",
            "tls.key",
            "JWT",
            "GITHUB_TOKEN",
            "session.secret",
            "GOOGLE_CREDENTIALS",
            "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in SECRET_SETTINGS {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "",
            "OARLOCK_HTTP_ADDR",
            "OARLOCK_TLS_KEY_PATH",
            "OARLOCK_JWT_KEYS_MAX_AGE",
            "DB_PASSWORD_FILE",
            "PASSWORD_MIN_LENGTH",
            "topologyKey",
            "PUBLIC_KEY",
            "JWT_ISSUER",
            "tls.secretName",
            "tokens_per_second",
            "BYPASS",
            "key",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
