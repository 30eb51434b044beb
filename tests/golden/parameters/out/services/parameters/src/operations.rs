//! The handlers of `operations`.

use oarlock_runtime::{Problem, RequestContext, example};
use parameters_api::operations::*;

use crate::App;

impl Operations for App {
    async fn act(
        &self,
        _request: ActRequest,
        _cx: &RequestContext,
    ) -> Result<ActResponse, Problem> {
        example!()
    }

    async fn range(
        &self,
        _request: RangeRequest,
        _cx: &RequestContext,
    ) -> Result<RangeResponse, Problem> {
        example!()
    }
}
