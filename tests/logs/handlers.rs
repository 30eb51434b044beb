//! The handlers of `vault`: they log all that they know, and fail in every way.

use std::time::Duration;

use oarlock_runtime::{Problem, RequestContext};
use vault_api::{types::AskFor, vault::*};

use crate::App;

impl Vault for App {
    async fn fill_box(
        &self,
        request: FillBoxRequest,
        _principal: Self::Principal,
        cx: &RequestContext,
    ) -> Result<FillBoxResponse, Problem> {
        let json = serde_json::to_string(&request.body).unwrap_or_default();
        let authorization = cx.headers().get("authorization");
        tracing::trace!(?request, json, "trace");
        tracing::debug!(headers = ?cx.headers(), ?authorization, "debug");
        tracing::info!(uri = %cx.uri(), level = "mine", "filled by {}", request.body.owner);
        tracing::warn!("asked with {:#?}: {json}", request.body);
        tracing::error!(password = request.body.phrase.as_str(), ?json, "error");
        Ok(FillBoxResponse::NoContent)
    }

    async fn ask(&self, request: AskRequest, cx: &RequestContext) -> Result<AskResponse, Problem> {
        let pass = cx.headers().get("vault-pass");
        let pass = pass.and_then(|pass| pass.to_str().ok()).unwrap_or_default();
        match request.r#for {
            AskFor::Nothing => {}
            AskFor::Failure => return Err(Problem::internal("the vault is shut")),
            AskFor::Panic => panic!("the vault broke"),
            AskFor::Words => panic!("the vault broke with {pass}"),
            AskFor::Unwrap => Err::<(), _>(pass).unwrap(),
            AskFor::Index => _ = [1, 2][pass.len() + 2],
            AskFor::Delay => tokio::time::sleep(Duration::from_secs(2)).await,
        }
        Ok(AskResponse::NoContent)
    }
}
