//! The handlers of the load test, the same work as in `axum/src/main.rs`.

use load_api::{operations::*, types::{Item, Receipt}};
use oarlock_runtime::{Problem, RequestContext};

use crate::App;

fn item_of(id: i64) -> Item {
    Item {
        id,
        name: format!("item {id}"),
        price: 9.5,
        tags: vec!["small".into(), "green".into(), "round".into()],
        note: None,
    }
}

impl Operations for App {
    async fn plain(&self, _cx: &RequestContext) -> Result<PlainResponse, Problem> {
        Ok(PlainResponse::Ok("hello".into()))
    }

    async fn item(&self, request: ItemRequest, _cx: &RequestContext) -> Result<ItemResponse, Problem> {
        Ok(ItemResponse::Ok(item_of(request.id)))
    }

    async fn items(&self, _cx: &RequestContext) -> Result<ItemsResponse, Problem> {
        Ok(ItemsResponse::Ok((1..=20).map(item_of).collect()))
    }

    async fn order(&self, request: OrderRequest, _cx: &RequestContext) -> Result<OrderResponse, Problem> {
        let lines = &request.body.lines;
        Ok(OrderResponse::Ok(Receipt {
            lines: lines.len() as i64,
            total: lines.iter().map(|line| line.price * f64::from(line.quantity)).sum(),
        }))
    }
}
