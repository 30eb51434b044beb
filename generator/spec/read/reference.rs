//! `$ref`: JSON Pointers in URI fragments (RFC 6901, section 6), within one file.

use percent_encoding::percent_decode_str;

use super::reader::{Reader, identity, nearest, unsupported};
use crate::{
    diagnostic::Code,
    document::{Node, Value},
    source::Span,
    spec::Unsupported,
};

impl<'a> Reader<'a, '_> {
    /// What a reference leads to; none where it leads out of the file, which goes to `left_out`, or nowhere.
    pub(super) fn target(
        &mut self,
        reference: &Node,
        left_out: &mut Vec<Unsupported>,
    ) -> Option<&'a Node> {
        let text = self.text(reference, "`$ref`")?;
        let Some(fragment) = text.strip_prefix('#') else {
            left_out.push(unsupported(reference.span, "a `$ref` to another file"));
            return None;
        };
        let known = self.targets.get(fragment).copied();
        let found = known.unwrap_or_else(|| self.walk(fragment));
        self.targets.insert(fragment.to_owned(), found);
        if found.is_none() {
            self.unresolved(reference, &text);
        }
        found
    }

    fn walk(&self, fragment: &str) -> Option<&'a Node> {
        if fragment.is_empty() {
            return Some(self.root);
        }
        let decoded = percent_decode_str(fragment).decode_utf8().ok()?;
        let mut node = self.root;
        for step in decoded.strip_prefix('/')?.split('/') {
            let step = step.replace("~1", "/").replace("~0", "~");
            node = match &node.value {
                Value::Sequence(items) => items.get(step.parse::<usize>().ok()?)?,
                _ => node.get(&step)?,
            };
        }
        Some(node)
    }

    fn unresolved(&mut self, reference: &Node, text: &str) {
        let (folder, name) = text.rsplit_once('/').unwrap_or((text, ""));
        let siblings = folder
            .strip_prefix('#')
            .and_then(|folder| self.walk(folder));
        let names: Vec<&str> = match siblings.map(|node| &node.value) {
            Some(Value::Mapping(entries)) => {
                entries.iter().map(|entry| entry.key.as_str()).collect()
            }
            _ => Vec::new(),
        };
        let help = match nearest(name, &names) {
            Some(near) => format!("did you mean `{folder}/{near}`?"),
            None => "point at something that the document holds".into(),
        };
        let message = format!("`{}` leads nowhere", text.escape_debug());
        self.report(
            Code::UnresolvedReference,
            reference.span,
            message,
            "nothing stands there",
            help,
        );
    }

    /// An object that may stand somewhere else: follows references until there is none.
    pub(super) fn object(
        &mut self,
        node: &'a Node,
        left_out: &mut Vec<Unsupported>,
    ) -> Option<&'a Node> {
        let mut seen = Vec::new();
        let mut now = node;
        while let Some(reference) = now.get("$ref") {
            if seen.contains(&identity(now)) {
                self.circle(reference.span);
                return None;
            }
            seen.push(identity(now));
            now = self.target(reference, left_out)?;
        }
        Some(now)
    }

    pub(super) fn circle(&mut self, span: Span) {
        let help = "let one of the references in the circle hold what is meant".into();
        let message = "this `$ref` comes back to itself".into();
        self.report(
            Code::ReferenceLoop,
            span,
            message,
            "following it never ends",
            help,
        );
    }
}
