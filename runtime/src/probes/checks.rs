//! Checks at work: run in the background, their last results kept for whoever asks.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    task::{JoinError, JoinSet},
    time::{Instant, sleep, timeout},
};

use super::health_check::{HealthCheck, Kind};
use crate::{drain::Drain, terminal::drives};

/// How much of a reason is kept, in bytes.
const MOST_REASON: usize = 1024;

/// All checks of a service.
pub(crate) struct Checks {
    all: Vec<Arc<Watched>>,
}

/// How a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It has not had a result yet.
    Pending,
    Passing,
    Failing,
    /// Its last result is too old to be believed.
    Stale,
}

/// What there is to say of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckState {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Whether a probe fails with it.
    pub(crate) critical: bool,
    pub(crate) standing: Standing,
}

impl CheckState {
    pub(crate) fn is_up(&self) -> bool {
        self.standing == Standing::Passing
    }
}

/// A check and its last result.
pub(crate) struct Watched {
    check: HealthCheck,
    max_age: Duration,
    began: Instant,
    /// When the last result came, in milliseconds since `began`, and in the last bit whether it was a good one; 0 where
    /// there was none. One number, so that a probe never sees half of a result and never waits for one.
    last: AtomicU64,
    details: Mutex<Details>,
}

/// For people who ask.
#[derive(Debug, Clone, Default)]
pub(crate) struct Details {
    /// How long the last run took.
    pub(crate) took: Duration,
    /// Why it failed.
    pub(crate) reason: String,
}

impl Checks {
    pub(crate) fn new(checks: Vec<HealthCheck>) -> Self {
        let began = Instant::now();
        let all = checks.into_iter().map(|check| {
            Arc::new(Watched {
                max_age: check.max_age(),
                check,
                began,
                last: AtomicU64::new(0),
                details: Mutex::default(),
            })
        });
        Checks { all: all.collect() }
    }

    /// Runs every check until the stop hooks take away what it looks at.
    pub(crate) fn start(&self, drain: &Arc<Drain>) {
        for watched in &self.all {
            let (watched, drain) = (watched.clone(), drain.clone());
            tokio::spawn(async move {
                tokio::select! {
                    () = drain.cut() => {}
                    () = watched.rounds() => {}
                }
            });
        }
    }

    /// How each check stands right now.
    pub(crate) fn states(&self) -> impl Iterator<Item = CheckState> {
        self.all.iter().map(|watched| watched.state())
    }

    /// The checks that a probe looks at.
    pub(crate) fn of(&self, kind: Kind) -> impl Iterator<Item = &Watched> {
        let all = self.all.iter().map(|watched| &**watched);
        all.filter(move |watched| watched.check.kind == kind)
    }

    /// Whether all that has to be there once has been there.
    pub(crate) fn are_started(&self) -> bool {
        let mut startup = self.of(Kind::Startup).map(Watched::state);
        startup.all(|state| state.is_up() || !state.critical)
    }
}

impl Watched {
    pub(crate) fn state(&self) -> CheckState {
        let standing = match (self.age(), self.check.kind) {
            (None, _) => Standing::Pending,
            // Passed once is passed.
            (Some((_, true)), Kind::Startup) => Standing::Passing,
            (Some((age, _)), _) if age > self.max_age => Standing::Stale,
            (Some((_, true)), _) => Standing::Passing,
            (Some((_, false)), _) => Standing::Failing,
        };
        CheckState {
            name: self.check.name,
            kind: self.check.kind,
            critical: self.check.critical,
            standing,
        }
    }

    /// How long ago the last result came, and whether it was a good one.
    pub(crate) fn age(&self) -> Option<(Duration, bool)> {
        let last = self.last.load(Relaxed);
        let age = self.now().saturating_sub(last >> 1);
        (last > 0).then(|| (Duration::from_millis(age), last & 1 == 1))
    }

    /// How old a result may be.
    pub(crate) fn max_age(&self) -> Duration {
        self.max_age
    }

    pub(crate) fn details(&self) -> Details {
        self.lock().clone()
    }

    /// One run after the other.
    async fn rounds(&self) {
        loop {
            let began = Instant::now();
            let work = self.check.work.clone();
            // In a task of its own: a run that blocks its thread must not keep this one from telling so.
            let mut run = JoinSet::new();
            run.spawn(async move { work().await });
            let outcome = match timeout(self.check.timeout, run.join_next()).await {
                Ok(Some(Ok(outcome))) => outcome,
                Ok(Some(Err(error))) => Err(unfinished(error)),
                Ok(None) => Err(String::from("it was not run")),
                Err(_) => Err(format!(
                    "no result within {}",
                    humantime::format_duration(self.check.timeout)
                )),
            };
            let passed = outcome.is_ok();
            self.record(outcome, began.elapsed());
            // Until it is gone there is no second one beside it.
            run.shutdown().await;
            if passed && self.check.kind == Kind::Startup {
                return;
            }
            sleep(self.check.rest()).await;
        }
    }

