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

/// A third of the time of a large document goes into small pieces of memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Enough for schemas that hold one another as deep as a document can be long; only what is used is taken.
const STACK: usize = 512 << 20;

fn main() -> ExitCode {
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(run);
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        // What went wrong is on stderr already, or no thread could be had.
        Ok(Err(_)) | Err(_) => ExitCode::from(2),
    }
}

fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Generate(arguments) => command::generate::run(&arguments),
        Command::Check(place) => {
            command::generate::run(&command::generate::Arguments::check(place))
        }
    };
    match outcome {
        Ok(code) => code,
        Err(reason) => {
            eprintln!("error: {}", oarlock::diagnostic::terminal(&reason));
            ExitCode::from(2)
        }
    }
}
