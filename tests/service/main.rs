//! A generated service from outside: built, started, asked over TCP, stopped.

mod client;
mod configuration;
mod drain;
mod examples;
mod layers;
mod limits;
mod process;
#[path = "../project/mod.rs"]
mod project;
mod refusals;
mod tls;
mod traces;
