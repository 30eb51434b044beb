//! API keys whose hashes alone are known here.

use std::{
    fmt,
    io::Read,
    sync::{Arc, OnceLock},
};

use sha2::{Digest, Sha256};
use subtle::{ConditionallySelectable, ConstantTimeEq};

use super::{Unauthorized, Verifier, scopes::must_hold, secret_input, verifier::Ready};
use crate::config::Reader;

const SETTING: &str = "OARLOCK_API_KEYS";
const FORM: &str = "lines of a name, the SHA-256 of a key in 64 hexadecimal digits and the key's scopes, with spaces \
                    between, as the service's command `hash-key NAME` prints them";
/// Keys are hashed by a fast hash, so that one that can be guessed could be found from its hash.
const LEAST_KEY: usize = 16;

/// Verifies API keys. A caller has a name, and as many keys as it takes to change them without a gap. Keys must be
/// random, such as those of `openssl rand -hex 32`; only their SHA-256 is ever held.
///
/// `hash-key NAME [SCOPE…]` of every service reads a key from stdin and prints its line. Clones share the keys.
///
/// ```
/// # use oarlock_runtime::{ApiKey, ApiKeys, Unauthorized};
/// # struct App { keys: ApiKeys }
/// # impl App {
/// async fn verify_key(&self, credential: ApiKey) -> Result<String, Unauthorized> {
///     Ok(self.keys.verify(&credential.key, &[])?.name)
/// }
/// # }
/// ```
#[derive(Clone, Default)]
pub struct ApiKeys(Arc<OnceLock<Vec<Entry>>>);

struct Entry {
    hash: [u8; 32],
    holder: KeyHolder,
}

/// Whom a key was given to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyHolder {
    /// The name.
    pub name: String,
    /// What the key is good for.
    pub scopes: Vec<String>,
}

impl ApiKeys {
    /// The keys that the setting `OARLOCK_API_KEYS` holds, or the file that `OARLOCK_API_KEYS_FILE` names. They are
    /// read when the service starts that this was given to by [`Service::verifier`](crate::Service::verifier).
    #[must_use]
    pub fn from_environment() -> Self {
        Self::default()
    }

    /// The keys of these lines: a name, the SHA-256 of a key in hexadecimal, and scopes, with spaces between. Empty
    /// lines are left out, and those that begin with `#`.
    ///
    /// # Errors
    /// Which line is wrong; the line itself is not repeated.
    pub fn new(lines: &str) -> Result<Self, String> {
        let entries = read(lines)?;
        Ok(ApiKeys(Arc::new(OnceLock::from(entries))))
    }

    /// Who has this key, provided that it has the scopes. Every key is compared, and each in the same time.
    ///
    /// # Errors
    /// Where nobody has it, or it lacks a scope.
    pub fn verify(&self, key: &str, scopes: &[&str]) -> Result<KeyHolder, Unauthorized> {
        let entries = self
            .0
            .get()
            .ok_or_else(|| super::not_given("ApiKeys::from_environment()"))?;
        let given: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let mut found = u64::MAX;
        for (place, entry) in (0_u64..).zip(entries) {
            found.conditional_assign(&place, entry.hash.ct_eq(&given));
        }
        let entry = usize::try_from(found).ok().and_then(|at| entries.get(at));
        let entry = entry.ok_or_else(|| Unauthorized::invalid_token("the key is not known"))?;
        must_hold(&entry.holder.scopes, scopes)?;
        Ok(entry.holder.clone())
    }
}

impl fmt::Debug for ApiKeys {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let names = self.0.get().into_iter().flatten();
        let names = names.map(|entry| &entry.holder.name);
        out.debug_tuple("ApiKeys")
            .field(&names.collect::<Vec<_>>())
            .finish()
    }
}

impl From<ApiKeys> for Verifier {
    fn from(keys: ApiKeys) -> Self {
        Verifier(Arc::new(keys))
    }
}

impl Ready for ApiKeys {
    fn read(&self, reader: &mut Reader) {
        if self.0.get().is_some() {
            return;
        }
        match read(&reader.secret(SETTING).unwrap_or_default()) {
            Ok(entries) if entries.is_empty() => reader.mistake(SETTING, FORM),
            Ok(entries) => _ = self.0.set(entries),
            Err(words) => reader.mistake(SETTING, &format!("{FORM}: {words}")),
        }
    }
}

