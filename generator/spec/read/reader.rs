//! Typed access to nodes; each way in tells what is wrong and goes on.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    rc::Rc,
};

use serde_json::Number;

use super::{Dialect, json};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, Label},
    document::{Entry, Node, Value},
    source::Span,
    spec::{Files, Schema, SchemaId, Spanned, Unsupported},
};

pub(super) struct Reader<'a, 'd> {
    pub(super) files: &'a Files,
    pub(super) root: &'a Node,
    pub(super) dialect: Dialect,
    diagnostics: &'d mut Diagnostics,
    told: HashSet<(usize, String)>,
    pub(super) schemas: Vec<Option<Schema>>,
    /// Nodes of 2.0 whose schema stands among other fields.
    pub(super) around: HashSet<usize>,
    pub(super) names: HashMap<SchemaId, Spanned<String>>,
    pub(super) ids: HashMap<usize, SchemaId>,
    pub(super) queue: VecDeque<(SchemaId, &'a Node)>,
    /// The operations that are being read: one, and those whose callbacks lead to it.
    pub(super) open: Vec<&'a Node>,
    /// How many operations have been read, those of callbacks once for each way to them.
    pub(super) operations_read: usize,
}

impl<'a, 'd> Reader<'a, 'd> {
    pub(super) fn new(
        files: &'a Files,
        dialect: Dialect,
        diagnostics: &'d mut Diagnostics,
    ) -> Self {
        Reader {
            files,
            root: files.root(),
            dialect,
            diagnostics,
            told: HashSet::new(),
            schemas: Vec::new(),
            around: HashSet::new(),
            names: HashMap::new(),
            ids: HashMap::new(),
            queue: VecDeque::new(),
            open: Vec::new(),
            operations_read: 0,
        }
    }

    pub(super) fn is_30(&self) -> bool {
        matches!(self.dialect, Dialect::V20 | Dialect::V30)
    }

    /// Whether the document says that it is of 3.2, which differs from 3.1 in what may be left out.
    pub(super) fn is_32(&self) -> bool {
        let version = self.files.root().get("openapi").map(|node| &node.value);
        matches!(version, Some(Value::Scalar { text, .. }) if text.starts_with("3.2"))
    }

    pub(super) fn is_20(&self) -> bool {
        self.dialect == Dialect::V20
    }

    /// Tells something, once for each place.
    pub(super) fn report(
        &mut self,
        code: Code,
        span: Span,
        message: String,
        label: &str,
        help: String,
    ) {
        let primary = Label {
            span,
            text: label.to_owned(),
        };
        self.report_with(code, primary, message, Vec::new(), help);
    }

    /// Tells something that other places explain.
    pub(super) fn report_with(
        &mut self,
        code: Code,
        primary: Label,
        message: String,
        context: Vec<Label>,
        help: String,
    ) {
        if self.told.insert((primary.span.start, message.clone())) {
            self.diagnostics.push(Diagnostic {
                code,
                message,
                primary,
                context,
                help,
            });
        }
    }

    pub(super) fn missing(&mut self, parent: &Node, key: &str, what: &str) {
        let place = Span {
            end: parent.span.start,
            ..parent.span
        };
        let message = format!("{what} has no `{key}`");
        self.report(
            Code::MissingField,
            place,
            message,
            "it belongs in here",
            format!("add `{key}`"),
        );
    }

    pub(super) fn wrong_kind(&mut self, node: &Node, wanted: &str, what: &str) {
        let found = json::kind_word(node);
        let message = format!("{what} must be {wanted}, and is {found}");
        let help = format!("write {wanted} here");
        self.report(
            Code::WrongKind,
            node.span,
            message,
            &format!("this is {found}"),
            help,
        );
    }

    /// A value that is not among those allowed; the nearest of them is proposed.
    pub(super) fn invalid(&mut self, span: Span, what: &str, value: &str, allowed: &[&str]) {
        let listed: Vec<String> = allowed.iter().map(|word| format!("`{word}`")).collect();
        let listed = listed.join(", ");
        let help = match nearest(value, allowed) {
            Some(near) => format!("did you mean `{near}`? Allowed are {listed}"),
            None => format!("allowed are {listed}"),
        };
        let message = format!("`{}` is not {what}", value.escape_debug());
        self.report(Code::InvalidValue, span, message, "this value", help);
    }

    pub(super) fn mapping(&mut self, node: &'a Node, what: &str) -> Option<&'a [Entry]> {
        match &node.value {
            Value::Mapping(entries) => Some(entries),
            _ => {
                self.wrong_kind(node, "a mapping", what);
                None
            }
        }
    }

    /// A mapping whose keys are all known; the others are told to be ignored.
    pub(super) fn fields(
        &mut self,
        node: &'a Node,
        known: &[&str],
        what: &str,
    ) -> Option<&'a [Entry]> {
        let entries = self.mapping(node, what)?;
        for entry in entries {
            if !known.contains(&entry.key.as_str()) {
                self.unknown_field(entry, known, what);
            }
        }
        Some(entries)
    }

