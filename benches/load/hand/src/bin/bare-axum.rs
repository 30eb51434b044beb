//! The load test's contract by hand on bare axum: serde, the same checks, no telemetry.

use axum::{
    Json, Router,
    extract::Path,
    http::StatusCode,
    routing::{get, post},
};
use hand::{Item, Order, Receipt};

async fn item(Path(id): Path<i64>) -> Result<Json<Item>, StatusCode> {
    Item::of(id).map(Json).ok_or(StatusCode::BAD_REQUEST)
}

async fn items() -> Json<Vec<Item>> {
    Json(Item::twenty())
}

async fn order(Json(order): Json<Order>) -> Result<Json<Receipt>, StatusCode> {
    order.receipt().map(Json).ok_or(StatusCode::BAD_REQUEST)
}

#[tokio::main]
async fn main() {
    let app = Router::new()
        .route("/plain", get(|| async { "hello" }))
        .route("/items/{id}", get(item))
        .route("/items", get(items))
        .route("/orders", post(order));
    let address = std::env::var("OARLOCK_HTTP_ADDR").expect("an address");
    let listener = tokio::net::TcpListener::bind(address).await.expect("a free port");
    use axum::serve::ListenerExt;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, app).await.expect("serving");
}
