//! The state of the keys as metrics.

use std::time::Duration;

use crate::{
    Verifier,
    metrics::{Family, Kind, Source, label},
};

/// What metrics tell of one verifier's keys.
pub(in crate::auth) struct KeyFacts {
    pub(super) name: &'static str,
    pub(super) keys: usize,
    pub(super) age: Option<Duration>,
    pub(super) successes: u64,
    pub(super) failures: u64,
}

/// The keys of all verifiers that have such; nothing where there are none.
pub(crate) fn key_metrics(verifiers: Vec<Verifier>) -> Source {
    Box::new(move |out| {
        let facts: Vec<KeyFacts> = verifiers.iter().filter_map(Verifier::keys).collect();
        if facts.is_empty() {
            return;
        }
        let named = |facts: &KeyFacts| {
            let mut labels = String::new();
            label(&mut labels, "verifier", facts.name);
            labels
        };
        let help = "Keys of a token issuer that are in use.";
        let mut family = Family::begin(out, "oarlock_jwt_keys", Kind::Gauge, help);
        for one in &facts {
            family.sample(&named(one), one.keys);
        }
        let help = "Since they were fetched.";
        let mut family = Family::begin(out, "oarlock_jwt_keys_age_seconds", Kind::Gauge, help);
        for one in &facts {
            if let Some(age) = one.age {
                family.sample(&named(one), age.as_secs_f64());
            }
        }
        let help = "Fetches of a token issuer's keys.";
        let mut family = Family::begin(out, "oarlock_jwt_fetches", Kind::Counter, help);
        for one in &facts {
            for (outcome, count) in [("fetched", one.successes), ("failed", one.failures)] {
                let mut labels = named(one);
                label(&mut labels, "outcome", outcome);
                family.sample(&labels, count);
            }
        }
    })
}
