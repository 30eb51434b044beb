//! Who callers are.

use oarlock_runtime::{RequestContext, Unauthorized};
use shop_api::security::Security;

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
}
