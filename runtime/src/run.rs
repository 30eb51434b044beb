//! From the environment to the exit code.

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
    time::Duration,
};

use tokio::runtime::{Builder, Runtime};

use crate::{
    Contract, Service, auth,
    config::{Config, Settled},
    healthcheck,
    hook::Hook,
    lifecycle, log, probes, task,
};

/// The exit code where the configuration or the command line is wrong.
const USAGE: u8 = 2;

const HELP: &str = "usage: without arguments, serves; `healthcheck` asks whether the service is ready; \
                    `--print-config` shows the settings in force; `hash-key NAME [SCOPE…]` reads an API key from \
                    stdin and prints its line for OARLOCK_API_KEYS; `--version`";

/// Runs a service as the environment says, until it is told to stop by SIGTERM or SIGINT. The exit code is 0 after a
/// clean stop; 1 where a hook or a task failed, a task was cut, or a port could not be opened; 2 where requests were cut
/// or the configuration is wrong; 143 or 130 where a second signal, SIGTERM or SIGINT, ended the way out.
///
/// Events of `tracing` become lines on stdout, unless the process has a subscriber of its own already. A panic becomes an
/// event as well: this takes the place of the process's panic hook.
pub fn run(service: Service) -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let argument = arguments.next();
    if let Some(code) = command(argument.as_deref(), arguments.collect()) {
        return code;
    }
    let hooks = service.hooks.iter().map(Hook::time_to_stop).sum();
    let terminal = std::io::stderr().is_terminal();
    // What is not text is the value of nothing that is read here.
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let Settled {
        config,
        shown,
        mut mistakes,
    } = Config::read(variables, terminal, hooks, &service.verifiers);
    mistakes.extend(probes::mistakes(&service.checks));
    mistakes.extend(task::mistakes(&service.tasks, &service.checks));
    if argument.as_deref() == Some("--print-config") {
        // Whoever has stopped reading has read enough.
        let _ = std::io::stdout().write_all(shown.as_bytes());
    }
    if !mistakes.is_empty() {
        for mistake in mistakes {
            eprintln!("configuration: {mistake}");
        }
        return ExitCode::from(USAGE);
    }
    match argument.as_deref() {
        None => start(service, &config),
        Some("--print-config") => ExitCode::SUCCESS,
        Some("healthcheck") => match healthcheck::ask(&config.admin) {
            Ok(()) => ExitCode::SUCCESS,
            Err(reason) => {
                eprintln!("{reason}");
                ExitCode::FAILURE
            }
        },
        Some("--version") => {
            let Service { contract, .. } = service;
            eprintln!("{} {}", contract.title, contract.version);
            ExitCode::SUCCESS
        }
        Some(_) => {
            eprintln!("{HELP}");
            ExitCode::from(USAGE)
        }
    }
}

/// Does what needs no settings, where that is asked for.
fn command(name: Option<&str>, words: Vec<String>) -> Option<ExitCode> {
    let input = std::io::stdin();
    let line = match name? {
        "hash-key" => auth::hash_key(&words, input),
        #[cfg(feature = "passwords")]
        "hash-password" => auth::hash_password(&words, input),
        _ => return None,
    };
    Some(match line {
        Ok(line) => {
            let written = std::io::stdout().write_all(line.as_bytes());
            ExitCode::from(u8::from(written.is_err()))
        }
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::from(USAGE)
        }
    })
}

fn start(service: Service, config: &Config) -> ExitCode {
    let Contract { title, version, .. } = service.contract;
    let logs = match log::start(
        &config.log,
        title,
        version,
        &service.secrets,
        config.traces.own_spans(),
    ) {
        Ok(logs) => logs,
        Err(error) => {
            eprintln!("the thread that writes logs cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let (control, workers) = match executors() {
        Ok(executors) => executors,
        Err(error) => {
            eprintln!("the threads cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let life = lifecycle::live(service, config, logs.own.clone(), workers.handle());
    let (code, admin_port) = control.block_on(life);
    // A handler that blocks must not keep the process.
    workers.shutdown_timeout(Duration::from_millis(50));
    control.shutdown_background();
    drop(admin_port);
    code
}

/// What signals and deadlines are heard by, on this thread, and what requests are worked on by.
fn executors() -> io::Result<(Runtime, Runtime)> {
    let control = Builder::new_current_thread().enable_all().build()?;
    let workers = Builder::new_multi_thread().enable_all().build()?;
    Ok((control, workers))
}
