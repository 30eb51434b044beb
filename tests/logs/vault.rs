//! The vault, built once and started as often as the tests ask.

use std::{
    fs::{self, File},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{ChildStdout, Command, Stdio},
    sync::LazyLock,
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    client::ask,
    project::{self, Running, free_port},
};

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let project = project::generate("logs/vault", "tests/logs/vault.yaml".as_ref(), "vault");
    let service = project.join("services/vault");
    let handlers = project::root().join("tests/logs/handlers.rs");
    fs::copy(handlers, service.join("src/vault.rs")).expect("a copy");
    let need = "serde_json = \"1\"\ntokio = { version = \"1\", features = [\"time\"] }\ntracing = \"0.1\"\n";
    project::need(&service, need);
    project::build(&project, "vault")
});

/// A service at work; killed when it is dropped.
pub(crate) struct Process {
    pub(crate) http: u16,
    pub(crate) admin: u16,
    pub(crate) running: Running,
    log: PathBuf,
}

impl Process {
    /// Starts the vault, with its stdout in a file.
    pub(crate) fn start(settings: &[(&str, &str)]) -> Self {
        Self::with(settings, |log| File::create(log).expect("a log").into())
    }

    /// Starts the vault, with its stdout in a pipe that nobody reads.
    pub(crate) fn unread(settings: &[(&str, &str)]) -> (Self, ChildStdout) {
        let mut process = Self::with(settings, |_| Stdio::piped());
        let pipe = process.running.0.stdout.take().expect("a pipe");
        (process, pipe)
    }

    fn with(settings: &[(&str, &str)], stdout: impl FnOnce(&Path) -> Stdio) -> Self {
        let (http, admin) = (free_port(), free_port());
        let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("logs/vault-{http}.log"));
        let errors = log.with_extension("errors");
        LazyLock::force(&BINARY);
        let child = Command::new(&*BINARY)
            .env_remove("RUST_LOG")
            .env_remove("NO_COLOR")
            .env("OARLOCK_HTTP_ADDR", format!("127.0.0.1:{http}"))
            .env("OARLOCK_ADMIN_ADDR", format!("127.0.0.1:{admin}"))
            .env("OARLOCK_DRAIN_DELAY", "0s")
            .env("OARLOCK_EXAMPLES", "on")
            .envs(settings.iter().copied())
            .stdout(stdout(&log))
            .stderr(File::create(&errors).expect("a file"))
            .spawn()
            .expect("the service starts");
        let process = Process {
            http,
            admin,
            running: Running(child),
            log,
        };
        let until = Instant::now() + Duration::from_secs(20);
        // The admin port is there first, so that probes find it while the service starts.
        let closed = |port| TcpStream::connect(("127.0.0.1", port)).is_err();
        while closed(admin) || closed(http) {
            let told = fs::read_to_string(&errors).unwrap_or_default();
            assert!(Instant::now() < until, "not ready: {told}");
            sleep(Duration::from_millis(10));
        }
        process
    }

    /// The status of an answer.
    pub(crate) fn ask(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> u16 {
        ask(self.http, method, target, headers, body).status
    }

    /// What is on stderr: nothing, where all goes well.
    pub(crate) fn errors(&self) -> String {
        fs::read_to_string(self.log.with_extension("errors")).expect("a file")
    }

    pub(crate) fn text(&self) -> String {
        fs::read_to_string(&self.log).expect("a log")
    }

    pub(crate) fn metrics(&self) -> String {
        let answer = ask(self.admin, "GET", "/metrics", &[], "");
        String::from_utf8_lossy(&answer.body).into_owned()
    }

    /// A metric's value.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let text = self.metrics();
        let line = text.lines().find(|line| line.starts_with(name));
        let value = line.and_then(|line| line.split(' ').next_back()?.parse().ok());
        value.unwrap_or_else(|| panic!("{name} in\n{text}"))
    }

    pub(crate) fn terminate(&self) {
        self.running.terminate();
    }

    /// Ends it, and every line that it has written.
    pub(crate) fn lines(mut self) -> Vec<Value> {
        self.terminate();
        assert_eq!(self.running.exit_code(), Some(0));
        let errors = self.errors();
        assert_eq!(errors, "", "stderr is for mistakes of the start alone");
        lines(&self.text())
    }
}

/// Every line, each a JSON object.
pub(crate) fn lines(text: &str) -> Vec<Value> {
    let objects = text.lines().map(|line| {
        let value: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(value.is_object(), "{line}");
        value
    });
    objects.collect()
}

/// What the service writes within a second on a terminal, which `script` (util-linux) gives it.
pub(crate) fn on_a_terminal(no_color: &str) -> String {
    let (http, admin) = (free_port(), free_port());
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command"])
        .arg(format!("timeout -s TERM 1 {}", BINARY.display()))
        .arg("/dev/null")
        .env_remove("RUST_LOG")
        .env("TERM", "xterm")
        .env("NO_COLOR", no_color)
        .env("OARLOCK_HTTP_ADDR", format!("127.0.0.1:{http}"))
        .env("OARLOCK_ADMIN_ADDR", format!("127.0.0.1:{admin}"))
        .stdin(Stdio::null())
        .output()
        .expect("script runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
