//! What is promised of the requests of a tag, and how fast what may fail of them is used up before someone is told.

pub use crate::openapi::{Latency, Objectives, SaidObjectives, Share};

/// How fast a budget is used up over two windows before someone is told: the long one tells that it matters, the short one
/// that it still goes on. The budget is that of 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burn {
    /// How many times as fast as it lasts.
    pub rate: &'static str,
    /// The long window.
    pub long: &'static str,
    /// The short window.
    pub short: &'static str,
    /// Whether someone is to be woken.
    pub pages: bool,
    /// The share of the budget that is gone when it has burnt so over the long window.
    pub used: &'static str,
}

/// The four of Google's Site Reliability Workbook ("Alerting on SLOs", multiwindow, multi-burn-rate alerts).
pub const BURNS: [Burn; 4] = [
    Burn {
        rate: "14.4",
        long: "1h",
        short: "5m",
        pages: true,
        used: "2%",
    },
    Burn {
        rate: "6",
        long: "6h",
        short: "30m",
        pages: true,
        used: "5%",
    },
    Burn {
        rate: "3",
        long: "1d",
        short: "2h",
        pages: false,
        used: "10%",
    },
    Burn {
        rate: "1",
        long: "3d",
        short: "6h",
        pages: false,
        used: "10%",
    },
];
