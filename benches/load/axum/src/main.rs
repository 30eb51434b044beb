//! The load test's contract by hand on bare axum: serde, the same checks, no telemetry.

use std::sync::LazyLock;

use axum::{
    Json, Router,
    extract::Path,
    http::StatusCode,
    routing::{get, post},
};
use regex::Regex;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Item {
    id: i64,
    name: String,
    price: f64,
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Deserialize)]
struct Order {
    customer: String,
    email: Option<String>,
    lines: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    sku: String,
    quantity: i32,
    price: f64,
    note: Option<String>,
}

#[derive(Serialize)]
struct Receipt {
    lines: i64,
    total: f64,
}

static EMAIL: LazyLock<Regex> = LazyLock::new(|| Regex::new("^[^@ ]+@[^@ ]+$").expect("a pattern"));
static SKU: LazyLock<Regex> = LazyLock::new(|| Regex::new("^[A-Z]{3}-[0-9]{4}$").expect("a pattern"));

impl Order {
    fn is_valid(&self) -> bool {
        (1..=100).contains(&self.customer.chars().count())
            && self.email.as_ref().is_none_or(|email| EMAIL.is_match(email))
            && (1..=50).contains(&self.lines.len())
            && self.lines.iter().all(|line| {
                SKU.is_match(&line.sku)
                    && (1..=1000).contains(&line.quantity)
                    && line.price >= 0.0
                    && line.note.as_ref().is_none_or(|note| note.chars().count() <= 200)
            })
    }
}

fn item_of(id: i64) -> Item {
    Item {
        id,
        name: format!("item {id}"),
        price: 9.5,
        tags: vec!["small".into(), "green".into(), "round".into()],
        note: None,
    }
}

async fn item(Path(id): Path<i64>) -> Result<Json<Item>, StatusCode> {
    if id < 1 {
        return Err(StatusCode::BAD_REQUEST);
    }
    Ok(Json(item_of(id)))
}

async fn items() -> Json<Vec<Item>> {
    Json((1..=20).map(item_of).collect())
}

async fn order(Json(order): Json<Order>) -> Result<Json<Receipt>, StatusCode> {
    if !order.is_valid() {
        return Err(StatusCode::BAD_REQUEST);
    }
    Ok(Json(Receipt {
        lines: order.lines.len() as i64,
        total: order.lines.iter().map(|line| line.price * f64::from(line.quantity)).sum(),
    }))
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
