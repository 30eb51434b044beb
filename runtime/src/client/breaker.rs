//! A circuit breaker: where most of what is asked fails, it is not asked for a while, and then asked once.

use std::time::{Duration, Instant};

/// How many seconds are looked at.
const SECONDS: usize = 10;
/// How long a circuit is open at most, however often it was before.
const LONGEST: Duration = Duration::from_secs(60);

/// When a backend is left alone. Failures are connections that do not stand or break off, answers that do not come
/// within the client's own time, and 502, 503 and 504.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CircuitBreaker {
    share: f64,
    least: u32,
    pause: Duration,
}

impl Default for CircuitBreaker {
    /// Opens where half of at least 10 outcomes within 10 seconds were failures, for 5 seconds at first.
    fn default() -> Self {
        CircuitBreaker {
            share: 0.5,
            least: 10,
            pause: Duration::from_secs(5),
        }
    }
}

impl CircuitBreaker {
    /// With another share of failures that opens it, between 0 and 1.
    #[must_use]
    pub fn failure_share(mut self, share: f64) -> Self {
        self.share = share;
        self
    }

    /// With another number of outcomes within 10 seconds below which it never opens.
    #[must_use]
    pub fn least_outcomes(mut self, least: u32) -> Self {
        self.least = least;
        self
    }

    /// With another time for which it is open: half to one and a half of this at first, twice as long each time that
    /// what is tried then fails, a minute at most.
    #[must_use]
    pub fn open_for(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }
}

/// The breaker of one backend.
pub(super) struct Circuit {
    breaker: CircuitBreaker,
    window: Window,
    state: State,
    /// How often it opened since it was last closed.
    openings: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed,
    Open {
        until: Instant,
    },
    /// One request is on its way to see whether it works again.
    Probing,
}

/// Whether a request may go, and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    Usual,
    Probe,
}

/// What an outcome changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Opened(Duration),
    Closed,
}

impl Circuit {
    pub(super) fn new(breaker: CircuitBreaker, now: Instant) -> Self {
        Circuit {
            breaker,
            window: Window::new(now),
            state: State::Closed,
            openings: 0,
        }
    }

    /// How long it takes until a request may go; none where one may now.
    pub(super) fn wait(&self, now: Instant) -> Option<Duration> {
        match self.state {
            State::Closed => None,
            State::Open { until } if until <= now => None,
            State::Open { until } => Some(until - now),
            // Nobody knows; whoever is told comes back soon.
            State::Probing => Some(self.breaker.pause),
        }
    }

    /// Lets a request go where it may.
    pub(super) fn admit(&mut self, now: Instant) -> Option<Admission> {
        if self.wait(now).is_some() {
            return None;
        }
        match self.state {
            State::Closed => Some(Admission::Usual),
            _ => {
                self.state = State::Probing;
                Some(Admission::Probe)
            }
        }
    }

    /// What became of a request; none where that says nothing of the backend.
    pub(super) fn record(
        &mut self,
        now: Instant,
        admission: Admission,
        failed: Option<bool>,
    ) -> Option<Change> {
        match (admission, failed) {
            (Admission::Probe, Some(false)) => Some(self.close(now)),
            (Admission::Probe, Some(true)) => Some(self.open(now)),
            (Admission::Probe, None) => {
                // The next one is the probe.
                self.state = State::Open { until: now };
                None
            }
            (Admission::Usual, Some(failed)) if self.state == State::Closed => {
                self.window.add(now, failed);
                self.window.is_bad(&self.breaker).then(|| self.open(now))
            }
            // What was sent before it opened tells nothing new.
            (Admission::Usual, _) => None,
        }
    }

    fn close(&mut self, now: Instant) -> Change {
        self.state = State::Closed;
        self.openings = 0;
        self.window = Window::new(now);
        Change::Closed
    }

    fn open(&mut self, now: Instant) -> Change {
        let doubled = self
            .breaker
            .pause
            .saturating_mul(1 << self.openings.min(10));
        // Jitter: many clients that saw the same failure must not come back at once.
        let pause = doubled.min(LONGEST).mul_f64(0.5 + fastrand::f64());
        self.openings += 1;
        self.state = State::Open { until: now + pause };
        Change::Opened(pause)
    }
}

