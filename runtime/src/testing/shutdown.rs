//! A service that is stopped under load.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use super::{Instance, Load, LoadReport, Signal, instance::ask, scrape::requests_by_status};

/// A path that no document has.
const UNMATCHED: &str = "/oarlock-shutdown-test";
/// How long the load goes on once the port is closed.
const AFTER: Duration = Duration::from_millis(100);
/// How long the way out may take beyond the drain delay.
const END: Duration = Duration::from_secs(30);

/// Starts a service, asks it at a fixed rate, on kept and on fresh connections, over HTTP/1.1 and HTTP/2, sends SIGTERM in
/// the middle of it, and holds what came back against what the service itself has counted.
///
/// Any answer is an answer, whatever its status: a service needs no database to show that none is lost. Handlers that are
/// not written answer with examples.
#[derive(Debug, Clone)]
pub struct ShutdownTest {
    binary: PathBuf,
    environment: Vec<(OsString, OsString)>,
    paths: Vec<String>,
    per_second: u32,
    delay: Duration,
    before: Duration,
}

/// What a shutdown under load has come to.
#[derive(Debug, Clone)]
pub struct ShutdownReport {
    /// What has become of the requests.
    pub load: LoadReport,
    /// Requests without a whole answer, in words: all but those that were refused after the drain delay, when the port is
    /// closed.
    pub lost: Vec<String>,
    /// Requests by status as the service has counted them, as its metrics told last.
    pub counted: BTreeMap<u16, u64>,
    /// None where it was killed, or has not ended.
    pub exit_code: Option<i32>,
    /// How long it took from the signal to the end.
    pub took: Duration,
    /// The last lines that the service wrote.
    pub log: String,
}

impl ShutdownTest {
    /// A test of the service in this binary: `env!("CARGO_BIN_EXE_shop")`. It asks for a path that no document has, 200
    /// times a second, and stops the service after half a second; the drain delay is one.
    pub fn of(binary: impl AsRef<Path>) -> Self {
        ShutdownTest {
            binary: binary.as_ref().to_owned(),
            environment: vec![
                ("OARLOCK_EXAMPLES".into(), "on".into()),
                ("OARLOCK_ACCESS_LOG".into(), "off".into()),
                ("OARLOCK_DRAIN_TIMEOUT".into(), "10s".into()),
            ],
            paths: vec![UNMATCHED.into()],
            per_second: 200,
            delay: Duration::from_millis(500),
            before: Duration::from_millis(500),
        }
    }

    /// Gives the service a variable of its environment.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Asks for this path too: a `GET` whose answer comes to an end by itself.
    #[must_use]
    pub fn get(mut self, path: impl Into<String>) -> Self {
        self.paths.push(path.into());
        self
    }

    /// How many requests are begun in a second.
    #[must_use]
    pub fn per_second(mut self, per_second: u32) -> Self {
        self.per_second = per_second;
        self
    }

    /// How long the service serves after the signal.
    #[must_use]
    pub fn drain_delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// How long the load lasts before the signal.
    #[must_use]
    pub fn terminate_after(mut self, before: Duration) -> Self {
        self.before = before;
        self
    }

    /// Runs the test.
    ///
    /// # Panics
    /// Where the service does not start.
    pub fn run(&self) -> ShutdownReport {
        let delay = format!("{}ms", self.delay.as_millis()).into();
        let mut environment = self.environment.clone();
        environment.push(("OARLOCK_DRAIN_DELAY".into(), delay));
        let mut instance = Instance::start(&self.binary, environment);
        let load = Load::start(instance.http_addr(), &self.paths, self.per_second);
        sleep(self.before);
        let signal = Instant::now();
        instance.signal(Signal::Terminate);
        let mut counted = BTreeMap::new();
        let mut closed = None;
        let until = signal + self.delay + END;
        while instance.is_running() && Instant::now() < until {
            if let Some((200, text)) = ask(instance.admin_addr(), "/metrics") {
                counted = requests_by_status(&text);
            }
            if closed.is_none() && load.is_refused() {
                closed = Some(Instant::now());
            }
            // Its connections stay open, so that the service waits for them and is asked for its metrics once more.
            if closed.is_some_and(|closed| closed.elapsed() >= AFTER) {
                load.begin_no_more();
            }
            sleep(Duration::from_millis(2));
        }
        let took = signal.elapsed();
        let report = load.stop();
        let exit_code = instance.exit_code(Duration::from_millis(100));
        ShutdownReport {
            lost: lost(&report, signal + self.delay, signal),
            load: report,
            counted,
            exit_code,
            took,
            log: instance.log(),
        }
    }
}

/// Requests that have no whole answer and should: all but those that were refused when the port was closed.
fn lost(report: &LoadReport, open_until: Instant, signal: Instant) -> Vec<String> {
    let at = |moment: Instant| match moment.checked_duration_since(signal) {
        Some(after) => format!("{after:?} after the signal"),
        None => format!("{:?} before the signal", signal.duration_since(moment)),
    };
    let early = report.refused_from.filter(|from| *from < open_until);
    let early = early.map(|from| format!("refused while the port is to be open, {}", at(from)));
    let lost = report.lost.iter();
    let lost = lost.map(|one| format!("{}, begun {}", one.reason, at(one.begun)));
    early.into_iter().chain(lost).collect()
}

impl ShutdownReport {
    /// Demands that each request has its whole answer, that the service has counted the same, and that its exit code is 0.
    ///
    /// # Panics
    /// Where it is not so.
    #[track_caller]
    pub fn assert_nothing_lost(&self) {
        let Self {
            load, lost, log, ..
        } = self;
        assert!(lost.is_empty(), "requests were lost: {lost:#?}\n{log}");
        assert!(!load.answered.is_empty(), "nothing was answered\n{log}");
        assert_eq!(
            self.counted, load.answered,
            "what the service has counted by status, and what was answered\n{log}"
        );
        assert_eq!(self.exit_code, Some(0), "the exit code\n{log}");
    }
}
