//! The service of these tests, built once, and a database for it.

use std::{
    fs,
    io::Write,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    thread::{JoinHandle, sleep, spawn},
    time::{Duration, Instant},
};

use crate::{
    client::{Answer, ask},
    project::{self, free_port},
};

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let project = project::generate("probes", "tests/probes/openapi.yaml".as_ref(), "naps");
    let package = project.join("services/naps");
    project::hand(&package, "tests/probes/handlers");
    let tokio = "tokio = { version = \"1\", features = [\"io-util\", \"net\", \"time\"] }\n";
    project::need(&package, tokio);
    project::build(&project, "naps")
});

/// A service at work; killed when it is dropped.
pub(crate) struct Service {
    pub(crate) http: u16,
    pub(crate) admin: u16,
    service: project::Service,
    /// A folder of its own.
    pub(crate) folder: PathBuf,
}

pub(crate) fn command() -> Command {
    let mut command = Command::new(&*BINARY);
    command
        .env_remove("RUST_LOG")
        .env("OARLOCK_DRAIN_DELAY", "0s")
        // Two threads, however many the machine would give.
        .env("TOKIO_WORKER_THREADS", "2");
    command
}

impl Service {
    /// Starts it and waits until it serves.
    pub(crate) fn start(watch: &str, settings: &[(&str, &str)]) -> Self {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let name = format!("probes-{}", STARTED.fetch_add(1, Relaxed));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("napping")).expect("a folder");
        let command = || {
            let mut command = command();
            command
                .env("WATCH", watch)
                .env("NAPPING", folder.join("napping"))
                .env("MENDED", folder.join("mended"));
            command
        };
        let service = project::Service::start(command, "probes", settings);
        let service = Service {
            http: service.http,
            admin: service.admin,
            service,
            folder,
        };
        service.eventually("the start", || service.log().contains("\"serving\""));
        service
    }

    pub(crate) fn log(&self) -> String {
        self.service.log()
    }

    /// What broke is mended from now on.
    pub(crate) fn mend(&self) {
        fs::write(self.folder.join("mended"), "").expect("a file");
    }

    pub(crate) fn admin(&self, target: &str) -> (u16, String) {
        words(&ask(self.admin, "GET", target, &[], ""))
    }

    pub(crate) fn http(&self, target: &str) -> (u16, String) {
        words(&ask(self.http, "GET", target, &[], ""))
    }

    /// The status and the words of a probe on the admin port.
    #[track_caller]
    pub(crate) fn assert_probe(&self, target: &str, status: u16, words: &str) {
        assert_eq!(self.admin(target), (status, words.to_owned()), "{target}");
    }

    /// Waits until something holds.
    #[track_caller]
    pub(crate) fn eventually(&self, what: &str, holds: impl Fn() -> bool) -> Duration {
        let started = Instant::now();
        while !holds() {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "{what} did not come: {}",
                self.log()
            );
            sleep(Duration::from_millis(10));
        }
        started.elapsed()
    }

    /// Blocks threads of the executor, and waits until they are; what ends when they are free again.
    pub(crate) fn block(&self, threads: usize, milliseconds: u64) -> Vec<JoinHandle<u16>> {
        let port = self.http;
        let naps = (0..threads).map(|_| {
            spawn(move || ask(port, "GET", &format!("/nap?ms={milliseconds}"), &[], "").status)
        });
        let naps = naps.collect();
        self.eventually("the nap", || self.napping() == threads);
        naps
    }

    fn napping(&self) -> usize {
        let files = fs::read_dir(self.folder.join("napping"));
        files.expect("a folder").count()
    }

    pub(crate) fn terminate(&self) {
        self.service.running.terminate();
    }

    /// The exit code, once it has ended.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.service.running.exit_code()
    }
}

fn words(answer: &Answer) -> (u16, String) {
    let words = String::from_utf8_lossy(&answer.body).into_owned();
    (answer.status, words)
}

/// A database: says "ok" to whoever comes, as long as it is well.
pub(crate) struct Database {
    pub(crate) address: String,
    well: Arc<AtomicBool>,
    open: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Database {
    pub(crate) fn open() -> Self {
        Self::at(&format!("127.0.0.1:{}", free_port()))
    }

    pub(crate) fn at(address: &str) -> Self {
        let listener = TcpListener::bind(address).expect("a port");
        let well = Arc::new(AtomicBool::new(true));
        let open = Arc::new(AtomicBool::new(true));
        let (is_well, is_open) = (well.clone(), open.clone());
        let thread = spawn(move || {
            let mut waiting = Vec::new();
            for stream in listener.incoming() {
                if !is_open.load(Relaxed) {
                    return;
                }
                let Ok(mut stream) = stream else { continue };
                match is_well.load(Relaxed) {
                    true => _ = stream.write_all(b"ok"),
                    false => waiting.push(stream),
                }
            }
        });
        Database {
            address: address.to_owned(),
            well,
            open,
            thread: Some(thread),
        }
    }

    /// Whether it says anything to those it lets in.
    pub(crate) fn answers(&self, well: bool) {
        self.well.store(well, Relaxed);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.open.store(false, Relaxed);
        // It looks up at the next caller.
        let _ = std::net::TcpStream::connect(&self.address);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
