//! The command line.

mod command;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Turns an OpenAPI document into a Rust service that is ready for Kubernetes.
#[derive(Parser)]
#[command(name = "oarlock", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create a project from a document, or bring the project in a folder up to date.
    Generate(command::generate::Arguments),
    /// Tell whether a project is what its document asks for: `generate --check`.
    Check(command::generate::Place),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Generate(arguments) => command::generate::run(&arguments),
        Command::Check(place) => {
            command::generate::run(&command::generate::Arguments::check(place))
        }
    };
    match outcome {
        Ok(code) => code,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::from(2)
        }
    }
}
