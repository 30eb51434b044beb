//! What tests of a service stand on: it is started as it is in production, asked as callers ask, and stopped as the
//! platform stops it. Behind the feature `testing`, which belongs among the dependencies of tests alone.
//!
//! ```no_run
//! use oarlock_runtime::testing::ShutdownTest;
//!
//! let report = ShutdownTest::of("target/debug/shop").get("/pets").run();
//! report.assert_nothing_lost();
//! ```

mod caller;
mod instance;
mod load;
mod scrape;
mod shutdown;

pub use instance::{Instance, Signal};
pub use load::{Load, LoadReport, Lost};
pub use scrape::requests_by_status;
pub use shutdown::{ShutdownReport, ShutdownTest};
