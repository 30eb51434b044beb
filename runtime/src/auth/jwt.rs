//! Tokens of an identity provider: JWT (RFC 7519) signed as JWS (RFC 7515), by keys that the provider publishes as a
//! JWKS (RFC 7517), best practices as RFC 8725 has them.

mod builder;
mod claims;
mod fetch;
mod keeper;
mod key_set;
mod metrics;
mod policy;
mod settings;
#[cfg(test)]
mod tests;
mod verified;

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use super::{Unauthorized, Verifier, scopes::must_hold, verifier::Ready};
use crate::{HealthCheck, config::Reader};

pub use builder::JwtBuilder;
pub use claims::Claims;
pub(super) use metrics::KeyFacts;
pub(crate) use metrics::key_metrics;

use keeper::Keeper;
use policy::Policy;

/// What the checks and metrics of a verifier are called where nothing else is said.
const NAME: &str = "jwt";

/// Verifies the tokens of an identity provider: by whom and for whom they are, from when to when, and by whose key they
/// are signed.
///
/// The provider's keys are fetched when the service starts, which is not ready before, and again in the background. A
/// token that names a key which is not known yet has them fetched anew, at most once within 3 seconds, however many
/// such tokens come. While the provider cannot be reached the last keys go on for a bounded time. Algorithms are those
/// of the keys, never more: a token's header says which of them it means, and nothing else of it is believed. A token
/// that was verified is known, for its own time, until the keys are fetched again.
///
/// Clones share all of this.
///
/// ```
/// # use oarlock_runtime::{Bearer, Jwt, Unauthorized};
/// # struct App { tokens: Jwt }
/// # impl App {
/// async fn verify_login(
///     &self,
///     credential: Bearer,
///     scopes: &'static [&'static str],
/// ) -> Result<String, Unauthorized> {
///     let claims = self.tokens.verify(&credential.token, scopes).await?;
///     Ok(claims.subject.unwrap_or_default())
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Jwt(Arc<Shared>);

struct Shared {
    name: &'static str,
    policy: OnceLock<Arc<Policy>>,
    keeper: Arc<Keeper>,
    started: AtomicBool,
}

impl Shared {
    /// # Errors
    /// Where nothing has set it up.
    fn policy(&self) -> Result<&Arc<Policy>, String> {
        self.policy.get().ok_or_else(|| "it is not set up".into())
    }
}

impl Jwt {
    /// A verifier as `OARLOCK_JWT_ISSUER`, `OARLOCK_JWT_AUDIENCE` and the other settings of that name say. They are
    /// read when the service starts that this was given to by [`Service::verifier`](crate::Service::verifier).
    #[must_use]
    pub fn from_environment() -> Self {
        Self::of(NAME, OnceLock::new())
    }

    /// Begins a verifier that is set up in code, for tokens of this issuer. It must be given to
    /// [`Service::verifier`](crate::Service::verifier) too, which has its keys fetched.
    pub fn builder(issuer: impl Into<String>) -> JwtBuilder {
        JwtBuilder::new(issuer.into())
    }

    fn of(name: &'static str, policy: OnceLock<Arc<Policy>>) -> Self {
        // Where two providers are built in, the library would choose none and panic; one that was installed stays.
        let _ = jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER.install_default();
        Jwt(Arc::new(Shared {
            name,
            policy,
            keeper: Arc::default(),
            started: AtomicBool::new(false),
        }))
    }

    /// What a token says, provided that it is good and has the scopes.
    ///
    /// # Errors
    /// Where the token is no good (401, `invalid_token`), lacks a scope (403, `insufficient_scope`), or cannot be
    /// judged since the provider's keys cannot be had (503).
    pub async fn verify(&self, token: &str, scopes: &[&str]) -> Result<Claims, Unauthorized> {
        let policy = self
            .0
            .policy
            .get()
            .ok_or_else(|| super::not_given("Jwt::from_environment()"))?;
        let claims = self.0.keeper.claims(policy, token).await?;
        must_hold(&claims.scopes, scopes)?;
        Ok(claims)
    }
}

impl fmt::Debug for Jwt {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self.0.policy.get() {
            Some(policy) => write!(out, "Jwt({})", policy.issuer),
            None => out.write_str("Jwt"),
        }
    }
}

impl From<Jwt> for Verifier {
    fn from(jwt: Jwt) -> Self {
        Verifier(Arc::new(jwt))
    }
}

impl Ready for Jwt {
    fn read(&self, reader: &mut Reader) {
        if self.0.policy.get().is_none()
            && let Some(policy) = settings::read(reader)
        {
            let _ = self.0.policy.set(Arc::new(policy));
        }
    }

    fn checks(&self) -> Vec<HealthCheck> {
        let (first, last) = (self.0.clone(), self.0.clone());
        // Made once, for as long as the process lives.
        let keys: &'static str = format!("{}_keys", self.0.name).leak();
        vec![
            HealthCheck::startup(self.0.name, move || {
                let shared = first.clone();
                async move { shared.keeper.first_standing(shared.policy()?).await }
            }),
            // All instances share the provider: none should be taken out for it.
            HealthCheck::readiness(keys, move || {
                let shared = last.clone();
                async move { shared.keeper.standing(shared.policy()?) }
            })
            .critical(false),
        ]
    }

    fn start(&self) {
        if let Some(policy) = self.0.policy.get()
            && !self.0.started.swap(true, Relaxed)
        {
            tokio::spawn(self.0.keeper.clone().keep(policy.clone()));
        }
    }

    fn keys(&self) -> Option<KeyFacts> {
        Some(self.0.keeper.facts(self.0.name))
    }
}
