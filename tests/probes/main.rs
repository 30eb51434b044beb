//! Probes from outside: a service whose database dies, whose checks hang, and whose threads are blocked.

mod checks;
#[path = "../service/client.rs"]
mod client;
mod ports;
#[path = "../project/mod.rs"]
mod project;
mod service;
mod stall;
