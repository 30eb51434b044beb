//! The handlers of `products`.

use oarlock_runtime::{Problem, RequestContext, example};
use shop_api::products::*;

use crate::App;

impl Products for App {
    async fn list_products(
        &self,
        _request: ListProductsRequest,
        _cx: &RequestContext,
    ) -> Result<ListProductsResponse, Problem> {
        example!()
    }

    async fn get_product(
        &self,
        _request: GetProductRequest,
        _cx: &RequestContext,
    ) -> Result<GetProductResponse, Problem> {
        example!()
    }
}
