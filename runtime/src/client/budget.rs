//! How many calls may be made again: a share of those that are made at all, and a few each second, so that a service
//! that fails is not asked several times as much ("retry budget", as Finagle and Linkerd have it).

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// For how long what is saved up is kept: a quiet hour must not pay for a storm.
const KEPT: Duration = Duration::from_secs(10);
/// What may be saved up at most, in retries: of calls, beside what each second gives.
const MOST_SAVED: f64 = 100.0;

/// What a client may spend on retries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Allowance {
    /// Retries for each call.
    pub(super) share: f64,
    /// Retries that are there each second, however few calls there are.
    pub(super) per_second: f64,
}

/// A token bucket of retries, shared by the clones of a client.
pub(super) struct Budget {
    allowance: Allowance,
    saved: Mutex<Saved>,
}

struct Saved {
    /// From calls.
    earned: f64,
    /// From time that went by.
    given: f64,
    at: Instant,
}

impl Budget {
    pub(super) fn new(allowance: Allowance, now: Instant) -> Self {
        let given = allowance.per_second * KEPT.as_secs_f64();
        Budget {
            allowance,
            saved: Mutex::new(Saved {
                earned: 0.0,
                given,
                at: now,
            }),
        }
    }

    /// A call is made.
    pub(super) fn called(&self) {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        saved.earned = (saved.earned + self.allowance.share).min(MOST_SAVED);
    }

    /// Takes what one retry costs; false where it is not there.
    pub(super) fn spend(&self, now: Instant) -> bool {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = now.saturating_duration_since(saved.at).as_secs_f64();
        let most = self.allowance.per_second * KEPT.as_secs_f64();
        saved.given = (saved.given + seconds * self.allowance.per_second).min(most);
        saved.at = saved.at.max(now);
        let from = match saved.earned >= 1.0 {
            true => &mut saved.earned,
            false => &mut saved.given,
        };
        let enough = *from >= 1.0;
        if enough {
            *from -= 1.0;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWANCE: Allowance = Allowance {
        share: 0.2,
        per_second: 2.0,
    };

    #[test]
    fn retries_are_a_share_of_calls_and_a_few_each_second() {
        let now = Instant::now();
        let budget = Budget::new(ALLOWANCE, now);
        let spent = |budget: &Budget, now| (0..1000).filter(|_| budget.spend(now)).count();
        assert_eq!(spent(&budget, now), 20);
        (0..101).for_each(|_| budget.called());
        assert_eq!(spent(&budget, now), 20);
        assert_eq!(spent(&budget, now + Duration::from_secs(3)), 6);
        // Neither a quiet hour nor many good calls pay for a storm.
        (0..100_000).for_each(|_| budget.called());
        assert_eq!(spent(&budget, now + Duration::from_secs(3600)), 120);
    }
}