/// Outcomes by second.
struct Window {
    started: Instant,
    /// The second that was last counted in.
    last: u64,
    seconds: [Second; SECONDS],
}

#[derive(Clone, Copy, Default)]
struct Second {
    all: u32,
    failed: u32,
}

impl Window {
    fn new(now: Instant) -> Self {
        Window {
            started: now,
            last: 0,
            seconds: Default::default(),
        }
    }

    fn add(&mut self, now: Instant, failed: bool) {
        let second = now.saturating_duration_since(self.started).as_secs();
        let second = second.max(self.last);
        let passed = (second - self.last).min(SECONDS as u64);
        for behind in 0..passed {
            self.seconds[place(second - behind)] = Second::default();
        }
        self.last = second;
        let current = &mut self.seconds[place(second)];
        current.all = current.all.saturating_add(1);
        current.failed = current.failed.saturating_add(u32::from(failed));
    }

    fn is_bad(&self, breaker: &CircuitBreaker) -> bool {
        let all: u64 = self.seconds.iter().map(|one| u64::from(one.all)).sum();
        let failed: u64 = self.seconds.iter().map(|one| u64::from(one.failed)).sum();
        #[expect(clippy::cast_precision_loss, reason = "counts of ten seconds")]
        let share = failed as f64 / all.max(1) as f64;
        failed > 0 && all >= u64::from(breaker.least) && share >= breaker.share
    }
}

fn place(second: u64) -> usize {
    usize::try_from(second % SECONDS as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn told(circuit: &mut Circuit, now: Instant, failed: bool) {
        let admission = circuit.admit(now).expect("it is let through");
        _ = circuit.record(now, admission, Some(failed));
    }

    #[test]
    fn it_opens_at_a_share_of_failures_over_a_least_count() {
        let now = Instant::now();
        let mut circuit = Circuit::new(CircuitBreaker::default(), now);
        (0..9).for_each(|_| told(&mut circuit, now, true));
        assert_eq!(circuit.wait(now), None);
        told(&mut circuit, now, true);
        let wait = circuit.wait(now).unwrap().as_secs_f64();
        assert!((2.5..=7.5).contains(&wait), "{wait}");
        assert_eq!(circuit.admit(now), None);

        let mut circuit = Circuit::new(CircuitBreaker::default(), now);
        for turn in 0..1000 {
            told(&mut circuit, now, turn % 5 > 2);
        }
        assert_eq!(circuit.wait(now), None, "two in five are less than half");
    }

    #[test]
    fn what_is_long_past_does_not_count() {
        let now = Instant::now();
        let mut circuit = Circuit::new(CircuitBreaker::default(), now);
        (0..9).for_each(|_| told(&mut circuit, now, true));
        told(&mut circuit, now + SECOND * 10, true);
        assert_eq!(circuit.wait(now + SECOND * 10), None);
        let later = now + SECOND * 100_000;
        (0..9).for_each(|_| told(&mut circuit, later, true));
        assert_eq!(circuit.wait(later), None);
        told(&mut circuit, later, true);
        assert!(circuit.wait(later).is_some());
    }

    #[test]
    fn one_probe_closes_it_or_opens_it_for_longer() {
        let now = Instant::now();
        let mut circuit = Circuit::new(CircuitBreaker::default(), now);
        (0..10).for_each(|_| told(&mut circuit, now, true));
        let later = now + SECOND * 8;
        assert_eq!(circuit.admit(later), Some(Admission::Probe));
        assert_eq!(circuit.admit(later), None, "one at a time");
        circuit.record(later, Admission::Usual, Some(false));
        assert_eq!(circuit.admit(later), None, "an old answer closes nothing");
        circuit.record(later, Admission::Probe, None);
        assert_eq!(circuit.admit(later), Some(Admission::Probe));
        circuit.record(later, Admission::Probe, Some(true));
        let wait = circuit.wait(later).unwrap().as_secs_f64();
        assert!((5.0..=15.0).contains(&wait), "{wait}");
        let last = later + SECOND * 16;
        told(&mut circuit, last, false);
        assert_eq!(circuit.admit(last), Some(Admission::Usual));
    }
}
