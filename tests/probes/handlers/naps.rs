//! Handlers as nobody should write them.

use std::{fs, path::Path, thread::sleep, time::Duration};

use naps_api::naps::*;
use oarlock_runtime::{Problem, RequestContext};

use crate::App;

impl Naps for App {
    async fn nap(&self, request: NapRequest, _cx: &RequestContext) -> Result<NapResponse, Problem> {
        // The test wants to know when a thread is gone.
        if let Ok(folder) = std::env::var("NAPPING") {
            let name = format!("{:?}", std::thread::current().id());
            let _ = fs::write(Path::new(&folder).join(name), "");
        }
        sleep(Duration::from_millis(request.ms.unsigned_abs()));
        Ok(NapResponse::NoContent)
    }

    async fn own_startup(&self, _cx: &RequestContext) -> Result<OwnStartupResponse, Problem> {
        Ok(OwnStartupResponse::NoContent)
    }
}
