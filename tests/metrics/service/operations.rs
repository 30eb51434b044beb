//! The handlers of `operations`.

use std::{future::pending, time::Duration};

use kiosk_api::{operations::*, types::Paper};
use oarlock_runtime::{Body, Bytes, Problem, RequestContext, StatusCode};

use crate::App;

impl Operations for App {
    /// A limit that is an error's status is answered with it.
    async fn list_papers(
        &self,
        request: ListPapersRequest,
        _cx: &RequestContext,
    ) -> Result<ListPapersResponse, Problem> {
        let status = request.limit.and_then(|limit| u16::try_from(limit).ok());
        let status = status.filter(|status| (400..600).contains(status));
        if let Some(status) = status.and_then(|status| StatusCode::from_u16(status).ok()) {
            return Err(Problem::new(status, "as it was asked for"));
        }
        Ok(ListPapersResponse::Ok(vec![Paper {
            title: "Morning".into(),
        }]))
    }

    async fn add_paper(
        &self,
        request: AddPaperRequest,
        _cx: &RequestContext,
    ) -> Result<AddPaperResponse, Problem> {
        self.added.inc();
        Ok(AddPaperResponse::Created(request.body))
    }

    async fn drop_paper(
        &self,
        _request: DropPaperRequest,
        _principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<DropPaperResponse, Problem> {
        Ok(DropPaperResponse::NoContent)
    }

    async fn store_scan(
        &self,
        request: StoreScanRequest,
        _cx: &RequestContext,
    ) -> Result<StoreScanResponse, Problem> {
        let (mut scan, mut count) = (request.body, 0);
        while let Some(bytes) = scan.next().await {
            count += bytes.map_err(|error| Problem::conflict(error.to_string()))?.len();
        }
        Ok(StoreScanResponse::Ok(count.to_string()))
    }

    async fn copy_scan(
        &self,
        request: CopyScanRequest,
        _cx: &RequestContext,
    ) -> Result<CopyScanResponse, Problem> {
        Ok(CopyScanResponse::Ok(request.body))
    }

    async fn play_reel(&self, _cx: &RequestContext) -> Result<PlayReelResponse, Problem> {
        let pieces = [0; 2].map(|_| Ok(Bytes::from_static(&[0; 1000])));
        Ok(PlayReelResponse::Ok {
            content_length: 2000,
            body: Body::stream(futures_util::stream::iter(pieces)),
        })
    }

    async fn wait(&self, _cx: &RequestContext) -> Result<WaitResponse, Problem> {
        pending().await
    }

    async fn panic(&self, _cx: &RequestContext) -> Result<PanicResponse, Problem> {
        panic!("as it was asked for")
    }

    async fn play_tape(&self, _cx: &RequestContext) -> Result<PlayTapeResponse, Problem> {
        let tape = futures_util::stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            Some((Ok(Bytes::from_static(&[0; 1000])), ()))
        });
        Ok(PlayTapeResponse::Ok(Body::stream(tape)))
    }
}
