//! Work beside the requests, for as long as the service runs.

mod supervision;

use std::{fmt::Display, pin::Pin};

use crate::{HealthCheck, Stopping};

pub(crate) use supervision::Tasks;

pub(crate) type TaskRun = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// What becomes of a service one of whose tasks has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TaskFailure {
    /// The service goes its way out as at SIGTERM, without losing a request, and ends with exit code 1; the platform
    /// starts it anew.
    #[default]
    Stop,
    /// `/readyz` fails from then on.
    Unready,
    /// `/livez` fails from then on.
    Dead,
    /// The log and `oarlock_task_up` tell it, and no more.
    Report,
}

/// Work beside the requests: a consumer of a queue, a cache that is kept fresh.
///
/// It begins after the start hooks, before the port of the API is open. On the way out it is told, has until the end of
/// the drain's time to come to its end, and is cut then. A task that returns an error or panics has failed; one that
/// returns without has done its work, whenever that is.
///
/// ```no_run
/// # use std::{io, time::Duration};
/// # async fn take_one() -> io::Result<()> { Ok(()) }
/// # fn with(service: oarlock_runtime::Service) -> oarlock_runtime::Service {
/// use oarlock_runtime::{Task, TaskFailure};
///
/// service
///     .task("orders", |stopping| async move {
///         while !stopping.is_stopping() {
///             take_one().await?;
///         }
///         Ok::<(), io::Error>(())
///     })
///     .background(
///         Task::new("prices", |stopping| async move { stopping.stopping().await })
///             .on_failure(TaskFailure::Report),
///     )
/// # }
/// ```
pub struct Task {
    pub(crate) name: &'static str,
    pub(crate) on_failure: TaskFailure,
    pub(crate) work: Box<dyn FnOnce(Stopping) -> TaskRun + Send>,
}

impl Task {
    /// A task; where it fails the service stops.
    pub fn new<F, W, T>(name: &'static str, work: F) -> Self
    where
        F: FnOnce(Stopping) -> W + Send + 'static,
        W: Future<Output = T> + Send + 'static,
        T: TaskOutcome,
    {
        Task {
            name,
            on_failure: TaskFailure::default(),
            work: Box::new(move |stopping| {
                // Within the task, so that what panics before its first wait has failed as well.
                Box::pin(async move { work(stopping).await.outcome() })
            }),
        }
    }

    /// What becomes of the service where the task fails.
    #[must_use]
    pub fn on_failure(mut self, on_failure: TaskFailure) -> Self {
        self.on_failure = on_failure;
        self
    }
}

/// What a task returns: nothing, or whether it has failed.
#[diagnostic::on_unimplemented(
    message = "a background task must end in `()` or `Result<(), E>`, not in `{Self}`",
    note = "a loop without an end is cut at each shutdown: let it end once `stopping.is_stopping()`",
    note = "the error `E` must implement `Display`"
)]
pub trait TaskOutcome: private::Sealed {
    /// Why it has failed.
    #[doc(hidden)]
    fn outcome(self) -> Result<(), String>;
}

impl TaskOutcome for () {
    fn outcome(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: Display> TaskOutcome for Result<(), E> {
    fn outcome(self) -> Result<(), String> {
        self.map_err(|error| format!("{error:#}"))
    }
}

mod private {
    pub trait Sealed {}

    impl Sealed for () {}
    impl<E> Sealed for Result<(), E> {}
}

/// What is wrong with the tasks of a service, beside its checks.
pub(crate) fn mistakes(tasks: &[Task], checks: &[HealthCheck]) -> Vec<String> {
    let mut mistakes = Vec::new();
    for (index, task) in tasks.iter().enumerate() {
        let name = task.name;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
        if name.is_empty() || !name.bytes().all(allowed) {
            mistakes.push(format!(
                "a task is called {name:?}, but must be called by letters, digits, `-`, `_`, `.` or `/`"
            ));
        }
        if tasks[..index].iter().any(|one| one.name == name) {
            mistakes.push(format!(
                "two tasks are called {name:?}; give each a name of its own"
            ));
        }
        // Probes tell of both by their names.
        if checks.iter().any(|check| check.name == name) {
            mistakes.push(format!(
                "a task and a check are called {name:?}; give each a name of its own"
            ));
        }
    }
    mistakes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_held() {
        let task = |name| Task::new(name, |_| async {});
        assert!(mistakes(&[task("a"), task("b")], &[]).is_empty());
        let told = mistakes(&[task("a b"), task("c"), task("c")], &[]);
        assert!(told[0].contains("\"a b\""), "{told:?}");
        assert!(told[1].contains("two tasks are called \"c\""), "{told:?}");
        let check = HealthCheck::readiness("a", || async { Ok::<(), String>(()) });
        assert_eq!(mistakes(&[task("a")], &[check]).len(), 1);
    }
}
