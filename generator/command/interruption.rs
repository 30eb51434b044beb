//! Ctrl-C and SIGTERM: what runs is asked to end in its own way, and waited for.
//!
//! Helm takes back what it has begun, an engine leaves a build, a service drains: whoever ended before them would leave them
//! alone with it, and could not tell what became of it. Asked a second time, this program ends at once.

use std::{
    io,
    process::{Command, ExitStatus},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use shared_child::SharedChild;

use super::messages::MessageFormat;

/// Signals are the process's, and so is this.
static STATE: Mutex<State> = Mutex::new(State {
    running: Vec::new(),
    signal: None,
    is_heard: false,
});

/// A second signal within this time is the first, sent to the whole group as well, as `timeout` does.
const ONCE: Duration = Duration::from_secs(1);

struct State {
    running: Vec<Arc<SharedChild>>,
    /// The signal by which this program was asked to end, and when.
    signal: Option<(i32, Instant)>,
    /// Whether whoever starts commands has heard of it: what is started then, clears up.
    is_heard: bool,
}

impl State {
    /// Whether this program was asked to end; whoever is told so has heard of it.
    fn is_asked(&mut self) -> bool {
        self.is_heard |= self.signal.is_some();
        self.signal.is_some()
    }

    /// Lets a command be started, but for the first that knows nothing of a signal.
    fn admit(&mut self) -> io::Result<()> {
        let had_heard = self.is_heard;
        match self.is_asked() && !had_heard {
            true => Err(io::Error::other("interrupted")),
            false => Ok(()),
        }
    }
}

/// A command that runs; it is told where this program is asked to end.
pub(super) struct Running(Arc<SharedChild>);

impl Running {
    /// Starts a command.
    ///
    /// # Errors
    /// Where that is not possible, or this program was asked to end meanwhile.
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        // A signal that comes while it starts waits for the lock.
        let mut state = state();
        state.admit()?;
        let child = Arc::new(SharedChild::spawn(command)?);
        state.running.push(Arc::clone(&child));
        Ok(Running(child))
    }
}

impl std::ops::Deref for Running {
    type Target = SharedChild;

    fn deref(&self) -> &SharedChild {
        &self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = state();
        state.running.retain(|one| !Arc::ptr_eq(one, &self.0));
    }
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a command to its end.
///
/// # Errors
/// Where it cannot be started or waited for.
pub(super) fn status(command: &mut Command) -> io::Result<ExitStatus> {
    Running::start(command)?.wait()
}

/// Whether this program was asked to end.
pub(super) fn is_asked() -> bool {
    state().is_asked()
}

/// Goes no further where this program was asked to end.
///
/// # Errors
/// That it was.
pub(super) fn check() -> Result<(), String> {
    match is_asked() {
        true => Err("interrupted".to_owned()),
        false => Ok(()),
    }
}

/// The exit code of a program that a signal ended, as shells tell it; none where none came.
pub(crate) fn exit_code() -> Option<u8> {
    let (signal, _) = state().signal?;
    u8::try_from(128 + signal).ok()
}

/// From now on a signal ends what runs, and this program after it.
///
/// # Errors
/// Where the system does not let signals be listened to.
#[cfg(unix)]
pub(super) fn listen(messages: MessageFormat) -> Result<(), String> {
    use signal_hook::{
        consts::{SIGINT, SIGTERM},
        iterator::{SignalsInfo, exfiltrator::WithOrigin},
    };
    let failed = |error: io::Error| format!("signals cannot be listened to: {error}");
    let mut signals = SignalsInfo::<WithOrigin>::new([SIGINT, SIGTERM]).map_err(failed)?;
    let listener = std::thread::Builder::new().name("signals".into());
    let started = listener.spawn(move || {
        for origin in &mut signals {
            take(&origin, messages);
        }
    });
    started.map(drop).map_err(failed)
}

/// A console tells all that runs in it by itself; nothing is waited for.
#[cfg(not(unix))]
pub(super) fn listen(_: MessageFormat) -> Result<(), String> {
    Ok(())
}

#[cfg(unix)]
fn take(origin: &signal_hook::low_level::siginfo::Origin, messages: MessageFormat) {
    use shared_child::unix::SharedChildExt;
    use signal_hook::low_level::{emulate_default_handler, siginfo::Cause};

    let mut state = state();
    if let Some((_, first)) = state.signal {
        if first.elapsed() > ONCE {
            // Should that fail, it goes on as it was.
            let _ = emulate_default_handler(origin.signal);
        }
        return;
    }
    state.signal = Some((origin.signal, Instant::now()));
    // A terminal asks all that run in its foreground itself, and some take a second signal for impatience.
    if origin.cause != Cause::Kernel {
        for child in &state.running {
            // It may have ended by itself.
            let _ = child.send_signal(origin.signal);
        }
    }
    drop(state);
    messages.note("asked to end: what runs is waited for; asked once more, nothing is");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_started_before_a_signal_is_heard_of_is_refused_and_what_clears_up_is_not() {
        let mut state = State {
            running: Vec::new(),
            signal: None,
            is_heard: false,
        };
        assert!(state.admit().is_ok());
        state.signal = Some((15, Instant::now()));
        let refused = state.admit().map_err(|error| error.to_string());
        assert_eq!(refused, Err("interrupted".to_owned()));
        assert!(state.admit().is_ok());
    }
}
