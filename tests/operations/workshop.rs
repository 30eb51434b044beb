//! The projects of these tests: generated, given their handlers, built once and started as often as the tests ask.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{
    matrix,
    project::{self, Running, free_port, root},
};

const DRIVER_MANIFEST: &str = r#"[package]
name = "driver"
version = "0.1.0"
edition = "2024"
publish = false

[dependencies]
futures-util = { version = "0.3", default-features = false }
oarlock-runtime = { path = "../../runtime", default-features = false, features = ["client", "compression"] }
serde_json = "1"
tokio = { version = "1", features = ["macros", "rt"] }
"#;
const HANDLERS_NEED: &str = r#"futures-util = { version = "0.3", default-features = false }
serde_json = "1"
tokio = { version = "1", features = ["macros", "rt", "time"] }
"#;

/// The folder of the workshop's project.
pub(crate) fn project() -> &'static Path {
    static PROJECT: LazyLock<PathBuf> = LazyLock::new(|| {
        let project = generate("workshop", &root().join("fixtures/workshop.yaml"));
        let service = project.join("services/workshop");
        project::hand(&service, "tests/operations/handlers");
        project::need(&service, HANDLERS_NEED);
        let main = service.join("src/main.rs");
        let text = fs::read_to_string(&main).expect("the service");
        fs::write(main, text + "\n#[cfg(test)]\nmod inside;\n").expect("the service");
        let driver = fs::read_to_string(root().join("tests/operations/driver/main.rs"));
        write_driver(&project, "workshop", &driver.expect("the driver"));
        project
    });
    &PROJECT
}

/// Generates a project anew.
pub(crate) fn generate(name: &str, document: &Path) -> PathBuf {
    project::generate(&format!("operations/{name}"), document, name)
}

/// A package that has the client alone.
pub(crate) fn write_driver(project: &Path, name: &str, main: &str) {
    let driver = project.join("services/driver");
    fs::create_dir_all(driver.join("src")).expect("a folder");
    fs::write(driver.join("src/main.rs"), main).expect("a file");
    let api = format!(
        "{name}-api = {{ path = \"../../api\", default-features = false, features = [\"client\"] }}\n"
    );
    fs::write(driver.join("Cargo.toml"), format!("{DRIVER_MANIFEST}{api}")).expect("a file");
}

/// Builds one package, and keeps what came of it: projects share a target folder, and drivers have one name.
pub(crate) fn build(project: &Path, package: &str) -> PathBuf {
    let built = project::build(project, package);
    let kept = project.join(format!("{package}.built"));
    fs::copy(built, &kept).expect("what was built");
    kept
}

static WORKSHOP: LazyLock<PathBuf> = LazyLock::new(|| build(project(), "workshop"));
pub(crate) static DRIVER: LazyLock<PathBuf> = LazyLock::new(|| {
    LazyLock::force(&WORKSHOP);
    build(project(), "driver")
});

/// A service at work; killed when it is dropped.
pub(crate) struct Process {
    pub(crate) http: u16,
    pub(crate) admin: u16,
    running: Running,
    log: PathBuf,
}

impl Process {
    /// Starts a service and waits until it is ready.
    pub(crate) fn start(name: &str, settings: &[(&str, &str)]) -> Self {
        match name {
            "workshop" => Self::of(&WORKSHOP, name, settings),
            _ => Self::of(&matrix::MATRIX, name, settings),
        }
    }

    /// Starts what was built, and waits until it is ready.
    pub(crate) fn of(binary: &Path, name: &str, settings: &[(&str, &str)]) -> Self {
        let (http, admin) = (free_port(), free_port());
        let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{http}.log"));
        let file = fs::File::create(&log).expect("a log");
        let child = Command::new(binary)
            .env_remove("RUST_LOG")
            .env("OARLOCK_HTTP_ADDR", format!("127.0.0.1:{http}"))
            .env("OARLOCK_ADMIN_ADDR", format!("127.0.0.1:{admin}"))
            .env("OARLOCK_DRAIN_DELAY", "0s")
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
        sleep(Duration::from_millis(50));
        if process.log().contains("Address already in use") {
            return Self::of(binary, name, settings);
        }
        let until = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", http)).is_err() {
            assert!(Instant::now() < until, "not ready: {}", process.log());
            sleep(Duration::from_millis(10));
        }
        process
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("a log")
    }

    /// Sends SIGTERM, and waits for the exit code.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        self.running.terminate();
        self.running.exit_code()
    }
}
