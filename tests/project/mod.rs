//! A generated project of a test: written anew, given its handlers, built; and a service of it, at work.

// Each test uses what it needs.
#![allow(dead_code)]

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant},
};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The target folder that all generated projects share.
pub(crate) fn target() -> PathBuf {
    root().join("target/generated")
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}: {told}{said}");
    said
}

/// Generates a project of this name from a document of this repository, in a folder below that of all tests' files.
pub(crate) fn generate(folder: &str, document: &Path, name: &str) -> PathBuf {
    let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let _ = fs::remove_dir_all(&project);
    run(Command::new(env!("CARGO_BIN_EXE_oarlock"))
        .arg("generate")
        .arg(document)
        .args(["--name", name, "--out"])
        .arg(&project)
        .current_dir(root()));
    project
}

/// Adds lines to a project's `oarlock.yaml`, and brings the project up to date.
pub(crate) fn configure(project: &Path, lines: &str) {
    let file = project.join("oarlock.yaml");
    let text = fs::read_to_string(&file).expect("settings");
    fs::write(&file, text + lines).expect("settings");
    run(Command::new(env!("CARGO_BIN_EXE_oarlock"))
        .arg("generate")
        .current_dir(project));
}

/// Puts the files of a folder of this repository in the place of a service's own.
pub(crate) fn hand(service: &Path, handlers: &str) {
    for file in fs::read_dir(root().join(handlers)).expect("handlers") {
        let file = file.expect("a file");
        fs::copy(file.path(), service.join("src").join(file.file_name())).expect("a copy");
    }
}

/// Adds lines to the dependencies of a package.
pub(crate) fn need(package: &Path, lines: &str) {
    let manifest = package.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    let table = "\n[dependencies]\n";
    let (before, behind) = text.split_once(table).expect("dependencies");
    let text = format!("{before}{table}{lines}{behind}");
    fs::write(manifest, text).expect("a manifest");
}

/// Builds one package, without a warning; always with the same flags, so that what projects stand on is compiled once.
pub(crate) fn build(project: &Path, package: &str) -> PathBuf {
    build_with(project, package, "")
}

/// [`build`], with features of the package that have commas between.
pub(crate) fn build_with(project: &Path, package: &str, features: &str) -> PathBuf {
    run(Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--package",
            package,
            "--features",
            features,
        ])
        .current_dir(project)
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTFLAGS", "-D warnings"));
    target().join("debug").join(package)
}

/// Runs the tests of one package, which must pass; what was said of them.
pub(crate) fn test(project: &Path, package: &str) -> String {
    run(Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--package", package])
        .current_dir(project)
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTFLAGS", "-D warnings"))
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// A service at work; killed when it is dropped.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn terminate(&self) {
        run(Command::new("kill").args(["-TERM", &self.0.id().to_string()]));
    }

    /// The exit code, once it has ended.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.0.wait().expect("it ends").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A service at work on ports of its own, with what it writes in a file; killed when it is dropped.
pub(crate) struct Service {
    pub(crate) http: u16,
    pub(crate) admin: u16,
    pub(crate) running: Running,
    log: PathBuf,
}

impl Service {
    /// Starts what a command names, with these settings, and waits until its API takes connections.
    pub(crate) fn start(
        command: impl Fn() -> Command,
        name: &str,
        settings: &[(&str, &str)],
    ) -> Self {
        let (http, admin) = (free_port(), free_port());
        let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{http}.log"));
        let file = fs::File::create(&log).expect("a log");
        let child = command()
            .env_remove("RUST_LOG")
            .env("OARLOCK_HTTP_ADDR", format!("127.0.0.1:{http}"))
            .env("OARLOCK_ADMIN_ADDR", format!("127.0.0.1:{admin}"))
            .envs(settings.iter().copied())
            .stderr(file.try_clone().expect("a log"))
            .stdout(file)
            .spawn()
            .expect("the service starts");
        let service = Service {
            http,
            admin,
            running: Running(child),
            log,
        };
        // A port that was free may have been taken since.
        sleep(Duration::from_millis(50));
        if service.log().contains("Address already in use") {
            return Self::start(command, name, settings);
        }
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", http)).is_err() {
            assert!(Instant::now() < until, "not ready: {}", service.log());
            sleep(Duration::from_millis(10));
        }
        service
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("a log")
    }
}
