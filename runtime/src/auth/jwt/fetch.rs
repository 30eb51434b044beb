//! Where a JWKS comes from.

use std::{
    fs::File,
    io::Read,
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use http::{Uri, uri::Scheme};
use serde_json::Value;

use crate::client::{CallError, Client};

/// How long one request may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);
/// How many bytes a document of the provider may have.
const MOST: usize = 1 << 20;
/// What stands behind the issuer (OpenID Connect Discovery 1.0, 4).
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// Where the keys are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    /// Where the provider says, by OpenID Connect Discovery.
    Issuer,
    /// At a URL.
    Url(String),
    /// In a file, which is read anew each time.
    Path(PathBuf),
}

/// What fetches from one source.
pub(super) struct Fetcher {
    issuer: String,
    source: Source,
    client: Client,
    /// Where the provider's keys are, once it has said so.
    found: Option<String>,
}

impl Fetcher {
    pub(super) fn new(issuer: &str, source: Source) -> Self {
        // The addresses come from the operator, and many a provider stands in the same network.
        let client = Client::default()
            .allow_private_addresses(true)
            .with_connect_timeout(TIMEOUT)
            .with_timeout(TIMEOUT)
            .with_max_answer(MOST)
            // Whoever asks has rests and retries of its own.
            .with_tries(1)
            .with_breaker(None)
            .tell_deadline(false);
        Fetcher {
            issuer: issuer.to_owned(),
            source,
            client,
            found: None,
        }
    }

    /// Whether the keys come from another machine without TLS.
    pub(super) fn is_in_the_clear(&self) -> bool {
        let url = match &self.source {
            Source::Path(_) => return false,
            Source::Url(url) => url,
            Source::Issuer => &self.issuer,
        };
        let uri: Option<Uri> = url.parse().ok();
        let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        let here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        uri.is_some_and(|uri| uri.scheme() == Some(&Scheme::HTTP)) && !here
    }

    /// Has the provider asked again where its keys are.
    pub(super) fn forget(&mut self) {
        self.found = None;
    }

    /// The JWKS as it is now.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub(super) async fn jwks(&mut self) -> Result<Value, String> {
        match &self.source {
            Source::Path(path) => in_file(path.clone()).await,
            Source::Url(url) => self.get(url).await,
            Source::Issuer => {
                let url = match &self.found {
                    Some(url) => url.clone(),
                    None => self.discovered().await?,
                };
                let jwks = self.get(&url).await;
                self.found = jwks.is_ok().then_some(url);
                jwks
            }
        }
    }

    async fn discovered(&self) -> Result<String, String> {
        let issuer = self.issuer.trim_end_matches('/');
        let document = self.get(&format!("{issuer}{DISCOVERY}")).await?;
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        if text("issuer") != Some(&self.issuer) {
            return Err("the provider's configuration is of another issuer".into());
        }
        let url = text("jwks_uri").ok_or("the provider's configuration has no `jwks_uri`")?;
        if self.issuer.starts_with("https:") && !url.starts_with("https:") {
            return Err("the provider's `jwks_uri` is no https URL, but its issuer is".into());
        }
        Ok(url.to_owned())
    }

    async fn get(&self, url: &str) -> Result<Value, String> {
        let asked = async {
            let mut call = self.client.call_url("fetching keys", "GET", url);
            call.accept(&["application/jwk-set+json", "application/json"]);
            let answer = call.send().await?;
            match answer.status().as_u16() {
                200 => answer.json().await,
                _ => Err(answer.unexpected().await),
            }
        };
        asked
            .await
            .map_err(|error: CallError| format!("{url}: {error}"))
    }
}

async fn in_file(path: PathBuf) -> Result<Value, String> {
    let named = |error: String| format!("{}: {error}", path.display());
    let read = {
        let path = path.clone();
        tokio::task::spawn_blocking(move || read(&path))
    };
    let text = read.await.map_err(|error| named(error.to_string()))?;
    serde_json::from_slice(&text.map_err(named)?).map_err(|error| named(error.to_string()))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut text = Vec::new();
    let read = file.take(MOST as u64 + 1).read_to_end(&mut text);
    match read {
        Ok(length) if length > MOST => Err(format!("it is larger than {MOST} bytes")),
        Ok(_) => Ok(text),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_another_machine_should_come_by_tls() {
        let told = |issuer: &str, source| Fetcher::new(issuer, source).is_in_the_clear();
        for (issuer, clear) in [
            ("http://identity.example", true),
            ("http://10.0.0.7:8080/a", true),
            ("https://identity.example", false),
            ("http://127.0.0.1:8080", false),
            ("http://[::1]/a", false),
            ("http://localhost", false),
        ] {
            assert_eq!(told(issuer, Source::Issuer), clear, "{issuer}");
            assert_eq!(told("x", Source::Url(issuer.into())), clear, "{issuer}");
        }
        assert!(!told(
            "http://identity.example",
            Source::Path("keys".into())
        ));
    }
}
