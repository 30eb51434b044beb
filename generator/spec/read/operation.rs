//! Paths and operations.

use oarlock_runtime::path_names;

use super::{duplicates::tell_apart, reader::Reader, swagger, swagger_parameter::Asked};
use crate::{
    diagnostic::{Code, Label},
    document::{Entry, Node},
    source::Span,
    spec::{
        Encoding, Location, Method, Operation, Parameter, Requirement, SecurityScheme, Spanned,
    },
};

/// The methods that are fields of a path; the last is 3.2's.
const METHODS: [&str; 9] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];
/// How many operations are read at most.
const MAX_OPERATIONS: usize = 100_000;
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

/// What the document says for operations that do not say it themselves.
pub(super) struct General {
    pub(super) schemes: Vec<SecurityScheme>,
    pub(super) requirements: Vec<Requirement>,
}

/// An operation's surroundings.
pub(super) struct Site<'a, 'p> {
    pub(super) path: &'p Path,
    /// The path's item, and those that its `$ref` leads to; what the first say wins.
    pub(super) items: &'p [&'a Node],
    /// The place of the method.
    pub(super) span: Span,
    pub(super) node: &'a Node,
    pub(super) method: Method,
}

/// Where a path item stands.
pub(super) struct Path {
    /// The place of the key.
    pub(super) span: Span,
    /// The template, or what stands for it.
    pub(super) template: String,
    /// What the key has behind `?` or `#`.
    pub(super) overload: Option<String>,
    /// Whether the template's names are parameters; those of a callback are expressions.
    pub(super) has_parameters: bool,
}

