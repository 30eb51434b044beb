//! The keys of `paths`: templates, and what authors put beside them.

use oarlock_runtime::path_names;

use super::{operation::Path, reader::Reader};
use crate::{diagnostic::Code, document::Entry};

/// How many parameters a path may have: the runtime notes their places in an array.
const MAX_PATH_PARAMETERS: usize = 16;

impl Reader<'_, '_> {
    /// Reads a key of `paths`; none where it is no path, which is told.
    pub(super) fn path_template(&mut self, entry: &Entry) -> Option<Path> {
        let (written, overload) = match entry.key.split_once(['?', '#']) {
            Some((written, behind)) => (written, Some(behind.to_owned())),
            None => (entry.key.as_str(), None),
        };
        let template = self.plain_template(entry, written);
        if let Some(wrong) = mistake(&template) {
            let message = format!("`{}` is not a path", entry.key.escape_debug());
            let help = "write the path as `/things/{id}`".into();
            self.report(Code::InvalidValue, entry.key_span, message, wrong, help);
            return None;
        }
        if overload.is_some() {
            self.as_meant(
                entry.key_span,
                format!("`{}` has more than a path", entry.key.escape_debug()),
                "read as one more operation on this path, for the requests that fit it",
                "give each operation a path of its own".into(),
            );
        }
        let mut sorted: Vec<_> = path_names(&template).collect();
        sorted.sort_unstable();
        if let Some(twice) = sorted.windows(2).find(|two| two[0] == two[1]) {
            let message = format!("the path names `{{{}}}` twice", twice[0]);
            let help = "give each a name of its own".into();
            let label = "the value of the first is taken";
            self.report(Code::PathParameter, entry.key_span, message, label, help);
        }
        Some(Path {
            span: entry.key_span,
            template,
            overload,
            has_parameters: true,
        })
    }

    /// A template with the bare names of its parameters: `{;id*}` is how RFC 6570 writes what `style: matrix` says, and
    /// `{+name}` stands in documents that were made of Google's.
    fn plain_template(&mut self, entry: &Entry, written: &str) -> String {
        let mut template = String::new();
        let mut rest = written;
        while let Some((before, after)) = rest.split_once('{')
            && let Some((name, behind)) = after.split_once('}')
        {
            let bare = name
                .trim_start_matches(['.', ';', '+'])
                .trim_end_matches('*');
            let bare = if bare.is_empty() { name } else { bare };
            if bare != name {
                self.as_meant(
                    entry.key_span,
                    format!("`{{{}}}` has signs of RFC 6570", name.escape_debug()),
                    "read as the name alone",
                    format!(
                        "write `{{{}}}`, and `style` and `explode` at the parameter",
                        bare.escape_debug()
                    ),
                );
            }
            template.push_str(before);
            template.push_str(&format!("{{{bare}}}"));
            rest = behind;
        }
        template.push_str(rest);
        if !template.starts_with('/') && !template.is_empty() {
            self.as_meant(
                entry.key_span,
                format!("`{}` does not begin with `/`", entry.key.escape_debug()),
                "read as if it did",
                "begin the path with `/`".into(),
            );
            template.insert(0, '/');
        }
        template
    }
}

fn mistake(template: &str) -> Option<&'static str> {
    let names: Vec<_> = path_names(template).collect();
    let open = template.matches('{').count();
    let balanced = open == names.len() && open == template.matches('}').count();
    let odd = |name: &&str| name.is_empty() || name.contains(['/', '{']);
    if template.is_empty() {
        Some("it is empty")
    } else if !balanced || names.iter().any(odd) {
        Some("each name must stand in braces of its own")
    } else if template.contains("}{") {
        Some("there must be text between two parameters")
    } else if names.len() > MAX_PATH_PARAMETERS {
        Some("a path has at most 16 parameters")
    } else if template.chars().any(|one| one.is_control() || one == ' ') {
        Some("it has a space or a control character")
    } else {
        None
    }
}
