//! The command line.

mod command;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use command::messages::MessageFormat;

/// Turns an OpenAPI document into a Rust service that is ready for Kubernetes.
#[derive(Parser)]
#[command(name = "oarlock", version)]
struct Arguments {
    /// How messages are written on standard error.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    message_format: MessageFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create a project from a document, or bring the project in a folder up to date.
    ///
    /// Nothing is written where the document is rejected, or where a rule is broken of the stack that `oarlock.yaml` extends.
    Generate(command::generate::Arguments),
    /// Tell whether a project is what its document asks for, and keeps to the rules of its stack: `generate --check`.
    Check(command::generate::Place),
    /// Build the images of a project's services with docker or podman, with a list of their digests and a bill of
    /// materials (SBOM) for each.
    Build(command::build::Arguments),
    /// Deploy the project's chart with Helm: show what changes of its release, change it, wait until all is ready, and have
    /// what was there before brought back where that fails.
    ///
    /// What would be is compared with what Helm has written down of the release, and not with the objects in the cluster: what
    /// somebody has changed there by hand is not seen. Nothing is changed where nothing differs. Each command is printed before it is run; Helm 3 or 4 must be there, kubectl
    /// is asked why pods do not get ready. After Ctrl-C or SIGTERM it waits until Helm has taken back what it began; asked once
    /// more, it ends at once.
    Deploy(command::deploy::Arguments),
    /// Tell what is understood of a document, how far, why no further, and what it costs.
    Inspect(command::inspect::Arguments),
    /// Tell more of what a diagnostic's code means, with an example and how it is mended.
    Explain(command::explain::Arguments),
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
    let arguments = Arguments::parse();
    let messages = arguments.message_format;
    let outcome = match arguments.command {
        Command::Generate(arguments) => command::generate::run(&arguments, messages),
        Command::Check(place) => {
            command::generate::run(&command::generate::Arguments::check(place), messages)
        }
        Command::Build(arguments) => command::build::run(&arguments, messages),
        Command::Deploy(arguments) => command::deploy::run(&arguments, messages),
        Command::Inspect(arguments) => command::inspect::run(&arguments, messages),
        Command::Explain(arguments) => command::explain::run(&arguments),
    };
    match outcome {
        Ok(code) => code,
        Err(reason) => {
            messages.error(&reason);
            ExitCode::from(command::interruption::exit_code().unwrap_or(2))
        }
    }
}
