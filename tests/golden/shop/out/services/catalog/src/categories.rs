//! The handlers of `categories`.

use oarlock_runtime::{Problem, RequestContext, example};
use shop_api::categories::*;

use crate::App;

impl Categories for App {
    async fn list_categories(
        &self,
        _cx: &RequestContext,
    ) -> Result<ListCategoriesResponse, Problem> {
        example!()
    }
}
