//! The state of each check as a metric.

use std::fmt::Write;

use super::checks::Checks;

const NAME: &str = "oarlock_check_up";

impl Checks {
    /// A gauge in Prometheus' text format. The names of checks need no escape: `mistakes` refuses what would.
    pub(crate) fn write_gauge(&self, out: &mut String) {
        for (index, state) in self.states().enumerate() {
            if index == 0 {
                let _ = writeln!(
                    out,
                    "# HELP {NAME} 1 while a check passes.\n# TYPE {NAME} gauge"
                );
            }
            let (name, critical, up) = (state.name, state.critical, u8::from(state.is_up()));
            let _ = writeln!(
                out,
                "{NAME}{{check=\"{name}\",critical=\"{critical}\"}} {up}"
            );
        }
    }
}
