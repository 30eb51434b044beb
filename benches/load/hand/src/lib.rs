//! The load test's contract as one writes it by hand: types, checks and work, the same on bare axum and on bare hyper.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

/// One item.
#[derive(Serialize)]
pub struct Item {
    id: i64,
    name: String,
    price: f64,
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// What is ordered.
#[derive(Deserialize)]
pub struct Order {
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

/// What it comes to.
#[derive(Serialize)]
pub struct Receipt {
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

    /// What an order comes to; none where it breaks the contract.
    pub fn receipt(&self) -> Option<Receipt> {
        self.is_valid().then(|| Receipt {
            lines: self.lines.len() as i64,
            total: self.lines.iter().map(|line| line.price * f64::from(line.quantity)).sum(),
        })
    }
}

impl Item {
    /// An item; none where there is no such.
    pub fn of(id: i64) -> Option<Self> {
        (id >= 1).then(|| item_of(id))
    }

    /// Twenty of them.
    pub fn twenty() -> Vec<Self> {
        (1..=20).map(item_of).collect()
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
