//! Paths and operations.

use std::collections::HashMap;

use super::{
    reader::{Reader, key_span, unsupported},
    swagger::{self, Asked},
};
use crate::{
    diagnostic::{Code, Label},
    document::{Entry, Node},
    source::Span,
    spec::{
        Location, Method, Operation, Parameter, Requirement, SecurityScheme, Spanned, Unsupported,
    },
};

const METHODS: [(&str, Method); 8] = [
    ("get", Method::Get),
    ("put", Method::Put),
    ("post", Method::Post),
    ("delete", Method::Delete),
    ("options", Method::Options),
    ("head", Method::Head),
    ("patch", Method::Patch),
    ("trace", Method::Trace),
];
const ITEM: &[&str] = &[
    "$ref",
    "summary",
    "description",
    "servers",
    "parameters",
    "get",
    "put",
    "post",
    "delete",
    "options",
    "head",
    "patch",
    "trace",
    "query",
    "additionalOperations",
];
const FIELDS: &[&str] = &[
    "tags",
    "summary",
    "description",
    "externalDocs",
    "operationId",
    "parameters",
    "requestBody",
    "responses",
    "callbacks",
    "deprecated",
    "security",
    "servers",
];
/// How many parameters a path may have: the runtime notes their places in an array.
const MAX_PATH_PARAMETERS: usize = 16;

/// What the document says for operations that do not say it themselves.
struct General<'s> {
    schemes: &'s [SecurityScheme],
    requirements: Vec<Requirement>,
    left_out: Vec<Unsupported>,
}

/// An operation's surroundings.
pub(super) struct Site<'a, 'p> {
    pub(super) path: &'p Entry,
    pub(super) item: &'a Node,
    pub(super) entry: &'a Entry,
    pub(super) method: Method,
}

