//! OpenMetrics 1.0.0 as Prometheus' older text format, 0.0.4, which every scraper reads.
//!
//! A family of counters is named with its `_total` there, an info is a gauge of 1, and there are neither units nor
//! exemplars nor times of creation. A time stands in milliseconds.

/// Text 0.0.4 of what is written as OpenMetrics, whoever wrote it.
pub(super) fn converted(open: &str) -> String {
    let mut out = String::with_capacity(open.len());
    let mut family = Described::default();
    for line in open.lines() {
        match line.strip_prefix("# ") {
            Some(words) => family.meta(words, &mut out),
            None if line.is_empty() || line.starts_with('#') => {}
            None => {
                family.end(&mut out);
                family.sample(line, &mut out);
            }
        }
    }
    family.end(&mut out);
    out
}

/// What is said of a family before its samples: the help often stands before the type, which decides its name.
#[derive(Default)]
struct Described<'t> {
    name: &'t str,
    kind: Option<&'t str>,
    help: Option<&'t str>,
    told: bool,
}

impl<'t> Described<'t> {
    fn meta(&mut self, words: &'t str, out: &mut String) {
        let mut parts = words.splitn(3, ' ');
        let (Some(word), Some(name)) = (parts.next(), parts.next()) else {
            return;
        };
        if !matches!(word, "TYPE" | "HELP") {
            return;
        }
        if self.name != name || self.told {
            self.end(out);
            *self = Described {
                name,
                ..Described::default()
            };
        }
        match word {
            "TYPE" => self.kind = parts.next(),
            _ => self.help = parts.next(),
        }
    }

    fn end(&mut self, out: &mut String) {
        if self.name.is_empty() || std::mem::replace(&mut self.told, true) {
            return;
        }
        let (suffix, kind) = match self.kind {
            Some("counter") => ("_total", "counter"),
            Some("info") => ("_info", "gauge"),
            Some("stateset" | "gauge") => ("", "gauge"),
            Some(kind @ ("histogram" | "summary")) => ("", kind),
            _ => ("", "untyped"),
        };
        let name = self.name;
        if let Some(help) = self.help {
            // Only a backslash and the end of a line are escaped here.
            let help = help.replace("\\\"", "\"");
            out.push_str(&format!("# HELP {name}{suffix} {help}\n"));
        }
        out.push_str(&format!("# TYPE {name}{suffix} {kind}\n"));
    }

    fn sample(&self, line: &str, out: &mut String) {
        let (series, rest) = line.split_at(series_end(line));
        let name = series.split('{').next().unwrap_or_default();
        let counts = matches!(self.kind, Some("counter" | "histogram" | "summary"));
        if counts && name.strip_suffix("_created") == Some(self.name) {
            return;
        }
        // An exemplar stands behind a `#`.
        let mut rest = rest.split('#').next().unwrap_or_default().split(' ');
        let mut words = rest.by_ref().filter(|word| !word.is_empty());
        let Some(value) = words.next() else { return };
        out.push_str(&format!("{series} {value}"));
        if let Some(seconds) = words.next().and_then(|time| time.parse::<f64>().ok()) {
            out.push_str(&format!(" {:.0}", seconds * 1000.0));
        }
        out.push('\n');
    }
}

/// Where a sample's name and labels end; a label's value may hold anything.
fn series_end(line: &str) -> usize {
    let Some(open) = line.find(['{', ' ']) else {
        return line.len();
    };
    if line.as_bytes()[open] == b' ' {
        return open;
    }
    let (mut quoted, mut escaped) = (false, false);
    for (index, byte) in line.bytes().enumerate().skip(open) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'}' if !quoted => return index + 1,
            _ => {}
        }
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::converted;

    #[test]
    fn each_kind_of_family_becomes_its_like() {
        let open = "# HELP a_seconds What \\\"a\\\" took.\n# TYPE a_seconds counter\n# UNIT a_seconds seconds\n\
                    a_seconds_total{x=\"} # \\\" 1\"} 2.5 1.25 # {trace_id=\"1\"} 1 1\n\
                    a_seconds_created{x=\"1\"} 5\n\
                    # TYPE b info\n# HELP b B.\nb_info{v=\"1\"} 1\n\
                    # TYPE c unknown\nc 7\n\
                    # TYPE d_bytes histogram\nd_bytes_bucket{le=\"+Inf\"} 1 # {} 3\nd_bytes_count 1\n\
                    # TYPE e gauge\n# EOF\n";
        let text = "# HELP a_seconds_total What \"a\" took.\n# TYPE a_seconds_total counter\n\
                    a_seconds_total{x=\"} # \\\" 1\"} 2.5 1250\n\
                    # HELP b_info B.\n# TYPE b_info gauge\nb_info{v=\"1\"} 1\n\
                    # TYPE c untyped\nc 7\n\
                    # TYPE d_bytes histogram\nd_bytes_bucket{le=\"+Inf\"} 1\nd_bytes_count 1\n\
                    # TYPE e gauge\n";
        assert_eq!(converted(open), text);
    }

    #[test]
    fn what_is_no_openmetrics_breaks_nothing() {
        for odd in [
            "",
            "\n",
            "#",
            "# TYPE",
            "a",
            "a{",
            "a{x=\"",
            "{} 1",
            "é 1",
            "# HELP é",
        ] {
            let _ = converted(odd);
        }
    }
}
