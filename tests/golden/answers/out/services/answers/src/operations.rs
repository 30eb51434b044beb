//! The handlers of `operations`.

use answers_api::operations::*;
use oarlock_runtime::{Problem, RequestContext, example};

use crate::App;

impl Operations for App {
    async fn get_file(
        &self,
        _request: GetFileRequest,
        _principal: Option<Self::Principal>,
        _cx: &RequestContext,
    ) -> Result<GetFileResponse, Problem> {
        example!()
    }

    async fn put_file(
        &self,
        _request: PutFileRequest,
        _principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<PutFileResponse, Problem> {
        example!()
    }
}