impl<'a> Reader<'a, '_> {
    /// Every operation of `paths`.
    pub(super) fn operations(&mut self, general: &mut General) -> Vec<Operation> {
        let mut operations = Vec::new();
        for entry in self.entries_of(self.root, "paths") {
            if entry.key.starts_with("x-") {
                continue;
            }
            if let Some(path) = self.path_template(entry) {
                operations.extend(self.path_item(&path, &entry.node, general));
            }
        }
        self.same_templates(&operations);
        tell_apart(&mut operations);
        operations
    }

    /// The operations of one path item.
    pub(super) fn path_item(
        &mut self,
        path: &Path,
        node: &'a Node,
        general: &mut General,
    ) -> Vec<Operation> {
        let mut operations = Vec::new();
        let Some(items) = self.objects(node) else {
            return operations;
        };
        let mut named: Vec<(Method, &'a Entry)> = Vec::new();
        for item in &items {
            for (method, entry) in self.methods(item) {
                match named.iter().any(|(one, _)| *one == method) {
                    true => self.as_meant(
                        entry.key_span,
                        format!("a path that leads here has its own `{}`", entry.key),
                        "that one is read",
                        "take one of them out".into(),
                    ),
                    false => named.push((method, entry)),
                }
            }
        }
        for (method, entry) in named {
            if self
                .open
                .iter()
                .any(|open| std::ptr::eq(*open, &*entry.node))
            {
                self.calls_itself(path, entry);
                continue;
            }
            self.operations_read += 1;
            if self.operations_read > MAX_OPERATIONS {
                self.too_many_operations(entry);
                break;
            }
            let site = Site {
                path,
                items: &items,
                span: entry.key_span,
                node: &entry.node,
                method,
            };
            self.open.push(&entry.node);
            operations.extend(self.operation(&site, general));
            self.open.pop();
        }
        operations
    }

    /// Callbacks that refer to paths with callbacks double what is to be read.
    fn too_many_operations(&mut self, entry: &Entry) {
        if self.operations_read == MAX_OPERATIONS + 1 {
            let message = format!(
                "with its callbacks the document has more than {MAX_OPERATIONS} operations"
            );
            let help =
                "let callbacks refer to each other less often: each way to one counts".into();
            self.report(
                Code::TooLarge,
                entry.key_span,
                message,
                "the limit is passed here",
                help,
            );
        }
    }

    /// A callback that is the operation which has it, or leads there: there is no end to what would be sent.
    fn calls_itself(&mut self, path: &Path, entry: &Entry) {
        let primary = Label {
            span: path.span,
            text: "this callback leads back to the operation that has it".into(),
        };
        let context = vec![Label {
            span: entry.key_span,
            text: "the operation".into(),
        }];
        let message = format!("`{}` comes back to itself", path.template.escape_debug());
        let help = "describe what is sent in an operation of the callback's own".into();
        self.report_with(Code::ReferenceLoop, primary, message, context, help);
    }

    /// The methods that stand in one path item.
    fn methods(&mut self, item: &'a Node) -> Vec<(Method, &'a Entry)> {
        let mut named = Vec::new();
        for entry in self.fields(item, ITEM, "a path").unwrap_or_default() {
            if METHODS.contains(&entry.key.as_str()) && (entry.key != "query" || !self.is_30()) {
                named.push((Method(entry.key.to_ascii_uppercase()), entry));
            }
        }
        if self.is_30() {
            return named;
        }
        for entry in self.entries_of(item, "additionalOperations") {
            match http::Method::from_bytes(entry.key.as_bytes()).is_ok() {
                true => named.push((Method(entry.key.clone()), entry)),
                false => self.invalid(entry.key_span, "a method", &entry.key, &["COPY", "LINK"]),
            }
        }
        named
    }

    fn operation(&mut self, site: &Site<'a, '_>, general: &mut General) -> Option<Operation> {
        let node = site.node;
        let Asked { parameters, body } = match self.is_20() {
            true => {
                self.fields(node, swagger::OPERATION, "an operation")?;
                self.swagger_parameters(site)
            }
            false => {
                self.fields(node, FIELDS, "an operation")?;
                let parameters = self.parameters(site);
                let body = node.get("requestBody");
                let body = body.and_then(|body| self.request_body(body));
                Asked { parameters, body }
            }
        };
        let responses = self.responses(node);
        let security = match node.get("security") {
            Some(_) => self.requirements(node, &mut general.schemes),
            None => general.requirements.clone(),
        };
        let servers = match node.get("servers") {
            Some(_) => self.servers_of(node),
            None => match site.items.iter().find(|one| one.get("servers").is_some()) {
                Some(item) => self.servers_of(item),
                None => Vec::new(),
            },
        };
        let mut words = |key| {
            let mut homes = std::iter::once(&node).chain(site.items);
            homes.find_map(|home| self.text_of(home, key))
        };
        let (summary, description) = (words("summary"), words("description"));
        Some(Operation {
            span: site.span,
            id: node
                .get("operationId")
                .and_then(|id| self.spanned(id, "`operationId`")),
            method: site.method.clone(),
            path: Spanned {
                span: site.path.span,
                value: site.path.template.clone(),
            },
            overload: site.path.overload.clone(),
            summary,
            description,
            deprecated: self.boolean_of(node, "deprecated").unwrap_or(false),
            tags: self.words(node, "tags"),
            parameters,
            body,
            responses,
            security,
            servers,
            callbacks: self.callbacks(node, general),
        })
    }

    pub(super) fn words(&mut self, parent: &'a Node, key: &str) -> Vec<String> {
        let items = self.sequence_of(parent, key);
        items
            .iter()
            .filter_map(|item| self.text(item, &format!("`{key}`")))
            .collect()
    }

    /// The path item's parameters and the operation's own, which win.
    fn parameters(&mut self, site: &Site<'a, '_>) -> Vec<Parameter> {
        let mut all: Vec<Parameter> = Vec::new();
        let homes = site.items.iter().rev().chain([&site.node]);
        for parent in homes {
            let mut here: Vec<(String, Location)> = Vec::new();
            for node in self.sequence_of(parent, "parameters") {
                let Some(parameter) = self.parameter(node) else {
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
                    Some(place) => all[place] = parameter,
                    None => all.push(parameter),
                }
            }
        }
        match site.path.has_parameters {
            true => self.template_parameters(site, all),
            false => all,
        }
    }

    /// Lets the parameters and the template agree: a name that is not declared is a text, and what is declared for no
    /// name is left out.
    pub(super) fn template_parameters(
        &mut self,
        site: &Site<'a, '_>,
        mut parameters: Vec<Parameter>,
    ) -> Vec<Parameter> {
        let names: Vec<&str> = path_names(&site.path.template).collect();
        let stray =
            |one: &Parameter| one.location == Location::Path && !names.contains(&one.name.as_str());
        let is_declared = |parameters: &[Parameter], name: &str| {
            let named = |one: &Parameter| one.location == Location::Path && one.name == name;
            parameters.iter().any(named)
        };
        let mut missing = names.iter().filter(|name| !is_declared(&parameters, name));
        if let (Some(name), None) = (missing.next(), missing.next())
            && let [only] = &mut parameters
                .iter_mut()
                .filter(|one| stray(one))
                .collect::<Vec<_>>()[..]
        {
            self.called_otherwise(site, name, only);
        }
        for one in parameters.extract_if(.., |one| stray(one)) {
            let (path, name) = (&site.path.template, one.name.escape_debug());
            let message = format!("the path `{path}` has no `{{{name}}}`");
            self.path_parameter(one.span, message);
        }
        for name in names {
            if !is_declared(&parameters, name) {
                self.undeclared(site, name);
                parameters.push(self.text_parameter(site, name));
            }
        }
        parameters
    }

    /// One name in the path is left, and one parameter: each is meant by the other.
    fn called_otherwise(&mut self, site: &Site, name: &str, parameter: &mut Parameter) {
        let primary = Label {
            span: parameter.span,
            text: format!("read as the parameter `{name}`"),
        };
        let context = vec![Label {
            span: site.path.span,
            text: format!("named `{{{name}}}` here"),
        }];
        let message = format!(
            "the path says `{{{name}}}`, and its parameter is called `{}`",
            parameter.name.escape_debug()
        );
        let help = format!("call both the same: write `name: {name}`, or rename it in the path");
        self.report_with(Code::PathParameter, primary, message, context, help);
        name.clone_into(&mut parameter.name);
    }

    fn undeclared(&mut self, site: &Site, name: &str) {
        let message = format!("the path's `{{{name}}}` is not declared as a parameter");
        let primary = Label {
            span: site.span,
            text: "this operation has no such parameter: it is read as a text".into(),
        };
        let context = vec![Label {
            span: site.path.span,
            text: "named here".into(),
        }];
        let help = format!("add a parameter with `in: path` and `name: {name}`");
        self.report_with(Code::PathParameter, primary, message, context, help);
    }

    fn text_parameter(&mut self, site: &Site<'a, '_>, name: &str) -> Parameter {
        Parameter {
            span: site.path.span,
            name: name.to_owned(),
            location: Location::Path,
            required: true,
            deprecated: false,
            description: None,
            encoding: Encoding::usual(Location::Path),
            allow_empty: false,
            content: None,
            schema: self.text_schema(site.node),
            examples: Vec::new(),
        }
    }

    pub(super) fn path_parameter(&mut self, span: Span, message: String) {
        let help = "let the parameters and the path's names in braces agree".into();
        self.report(Code::PathParameter, span, message, "this is left out", help);
    }
}
