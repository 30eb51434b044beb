//! A command: printed as a shell takes it, run without one.

use std::{
    io::Read,
    path::Path,
    process::{Command, ExitStatus, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use oarlock::diagnostic::on_one_line;

use super::interruption::{self, Running};

/// What may be taken from a command's output, in bytes: more than the binary of a service has, debug symbols included.
const MOST: u64 = 1 << 30;
/// The same for an answer to a question; a longer one cannot be read.
const MOST_ANSWERED: u64 = 1 << 28;
/// From one look at what runs to the next.
const PAUSE: Duration = Duration::from_millis(100);
/// The shell's variable in which printed commands keep the name of a container.
const CONTAINER: &str = "container";

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Invocation {
    pub(super) environment: Option<(&'static str, &'static str)>,
    pub(super) program: &'static str,
    pub(super) words: Vec<Word>,
    pub(super) output: Output,
}

/// A word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    Text(String),
    /// The container that a step before has made, and what follows it within the word.
    Container(&'static str),
}

/// What becomes of what a command writes on its standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    /// People see it, on standard error.
    Shown,
    /// It is read.
    Read,
    /// It is the name of a container, and read.
    Container,
}

impl Invocation {
    /// A command of these words.
    pub(super) fn of(
        program: &'static str,
        words: impl IntoIterator<Item = impl Into<String>>,
        output: Output,
    ) -> Self {
        Invocation {
            environment: None,
            program,
            words: words
                .into_iter()
                .map(|word| Word::Text(word.into()))
                .collect(),
            output,
        }
    }

    /// The command as a shell takes it.
    pub(super) fn shown(&self) -> String {
        let environment = self
            .environment
            .map(|(name, value)| format!("{name}={value}"));
        let words = self.words.iter().map(|word| match word {
            Word::Text(text) => quoted(text),
            Word::Container(rest) => format!("\"${CONTAINER}\"{}", quoted_rest(rest)),
        });
        let program = [self.program.to_owned()];
        let all = environment.into_iter().chain(program).chain(words);
        let line = all.collect::<Vec<_>>().join(" ");
        match self.output {
            Output::Container => format!("{CONTAINER}=$({line})"),
            Output::Shown | Output::Read => line,
        }
    }

    /// Runs the command to its end, and gives what it has written where that is read.
    ///
    /// # Errors
    /// Where it cannot be started, fails, or writes without an end.
    pub(super) fn run(&self, container: &str) -> Result<Vec<u8>, String> {
        let child = self.start(container)?;
        let read = child.take_stdout().map(|out| {
            let mut bytes = Vec::new();
            let read = out.take(MOST + 1).read_to_end(&mut bytes);
            (read, bytes)
        });
        let failed = |error| format!("{}: {error}", self.name());
        let too_much = read
            .as_ref()
            .is_some_and(|(_, bytes)| bytes.len() as u64 > MOST);
        if too_much {
            // It may have ended by itself.
            let _ = child.kill();
        }
        let status = child.wait().map_err(failed)?;
        if too_much {
            return Err(format!("{} writes more than {MOST} bytes", self.name()));
        }
        if !status.success() {
            return Err(self.failed(status));
        }
        match read {
            Some((read, bytes)) => read.map(|_| bytes).map_err(failed),
            None => Ok(Vec::new()),
        }
    }

    /// [`Invocation::run`] of a question that nobody waits for longer than is said, nor when its answer is not wanted any
    /// more: it is ended then. What it has started itself may live on, and hold its output open.
    ///
    /// # Errors
    /// Where it cannot be started, fails, writes without an end, or has no answer in time.
    pub(super) fn run_within(
        &self,
        longest: Duration,
        is_unwanted: &dyn Fn() -> bool,
    ) -> Result<Vec<u8>, String> {
        let failed = |error| format!("{}: {error}", self.name());
        let (child, started) = (self.start("")?, Instant::now());
        let out = child.take_stdout();
        let (sender, receiver) = mpsc::channel();
        let reader = std::thread::Builder::new().spawn(move || {
            let mut bytes = Vec::new();
            let out = out.into_iter();
            let read = out.map(|out| out.take(MOST_ANSWERED).read_to_end(&mut bytes));
            let read: Result<Vec<usize>, _> = read.collect();
            // Nobody may wait for it any more.
            let _ = sender.send(read.map(|_| bytes));
        });
        let mut read = None;
        let ended = loop {
            if read.is_none() {
                read = receiver.recv_timeout(PAUSE).ok();
            } else {
                std::thread::sleep(PAUSE);
            }
            let ended = child.try_wait().map_err(failed)?;
            if let (Some(status), true) = (ended, read.is_some()) {
                break Some(status);
            }
            if started.elapsed() >= longest || reader.is_err() || is_unwanted() {
                break None;
            }
        };
        let Some(status) = ended else {
            // It may have ended by itself.
            let _ = child.kill();
            child.wait().map_err(failed)?;
            let time = started.elapsed().as_secs();
            return Err(format!("{} had no answer after {time}s", self.name()));
        };
        if !status.success() {
            return Err(self.failed(status));
        }
        read.unwrap_or_else(|| Ok(Vec::new())).map_err(failed)
    }

    /// Runs the command to its end, and looks at something else from time to time while it runs; who looks can ask whether
    /// it has ended.
    ///
    /// # Errors
    /// Where it cannot be started, or fails.
    pub(super) fn run_beside(
        &self,
        every: Duration,
        mut look: impl FnMut(&dyn Fn() -> bool),
    ) -> Result<(), String> {
        let failed = |error| format!("{}: {error}", self.name());
        let (child, mut looked) = (self.start("")?, Instant::now());
        let status = loop {
            if let Some(status) = child.try_wait().map_err(failed)? {
                break status;
            }
            std::thread::sleep(PAUSE);
            if looked.elapsed() >= every && !interruption::is_asked() {
                look(&|| interruption::is_asked() || !matches!(child.try_wait(), Ok(None)));
                looked = Instant::now();
            }
        };
        match status.success() {
            true => Ok(()),
            false => Err(self.ended(status)),
        }
    }

    fn failed(&self, status: ExitStatus) -> String {
        format!("{}; what stands above tells why", self.ended(status))
    }

    /// How the command has ended.
    fn ended(&self, status: ExitStatus) -> String {
        let why = match interruption::is_asked() {
            true => "interrupted: ",
            false => "",
        };
        format!("{why}{} ended with {status}", self.name())
    }

    fn start(&self, container: &str) -> Result<Running, String> {
        let words = self.words.iter().map(|word| match word {
            Word::Text(text) => text.clone(),
            Word::Container(rest) => format!("{container}{rest}"),
        });
        let mut command = Command::new(self.program);
        command
            .args(words)
            .envs(self.environment)
            .stdin(Stdio::null());
        command.stdout(match self.output {
            Output::Shown => Stdio::from(std::io::stderr()),
            Output::Read | Output::Container => Stdio::piped(),
        });
        let started = Running::start(&mut command);
        started.map_err(|error| format!("{} cannot be started: {error}", self.program))
    }

    /// The program and what it is to do.
    fn name(&self) -> String {
        match self.words.first() {
            Some(Word::Text(verb)) => format!("`{} {verb}`", self.program),
            _ => format!("`{}`", self.program),
        }
    }
}

/// A word as a shell reads it. Arguments hold no NUL, which alone has no way to be quoted. What no line shows as it is
/// (tabs, line ends, marks that change the order) is written by its bytes, as bash and zsh take it, and POSIX since 2024.
fn quoted(text: &str) -> String {
    let text = text.replace('\0', "\u{fffd}");
    if on_one_line(&text) == text {
        return shlex::try_quote(&text)
            .map_or_else(|_| String::new(), std::borrow::Cow::into_owned);
    }
    let signs = text.chars().map(|sign| match sign {
        '\t' => "\\t".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\'' | '\\' => format!("\\{sign}"),
        sign if on_one_line(sign.encode_utf8(&mut [0; 4])) == sign.to_string() => sign.to_string(),
        sign => {
            let bytes = sign.to_string().into_bytes().into_iter();
            bytes.map(|byte| format!("\\{byte:03o}")).collect()
        }
    });
    format!("$'{}'", signs.collect::<String>())
}

fn quoted_rest(rest: &str) -> String {
    match rest {
        "" => String::new(),
        rest => quoted(rest),
    }
}

/// Empty and relative entries are not looked at: what lies in the current folder is nobody's program.
pub(super) fn is_on_path(name: &str) -> bool {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.is_absolute() && folder.join(&file).is_file())
}

/// A path as an argument that nothing takes for an option, an address, or standard input.
///
/// # Errors
/// Where its name is no text.
pub(super) fn argument(path: &Path) -> Result<String, String> {
    let text = path.to_str().ok_or_else(|| {
        format!(
            "{} must be text, as it is an argument of commands",
            path.display()
        )
    })?;
    let plain = |text: &str| text == "." || text.starts_with("./") || text.starts_with("../");
    Ok(match text {
        "" => ".".to_owned(),
        ".." => text.to_owned(),
        text if path.is_absolute() || plain(text) => text.to_owned(),
        text => format!("./{text}"),
    })
}
