//! Who callers are.

use gate_api::security::Security;
use oarlock_runtime::{ApiKey, Basic, Bearer, ClientCertificate, RequestContext, Unauthorized};

use crate::App;

impl Security for App {
    type Principal = String;

    async fn verify_login(
        &self,
        credential: Bearer,
        scopes: &'static [&'static str],
        _cx: &RequestContext,
    ) -> Result<Self::Principal, Unauthorized> {
        let claims = self.tokens.verify(&credential.token, scopes).await?;
        let subject = claims.subject.unwrap_or_default();
        Ok(format!("{subject} {}", claims.scopes.join("+")))
    }

    async fn verify_token(
        &self,
        credential: Bearer,
        _cx: &RequestContext,
    ) -> Result<Self::Principal, Unauthorized> {
        let claims = self.tokens.verify(&credential.token, &[]).await?;
        Ok(claims.subject.unwrap_or_default())
    }

    async fn verify_key(
        &self,
        credential: ApiKey,
        _cx: &RequestContext,
    ) -> Result<Self::Principal, Unauthorized> {
        Ok(self.keys.verify(&credential.key, &["stock"])?.name)
    }

    async fn verify_user(
        &self,
        credential: Basic,
        _cx: &RequestContext,
    ) -> Result<Self::Principal, Unauthorized> {
        self.passwords.verify(&credential).await
    }

    async fn verify_certificate(
        &self,
        cx: &RequestContext,
    ) -> Result<Self::Principal, Unauthorized> {
        // The proxy of these tests is on this machine, unless a test says otherwise.
        let nobody = cx.headers().contains_key("from-afar");
        let certificate = ClientCertificate::forwarded(cx, |peer| peer.is_loopback() && !nobody)?;
        Ok(format!("{:x?}", &certificate.thumbprint()[..4]))
    }
}
