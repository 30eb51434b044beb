//! The petstore, built once and started as often as the tests ask.

use std::{
    path::PathBuf,
    process::Command,
    sync::LazyLock,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{
    client::ask,
    project::{self, Service},
};

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let project = project::generate("service", "fixtures/petstore.yaml".as_ref(), "petstore");
    project::build(&project, "petstore")
});

/// A service at work; killed when it is dropped.
pub(crate) struct Process {
    pub(crate) http: u16,
    pub(crate) admin: u16,
    service: Service,
}

pub(crate) fn command() -> Command {
    let mut command = Command::new(&*BINARY);
    command.env_remove("RUST_LOG");
    command
}

impl Process {
    /// Starts the petstore and waits until it is ready.
    pub(crate) fn start(settings: &[(&str, &str)]) -> Self {
        Self::of(command, settings)
    }

    /// Starts what a command names and waits until it is ready.
    pub(crate) fn of(command: fn() -> Command, settings: &[(&str, &str)]) -> Self {
        let service = Service::start(command, "service", settings);
        let process = Process {
            http: service.http,
            admin: service.admin,
            service,
        };
        let until = Instant::now() + Duration::from_secs(20);
        while process.admin("/readyz").0 != 200 {
            assert!(Instant::now() < until, "not ready: {}", process.log());
        }
        process
    }

    pub(crate) fn log(&self) -> String {
        self.service.log()
    }

    /// The log, once it holds these words; a thread of its own writes it.
    #[track_caller]
    pub(crate) fn log_with(&self, words: &str) -> String {
        let until = Instant::now() + Duration::from_secs(5);
        loop {
            let log = self.log();
            if log.contains(words) {
                return log;
            }
            assert!(Instant::now() < until, "{words} in {log}");
            sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn admin(&self, target: &str) -> (u16, String) {
        let answer = ask(self.admin, "GET", target, &[], "");
        (
            answer.status,
            String::from_utf8_lossy(&answer.body).into_owned(),
        )
    }

    pub(crate) fn terminate(&self) {
        self.service.running.terminate();
    }

    /// The exit code, once it has ended.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.service.running.exit_code()
    }
}
