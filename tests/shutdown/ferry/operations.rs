//! The handlers of `operations`.

use std::time::Duration;

use ferry_api::operations::*;
use oarlock_runtime::{Body, Bytes, Event, Problem, RequestContext, channel};
use tokio::time::sleep;

use crate::App;

impl Operations for App {
    async fn list_trips(&self, _cx: &RequestContext) -> Result<ListTripsResponse, Problem> {
        Ok(ListTripsResponse::Ok(vec!["over".into(), "back".into()]))
    }

    async fn wait_for_trip(
        &self,
        request: WaitForTripRequest,
        _cx: &RequestContext,
    ) -> Result<WaitForTripResponse, Problem> {
        sleep(Duration::from_millis(request.milliseconds.unsigned_abs())).await;
        Ok(WaitForTripResponse::Ok("over".into()))
    }

    async fn block_trip(&self, _cx: &RequestContext) -> Result<BlockTripResponse, Problem> {
        std::thread::sleep(Duration::from_secs(60));
        Ok(BlockTripResponse::Ok("late".into()))
    }

    async fn last_trip(&self, cx: &RequestContext) -> Result<LastTripResponse, Problem> {
        cx.cancelled().await;
        Ok(LastTripResponse::Ok("back another day".into()))
    }

    async fn told_trip(&self, cx: &RequestContext) -> Result<ToldTripResponse, Problem> {
        let stopping = cx.stopping();
        stopping.stopping().await;
        Ok(ToldTripResponse::Ok("going home".into()))
    }

    async fn read_chart(&self, _cx: &RequestContext) -> Result<ReadChartResponse, Problem> {
        let pieces = futures_util::stream::unfold(0, |number| async move {
            sleep(Duration::from_millis(5)).await;
            (number < 16).then(|| (Ok(Bytes::from_static(&[7; 4096])), number + 1))
        });
        Ok(ReadChartResponse::Ok(Body::stream(pieces)))
    }

    async fn read_atlas(&self, _cx: &RequestContext) -> Result<ReadAtlasResponse, Problem> {
        Ok(ReadAtlasResponse::Ok(Body::from(vec![7; 64 << 20])))
    }

    async fn store_cargo(
        &self,
        request: StoreCargoRequest,
        _cx: &RequestContext,
    ) -> Result<StoreCargoResponse, Problem> {
        let (mut cargo, mut count) = (request.body, 0);
        while let Some(bytes) = cargo.next().await {
            count += bytes
                .map_err(|error| Problem::conflict(error.to_string()))?
                .len();
        }
        Ok(StoreCargoResponse::Ok(count.to_string()))
    }

    async fn hear_horn(
        &self,
        request: HearHornRequest,
        cx: &RequestContext,
    ) -> Result<HearHornResponse, Problem> {
        let (sender, events) = channel(1);
        let closing = cx.closing();
        tokio::spawn(async move {
            tokio::pin!(closing);
            loop {
                tokio::select! {
                    () = &mut closing, if request.goodbye => {
                        let _ = sender.send(Event::new("goodbye".to_owned())).await;
                        return;
                    }
                    () = sleep(Duration::from_millis(20)) => {}
                }
                if sender.send(Event::new("hoot".to_owned())).await.is_err() {
                    return;
                }
            }
        });
        Ok(HearHornResponse::Ok(events))
    }
}
