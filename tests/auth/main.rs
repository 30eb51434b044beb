//! Who may call, from outside: a service with every verifier that is ready, and an identity provider beside it.

mod attacks;
#[path = "../service/client.rs"]
mod client;
mod configuration;
mod credentials;
mod gate;
mod key;
#[path = "../project/mod.rs"]
mod project;
mod provider;
mod rotation;