    pub(super) fn unknown_field(&mut self, entry: &Entry, known: &[&str], what: &str) {
        if entry.key.starts_with("x-") {
            return;
        }
        let help = match nearest(&entry.key, known) {
            Some(near) => format!("did you mean `{near}`? A field of your own starts with `x-`"),
            None => "take it out, or start its name with `x-`".into(),
        };
        let message = format!(
            "{what} has no field `{}` in OpenAPI",
            entry.key.escape_debug()
        );
        self.report(
            Code::UnknownField,
            entry.key_span,
            message,
            "it is ignored",
            help,
        );
    }

    /// The entries of a mapping under `key`; none where there is no such key.
    pub(super) fn entries_of(&mut self, parent: &'a Node, key: &str) -> &'a [Entry] {
        let node = parent.get(key);
        node.and_then(|node| self.mapping(node, &format!("`{key}`")))
            .unwrap_or_default()
    }

    /// Tells of something that is read as it is meant.
    pub(super) fn as_meant(&mut self, span: Span, message: String, label: &str, help: String) {
        self.report(Code::ReadAsMeant, span, message, label, help);
    }

    /// Tells of `null` where a list belongs; whether it was one.
    pub(super) fn null_for_list(&mut self, node: &Node, what: &str) -> bool {
        let null = json::is_null(node);
        if null {
            let message = format!("{what} is empty, and should be a list");
            let help = "write `[]`, or leave it out".into();
            self.as_meant(node.span, message, "read as an empty list", help);
        }
        null
    }

    /// The items of a list under `key`; none where there is no such key.
    pub(super) fn sequence_of(&mut self, parent: &'a Node, key: &str) -> &'a [Rc<Node>] {
        match parent.get(key).map(|node| (node, &node.value)) {
            None => &[],
            Some((_, Value::Sequence(items))) => items,
            Some((node, _)) => {
                let what = format!("`{key}`");
                if !self.null_for_list(node, &what) {
                    self.wrong_kind(node, "a list", &what);
                }
                &[]
            }
        }
    }

    /// Words; a number or a date that was meant as words is taken as it was written.
    pub(super) fn text(&mut self, node: &Node, what: &str) -> Option<String> {
        match &node.value {
            Value::Scalar { text, .. } if !json::is_null(node) => Some(text.clone()),
            _ => {
                self.wrong_kind(node, "text", what);
                None
            }
        }
    }

    pub(super) fn text_of(&mut self, parent: &Node, key: &str) -> Option<String> {
        self.text(parent.get(key)?, &format!("`{key}`"))
    }

    pub(super) fn required_text(
        &mut self,
        parent: &Node,
        key: &str,
        what: &str,
    ) -> Option<Spanned<String>> {
        let Some(node) = parent.get(key) else {
            self.missing(parent, key, what);
            return None;
        };
        self.spanned(node, &format!("`{key}`"))
    }

    pub(super) fn spanned(&mut self, node: &Node, what: &str) -> Option<Spanned<String>> {
        let value = self.text(node, what)?;
        Some(Spanned {
            span: node.span,
            value,
        })
    }

    pub(super) fn boolean(&mut self, node: &Node, what: &str) -> Option<bool> {
        let found = json::boolean(node);
        if found.is_none() {
            self.wrong_kind(node, "`true` or `false`", what);
        }
        found
    }

    pub(super) fn boolean_of(&mut self, parent: &Node, key: &str) -> Option<bool> {
        self.boolean(parent.get(key)?, &format!("`{key}`"))
    }

    pub(super) fn number(&mut self, node: &Node, what: &str) -> Option<Number> {
        let found = json::number(node);
        if found.is_none() {
            self.wrong_kind(node, "a number", what);
        }
        found
    }

    /// A count: an integer from 0 on.
    pub(super) fn count(&mut self, node: &Node, what: &str) -> Option<u64> {
        let whole = |number: Number| {
            let float = number
                .as_f64()
                .filter(|one| one.fract() == 0.0 && (0.0..9e15).contains(one));
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "whole and in range"
            )]
            number.as_u64().or(float.map(|one| one as u64))
        };
        let found = json::number(node).and_then(whole);
        if found.is_none() {
            self.wrong_kind(node, "a whole number from 0 on", what);
        }
        found
    }
}

pub(super) fn unsupported(span: Span, feature: impl Into<String>) -> Unsupported {
    Unsupported {
        span,
        feature: feature.into(),
    }
}

/// The place of a key.
pub(super) fn key_span(node: &Node, key: &str) -> Option<Span> {
    let Value::Mapping(entries) = &node.value else {
        return None;
    };
    let entry = entries.iter().find(|entry| entry.key == key);
    entry.map(|entry| entry.key_span)
}

pub(super) fn nearest<'n>(word: &str, known: &[&'n str]) -> Option<&'n str> {
    let distance = |one: &str| strsim::osa_distance(&word.to_lowercase(), &one.to_lowercase());
    let best = known
        .iter()
        .map(|one| (distance(one), *one))
        .min_by_key(|(distance, _)| *distance)?;
    (best.0 <= 1 + word.chars().count() / 4).then_some(best.1)
}
