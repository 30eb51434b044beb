//! Schemas driven from outside: each becomes the body of an operation of a generated service, values are posted to it,
//! and what it takes is held against what the schema says.

#[path = "../service/client.rs"]
#[expect(dead_code, reason = "only what is asked and its status matter here")]
mod client;
mod differential;
mod judge;
#[path = "../project/mod.rs"]
mod project;
mod random;
mod suite;
mod texts;
