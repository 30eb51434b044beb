//! The service of these tests: every verifier that is ready, set up by the environment.

mod gate;
mod security;

use std::process::ExitCode;

use oarlock_runtime::{ApiKeys, Jwt, Passwords};

pub struct App {
    tokens: Jwt,
    keys: ApiKeys,
    passwords: Passwords,
}

fn main() -> ExitCode {
    let app = App {
        tokens: Jwt::from_environment(),
        keys: ApiKeys::from_environment(),
        passwords: Passwords::from_environment(),
    };
    let (tokens, keys, passwords) = (app.tokens.clone(), app.keys.clone(), app.passwords.clone());
    let service = gate_api::service(app);
    oarlock_runtime::run(service.verifier(tokens).verifier(keys).verifier(passwords))
}
