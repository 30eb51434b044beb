//! The projects of these tests: generated, given their handlers, built once and started as often as the tests ask.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use crate::{
    matrix,
    project::{self, Service, root},
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
    service: Service,
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
        let command = || {
            let mut command = Command::new(binary);
            command.env("OARLOCK_DRAIN_DELAY", "0s");
            command
        };
        let service = Service::start(command, name, settings);
        Process {
            http: service.http,
            admin: service.admin,
            service,
        }
    }

    pub(crate) fn log(&self) -> String {
        self.service.log()
    }

    /// Sends SIGTERM, and waits for the exit code.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        self.service.running.terminate();
        self.service.running.exit_code()
    }
}
