//! The way out: nothing that was asked while the port was open goes without its answer, and nobody holds it up.

mod generated;
mod hooks;
mod hostile;
mod load;
#[path = "../project/mod.rs"]
mod project;
mod rollout;
mod service;

/// What chance is made of: `TEST_SEED`, else the time.
fn seed() -> u64 {
    match std::env::var("TEST_SEED") {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => std::time::UNIX_EPOCH
            .elapsed()
            .map_or(0, |since| since.as_secs()),
    }
}
