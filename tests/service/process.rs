//! The petstore, built once and started as often as the tests ask.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{
    client::ask,
    project::{self, Running, free_port},
};

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let project = project::generate("service", "fixtures/petstore.yaml".as_ref(), "petstore");
    project::build(&project, "petstore")
});

/// A service at work; killed when it is dropped.
pub(crate) struct Process {
    pub(crate) http: u16,
    pub(crate) admin: u16,
    running: Running,
    log: PathBuf,
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
        let (http, admin) = (free_port(), free_port());
        let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("service-{http}.log"));
        let file = std::fs::File::create(&log).expect("a log");
        let child = command()
            .env("OARLOCK_HTTP_ADDR", format!("127.0.0.1:{http}"))
            .env("OARLOCK_ADMIN_ADDR", format!("127.0.0.1:{admin}"))
            .envs(settings.iter().copied())
            .stderr(file.try_clone().expect("a log"))
            .stdout(file)
            .spawn()
            .expect("the service starts");
        let process = Process {
            http,
            admin,
            running: Running(child),
            log,
        };
        // A port that was free may have been taken since.
        let taken = || process.log().contains("Address already in use");
        sleep(Duration::from_millis(50));
        if taken() {
            return Self::of(command, settings);
        }
        let until = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", admin)).is_err() {
            assert!(Instant::now() < until, "not ready: {}", process.log());
            sleep(Duration::from_millis(10));
        }
        while process.admin("/readyz").0 != 200 {
            assert!(Instant::now() < until, "not ready: {}", process.log());
        }
        process
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("a log")
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
        self.running.terminate();
    }

    /// The exit code, once it has ended.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.running.exit_code()
    }
}
