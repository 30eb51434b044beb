//! Who callers are.

use kiosk_api::security::Security;
use oarlock_runtime::{Bearer, RequestContext, Unauthorized};

use crate::App;

impl Security for App {
    type Principal = ();

    async fn verify_keeper(
        &self,
        credential: Bearer,
        _cx: &RequestContext,
    ) -> Result<Self::Principal, Unauthorized> {
        match credential.token.as_str() {
            "key" => Ok(()),
            _ => Err(Unauthorized::new("the key is another")),
        }
    }
}