impl<'a> Reader<'a, '_> {
    /// Every operation, and what stands among them that is none yet.
    pub(super) fn operations(
        &mut self,
        schemes: &[SecurityScheme],
    ) -> (Vec<Operation>, Vec<Unsupported>) {
        let mut left_out = Vec::new();
        let general = General {
            schemes,
            requirements: self.requirements(self.root, schemes, &mut left_out),
            left_out,
        };
        let (mut operations, mut other_methods) = (Vec::new(), Vec::new());
        for path in self.entries_of(self.root, "paths") {
            if path.key.starts_with("x-") {
                continue;
            }
            let valid = self.path_template(path);
            let Some(item) = self.object(&path.node) else {
                continue;
            };
            let Some(fields) = self.fields(item, ITEM, "a path").filter(|_| valid) else {
                continue;
            };
            for entry in fields {
                if ["query", "additionalOperations"].contains(&entry.key.as_str()) && !self.is_30()
                {
                    other_methods.push(unsupported(entry.key_span, format!("`{}`", entry.key)));
                }
                if let Some((_, method)) = METHODS.iter().find(|(name, _)| *name == entry.key) {
                    let site = Site {
                        path,
                        item,
                        entry,
                        method: *method,
                    };
                    operations.extend(self.operation(&site, &general));
                }
            }
        }
        self.same_templates(&operations);
        (operations, other_methods)
    }

    fn operation(&mut self, site: &Site<'a, '_>, general: &General) -> Option<Operation> {
        let node = &*site.entry.node;
        let mut left_out = Vec::new();
        let Asked { parameters, body } = match self.is_20() {
            true => {
                self.fields(node, swagger::OPERATION, "an operation")?;
                self.swagger_parameters(site, &mut left_out)
            }
            false => {
                self.fields(node, FIELDS, "an operation")?;
                let parameters = self.parameters(site, &mut left_out);
                let body = node.get("requestBody");
                let body = body.and_then(|body| self.request_body(body, &mut left_out));
                Asked { parameters, body }
            }
        };
        let responses = self.responses(node, &mut left_out);
        if let (Some(span), false) = (
            key_span(node, "callbacks"),
            self.entries_of(node, "callbacks").is_empty(),
        ) {
            left_out.push(unsupported(span, "`callbacks`"));
        }
        let security = match node.get("security") {
            Some(_) => self.requirements(node, general.schemes, &mut left_out),
            None => {
                left_out.extend(general.left_out.iter().cloned());
                general.requirements.clone()
            }
        };
        Some(Operation {
            span: site.entry.key_span,
            id: node
                .get("operationId")
                .and_then(|id| self.spanned(id, "`operationId`")),
            method: site.method,
            path: Spanned {
                span: site.path.key_span,
                value: site.path.key.clone(),
            },
            summary: self
                .text_of(node, "summary")
                .or_else(|| self.text_of(site.item, "summary")),
            description: self
                .text_of(node, "description")
                .or_else(|| self.text_of(site.item, "description")),
            deprecated: self.boolean_of(node, "deprecated").unwrap_or(false),
            tags: self.words(node, "tags"),
            parameters,
            body,
            responses,
            security,
            unsupported: left_out,
        })
    }

    fn words(&mut self, parent: &'a Node, key: &str) -> Vec<String> {
        let items = self.sequence_of(parent, key);
        items
            .iter()
            .filter_map(|item| self.text(item, &format!("`{key}`")))
            .collect()
    }

    /// The path item's parameters and the operation's own, which win.
    fn parameters(
        &mut self,
        site: &Site<'a, '_>,
        left_out: &mut Vec<Unsupported>,
    ) -> Vec<Parameter> {
        let mut all_read = true;
        let mut all: Vec<Parameter> = Vec::new();
        for (own, parent) in [(false, site.item), (true, &*site.entry.node)] {
            let mut here: Vec<(String, Location)> = Vec::new();
            for node in self.sequence_of(parent, "parameters") {
                let Some(parameter) = self.parameter(node, left_out) else {
                    all_read = false;
                    continue;
                };
                let key = (parameter.name.clone(), parameter.location);
                if here.contains(&key) {
                    let message =
                        format!("the parameter `{}` stands here twice", key.0.escape_debug());
                    self.path_parameter(parameter.span, message);
                    continue;
                }
                let same = all
                    .iter()
                    .position(|one| (&one.name, one.location) == (&key.0, key.1));
                here.push(key);
                match same {
                    Some(place) if own => all[place] = parameter,
                    _ => all.push(parameter),
                }
            }
        }
        if all_read {
            self.template_parameters(site, &all);
        }
        all
    }

    /// Every name of the template is declared, and every declared one stands in it.
    pub(super) fn template_parameters(&mut self, site: &Site, parameters: &[Parameter]) {
        let names = placeholders(&site.path.key);
        let in_path = || {
            parameters
                .iter()
                .filter(|one| one.location == Location::Path)
        };
        for name in names
            .iter()
            .filter(|name| !in_path().any(|one| one.name == **name))
        {
            let message = format!("the path's `{{{name}}}` is not declared as a parameter");
            let primary = Label {
                span: site.entry.key_span,
                text: "this operation has no such parameter".into(),
            };
            let context = vec![Label {
                span: site.path.key_span,
                text: "named here".into(),
            }];
            let help = format!("add a parameter with `in: path` and `name: {name}`");
            self.report_with(Code::PathParameter, primary, message, context, help);
        }
        for parameter in in_path().filter(|one| !names.contains(&one.name.as_str())) {
            let (path, name) = (&site.path.key, parameter.name.escape_debug());
            self.path_parameter(
                parameter.span,
                format!("the path `{path}` has no `{{{name}}}`"),
            );
        }
    }

    fn path_parameter(&mut self, span: Span, message: String) {
        let help = "let the parameters and the path's names in braces agree".into();
        self.report(Code::PathParameter, span, message, "this parameter", help);
    }

    fn path_template(&mut self, entry: &Entry) -> bool {
        let names = placeholders(&entry.key);
        let open = entry.key.matches('{').count();
        let balanced = open == names.len() && open == entry.key.matches('}').count();
        let wrong = if !entry.key.starts_with('/') {
            Some("it must start with `/`")
        } else if !balanced
            || names
                .iter()
                .any(|name| name.is_empty() || name.contains(['/', '{']))
        {
            Some("each name must stand in braces of its own")
        } else if entry.key.contains(['?', '#']) {
            Some("a path has no query and no fragment")
        } else if entry.key.contains("}{") {
            Some("there must be text between two parameters")
        } else if names.len() > MAX_PATH_PARAMETERS {
            Some("a path has at most 16 parameters")
        } else if entry.key.chars().any(|one| one.is_control() || one == ' ') {
            Some("it has a space or a control character")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            let message = format!("`{}` is not a path", entry.key.escape_debug());
            let help = "write the path as `/things/{id}`".into();
            self.report(Code::InvalidValue, entry.key_span, message, wrong, help);
        }
        let mut sorted = names;
        sorted.sort_unstable();
        if let Some(twice) = sorted.windows(2).find(|two| two[0] == two[1]) {
            self.path_parameter(
                entry.key_span,
                format!("the path names `{{{}}}` twice", twice[0]),
            );
        }
        wrong.is_none()
    }

    /// Two operations that no request can tell apart.
    fn same_templates(&mut self, operations: &[Operation]) {
        let mut seen: HashMap<(Method, String), Span> = HashMap::new();
        for one in operations.iter() {
            match seen.entry((one.method, shape(&one.path.value))) {
                std::collections::hash_map::Entry::Occupied(first) => {
                    let message = format!(
                        "`{}` cannot be told from another path with this method",
                        one.path.value
                    );
                    self.duplicate(one.span, *first.get(), message);
                }
                std::collections::hash_map::Entry::Vacant(place) => _ = place.insert(one.span),
            }
        }
    }

    fn duplicate(&mut self, span: Span, first: Span, message: String) {
        let label = |span, text: &str| Label {
            span,
            text: text.to_owned(),
        };
        let (primary, context) = (label(span, "the second"), vec![label(first, "the first")]);
        self.report_with(
            Code::DuplicateOperation,
            primary,
            message,
            context,
            "change one of them".into(),
        );
    }
}

/// The names between braces, in their order.
fn placeholders(path: &str) -> Vec<&str> {
    let parts = path.split('{').skip(1);
    parts
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
        .collect()
}

/// A template without its names.
fn shape(path: &str) -> String {
    let mut parts = path.split('{');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("{}");
        out.push_str(part.split_once('}').map_or("", |(_, after)| after));
    }
    out
}
