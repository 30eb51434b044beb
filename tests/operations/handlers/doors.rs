//! The handlers of `doors`.

use oarlock_runtime::{Problem, RequestContext};
use workshop_api::doors::*;

use crate::App;

impl Doors for App {
    async fn either(&self, principal: String, _cx: &RequestContext) -> Result<EitherResponse, Problem> {
        Ok(EitherResponse::Ok(principal))
    }

    async fn both(&self, principal: String, _cx: &RequestContext) -> Result<BothResponse, Problem> {
        Ok(BothResponse::Ok(principal))
    }

    async fn maybe(&self, principal: Option<String>, _cx: &RequestContext) -> Result<MaybeResponse, Problem> {
        Ok(MaybeResponse::Ok(principal.unwrap_or_else(|| "nobody".into())))
    }

    async fn odd(&self, principal: String, _cx: &RequestContext) -> Result<OddResponse, Problem> {
        Ok(OddResponse::Ok(principal))
    }
}
