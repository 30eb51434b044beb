//! The handlers of `operations`.

use names_api::operations::*;
use oarlock_runtime::{Problem, RequestContext, example};

use crate::App;

impl Operations for App {
    async fn clone(&self, _cx: &RequestContext) -> Result<CloneResponse, Problem> {
        example!()
    }

    async fn new_operation(&self, _cx: &RequestContext) -> Result<NewResponse, Problem> {
        example!()
    }

    async fn into_type(&self, _cx: &RequestContext) -> Result<IntoTypeResponse, Problem> {
        example!()
    }
}