    fn record(&self, outcome: Result<(), String>, took: Duration) {
        let before = self.age().map(|(_, passed)| passed);
        let passed = outcome.is_ok();
        let reason = one_line(outcome.err().unwrap_or_default());
        let (check, critical) = (self.check.name, self.check.critical);
        match (before, passed) {
            (None | Some(true), false) => tracing::warn!(check, critical, reason, "a check fails"),
            (None, true) => tracing::debug!(check, critical, "a check passes"),
            (Some(false), true) => tracing::info!(check, critical, "a check passes again"),
            _ => {}
        }
        *self.lock() = Details { took, reason };
        self.last
            .store((self.now() << 1) | u64::from(passed), Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Details> {
        self.details.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Milliseconds since `began`, never 0.
    fn now(&self) -> u64 {
        let milliseconds = self.began.elapsed().as_millis();
        u64::try_from(milliseconds).unwrap_or(u64::MAX).max(1)
    }
}

fn unfinished(error: JoinError) -> String {
    match error.try_into_panic() {
        Ok(_) => String::from("it panicked; the log has its place"),
        Err(_) => String::from("it was ended before it had a result"),
    }
}

/// A reason that can pass for nothing else where each check has a line.
fn one_line(mut reason: String) -> String {
    if reason.len() > MOST_REASON {
        reason.truncate(reason.floor_char_boundary(MOST_REASON));
        reason.push('…');
    }
    match reason.contains(drives) {
        true => reason.replace(drives, " "),
        false => reason,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::drain::Phase;

    fn standing(checks: &Checks) -> Standing {
        checks.states().next().expect("a check").standing
    }

    #[tokio::test(start_paused = true)]
    async fn a_result_is_believed_for_one_and_a_half_rounds() {
        let check = HealthCheck::readiness("db", || async { Ok::<(), String>(()) })
            .interval(Duration::from_secs(8))
            .jitter(Duration::ZERO);
        let (checks, drain) = (Checks::new(vec![check]), Arc::new(Drain::default()));
        assert_eq!(standing(&checks), Standing::Pending);
        checks.start(&drain);
        sleep(Duration::from_secs(100)).await;
        assert_eq!(standing(&checks), Standing::Passing);
        // From the cut on nothing runs any more.
        drain.enter(Phase::Cut);
        sleep(Duration::from_millis(6_900)).await;
        assert_eq!(standing(&checks), Standing::Passing);
        sleep(Duration::from_millis(8_200)).await;
        assert_eq!(standing(&checks), Standing::Stale);
    }

    #[tokio::test(start_paused = true)]
    async fn what_hangs_or_panics_fails_and_what_is_mended_passes() {
        let mended = Arc::new(AtomicBool::new(false));
        for (way, words) in [
            ("hangs", "no result within 2s"),
            ("panics", "it panicked; the log has its place"),
        ] {
            mended.store(false, Relaxed);
            let ok = mended.clone();
            let check = HealthCheck::startup("it", move || {
                let ok = ok.load(Relaxed);
                assert!(ok || way == "hangs", "oh");
                async move {
                    if !ok {
                        std::future::pending::<()>().await;
                    }
                    Ok::<(), String>(())
                }
            });
            let checks = Checks::new(vec![check]);
            checks.start(&Arc::new(Drain::default()));
            sleep(Duration::from_secs(30)).await;
            assert_eq!(standing(&checks), Standing::Failing);
            assert_eq!(checks.all[0].details().reason, words);
            assert!(!checks.are_started());
            mended.store(true, Relaxed);
            sleep(Duration::from_secs(4)).await;
            assert!(checks.are_started());
            // Passed once is passed, however long ago.
            sleep(Duration::from_secs(1000)).await;
            assert_eq!(standing(&checks), Standing::Passing);
        }
    }

    #[test]
    fn a_reason_is_one_line_of_bounded_length() {
        assert_eq!(one_line("a\n[+]db ok\u{1b}[0m".into()), "a [+]db ok [0m");
        assert_eq!(
            one_line("é".repeat(5000)).len(),
            MOST_REASON + '…'.len_utf8()
        );
    }
}
