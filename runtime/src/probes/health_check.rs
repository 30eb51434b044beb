//! What a user has watched, and how.

use std::{fmt::Display, pin::Pin, sync::Arc, time::Duration};

const INTERVAL: Duration = Duration::from_secs(5);
/// A service that starts is waited for.
const STARTUP_INTERVAL: Duration = Duration::from_secs(1);
const TIMEOUT: Duration = Duration::from_secs(2);

/// What a probe itself looks at; no check can have one of these names.
pub(crate) const EXECUTOR: &str = "executor";
pub(crate) const LISTENER: &str = "listener";
pub(crate) const STARTUP: &str = "startup";
pub(crate) const SHUTDOWN: &str = "shutdown";

pub(crate) type CheckWork = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Which probe waits for a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `/readyz`, again and again.
    Readiness,
    /// `/startupz`, and `/readyz` with it, until it has passed once.
    Startup,
}

/// Something that a service stands on, and that is looked at in the background: a database, a queue, a cache that must
/// be filled first. No probe ever waits for a check: it is told the last result.
///
/// A check fails where it returns an error, panics or takes longer than its [`timeout`](Self::timeout), and where its
/// last result is too old: older than one and a half times the interval with its jitter and the timeout.
///
/// Liveness looks at no check: starting a service anew mends no database.
///
/// ```no_run
/// # use std::{io, time::Duration};
/// # async fn ping() -> io::Result<()> { Ok(()) }
/// # fn with(service: oarlock_runtime::Service) -> oarlock_runtime::Service {
/// use oarlock_runtime::HealthCheck;
///
/// service
///     .readiness("db", || async { ping().await })
///     .check(
///         HealthCheck::readiness("cache", || async { ping().await })
///             .interval(Duration::from_secs(30))
///             .timeout(Duration::from_millis(500))
///             .critical(false),
///     )
/// # }
/// ```
pub struct HealthCheck {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) critical: bool,
    pub(crate) interval: Duration,
    pub(crate) timeout: Duration,
    jitter: Option<Duration>,
    pub(crate) work: Arc<dyn Fn() -> CheckWork + Send + Sync>,
}

impl HealthCheck {
    /// A check that `/readyz` waits for: every 5 s, 2 s long at most, critical. It may borrow nothing; what it needs is
    /// cloned in its closure.
    pub fn readiness<F, W, E>(name: &'static str, work: F) -> Self
    where
        F: Fn() -> W + Send + Sync + 'static,
        W: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        HealthCheck {
            name,
            kind: Kind::Readiness,
            critical: true,
            interval: INTERVAL,
            timeout: TIMEOUT,
            jitter: None,
            work: Arc::new(move || {
                let result = work();
                // The other form of some errors tells their causes too.
                Box::pin(async move { result.await.map_err(|error| format!("{error:#}")) })
            }),
        }
    }

    /// A check that `/startupz` and `/readyz` wait for until it has passed once; then it is done. Every second, 2 s long
    /// at most, critical.
    pub fn startup<F, W, E>(name: &'static str, work: F) -> Self
    where
        F: Fn() -> W + Send + Sync + 'static,
        W: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        HealthCheck {
            kind: Kind::Startup,
            interval: STARTUP_INTERVAL,
            ..Self::readiness(name, work)
        }
    }

    /// How long it rests between the end of one run and the begin of the next.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// How long a run may take.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// What is added to each interval at most, by chance, so that many instances do not ask at the same moment; a tenth
    /// of the interval where nothing is said.
    #[must_use]
    pub fn jitter(mut self, most: Duration) -> Self {
        self.jitter = Some(most);
        self
    }

    /// Whether the service cannot do its work without it. What is not critical is reported, and takes no service out of
    /// its load balancer: right for whatever all instances share and can do without for a while.
    #[must_use]
    pub fn critical(mut self, critical: bool) -> Self {
        self.critical = critical;
        self
    }

    /// The next rest.
    pub(crate) fn rest(&self) -> Duration {
        let most = self.most_jitter().as_secs_f64();
        let jitter = Duration::try_from_secs_f64(most * fastrand::f64()).unwrap_or_default();
        self.interval.saturating_add(jitter)
    }

    /// How old a result may be. From one result to the next it is a rest and a run; half as much again is for an
    /// executor that is busy, which alone must not take a service out of its load balancer.
    pub(crate) fn max_age(&self) -> Duration {
        let round = self.interval.saturating_add(self.most_jitter());
        let round = round.saturating_add(self.timeout);
        round.saturating_add(round / 2)
    }

    fn most_jitter(&self) -> Duration {
        self.jitter.unwrap_or(self.interval / 10)
    }
}

/// What is wrong with the checks of a service, all of it.
pub(crate) fn mistakes(checks: &[HealthCheck]) -> Vec<String> {
    let mut mistakes = Vec::new();
    for (index, check) in checks.iter().enumerate() {
        let name = check.name;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
        if name.is_empty() || !name.bytes().all(allowed) {
            mistakes.push(format!(
                "a check is called {name:?}, but must be called by letters, digits, `-`, `_`, `.` or `/`"
            ));
        }
        if [EXECUTOR, LISTENER, STARTUP, SHUTDOWN].contains(&name) {
            mistakes.push(format!(
                "a check is called {name:?}, which is the name of something that probes look at themselves; \
                 call it something else"
            ));
        }
        if checks[..index].iter().any(|one| one.name == name) {
            mistakes.push(format!(
                "two checks are called {name:?}; give each a name of its own"
            ));
        }
        for (what, length) in [("interval", check.interval), ("timeout", check.timeout)] {
            if length.is_zero() {
                mistakes.push(format!(
                    "the check {name:?} has an {what} of 0, but must have a longer one"
                ));
            }
        }
    }
    mistakes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &'static str) -> HealthCheck {
        HealthCheck::readiness(name, || async { Ok::<(), String>(()) })
    }

    #[test]
    fn every_mistake_is_told() {
        let checks = [
            check("db"),
            check("db"),
            check("a\nb"),
            check("shutdown"),
            check("x").interval(Duration::ZERO).timeout(Duration::ZERO),
        ];
        let found = mistakes(&checks);
        assert_eq!(found.len(), 5, "{found:?}");
        assert!(mistakes(&[check("db"), check("a.b/c-d_1")]).is_empty());
    }

    #[test]
    fn a_rest_is_an_interval_and_some() {
        let check = check("db")
            .interval(Duration::from_secs(10))
            .jitter(Duration::from_secs(5));
        let rests: Vec<Duration> = (0..1000).map(|_| check.rest()).collect();
        let seconds = |rest: &Duration| rest.as_secs();
        assert!(
            rests
                .iter()
                .map(seconds)
                .all(|rest| (10..15).contains(&rest))
        );
        assert!(rests.iter().map(seconds).any(|rest| rest > 10));
        assert_eq!(check.max_age(), Duration::from_millis(25_500));
        let endless = check.interval(Duration::MAX).jitter(Duration::MAX);
        assert_eq!(
            (endless.rest(), endless.max_age()),
            (Duration::MAX, Duration::MAX)
        );
    }
}