fn read(lines: &str) -> Result<Vec<Entry>, String> {
    let mut entries: Vec<Entry> = Vec::new();
    // A list of the configuration file comes with commas.
    for (number, line) in (1..).zip(lines.split(['\n', ','])) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let entry = entry(line).ok_or_else(|| format!("line {number} is none"))?;
        if entries.iter().any(|one| one.hash == entry.hash) {
            return Err(format!("the key of line {number} stands twice"));
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn entry(line: &str) -> Option<Entry> {
    let mut words = line.split_ascii_whitespace();
    let name = words.next()?.to_owned();
    let hash = from_hex(words.next()?)?;
    let scopes = words.map(str::to_owned).collect();
    Some(Entry {
        hash,
        holder: KeyHolder { name, scopes },
    })
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() == 64)?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::try_from(pair[0] << 4 | pair[1]).ok()?;
    }
    Some(bytes)
}

/// The command `hash-key`: the line of a key that `input` holds, for a name and scopes.
///
/// # Errors
/// What is wrong with the key or the name.
pub(crate) fn hash_key(words: &[String], input: impl Read) -> Result<String, String> {
    let Some(name) = words.first() else {
        return Err("usage: hash-key NAME [SCOPE…], with the key on stdin".into());
    };
    let breaks = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '#');
    if words
        .iter()
        .any(|one| one.is_empty() || one.contains(breaks))
    {
        return Err("names and scopes can hold no space, comma or #".into());
    }
    let key = secret_input(input)?;
    if key.len() < LEAST_KEY {
        return Err(format!(
            "the key is shorter than {LEAST_KEY} characters, so that it could be found from its hash; \
             take a random one, such as that of `openssl rand -hex 32`"
        ));
    }
    let hash = Sha256::digest(key.as_bytes());
    let scopes: String = words[1..].iter().map(|scope| format!(" {scope}")).collect();
    Ok(format!("{name} {hash:x}{scopes}\n"))
}

#[cfg(test)]
mod tests {
    use super::{super::unauthorized::Reason, *};

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    fn line(words: &[&str], key: &str) -> String {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        hash_key(&words, key.as_bytes()).expect("a line")
    }

    #[test]
    fn a_caller_is_known_by_any_of_its_keys() {
        let lines = line(&["shop", "read", "write"], KEY)
            + "# the next one\n\n"
            + &line(&["shop", "read"], "fedcba9876543210\n")
            + &line(&["till"], "a-key-of-the-till-itself");
        let keys = ApiKeys::new(&lines).expect("keys");
        let name = |key: &str| keys.verify(key, &[]).map(|holder| holder.name).ok();
        for (key, holder) in [
            (KEY, Some("shop")),
            ("fedcba9876543210", Some("shop")),
            ("a-key-of-the-till-itself", Some("till")),
            ("", None),
            ("shop", None),
            (&KEY[1..], None),
        ] {
            assert_eq!(name(key).as_deref(), holder, "{key}");
        }
        assert!(keys.verify(KEY, &["write", "read"]).is_ok());
        let lacking = keys.verify("fedcba9876543210", &["read", "write"]);
        assert_eq!(lacking.expect_err("no scope").reason(), Reason::Forbidden);
        assert_eq!(format!("{keys:?}"), r#"ApiKeys(["shop", "shop", "till"])"#);
    }

    #[test]
    fn what_is_no_line_is_told_without_it() {
        let twice = format!("{0}{0}", line(&["a"], KEY));
        let no_digit = format!("shop {}g", "0".repeat(63));
        for (lines, told) in [
            ("shop", "line 1 is none"),
            ("\nshop 0123", "line 2 is none"),
            (&*no_digit, "line 1 is none"),
            (&*twice, "the key of line 2 stands twice"),
        ] {
            assert_eq!(ApiKeys::new(lines).expect_err("a mistake"), told);
        }
    }

    #[test]
    fn weak_keys_are_not_hashed() {
        let words = ["shop".to_owned()];
        for key in ["short", "", "\n", "two lines of a key\nare not one"] {
            assert!(hash_key(&words, key.as_bytes()).is_err(), "{key}");
        }
        assert!(hash_key(&[], KEY.as_bytes()).is_err());
        assert!(hash_key(&["a b".to_owned()], KEY.as_bytes()).is_err());
    }

    #[test]
    fn nobody_is_let_in_before_the_keys_are_read() {
        let refusal = ApiKeys::from_environment().verify(KEY, &[]);
        assert_eq!(refusal.expect_err("no keys").reason(), Reason::Unavailable);
    }
}
