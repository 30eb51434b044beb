//! The handlers of `operations`.

use oarlock_runtime::{Problem, RequestContext, example};
use objects_api::operations::*;

use crate::App;

impl Operations for App {
    async fn add_node(
        &self,
        _request: AddNodeRequest,
        _cx: &RequestContext,
    ) -> Result<AddNodeResponse, Problem> {
        example!()
    }
}
