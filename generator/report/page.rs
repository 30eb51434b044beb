//! A report as a page that stands by itself.

use askama::Template;

use super::{Count, Part, Report};

#[derive(Template)]
#[template(path = "report/inspect.html")]
struct Page<'a> {
    report: &'a Report,
}

/// A report as one HTML file, which asks for nothing from elsewhere.
///
/// # Errors
/// A fault of the template.
pub fn page(report: &Report) -> Result<String, askama::Error> {
    Page { report }.render()
}

impl Page<'_> {
    /// The tables, with their titles and the ids of their places on the page.
    fn tables(&self) -> [(&'static str, &[Part], &Count); 2] {
        let (report, total) = (self.report, &self.report.total);
        [
            ("Operations", &report.operations, &total.operations),
            ("Schemas", &report.schemas, &total.schemas),
        ]
    }

    /// What each standing means.
    fn standings(&self) -> [(&'static str, &'static str); 4] {
        [
            ("typed", "a Rust type says it whole"),
            (
                "checked",
                "a type holds its values, and the exact schema is asked as well",
            ),
            (
                "degraded",
                "kept as a JSON value that the exact schema is asked about, or as bytes",
            ),
            ("refused", "not generated"),
        ]
    }
}
