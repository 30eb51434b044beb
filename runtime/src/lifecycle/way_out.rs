//! From the signal to stop until nothing is in work, and what it has cost.

use std::{
    process::ExitCode,
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};

use tokio::{
    task::{AbortHandle, JoinHandle},
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use super::Life;
use crate::drain::Phase;

/// How long handlers that listen for the end of the drain's time have for a last word.
const LAST_WORD: Duration = Duration::from_millis(200);
/// How long what was cut may take to be gone. A handler that blocks its thread is never gone.
const GONE: Duration = Duration::from_millis(100);
/// How often what is left is told.
const TELL: Duration = Duration::from_secs(5);
/// How often it is looked whether something is left.
const LOOK: Duration = Duration::from_millis(5);

/// A way out at its end, its stop hooks aside.
pub(super) struct Left {
    started: Instant,
}

impl Life<'_> {
    /// Serves for the drain delay, then lets what is in work finish, then cuts what is left.
    pub(super) async fn drain(&self, accepting: JoinHandle<()>, tasks: &[AbortHandle]) -> Left {
        let started = Instant::now();
        let drain = &self.server.drain;
        let active = self.active();
        drain.tally.in_flight.store(active, Relaxed);
        drain.enter(Phase::Leaving);
        tracing::info!(active, "draining");
        sleep(self.config.drain_delay).await;
        drain.enter(Phase::Closing);
        let gone = self.gone(accepting);
        tokio::pin!(gone);
        let telling = self.tell_what_is_left();
        let in_time = tokio::select! {
            in_time = timeout(self.config.drain_timeout, &mut gone) => in_time.is_ok(),
            () = telling => false,
        };
        if !in_time {
            drain.enter(Phase::Cancelling);
            let in_time = timeout(LAST_WORD, &mut gone).await;
            drain.enter(Phase::Cut);
            self.tasks.cut(tasks);
            if in_time.is_err() {
                let _ = timeout(GONE, gone).await;
            }
        }
        drain.enter(Phase::Cut);
        // What blocks its thread cannot be dropped.
        drain.tally.cut.fetch_add(self.active(), Relaxed);
        Left { started }
    }

    /// Ends when no connection, no request and no task is left.
    async fn gone(&self, accepting: JoinHandle<()>) {
        // It does not panic.
        let _ = accepting.await;
        let connections = &self.server.telemetry.metrics.connections;
        while connections.load(Relaxed) > 0 || self.tasks.running() > 0 || self.active() > 0 {
            sleep(LOOK).await;
        }
    }

    fn active(&self) -> u64 {
        let active = self.server.telemetry.metrics.http.active();
        u64::try_from(active).unwrap_or_default()
    }

    async fn tell_what_is_left(&self) {
        let mut ticks = interval(TELL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.tick().await;
        loop {
            ticks.tick().await;
            let connections = self.server.telemetry.metrics.connections.load(Relaxed);
            let (requests, tasks) = (self.active(), self.tasks.running());
            tracing::info!(requests, connections, tasks, "still draining");
        }
    }

    /// Writes the line that tells what the way out has cost, and judges it.
    pub(super) fn report(&self, left: &Left, failed_hooks: u64) -> ExitCode {
        let tally = &self.server.drain.tally;
        let read = |count: &std::sync::atomic::AtomicU64| count.load(Relaxed);
        let (cut, cut_connections) = (read(&tally.cut), read(&tally.cut_connections));
        let cut_tasks = read(&tally.cut_tasks);
        tracing::info!(
            in_flight = read(&tally.in_flight),
            served = read(&tally.served),
            finished = read(&tally.finished),
            abandoned = read(&tally.abandoned),
            cut,
            longest_milliseconds = milliseconds(tally.longest()),
            cut_connections,
            dropped_connections = read(&tally.dropped_connections),
            cut_tasks,
            failed_hooks,
            milliseconds = milliseconds(left.started.elapsed()),
            "drained"
        );
        if cut > 0 || cut_connections > 0 {
            return ExitCode::from(2);
        }
        match failed_hooks > 0 || cut_tasks > 0 || self.tasks.have_failed() {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        }
    }
}

fn milliseconds(length: Duration) -> f64 {
    // To the microsecond.
    (length.as_secs_f64() * 1e6).round() / 1e3
}
