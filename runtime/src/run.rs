//! From the environment to the exit code.

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};

use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    time::{sleep, timeout},
};

use crate::{
    Contract, Service,
    admin::AdminPort,
    assembly::assemble,
    auth,
    config::{Config, Settled},
    drain::Phase,
    healthcheck, log,
    metrics::Metrics,
    probes,
    server::Server,
    service::StopHook,
};

/// The exit code where the configuration or the command line is wrong.
const USAGE: u8 = 2;

const HELP: &str = "usage: without arguments, serves; `healthcheck` asks whether the service is ready; \
                    `--print-config` shows the settings in force; `hash-key NAME [SCOPE…]` reads an API key from \
                    stdin and prints its line for OARLOCK_API_KEYS; `--version`";

/// How long the last spans may take to leave; within what the grace period has for the rest.
const FLUSH: Duration = Duration::from_secs(3);

/// Runs a service as the environment says, until it is told to stop. The exit code is 0 after a clean stop, 1 where
/// a stop hook failed or a port could not be opened, 2 where requests were cut or the configuration is wrong.
///
/// Events of `tracing` become lines on stdout, unless the process has a subscriber of its own already. A panic becomes an
/// event as well: this takes the place of the process's panic hook.
pub fn run(service: Service) -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let argument = arguments.next();
    if let Some(code) = command(argument.as_deref(), arguments.collect()) {
        return code;
    }
    let hooks = service.hooks.iter().map(|hook| hook.deadline).sum();
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
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the threads cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let (code, admin_port) = runtime.block_on(serve(service, config, logs.level.clone()));
    // A handler that blocks must not keep the process.
    runtime.shutdown_timeout(Duration::from_millis(100));
    drop(admin_port);
    code
}

/// The exit code, and the operators' port, which closes last.
async fn serve(
    service: Service,
    config: &Config,
    level: Option<log::Level>,
) -> (ExitCode, Option<AdminPort>) {
    let failed = |reason: String| {
        tracing::error!("{reason}");
        eprintln!("{reason}");
        (ExitCode::FAILURE, None)
    };
    let (listener, admin_listener, mut signals) = match open(config).await {
        Ok(opened) => opened,
        Err(reason) => return failed(reason),
    };
    let (server, admin, hooks) = assemble(service, config, level);
    let probes = admin.probes.clone();
    probes.start();
    let admin_port = match AdminPort::open(admin, admin_listener).await {
        Ok(port) => port,
        Err(error) => return failed(format!("the admin port cannot be served: {error}")),
    };
    let accepting = tokio::spawn(
        server
            .clone()
            .accept(listener, config.limits.max_connections),
    );
    probes.serving();
    tracing::info!(
        http = config.http,
        admin = config.admin,
        examples = config.examples,
        "serving"
    );
    signals.next().await;
    let code = tokio::select! {
        code = drain(&server, config, accepting, hooks) => code,
        () = signals.next() => {
            tracing::warn!("a second signal: stopped at once");
            ExitCode::from(2)
        }
    };
    (code, Some(admin_port))
}

async fn open(config: &Config) -> Result<(TcpListener, TcpListener, Signals), String> {
    let bind = async |address: &str, variable: &str| {
        let bound = TcpListener::bind(address).await;
        bound.map_err(|error| format!("{address} cannot be listened on ({variable}): {error}"))
    };
    let http = bind(&config.http, "OARLOCK_HTTP_ADDR").await?;
    let admin = bind(&config.admin, "OARLOCK_ADMIN_ADDR").await?;
    let signals = Signals::new().map_err(|error| format!("signals cannot be heard: {error}"))?;
    Ok((http, admin, signals))
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The way out: still serving, then closed, then cut, then the hooks.
async fn drain(
    server: &Server,
    config: &Config,
    accepting: tokio::task::JoinHandle<()>,
    hooks: Vec<StopHook>,
) -> ExitCode {
    let started = Instant::now();
    let (drain, metrics) = (&server.drain, &server.telemetry.metrics);
    drain.enter(Phase::Leaving);
    tracing::info!(active = metrics.http.active(), "draining");
    sleep(config.drain_delay).await;
    drain.enter(Phase::Closing);
    let _ = timeout(config.drain_timeout, async {
        let _ = accepting.await;
        connections_gone(metrics).await;
    })
    .await;
    drain.enter(Phase::Cut);
    let _ = timeout(Duration::from_secs(1), connections_gone(metrics)).await;
    let failed = stop(hooks).await;
    server.telemetry.tracing.flush(FLUSH).await;
    let cut = drain.cut_connections.load(Relaxed);
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    let served = drain.served_while_leaving.load(Relaxed);
    tracing::info!(served, cut, failed_hooks = failed, milliseconds, "drained");
    match (failed, cut) {
        (_, 1..) => ExitCode::from(2),
        (1.., 0) => ExitCode::FAILURE,
        (0, 0) => ExitCode::SUCCESS,
    }
}

async fn connections_gone(metrics: &Metrics) {
    while metrics.connections.load(Relaxed) > 0 {
        sleep(Duration::from_millis(5)).await;
    }
}

/// Runs the hooks, the last added first; how many failed.
async fn stop(hooks: Vec<StopHook>) -> u64 {
    let mut failed = 0;
    for hook in hooks.into_iter().rev() {
        let outcome = match timeout(hook.deadline, (hook.work)()).await {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => error.to_string(),
            Err(_) => String::from("it took longer than its deadline"),
        };
        tracing::error!(hook = hook.name, reason = outcome, "a stop hook failed");
        failed += 1;
    }
    failed
}
