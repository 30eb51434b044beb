//! `$ref`: JSON Pointers in URI fragments (RFC 6901, section 6) and anchors, in this file and in others.

use super::reader::{Reader, nearest};
use crate::{
    diagnostic::Code,
    document::{Node, Value},
    source::Span,
    spec::files::{Absence, identity},
};

impl<'a> Reader<'a, '_> {
    /// What a reference leads to; none where that is nowhere, which is told.
    pub(super) fn target(&mut self, reference: &Node) -> Option<&'a Node> {
        let text = self.text(reference, "`$ref`")?;
        match self.files.target(reference, &text) {
            Ok(node) => Some(node),
            Err(why) => {
                self.absent(reference, &text, &why);
                None
            }
        }
    }

    fn absent(&mut self, reference: &Node, text: &str, why: &Absence) {
        let shown = text.escape_debug();
        let (message, help) = match why {
            Absence::Nothing => return self.unresolved(reference, text),
            // The mistakes in that file are told at their own places.
            Absence::Broken => return,
            Absence::Outside => (
                format!("`{shown}` lies outside of the document's folder"),
                "move the file into the folder, or allow it with `--allow outside`".to_owned(),
            ),
            Absence::Remote(host) => (
                format!("`{shown}` lies on another host"),
                format!(
                    "nothing is fetched: put a copy into a folder and name it, as in `--remote https://{}/=FOLDER`",
                    host.escape_debug()
                ),
            ),
            Absence::Unreadable(reason) => (
                format!("`{shown}` cannot be read: {reason}"),
                "check the path; it is taken from the folder of the file that this stands in"
                    .into(),
            ),
        };
        let span = reference.span;
        self.report(Code::FileNotRead, span, message, "this file", help);
    }

    fn unresolved(&mut self, reference: &Node, text: &str) {
        let (folder, name) = text.rsplit_once('/').unwrap_or((text, ""));
        let siblings = self.files.target(reference, folder).ok();
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
    pub(super) fn object(&mut self, node: &'a Node) -> Option<&'a Node> {
        self.objects(node)?.pop()
    }

    /// The objects on the way of references, the nearest first: a path may have fields beside its `$ref`.
    pub(super) fn objects(&mut self, node: &'a Node) -> Option<Vec<&'a Node>> {
        let (mut seen, mut all) = (Vec::new(), Vec::new());
        let mut now = node;
        while let Some(reference) = now.get("$ref") {
            if seen.contains(&identity(now)) {
                self.circle(reference.span);
                return None;
            }
            seen.push(identity(now));
            all.push(now);
            now = self.target(reference)?;
        }
        all.push(now);
        Some(all)
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
