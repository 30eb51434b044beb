//! The handlers of `carts`.

use oarlock_runtime::{Problem, RequestContext, example};
use shop_api::carts::*;

use crate::App;

impl Carts for App {
    async fn create_cart(
        &self,
        _principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<CreateCartResponse, Problem> {
        example!()
    }

    async fn get_cart(
        &self,
        _request: GetCartRequest,
        _principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<GetCartResponse, Problem> {
        example!()
    }

    async fn add_item(
        &self,
        _request: AddItemRequest,
        _principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<AddItemResponse, Problem> {
        example!()
    }
}
