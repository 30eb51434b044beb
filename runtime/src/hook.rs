//! Work before a service's first request and after its last.

use std::{error::Error, pin::Pin, time::Duration};

use tokio::{runtime::Handle, task::JoinSet, time::timeout};

type BoxError = Box<dyn Error + Send + Sync>;
type Outcome<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;
type Work<T> = Box<dyn FnOnce() -> Outcome<T> + Send>;

/// What undoes a start: what a start hook gives back where there is something to be undone.
pub struct StopWork(Work<()>);

impl StopWork {
    /// Work to be done when every request is answered; it has as long as the start had.
    pub fn new<F, W>(work: F) -> Self
    where
        F: FnOnce() -> W + Send + 'static,
        W: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        StopWork(Box::new(move || Box::pin(work())))
    }
}

impl std::fmt::Debug for StopWork {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.write_str("StopWork")
    }
}

/// What a start hook gives back: nothing, or [`StopWork`].
pub trait Started: private::Sealed + Send + 'static {
    /// Whether there may be something to be undone.
    #[doc(hidden)]
    const STOPS: bool;

    /// What is to be undone.
    #[doc(hidden)]
    fn stop_work(self) -> Option<StopWork>;
}

impl Started for () {
    const STOPS: bool = false;

    fn stop_work(self) -> Option<StopWork> {
        None
    }
}

impl Started for StopWork {
    const STOPS: bool = true;

    fn stop_work(self) -> Option<StopWork> {
        Some(self)
    }
}

mod private {
    pub trait Sealed {}

    impl Sealed for () {}
    impl Sealed for super::StopWork {}
}

/// One of a service's hooks, in the order in which they were added.
pub(crate) enum Hook {
    Start {
        name: &'static str,
        deadline: Duration,
        work: Work<Option<StopWork>>,
        stops: bool,
    },
    Stop(StopHook),
}

/// Work to be done before the process ends.
pub(crate) struct StopHook {
    name: &'static str,
    deadline: Duration,
    work: Work<()>,
}

impl Hook {
    pub(crate) fn start<F, W, S>(name: &'static str, deadline: Duration, work: F) -> Self
    where
        F: FnOnce() -> W + Send + 'static,
        W: Future<Output = Result<S, BoxError>> + Send + 'static,
        S: Started,
    {
        Hook::Start {
            name,
            deadline,
            work: Box::new(move || {
                let work = work();
                Box::pin(async move { Ok(work.await?.stop_work()) })
            }),
            stops: S::STOPS,
        }
    }

    pub(crate) fn stop<F, W>(name: &'static str, deadline: Duration, work: F) -> Self
    where
        F: FnOnce() -> W + Send + 'static,
        W: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let StopWork(work) = StopWork::new(work);
        Hook::Stop(StopHook {
            name,
            deadline,
            work,
        })
    }

    /// How long it may take on the way out.
    pub(crate) fn time_to_stop(&self) -> Duration {
        match self {
            Hook::Start { stops: false, .. } => Duration::ZERO,
            Hook::Start { deadline, .. } => *deadline,
            Hook::Stop(hook) => hook.deadline,
        }
    }
}

/// Runs the start hooks one after the other. What is to be stopped, from those before it on, goes to `started`, which
/// also holds where this is dropped.
///
/// # Errors
/// The reason of the first that fails, or is late. None after it is run.
pub(crate) async fn start(
    hooks: Vec<Hook>,
    workers: &Handle,
    started: &mut Vec<StopHook>,
) -> Result<(), String> {
    for hook in hooks {
        let (name, deadline, work) = match hook {
            Hook::Stop(hook) => {
                started.push(hook);
                continue;
            }
            Hook::Start {
                name,
                deadline,
                work,
                ..
            } => (name, deadline, work),
        };
        tracing::debug!(hook = name, "a start hook is run");
        let undo = within(deadline, work, workers)
            .await
            .map_err(|reason| format!("the service cannot start: {name}: {reason}"))?;
        started.extend(undo.map(|StopWork(work)| StopHook {
            name,
            deadline,
            work,
        }));
    }
    Ok(())
}

/// Runs stop hooks, the last first; how many failed.
pub(crate) async fn stop(hooks: Vec<StopHook>, workers: &Handle) -> u64 {
    let mut failed = 0;
    for hook in hooks.into_iter().rev() {
        if let Err(reason) = within(hook.deadline, hook.work, workers).await {
            tracing::error!(hook = hook.name, reason, "a stop hook failed");
            failed += 1;
        }
    }
    failed
}

/// Runs work on the executor of requests, so that one that blocks its thread is late all the same.
async fn within<T: Send + 'static>(
    deadline: Duration,
    work: Work<T>,
    workers: &Handle,
) -> Result<T, String> {
    let mut run = JoinSet::new();
    run.spawn_on(async move { work().await }, workers);
    match timeout(deadline, run.join_next()).await {
        Ok(Some(Ok(outcome))) => outcome.map_err(|error| error.to_string()),
        Ok(Some(Err(_)) | None) => Err(String::from("it panicked; the log has its place")),
        Err(_) => Err(format!(
            "it took longer than its deadline of {}",
            humantime::format_duration(deadline)
        )),
    }
}
