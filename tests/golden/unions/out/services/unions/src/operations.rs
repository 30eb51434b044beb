//! The handlers of `operations`.

use oarlock_runtime::{Problem, RequestContext, example};
use unions_api::operations::*;

use crate::App;

impl Operations for App {
    async fn add_shape(
        &self,
        _request: AddShapeRequest,
        _cx: &RequestContext,
    ) -> Result<AddShapeResponse, Problem> {
        example!()
    }

    async fn add_pet(
        &self,
        _request: AddPetRequest,
        _cx: &RequestContext,
    ) -> Result<AddPetResponse, Problem> {
        example!()
    }
}
