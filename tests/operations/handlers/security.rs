//! Who callers are.

use oarlock_runtime::{ApiKey, Basic, Bearer, Credential, RequestContext, Unauthorized};
use workshop_api::security::Security;

use crate::App;

fn known(given: &str, wanted: &str, who: &str) -> Result<String, Unauthorized> {
    match given == wanted {
        true => Ok(who.to_owned()),
        false => Err(Unauthorized::new(format!("{who} is not known by this"))),
    }
}

/// A token is a name and the scopes that it has, as in `ann doors:open profile`.
fn token(given: &str, scopes: &[&str]) -> Result<String, Unauthorized> {
    let mut words = given.split('+');
    let who = words.next().unwrap_or_default().to_owned();
    let has: Vec<&str> = words.collect();
    match scopes.iter().all(|scope| has.contains(&scope.replace(':', "-").as_str())) {
        true => Ok(who),
        false => Err(Unauthorized::forbidden(format!("{who} may not do this"))),
    }
}

impl Security for App {
    type Principal = String;

    async fn verify_query_key(&self, credential: ApiKey, _cx: &RequestContext) -> Result<String, Unauthorized> {
        known(&credential.key, "q 1", "query key")
    }

    async fn verify_cookie_key(&self, credential: ApiKey, _cx: &RequestContext) -> Result<String, Unauthorized> {
        known(&credential.key, "c;1", "cookie key")
    }

    async fn verify_header_key(&self, credential: ApiKey, _cx: &RequestContext) -> Result<String, Unauthorized> {
        known(&credential.key, "h1", "header key")
    }

    async fn verify_basic(&self, credential: Basic, _cx: &RequestContext) -> Result<String, Unauthorized> {
        known(&credential.password, "p", &credential.user)
    }

    async fn verify_digest(&self, credential: Credential, _cx: &RequestContext) -> Result<String, Unauthorized> {
        known(&credential.value, "username=\"ann\"", "digest")
    }

    async fn verify_login(
        &self,
        credential: Bearer,
        scopes: &'static [&'static str],
        _cx: &RequestContext,
    ) -> Result<String, Unauthorized> {
        token(&credential.token, scopes)
    }

    async fn verify_identity(
        &self,
        credential: Bearer,
        scopes: &'static [&'static str],
        _cx: &RequestContext,
    ) -> Result<String, Unauthorized> {
        token(&credential.token, scopes)
    }

    async fn verify_certificate(&self, cx: &RequestContext) -> Result<String, Unauthorized> {
        let given = cx.headers().get("client-cert").and_then(|value| value.to_str().ok());
        known(given.unwrap_or_default(), ":Y2VydA==:", "certificate")
    }

    fn combine(&self, first: String, second: String) -> String {
        format!("{first} and {second}")
    }
}
