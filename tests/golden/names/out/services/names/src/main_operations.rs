//! The handlers of `main`.

use names_api::main_operations::*;
use oarlock_runtime::{Problem, RequestContext, example};

use crate::App;

impl Main for App {
    async fn type2(&self, _cx: &RequestContext) -> Result<Type2Response, Problem> {
        example!()
    }
}
