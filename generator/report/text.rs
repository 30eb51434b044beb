//! A report for a terminal.

use std::fmt::Write;

use super::{Count, Part, Report};
use crate::diagnostic::on_one_line;

/// A report as text: a line for each part, its findings below, a total at the end.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    let (title, version) = (report.title.trim(), report.version.trim());
    line(&mut out, &format!("{title} {version} ({})", report.file));
    section(&mut out, "operations", &report.operations);
    section(&mut out, "schemas", &report.schemas);
    if !report.warnings.is_empty() {
        out.push_str("\nwarnings\n");
        for one in &report.warnings {
            line(
                &mut out,
                &format!("  {} {} ({})", one.code, one.message, one.place),
            );
        }
    }
    let total = &report.total;
    out.push_str("\ntotal\n");
    line(
        &mut out,
        &format!("  operations  {}", counts(&total.operations)),
    );
    line(
        &mut out,
        &format!("  schemas     {}", counts(&total.schemas)),
    );
    line(&mut out, &format!("  warnings    {}", total.warnings));
    line(
        &mut out,
        &format!("  lines       {} of Rust in the API's crate", total.lines),
    );
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(&on_one_line(text));
    out.push('\n');
}

fn section(out: &mut String, title: &str, parts: &[Part]) {
    if parts.is_empty() {
        return;
    }
    let _ = write!(out, "\n{title}\n");
    let widest = parts.iter().map(|part| part.name.chars().count()).max();
    let wide = widest.unwrap_or_default().min(60);
    for part in parts {
        line(
            out,
            &format!(
                "  {:<9} {:<wide$} {:>6} lines  {}",
                part.standing, part.name, part.lines, part.place
            ),
        );
        for one in &part.findings {
            line(
                out,
                &format!(
                    "    {}: {}: {} ({})",
                    one.standing, one.what, one.why, one.place
                ),
            );
        }
    }
}

fn counts(count: &Count) -> String {
    format!(
        "{}: {} typed, {} checked, {} degraded, {} refused",
        count.all, count.typed, count.checked, count.degraded, count.refused
    )
}
