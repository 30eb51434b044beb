//! The ferry: a service whose answers take their time, built once.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
    sync::LazyLock,
    time::{Duration, Instant},
};

use oarlock_runtime::testing::{Instance, Signal};
use serde_json::Value;

use crate::project;

const NEEDED: &str = r#"futures-util = { version = "0.3", default-features = false }
tokio = { version = "1", features = ["macros", "time"] }
"#;

pub(crate) static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let project = project::generate("ferry", "tests/shutdown/ferry.yaml".as_ref(), "ferry");
    let service = project.join("services/ferry");
    project::hand(&service, "tests/shutdown/ferry");
    project::need(&service, NEEDED);
    project::build(&project, "ferry")
});

/// Starts a ferry.
pub(crate) fn start(settings: &[(&str, &str)]) -> Instance {
    Instance::start(&*BINARY, with_defaults(settings))
}

/// Starts a ferry that may not come to its start.
pub(crate) fn spawn(settings: &[(&str, &str)]) -> Instance {
    Instance::spawn(&*BINARY, with_defaults(settings))
}

fn with_defaults<'s>(settings: &[(&'s str, &'s str)]) -> Vec<(&'s str, &'s str)> {
    let mut all = vec![("OARLOCK_ACCESS_LOG", "off"), ("OARLOCK_DRAIN_DELAY", "0s")];
    all.extend(settings);
    all
}

/// A connection on which this was sent.
pub(crate) fn send(instance: &Instance, bytes: &str) -> TcpStream {
    let mut stream = TcpStream::connect(instance.http_addr()).expect("the port is open");
    let limit = Some(Duration::from_secs(20));
    stream.set_read_timeout(limit).expect("a limit");
    stream.write_all(bytes.as_bytes()).expect("sent");
    stream
}

/// A connection on which a `GET` was sent.
pub(crate) fn get(instance: &Instance, target: &str) -> TcpStream {
    send(
        instance,
        &format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n"),
    )
}

/// All that comes until the other end is closed; what breaks it is put behind.
pub(crate) fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let end = match stream.read_to_end(&mut bytes) {
        Ok(_) => String::new(),
        Err(error) => format!("<{error}>"),
    };
    String::from_utf8_lossy(&bytes).into_owned() + &end
}

/// Sends SIGTERM; the exit code, and how long it took.
pub(crate) fn stop(instance: &mut Instance) -> (Option<i32>, Duration) {
    let began = Instant::now();
    instance.signal(Signal::Terminate);
    let code = instance.exit_code(Duration::from_secs(30));
    (code, began.elapsed())
}

/// The last line of the log that says this.
#[track_caller]
pub(crate) fn line(instance: &Instance, message: &str) -> Value {
    let log = instance.log();
    let lines = log.lines().rev();
    let mut lines = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .find(|line| line["message"] == message)
        .unwrap_or_else(|| panic!("{message} in {log}"))
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn until(words: &str, holds: impl Fn() -> bool) {
    let limit = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < limit, "{words}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A number of a report.
#[track_caller]
pub(crate) fn count(report: &Value, name: &str) -> u64 {
    let number = report[name].as_u64();
    number.unwrap_or_else(|| panic!("{name} in {report}"))
}
