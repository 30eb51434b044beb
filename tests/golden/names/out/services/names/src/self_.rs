//! The handlers of `self`.

use names_api::self_::*;
use oarlock_runtime::{Problem, RequestContext, example};

use crate::App;

impl SelfOperations for App {
    async fn r#type(
        &self,
        _request: Type2Request,
        _cx: &RequestContext,
    ) -> Result<Type2Response, Problem> {
        example!()
    }
}
