//! The handlers of `operations`.

use oarlock_runtime::{Problem, RequestContext, example};
use shop_api::operations::*;

use crate::App;

impl Operations for App {
    async fn status(&self, _cx: &RequestContext) -> Result<StatusResponse, Problem> {
        example!()
    }
}
