//! The kiosk: a service with handlers that panic, wait, and send without an end, built once.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    sync::LazyLock,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{
    client::ask,
    project::{self, Running, free_port},
};

const NEEDED: &str = r#"futures-util = { version = "0.3", default-features = false }
prometheus-client = "0.26"
tokio = { version = "1", features = ["time"] }
"#;

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let project = project::generate("kiosk", "tests/metrics/kiosk.yaml".as_ref(), "kiosk");
    let service = project.join("services/kiosk");
    project::hand(&service, "tests/metrics/service");
    project::need(&service, NEEDED);
    project::build(&project, "kiosk")
});

/// A kiosk at work; killed when it is dropped.
pub(crate) struct Kiosk {
    pub(crate) http: u16,
    pub(crate) admin: u16,
    running: Running,
}

impl Kiosk {
    /// Starts it and waits until it is ready.
    pub(crate) fn start(settings: &[(&str, &str)]) -> Self {
        let (http, admin) = (free_port(), free_port());
        let child = Command::new(&*BINARY)
            .env_remove("RUST_LOG")
            // Panics are what it is asked for.
            .env("RUST_BACKTRACE", "0")
            .env("OARLOCK_HTTP_ADDR", format!("127.0.0.1:{http}"))
            .env("OARLOCK_ADMIN_ADDR", format!("127.0.0.1:{admin}"))
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the service starts");
        let mut kiosk = Kiosk {
            http,
            admin,
            running: Running(child),
        };
        let until = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", http)).is_err() {
            // A port that was free may have been taken since.
            if kiosk.running.0.try_wait().expect("its state").is_some() {
                return Self::start(settings);
            }
            assert!(Instant::now() < until, "it does not start");
            sleep(Duration::from_millis(10));
        }
        kiosk
    }

    /// What it tells of itself, as a scraper that accepts `accept` sees it: its media type and its words.
    pub(crate) fn metrics_as(&self, accept: &str) -> (String, String) {
        let answer = ask(self.admin, "GET", "/metrics", &[("accept", accept)], "");
        assert_eq!(answer.status, 200, "{answer:?}");
        let media_type = answer.header("content-type").expect("a type").to_owned();
        (media_type, String::from_utf8(answer.body).expect("UTF-8"))
    }

    pub(crate) fn metrics(&self) -> String {
        self.metrics_as("*/*").1
    }

    /// What it tells once nothing is in work and no connection is open.
    pub(crate) fn metrics_at_rest(&self) -> String {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let text = self.metrics();
            let busy = |line: &str| {
                let gauge = line.starts_with("http_server_active_requests{")
                    || line.starts_with("oarlock_connections ");
                gauge && !line.ends_with(" 0")
            };
            if !text.lines().any(busy) {
                return text;
            }
            assert!(Instant::now() < until, "it comes to no rest: {text}");
            sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn threads(&self) -> usize {
        let threads = fs::read_dir(format!("/proc/{}/task", self.running.0.id()));
        threads.expect("its threads").count()
    }

    pub(crate) fn terminate(&self) {
        self.running.terminate();
    }
}

/// The value of a series, by the text before it.
pub(crate) fn value(metrics: &str, series: &str) -> f64 {
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    let line = line.unwrap_or_else(|| panic!("{series} in\n{metrics}"));
    line.parse().expect("a number")
}
