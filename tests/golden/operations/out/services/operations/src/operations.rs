//! The handlers of `operations`.

use oarlock_runtime::{Problem, RequestContext, example};
use operations_api::operations::*;

use crate::App;

impl Operations for App {
    async fn list_notes(
        &self,
        _request: ListNotesRequest,
        _principal: Option<Self::Principal>,
        _cx: &RequestContext,
    ) -> Result<ListNotesResponse, Problem> {
        example!()
    }

    async fn add_note(
        &self,
        _request: AddNoteRequest,
        _cx: &RequestContext,
    ) -> Result<AddNoteResponse, Problem> {
        example!()
    }

    async fn add_draft(
        &self,
        _request: AddDraftRequest,
        _cx: &RequestContext,
    ) -> Result<AddDraftResponse, Problem> {
        example!()
    }

    async fn news(&self, _cx: &RequestContext) -> Result<NewsResponse, Problem> {
        example!()
    }

    async fn upload(
        &self,
        _request: UploadRequest,
        _cx: &RequestContext,
    ) -> Result<UploadResponse, Problem> {
        example!()
    }
}
