//! The state of each check as a metric.

use std::sync::Arc;

use super::Probes;
use crate::metrics::{Family, Kind, Source, label};

impl Probes {
    /// A gauge of every check; nothing where there are none.
    pub(crate) fn gauge(self: Arc<Self>) -> Source {
        Box::new(move |out| {
            let mut states = self.checks.states().peekable();
            if states.peek().is_none() {
                return;
            }
            let help = "1 while a check passes.";
            let mut family = Family::begin(out, "oarlock_check_up", Kind::Gauge, help);
            for state in states {
                let mut labels = String::new();
                label(&mut labels, "check", state.name);
                label(
                    &mut labels,
                    "critical",
                    if state.critical { "true" } else { "false" },
                );
                family.sample(&labels, u8::from(state.is_up()));
            }
        })
    }
}
