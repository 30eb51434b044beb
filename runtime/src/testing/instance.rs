//! A service as a process.

use std::{
    collections::VecDeque,
    ffi::OsStr,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle, sleep},
    time::{Duration, Instant},
};

use rustix::process::{Pid, kill_process};

/// How many of the last lines that a service wrote are kept.
const LINES: usize = 1000;
/// How often ports are chosen anew, where others were faster.
const TRIES: usize = 5;

/// A signal to a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM, by which platforms stop a process.
    Terminate,
    /// SIGINT, by which people do.
    Interrupt,
}

/// A service at work in a process of its own, on ports of its own; killed when this is dropped.
pub struct Instance {
    child: Child,
    http: SocketAddr,
    admin: SocketAddr,
    lines: Lines,
    /// What reads its lines, until there are no more.
    readers: Vec<JoinHandle<()>>,
}

type Lines = Arc<Mutex<VecDeque<String>>>;

impl Instance {
    /// Starts a service and waits until `/startupz` says that it has started.
    ///
    /// # Panics
    /// Where it does not start within 30 s; the words hold what it wrote.
    pub fn start<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        binary: impl AsRef<Path>,
        environment: impl IntoIterator<Item = (N, V)> + Clone,
    ) -> Self {
        let mut instance = Self::spawn(&binary, environment.clone());
        for _ in 0..TRIES {
            let until = Instant::now() + Duration::from_secs(30);
            while Instant::now() < until && instance.is_running() {
                if matches!(instance.admin("/startupz"), Some((200, _))) {
                    return instance;
                }
                sleep(Duration::from_millis(5));
            }
            instance.exit_code(Duration::from_secs(1));
            assert!(
                instance.log().contains("Address already in use"),
                "the service has not started; what it needs is given by `env`, and this is what it wrote:\n{}",
                instance.log()
            );
            instance = Self::spawn(&binary, environment.clone());
        }
        panic!("no free ports were found");
    }

    /// Starts a service and waits for nothing.
    ///
    /// # Panics
    /// Where the binary cannot be run.
    pub fn spawn<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        binary: impl AsRef<Path>,
        environment: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let (http, admin) = free_addresses();
        let spawned = Command::new(binary.as_ref())
            .env("OARLOCK_HTTP_ADDR", http.to_string())
            .env("OARLOCK_ADMIN_ADDR", admin.to_string())
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let binary = binary.as_ref().display();
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) => panic!("{binary} cannot be run: {error}"),
        };
        let lines = Lines::default();
        let mut readers = Vec::new();
        if let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) {
            readers = vec![keep(out, lines.clone()), keep(err, lines.clone())];
        }
        Instance {
            child,
            http,
            admin,
            lines,
            readers,
        }
    }

    /// Where the API is.
    pub fn http_addr(&self) -> SocketAddr {
        self.http
    }

    /// Where operators ask.
    pub fn admin_addr(&self) -> SocketAddr {
        self.admin
    }

    /// The status and the body of an answer of the operators' port; none where there is no whole one.
    pub fn admin(&self, path: &str) -> Option<(u16, String)> {
        ask(self.admin, path)
    }

    /// Sends a signal; nothing where the process is gone.
    pub fn signal(&self, signal: Signal) {
        let signal = match signal {
            Signal::Terminate => rustix::process::Signal::TERM,
            Signal::Interrupt => rustix::process::Signal::INT,
        };
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // A process that has ended needs none.
            let _ = kill_process(pid, signal);
        }
    }

    /// Whether it has not ended.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for the end, and for the last line; the exit code, none where it was killed or has not ended in time.
    pub fn exit_code(&mut self, within: Duration) -> Option<i32> {
        let until = Instant::now() + within;
        while Instant::now() < until {
            if let Ok(Some(status)) = self.child.try_wait() {
                for reader in self.readers.drain(..) {
                    // One that panicked has read what it could.
                    let _ = reader.join();
                }
                return status.code();
            }
            sleep(Duration::from_millis(2));
        }
        None
    }

    /// The last lines that it wrote, up to a thousand.
    pub fn log(&self) -> String {
        let mut text = String::new();
        for line in lock(&self.lines).iter() {
            text.push_str(line);
            text.push('\n');
        }
        text
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // One that has ended by itself is none to be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Two addresses that nobody has at this moment.
fn free_addresses() -> (SocketAddr, SocketAddr) {
    let held = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0"));
    let addresses = held.each_ref().map(|held| match held {
        Ok(listener) => listener.local_addr(),
        Err(error) => panic!("there is no free port: {error}"),
    });
    match addresses {
        [Ok(http), Ok(admin)] => (http, admin),
        _ => panic!("a port has no address"),
    }
}

/// Keeps what is written, so that the writer never waits.
fn keep(output: impl Read + Send + 'static, lines: Lines) -> JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let mut lines = lock(&lines);
            if lines.len() == LINES {
                lines.pop_front();
            }
            lines.push_back(String::from_utf8_lossy(&line).into_owned());
        }
    })
}

fn lock(lines: &Lines) -> MutexGuard<'_, VecDeque<String>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One `GET` on a connection of its own; none without a whole answer.
pub(super) fn ask(address: SocketAddr, path: &str) -> Option<(u16, String)> {
    let limit = Duration::from_secs(5);
    let mut stream = TcpStream::connect_timeout(&address, limit).ok()?;
    stream.set_read_timeout(Some(limit)).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let length: usize = value.trim().parse().ok()?;
        name.eq_ignore_ascii_case("content-length")
            .then_some(length)
    });
    let whole = length.is_some_and(|length| length == body.len());
    whole.then(|| (status, body.to_owned()))
}
