//! Metrics as OpenMetrics 1.0.0 writes them, without the `# EOF` at the end.

use std::fmt::{Display, Write};

/// What a family's samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
    Info,
}

/// A family whose samples are being written. Writing to text never fails.
pub(crate) struct Family<'o> {
    out: &'o mut String,
    name: &'static str,
    kind: Kind,
}

impl<'o> Family<'o> {
    /// Begins a family. A counter's name has no `_total` and an info's no `_info`; a name's end tells its unit.
    pub(crate) fn begin(
        out: &'o mut String,
        name: &'static str,
        kind: Kind,
        help: &'static str,
    ) -> Self {
        let word = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            Kind::Info => "info",
        };
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {word}");
        let units = ["seconds", "bytes"].into_iter();
        for unit in units.filter(|unit| name.rsplit('_').next() == Some(unit)) {
            let _ = writeln!(out, "# UNIT {name} {unit}");
        }
        Family { out, name, kind }
    }

    /// A sample, its labels as [`label`] writes them.
    pub(crate) fn sample(&mut self, labels: &str, value: impl Display) {
        let suffix = match self.kind {
            Kind::Counter => "_total",
            Kind::Info => "_info",
            Kind::Gauge | Kind::Histogram => "",
        };
        self.suffixed(suffix, labels, value);
    }

    pub(super) fn suffixed(&mut self, suffix: &str, labels: &str, value: impl Display) {
        let name = self.name;
        let _ = match labels {
            "" => writeln!(self.out, "{name}{suffix} {value}"),
            _ => writeln!(self.out, "{name}{suffix}{{{labels}}} {value}"),
        };
    }

    pub(super) fn bucket(&mut self, labels: &str, end: &str, count: u64, exemplar: Option<String>) {
        let name = self.name;
        let comma = if labels.is_empty() { "" } else { "," };
        let _ = write!(
            self.out,
            "{name}_bucket{{{labels}{comma}le=\"{end}\"}} {count}"
        );
        let _ = match exemplar {
            Some(exemplar) => writeln!(self.out, " # {exemplar}"),
            None => writeln!(self.out),
        };
    }
}

/// Adds a label to others; none where it has no value, which is the same to those who read it.
pub(crate) fn label(labels: &mut String, name: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    if !labels.is_empty() {
        labels.push(',');
    }
    labels.push_str(name);
    labels.push_str("=\"");
    for letter in value.chars() {
        match letter {
            '\\' => labels.push_str("\\\\"),
            '"' => labels.push_str("\\\""),
            '\n' => labels.push_str("\\n"),
            other => labels.push(other),
        }
    }
    labels.push('"');
}
