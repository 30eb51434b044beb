//! The gate, built once and started as often as the tests ask.

use std::{
    fs,
    io::Write,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::LazyLock,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{
    client::{Answer, ask},
    project::{self, Running, free_port},
};

pub(crate) const STOCK_KEY: &str = "b3d1a04c5a3d4d0e9a4e9f6f1b2c7d88";
pub(crate) const NEXT_KEY: &str = "0c7e4f3a9d2b4e1f8a6b5c4d3e2f1a0b";
pub(crate) const OTHER_KEY: &str = "5f4dcc3b5aa765d61d8327deb882cf99";
pub(crate) const PASSWORD: &str = "correct horse: battery";

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let project = project::generate("auth/gate", "tests/auth/gate.yaml".as_ref(), "gate");
    let service = project.join("services/gate");
    project::hand(&service, "tests/auth/handlers");
    let manifest = service.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    let none = "# default = [\"docs-ui\"]";
    assert!(text.contains(none), "{text}");
    let both = "default = [\"jwt\", \"passwords\"]";
    fs::write(&manifest, text.replace(none, both)).expect("a manifest");
    project::build(&project, "gate")
});

/// What the service needs beside what tokens are good.
static SECRETS: LazyLock<(String, String)> = LazyLock::new(|| {
    let line = |words: &[&str], secret: &str| {
        let output = run(words, secret);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let keys = line(&["hash-key", "till", "stock", "sales"], STOCK_KEY)
        + &line(&["hash-key", "till", "stock"], NEXT_KEY)
        + &line(&["hash-key", "cleaner", "doors"], OTHER_KEY);
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("auth/api-keys");
    fs::write(&file, keys).expect("a file");
    let file = file.to_str().expect("a path of text").to_owned();
    (file, line(&["hash-password", "bob"], PASSWORD))
});

/// The service's command, with something on its stdin.
pub(crate) fn run(words: &[&str], input: &str) -> Output {
    let mut child = Command::new(&*BINARY)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdin = child.stdin.take().expect("stdin");
    // Where the words are wrong it ends without reading.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

/// The service with these settings and those that it always needs.
pub(crate) fn command(settings: &[(&str, &str)]) -> Command {
    let (keys, passwords) = &*SECRETS;
    let mut command = Command::new(&*BINARY);
    command
        .env_remove("RUST_LOG")
        .env("OARLOCK_API_KEYS_FILE", keys)
        .env("OARLOCK_PASSWORDS", passwords)
        .env("OARLOCK_JWT_AUDIENCE", "gate")
        .env("OARLOCK_DRAIN_DELAY", "0s")
        .envs(settings.iter().copied());
    command
}

/// A service at work; killed when it is dropped.
pub(crate) struct Gate {
    pub(crate) http: u16,
    admin: u16,
    log: PathBuf,
    _running: Running,
}

impl Gate {
    /// Starts the service and waits until it answers operators.
    pub(crate) fn start(settings: &[(&str, &str)]) -> Self {
        let (http, admin) = (free_port(), free_port());
        let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("auth/gate-{http}.log"));
        let mut command = command(settings);
        let file = fs::File::create(&log).expect("a log");
        let child = command
            .env("OARLOCK_HTTP_ADDR", format!("127.0.0.1:{http}"))
            .env("OARLOCK_ADMIN_ADDR", format!("127.0.0.1:{admin}"))
            .stderr(file.try_clone().expect("a log"))
            .stdout(file)
            .spawn()
            .expect("it starts");
        let gate = Gate {
            http,
            admin,
            log,
            _running: Running(child),
        };
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", admin)).is_err() {
            assert!(Instant::now() < until, "not there: {}", gate.log());
            sleep(Duration::from_millis(10));
        }
        gate
    }

    /// [`Gate::start`], and waits until it is ready.
    pub(crate) fn ready(settings: &[(&str, &str)]) -> Self {
        let gate = Self::start(settings);
        gate.wait("/readyz", |answer| answer.status == 200);
        gate
    }

    /// Waits for an answer of the operators' port.
    #[track_caller]
    pub(crate) fn wait(&self, target: &str, holds: impl Fn(&Answer) -> bool) -> Answer {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let answer = ask(self.admin, "GET", target, &[], "");
            if holds(&answer) {
                return answer;
            }
            let told = String::from_utf8_lossy(&answer.body).into_owned();
            assert!(Instant::now() < until, "{told}: {}", self.log());
            sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("a log")
    }

    /// A metric's value, by its name and labels.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let answer = ask(self.admin, "GET", "/metrics", &[], "");
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let line = text.lines().find(|line| line.starts_with(name));
        let value = line.and_then(|line| line.rsplit(' ').next()?.parse().ok());
        value.unwrap_or_else(|| panic!("{name} in\n{text}"))
    }

    pub(crate) fn get(&self, target: &str, headers: &[(&str, &str)]) -> Answer {
        ask(self.http, "GET", target, headers, "")
    }

    /// Asks with a bearer's token.
    pub(crate) fn bear(&self, target: &str, token: &str) -> Answer {
        let value = format!("Bearer {token}");
        self.get(target, &[("authorization", &value)])
    }
}

/// The words of a refusal, which must be a problem with this status.
#[track_caller]
pub(crate) fn refused(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    answer.json()["detail"].as_str().expect("words").to_owned()
}
