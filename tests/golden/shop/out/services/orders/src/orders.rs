//! The handlers of `orders`.

use oarlock_runtime::{Problem, RequestContext, example};
use shop_api::orders::*;

use crate::App;

impl Orders for App {
    async fn list_orders_of_product(
        &self,
        _request: ListOrdersOfProductRequest,
        _principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<ListOrdersOfProductResponse, Problem> {
        example!()
    }

    async fn order_cart(
        &self,
        _request: OrderCartRequest,
        _principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<OrderCartResponse, Problem> {
        example!()
    }

    async fn get_order(
        &self,
        _request: GetOrderRequest,
        _principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<GetOrderResponse, Problem> {
        example!()
    }

    async fn cancel_order(
        &self,
        _request: CancelOrderRequest,
        _principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<CancelOrderResponse, Problem> {
        example!()
    }
}
