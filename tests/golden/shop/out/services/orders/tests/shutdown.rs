//! Stops the service under load, as a rollout does: whatever was asked has its whole answer.
//!
//! Any status is an answer, so that no database is needed. What the service does not start without is
//! given by `.env("NAME", "value")`; what else is to be asked, by `.get("/path")`.

use oarlock_runtime::testing::ShutdownTest;

#[test]
fn a_shutdown_loses_no_request() {
    ShutdownTest::of(env!("CARGO_BIN_EXE_orders"))
        .run()
        .assert_nothing_lost();
}
