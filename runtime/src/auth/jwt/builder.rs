//! A verifier of tokens set up in code, and what may stand where.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use jsonwebtoken::Algorithm;

use super::{Jwt, NAME, fetch::Source, policy::Policy};
use crate::client::callable;

pub(super) const SKEW: Duration = Duration::from_secs(60);
pub(super) const REFRESH: Duration = Duration::from_secs(300);
/// Longer than most outages of a provider, and short enough for a key that is no longer good.
pub(super) const MAX_AGE: Duration = Duration::from_secs(6 * 3600);
/// What servers take of all headers is some 16 KiB and more.
pub(super) const MOST_BYTES: usize = 8 << 10;

/// Clocks that are further apart are wrong.
const MOST_SKEW: Duration = Duration::from_secs(600);
const LEAST_REFRESH: Duration = Duration::from_secs(10);

const ALGORITHMS: [(&str, Algorithm); 9] = [
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];

/// Sets up a [`Jwt`] in code.
///
/// ```
/// # fn main() -> Result<(), String> {
/// let tokens = oarlock_runtime::Jwt::builder("http://identity.example")
///     .audience("shop")
///     .algorithms(["RS256", "ES256"])
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct JwtBuilder {
    pub(super) name: &'static str,
    pub(super) issuer: String,
    pub(super) audiences: Vec<String>,
    pub(super) algorithms: Vec<String>,
    pub(super) url: Option<String>,
    pub(super) path: Option<PathBuf>,
    pub(super) skew: Duration,
    pub(super) most: usize,
    pub(super) refresh: Duration,
    pub(super) max_age: Duration,
}

/// What is set wrongly: its name and what it must be.
pub(super) type Mistake = (&'static str, String);

impl JwtBuilder {
    pub(super) fn new(issuer: String) -> Self {
        JwtBuilder {
            name: NAME,
            issuer,
            audiences: Vec::new(),
            algorithms: Vec::new(),
            url: None,
            path: None,
            skew: SKEW,
            most: MOST_BYTES,
            refresh: REFRESH,
            max_age: MAX_AGE,
        }
    }

    /// What its checks and metrics are called (`jwt`), where a service has more than one.
    pub fn name(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Whom tokens must be for (`aud`): one at least; each time that it is called, one more.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// The algorithms that are taken, of those that the keys are for: all of RS256 to RS512, PS256 to PS512, ES256,
    /// ES384 and EdDSA where nothing is said.
    pub fn algorithms<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.algorithms = names.into_iter().map(Into::into).collect();
        self
    }

    /// Where the keys are. Where nothing is said, the issuer tells by OpenID Connect Discovery.
    pub fn jwks_url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// A file that holds the keys; it is read anew as often as they would be fetched.
    pub fn jwks_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// How far the clocks of the issuer and of this service may be apart (60 seconds; 10 minutes at most).
    pub fn clock_skew(mut self, skew: Duration) -> Self {
        self.skew = skew;
        self
    }

    /// How many bytes a token may have (8192).
    pub fn max_bytes(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    /// How often the keys are fetched (5 minutes; 10 seconds at least).
    pub fn refresh(mut self, refresh: Duration) -> Self {
        self.refresh = refresh;
        self
    }

    /// How long the last keys go on while the issuer cannot be reached (6 hours).
    pub fn keys_max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    /// The verifier.
    ///
    /// # Errors
    /// Everything that is set wrongly.
    pub fn build(self) -> Result<Jwt, String> {
        let name = self.name;
        let policy = self.policy().map_err(|mistakes| {
            let told = mistakes
                .into_iter()
                .map(|(name, allowed)| format!("{} must be {allowed}", member(name)));
            told.collect::<Vec<_>>().join("; ")
        })?;
        Ok(Jwt::of(name, OnceLock::from(Arc::new(policy))))
    }

    pub(super) fn policy(self) -> Result<Policy, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut must = |holds: bool, name: &'static str, allowed: &str| {
            if !holds {
                mistakes.push((name, allowed.to_owned()));
            }
        };
        must(
            self.audiences.iter().any(|one| !one.is_empty()),
            "OARLOCK_JWT_AUDIENCE",
            "what the issuer calls this service in the `aud` of its tokens; several with commas between",
        );
        must(
            self.skew <= MOST_SKEW,
            "OARLOCK_JWT_CLOCK_SKEW",
            "10m at most",
        );
        must(
            self.refresh >= LEAST_REFRESH,
            "OARLOCK_JWT_REFRESH",
            "10s at least",
        );
        must(
            self.max_age >= self.refresh,
            "OARLOCK_JWT_KEYS_MAX_AGE",
            "as long as OARLOCK_JWT_REFRESH at least",
        );
        must(self.most > 0, "OARLOCK_JWT_MAX_BYTES", "above 0");
        let algorithms = algorithms(&self.algorithms);
        let known = algorithms.is_some();
        must(known, "OARLOCK_JWT_ALGORITHMS", &words());
        let source = source(&self.issuer, self.url, self.path);
        if let Err((name, allowed)) = &source {
            must(false, name, allowed);
        }
        match (mistakes.is_empty(), source, algorithms) {
            (true, Ok(source), Some(algorithms)) => Ok(Policy {
                issuer: self.issuer,
                audiences: self.audiences,
                algorithms,
                skew: self.skew,
                most: self.most,
                source,
                refresh: self.refresh,
                max_age: self.max_age,
            }),
            _ => Err(mistakes),
        }
    }
}

/// The builder's name of a setting.
fn member(setting: &str) -> String {
    let name = setting.trim_start_matches("OARLOCK_JWT_");
    name.to_ascii_lowercase()
}

fn words() -> String {
    let names = ALGORITHMS.map(|(name, _)| name).join(", ");
    format!("some of {names}, with commas between; no token is taken by a shared secret")
}

fn algorithms(names: &[String]) -> Option<Vec<Algorithm>> {
    let find = |name: &String| {
        let mut all = ALGORITHMS.iter();
        all.find(|(own, _)| own == name)
            .map(|(_, algorithm)| *algorithm)
    };
    match names.is_empty() {
        true => Some(ALGORITHMS.map(|(_, algorithm)| algorithm).to_vec()),
        false => names.iter().map(find).collect(),
    }
}

fn source(issuer: &str, url: Option<String>, path: Option<PathBuf>) -> Result<Source, Mistake> {
    if issuer.is_empty() {
        let allowed = "the `iss` of the tokens that are taken, such as https://identity.example";
        return Err(("OARLOCK_JWT_ISSUER", allowed.to_owned()));
    }
    let must_be = |name, told| (name, format!("a URL that can be called: {told}"));
    match (url, path) {
        (Some(_), Some(_)) => {
            let allowed = "left out where OARLOCK_JWT_JWKS_PATH is set";
            Err(("OARLOCK_JWT_JWKS_URL", allowed.to_owned()))
        }
        (None, Some(path)) => Ok(Source::Path(path)),
        (Some(url), None) => match callable(&url) {
            Ok(()) => Ok(Source::Url(url)),
            Err(told) => Err(must_be("OARLOCK_JWT_JWKS_URL", told)),
        },
        (None, None) => match callable(issuer) {
            Ok(()) if issuer.contains(['?', '#']) => Err(must_be(
                "OARLOCK_JWT_ISSUER",
                "it has more than a path".into(),
            )),
            Ok(()) => Ok(Source::Issuer),
            Err(told) => Err(must_be("OARLOCK_JWT_ISSUER", told)),
        },
    }
}
