//! Which traces are kept: `OTEL_TRACES_SAMPLER`.

/// Who decides whether a trace is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sampler {
    /// Whether a caller's decision is kept to.
    by_parent: bool,
    /// Traces whose id is below are kept, of 2⁶³.
    below: u64,
}

const ALL: u64 = 1 << 63;

impl Sampler {
    /// A sampler by its name in the specification of OpenTelemetry, and the share of traces that one by ratio keeps.
    pub(super) fn named(name: &str, ratio: f64) -> Option<Self> {
        let (by_parent, root) = match name.strip_prefix("parentbased_") {
            Some(root) => (true, root),
            None => (false, name),
        };
        let below = match root {
            "always_on" => ALL,
            "always_off" => 0,
            "traceidratio" => below(ratio),
            _ => return None,
        };
        Some(Sampler { by_parent, below })
    }

    /// Whether a trace is kept; `decided` is what its caller has decided.
    pub(super) fn keeps(self, trace: u128, decided: Option<bool>) -> bool {
        // The rule of OpenTelemetry's SDKs, so that all of them keep the same traces.
        #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
        let own = (trace as u64) >> 1 < self.below;
        decided.filter(|_| self.by_parent).unwrap_or(own)
    }
}

impl Default for Sampler {
    fn default() -> Self {
        Sampler {
            by_parent: true,
            below: ALL,
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the ratio is within 0 and 1, and a share of 2⁶³ needs no more digits"
)]
fn below(ratio: f64) -> u64 {
    (ratio * ALL as f64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampler(name: &str, ratio: f64) -> Sampler {
        Sampler::named(name, ratio).unwrap()
    }

    #[test]
    fn a_callers_decision_is_kept_to_by_parentbased_samplers_alone() {
        for (name, own, by_parent) in [
            ("always_on", true, false),
            ("always_off", false, false),
            ("traceidratio", false, false),
            ("parentbased_always_on", true, true),
            ("parentbased_always_off", false, true),
            ("parentbased_traceidratio", false, true),
        ] {
            let one = sampler(name, 0.0);
            assert_eq!(one.keeps(7, None), own, "{name}");
            for decided in [true, false] {
                let expected = if by_parent { decided } else { own };
                assert_eq!(one.keeps(7, Some(decided)), expected, "{name}");
            }
        }
        assert_eq!(Sampler::named("jaeger_remote", 1.0), None);
        assert_eq!(Sampler::default(), sampler("parentbased_always_on", 0.0));
    }

    #[test]
    fn a_ratio_keeps_its_share() {
        for ratio in [0.0, 0.1, 0.5, 1.0] {
            let one = sampler("traceidratio", ratio);
            let mut random = fastrand::Rng::with_seed(7);
            let kept = (0..100_000).filter(|_| one.keeps(random.u128(..), None));
            let share = f64::from(u32::try_from(kept.count()).unwrap()) / 100_000.0;
            assert!((share - ratio).abs() < 0.01, "{ratio}: {share}");
        }
        // What one service keeps, another of a larger share keeps too.
        let (few, many) = (sampler("traceidratio", 0.1), sampler("traceidratio", 0.2));
        assert!((0..1000).all(|_| {
            let trace = fastrand::u128(..);
            !few.keeps(trace, None) || many.keeps(trace, None)
        }));
        assert!(sampler("traceidratio", 1.0).keeps(u128::MAX, None));
    }
}
