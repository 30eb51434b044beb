//! Ctrl-C and SIGTERM: what runs is asked to end in its own way, and waited for.
//!
//! Helm takes back what it has begun, an engine leaves a build, a service drains: whoever ended before them would leave them
//! alone with it, and could not tell what became of it. Asked a second time, this program ends at once.

use std::{
    io,
    process::{Command, ExitStatus},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use shared_child::SharedChild;

use super::messages::MessageFormat;

/// Signals are the process's, and so is this.
static STATE: Mutex<State> = Mutex::new(State {
    running: Vec::new(),
    signal: None,
});

struct State {
    running: Vec<Arc<SharedChild>>,
    /// The signal by which this program was asked to end.
    signal: Option<i32>,
}

/// A command that runs; it is told where this program is asked to end.
pub(super) struct Running(Arc<SharedChild>);

impl Running {
    /// Starts a command.
    ///
    /// # Errors
    /// Where that is not possible.
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        // Who comes while it starts waits for the lock.
        let mut state = state();
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
    state().signal.is_some()
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
    let signal = state().signal?;
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
    if state.signal.replace(origin.signal).is_some() {
        // Should that fail, it goes on as it was.
        let _ = emulate_default_handler(origin.signal);
        return;
    }
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
