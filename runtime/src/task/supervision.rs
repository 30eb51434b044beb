//! Tasks at work, and what is known of each.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

use tokio::{
    runtime::Handle,
    sync::Notify,
    task::{AbortHandle, JoinSet},
};

use super::{Task, TaskFailure};
use crate::{
    Stopping,
    drain::{Drain, Phase},
    metrics::{Family, Kind, Source, label},
};

/// The tasks of a service.
pub(crate) struct Tasks {
    states: Vec<State>,
    drain: Arc<Drain>,
    running: AtomicU64,
    fatal: Notify,
}

struct State {
    name: &'static str,
    on_failure: TaskFailure,
    failed: AtomicBool,
}

impl Tasks {
    pub(crate) fn new(tasks: &[Task], drain: Arc<Drain>) -> Self {
        let states = tasks.iter().map(|task| State {
            name: task.name,
            on_failure: task.on_failure,
            failed: AtomicBool::new(false),
        });
        Tasks {
            states: states.collect(),
            drain,
            running: AtomicU64::new(0),
            fatal: Notify::new(),
        }
    }

    /// Begins the tasks that this was made of, in the same order.
    pub(crate) fn start(self: &Arc<Self>, tasks: Vec<Task>, workers: &Handle) -> Vec<AbortHandle> {
        let supervised = tasks.into_iter().enumerate().map(|(index, task)| {
            let running = Running::new(self.clone());
            let supervisor = running.tasks.clone().supervise(index, task, running);
            workers.spawn(supervisor).abort_handle()
        });
        supervised.collect()
    }

    async fn supervise(self: Arc<Self>, index: usize, task: Task, running: Running) {
        let mut run = JoinSet::new();
        run.spawn((task.work)(Stopping(self.drain.clone())));
        let outcome = match run.join_next().await {
            Some(Ok(outcome)) => outcome,
            _ => Err(String::from("it panicked; the log has its place")),
        };
        let task = task.name;
        match outcome {
            Ok(()) if self.drain.is_leaving() => {
                tracing::debug!(task, "a task has come to its end")
            }
            Ok(()) => tracing::info!(task, "a task has done its work"),
            Err(reason) => {
                let state = &self.states[index];
                let then = match state.on_failure {
                    TaskFailure::Stop => "the service stops",
                    TaskFailure::Unready => "the service is not ready any more",
                    TaskFailure::Dead => "the service counts as dead",
                    TaskFailure::Report => "the service goes on without it",
                };
                tracing::error!(task, reason, then, "a task failed");
                state.failed.store(true, Relaxed);
                if state.on_failure == TaskFailure::Stop {
                    self.fatal.notify_one();
                }
            }
        }
        drop(running);
    }

    /// Ends when a task has failed without which the service must not go on.
    pub(crate) async fn fatal(&self) {
        self.fatal.notified().await;
    }

    /// How many are not at their end.
    pub(crate) fn running(&self) -> u64 {
        self.running.load(Relaxed)
    }

    /// Whether one has failed without which the service must not go on.
    pub(crate) fn have_failed(&self) -> bool {
        self.failed(TaskFailure::Stop).next().is_some()
    }

    /// The names of those that have failed, of one kind.
    pub(crate) fn failed(&self, kind: TaskFailure) -> impl Iterator<Item = &'static str> {
        let failed = self.states.iter();
        failed
            .filter(move |state| state.on_failure == kind && state.failed.load(Relaxed))
            .map(|state| state.name)
    }

    /// A gauge of every task; nothing where there are none.
    pub(crate) fn gauge(self: Arc<Self>) -> Source {
        Box::new(move |out| {
            if self.states.is_empty() {
                return;
            }
            let help = "0 where a background task has failed.";
            let mut family = Family::begin(out, "oarlock_task_up", Kind::Gauge, help);
            for state in &self.states {
                let mut labels = String::new();
                label(&mut labels, "task", state.name);
                family.sample(&labels, u8::from(!state.failed.load(Relaxed)));
            }
        })
    }

    /// Cuts those that are not at their end, and counts them.
    pub(crate) fn cut(&self, running: &[AbortHandle]) {
        debug_assert!(self.drain.has_reached(Phase::Cut));
        for (state, task) in self.states.iter().zip(running) {
            if !task.is_finished() {
                tracing::warn!(task = state.name, "a task was cut at the end of the drain");
                self.drain.tally.cut_tasks.fetch_add(1, Relaxed);
                task.abort();
            }
        }
    }
}

/// Counts a task as running while it lives.
struct Running {
    tasks: Arc<Tasks>,
}

impl Running {
    fn new(tasks: Arc<Tasks>) -> Self {
        tasks.running.fetch_add(1, Relaxed);
        Running { tasks }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.tasks.running.fetch_sub(1, Relaxed);
    }
}
