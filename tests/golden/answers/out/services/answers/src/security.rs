//! Who callers are.

use answers_api::security::Security;
use oarlock_runtime::{RequestContext, Unauthorized};

use crate::App;

impl Security for App {
    /// What handlers know of a caller: put a type of your own here.
    type Principal = String;

    /// Ready for this: `oarlock_runtime::Jwt` (feature `jwt`).
    async fn verify_token(
        &self,
        _credential: oarlock_runtime::Bearer,
        cx: &RequestContext,
    ) -> Result<Self::Principal, Unauthorized> {
        cx.example_principal(String::from("example"))
    }

    /// Ready for this: `oarlock_runtime::ApiKeys`.
    async fn verify_key(
        &self,
        _credential: oarlock_runtime::ApiKey,
        cx: &RequestContext,
    ) -> Result<Self::Principal, Unauthorized> {
        cx.example_principal(String::from("example"))
    }

    /// Ready for this: `oarlock_runtime::Passwords` (feature `passwords`).
    async fn verify_user(
        &self,
        _credential: oarlock_runtime::Basic,
        cx: &RequestContext,
    ) -> Result<Self::Principal, Unauthorized> {
        cx.example_principal(String::from("example"))
    }
}
