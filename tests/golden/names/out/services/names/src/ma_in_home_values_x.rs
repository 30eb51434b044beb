//! The handlers of `main */ ${HOME} {{ .Values }} `x``.

use names_api::ma_in_home_values_x::*;
use oarlock_runtime::{Problem, RequestContext, example};

use crate::App;

impl MaInHomeValuesX for App {
    async fn type2(&self, _cx: &RequestContext) -> Result<TypeResponse, Problem> {
        example!()
    }
}
