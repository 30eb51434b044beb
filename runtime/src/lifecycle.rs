//! A service's life, a step after the other: its hooks, its ports, its tasks, and the way out.
//!
//! All of this runs on an executor of its own, which serves nothing: signals are heard and deadlines are kept also where
//! every thread that works on requests is blocked.

mod ports;
mod signals;
mod way_out;

use std::{process::ExitCode, sync::Arc, time::Duration};

use tokio::{runtime::Handle, task::AbortHandle};

use crate::{
    Service, Task,
    admin::{Admin, AdminPort},
    assembly::assemble,
    config::Config,
    drain::Phase,
    hook::{self, Hook, StopHook},
    log,
    probes::Probes,
    server::Server,
    task::Tasks,
};
use ports::Ports;
use signals::Signals;

/// How long the last spans may take to leave; within what the grace period has for the rest.
const FLUSH: Duration = Duration::from_secs(3);

/// A service between its start and its end.
struct Life<'l> {
    config: &'l Config,
    /// What requests are worked on by.
    workers: &'l Handle,
    server: Arc<Server>,
    probes: Arc<Probes>,
    tasks: Arc<Tasks>,
    signals: &'l Signals,
}

/// What there is to be done once, in its order.
struct Agenda {
    hooks: Vec<Hook>,
    tasks: Vec<Task>,
}

/// Serves until the service is told to stop. The exit code, and the operators' port, which closes last.
pub(crate) async fn live(
    mut service: Service,
    config: &Config,
    logs: Option<log::Own>,
    workers: &Handle,
) -> (ExitCode, Option<AdminPort>) {
    let (ports, signals) = match open(config).await {
        Ok(opened) => opened,
        Err(reason) => return (failed(&reason), None),
    };
    let agenda = Agenda {
        hooks: std::mem::take(&mut service.hooks),
        tasks: std::mem::take(&mut service.tasks),
    };
    let (server, admin, tasks) = {
        let _entered = workers.enter();
        let (server, admin, tasks) = assemble(service, config, logs, &agenda.tasks);
        admin.probes.start();
        #[cfg(feature = "tls")]
        if let Err(reason) = server.secure(config.tls.as_ref(), config.versions) {
            return (failed(&format!("TLS: {reason}")), None);
        }
        (server, admin, tasks)
    };
    let life = Life {
        config,
        workers,
        server,
        probes: admin.probes.clone(),
        tasks,
        signals: &signals,
    };
    let mut admin_port = None;
    let code = tokio::select! {
        code = life.run(agenda, ports, admin, &mut admin_port) => code,
        signal = signals.again() => {
            tracing::warn!("a second signal: stopped at once");
            ExitCode::from(signal.exit_code())
        }
    };
    (code, admin_port)
}

async fn open(config: &Config) -> Result<(Ports, Signals), String> {
    let ports = Ports::open(config).await?;
    let signals = Signals::hear().map_err(|error| format!("signals cannot be heard: {error}"))?;
    Ok((ports, signals))
}

/// The end of a start that failed.
fn failed(reason: &str) -> ExitCode {
    tracing::error!("{reason}");
    eprintln!("{reason}");
    ExitCode::FAILURE
}

impl Life<'_> {
    async fn run(
        &self,
        agenda: Agenda,
        ports: Ports,
        admin: Arc<Admin>,
        admin_port: &mut Option<AdminPort>,
    ) -> ExitCode {
        match AdminPort::open(admin, ports.admin).await {
            Ok(port) => *admin_port = Some(port),
            Err(error) => return failed(&format!("the admin port cannot be served: {error}")),
        }
        let mut started = Vec::new();
        let start = tokio::select! {
            start = hook::start(agenda.hooks, self.workers, &mut started) => Some(start),
            () = self.signals.told() => None,
        };
        let listener = match start {
            Some(Ok(())) => ports.http.listen(self.workers),
            Some(Err(reason)) => Err(reason),
            None => return self.stopped_while_starting(started).await,
        };
        let listener = match listener {
            Ok(listener) => listener,
            Err(reason) => {
                self.undo(started).await;
                return failed(&reason);
            }
        };
        let tasks = self.tasks.start(agenda.tasks, self.workers);
        let accept = self
            .server
            .clone()
            .accept(listener, self.config.limits.max_connections);
        let accepting = self.workers.spawn(accept);
        self.probes.serving();
        tracing::info!(
            http = self.config.http,
            admin = self.config.admin,
            examples = self.config.examples,
            "serving"
        );
        tokio::select! {
            () = self.signals.told() => {}
            () = self.tasks.fatal() => {}
        }
        self.leave(accepting, &tasks, started).await
    }

    async fn stopped_while_starting(&self, started: Vec<StopHook>) -> ExitCode {
        tracing::info!("told to stop before the service had started");
        match self.undo(started).await {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }

    /// Stops what a start that came to nothing had started; how many hooks failed.
    async fn undo(&self, started: Vec<StopHook>) -> u64 {
        self.server.drain.enter(Phase::Leaving);
        let failed = hook::stop(started, self.workers).await;
        self.server.drain.enter(Phase::Cut);
        self.server.telemetry.tracing.flush(FLUSH).await;
        failed
    }

    /// The way out: still serving, then closed, then cut, then the hooks.
    async fn leave(
        &self,
        accepting: tokio::task::JoinHandle<()>,
        tasks: &[AbortHandle],
        started: Vec<StopHook>,
    ) -> ExitCode {
        let left = self.drain(accepting, tasks).await;
        let failed = hook::stop(started, self.workers).await;
        self.server.telemetry.tracing.flush(FLUSH).await;
        self.report(&left, failed)
    }
}
