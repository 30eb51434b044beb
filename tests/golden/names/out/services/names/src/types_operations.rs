//! The handlers of `types`.

use names_api::types_operations::*;
use oarlock_runtime::{Problem, RequestContext, example};

use crate::App;

impl Types for App {
    async fn get_self(&self, _cx: &RequestContext) -> Result<GetSelfResponse, Problem> {
        example!()
    }
}
