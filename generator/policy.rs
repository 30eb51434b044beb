//! A stack's rules held against a project: what the document says, what `oarlock.yaml` says, and what is made of both. Each
//! breach is told by the rule's name, under the rule's own line and under the line that breaks it, where there is one.

mod amounts;
mod document;
mod images;
mod pairs;
mod project;

use crate::{
    config::{Allowed, Config, Rule, Stack, stack::Kind},
    diagnostic::{Code, Diagnostic, Diagnostics, Label},
    document::Node,
    model::Deployment,
    source::Span,
    spec,
};

/// How many breaches are told: nobody reads more, and a document may have very many operations.
const MAX_BREACHES: usize = 10_000;

/// A project beside its document.
#[derive(Debug)]
pub struct Project<'a> {
    /// The version of the generator.
    pub generator: &'a str,
    /// What `oarlock.yaml` says.
    pub config: &'a Config,
    /// What is allowed, by `oarlock.yaml` or by the command line.
    pub allowed: &'a [Allowed],
    /// How it is deployed.
    pub deployment: &'a Deployment,
    /// `oarlock.yaml` as it is written.
    pub settings: &'a Node,
}

/// Holds the rules that are about documents against one.
pub fn judge_document(stack: &Stack, document: &spec::Document, breaches: &mut Diagnostics) {
    for rule in &stack.rules {
        let mut judge = Judge::new(stack, rule, None, breaches);
        match &rule.kind {
            Kind::Security(asked) => document::security(&mut judge, asked, document),
            Kind::Fields(asked) => document::fields(&mut judge, asked, document),
            _ => {}
        }
    }
}

/// Holds the rules that are about projects against one.
pub fn judge_project(stack: &Stack, project: &Project, breaches: &mut Diagnostics) {
    for rule in &stack.rules {
        let mut judge = Judge::new(stack, rule, Some(project.settings), breaches);
        match &rule.kind {
            Kind::Generator(asked) => project::generator(&mut judge, asked, project),
            Kind::Allow(asked) => project::allow(&mut judge, asked, project),
            Kind::OperationLimits(asked) => project::limits(&mut judge, asked, project.config),
            Kind::BaseImages(asked) => images::bases(&mut judge, asked, project.deployment),
            Kind::PinnedImages(asked) => images::pinned(&mut judge, asked, project.deployment),
            Kind::Registries(asked) => images::registries(&mut judge, asked, project.deployment),
            Kind::Labels(asked) => pairs::labels(&mut judge, asked, project.deployment),
            Kind::Environment(asked) => pairs::environment(&mut judge, asked, project.deployment),
            Kind::Resources(asked) => amounts::resources(&mut judge, asked, project.deployment),
            Kind::Replicas(asked) => amounts::replicas(&mut judge, asked, project.deployment),
            Kind::Shutdown(asked) => amounts::shutdown(&mut judge, asked, project.deployment),
            Kind::Probes(asked) => amounts::probes(&mut judge, asked, project.deployment),
            Kind::Security(_) | Kind::Fields(_) => {}
        }
    }
}

/// What breaks a rule, and where it is said.
struct Breach<'b> {
    /// The line of the rule: the names that lead to it.
    line: &'b [&'b str],
    /// What is wrong.
    message: String,
    /// What is said where.
    culprit: Option<Label>,
    /// What to do.
    help: String,
}

/// Tells of the breaches of one rule.
struct Judge<'a> {
    stack: &'a Stack,
    rule: &'a Rule,
    settings: Option<&'a Node>,
    breaches: &'a mut Diagnostics,
}

impl<'a> Judge<'a> {
    fn new(
        stack: &'a Stack,
        rule: &'a Rule,
        settings: Option<&'a Node>,
        breaches: &'a mut Diagnostics,
    ) -> Self {
        Judge {
            stack,
            rule,
            settings,
            breaches,
        }
    }

    /// Where a value of `oarlock.yaml` is said, if it is said there.
    fn said(&self, path: &[&str]) -> Option<Span> {
        self.settings?.line(path)
    }

    /// Where a value below `deploy` is said: by the project, else by the stack, else nowhere, since it is Oarlock's own.
    fn deployed(&self, path: &[&str]) -> Option<Label> {
        let own = [&["deploy"], path].concat();
        let label = |span, text: &str| Label {
            span,
            text: text.to_owned(),
        };
        let own = self.said(&own).map(|span| label(span, "this breaks it"));
        let below = self.stack.deploy.as_ref();
        own.or_else(|| {
            let span = below?.line(path)?;
            Some(label(span, "the stack's own default breaks it"))
        })
    }

    fn breach(&mut self, mut breach: Breach) {
        match self.breaches.count() {
            MAX_BREACHES => {
                breach.message = format!("{MAX_BREACHES} breaches are told, and there are more");
                breach.culprit = None;
            }
            count if count > MAX_BREACHES => return,
            _ => {}
        }
        let rule = Label {
            span: self.rule.line(breach.line),
            text: format!(
                "asked for by the stack `{}`, version {}",
                self.stack.name, self.stack.version
            ),
        };
        let (primary, context) = match breach.culprit {
            Some(culprit) => (culprit, vec![rule]),
            None => (rule, Vec::new()),
        };
        let why = self.rule.reason.iter().map(|reason| format!("; {reason}"));
        let more = self.rule.link.iter().map(|link| format!("; see {link}"));
        let help = std::iter::once(breach.help).chain(why).chain(more);
        self.breaches.push(Diagnostic {
            code: Code::BrokenRule,
            message: format!(
                "the rule `{}` is broken: {}",
                self.rule.name, breach.message
            ),
            primary,
            context,
            help: help.collect(),
        });
    }
}

/// Words in backticks with commas between them.
fn listed<T: std::fmt::Display>(words: impl IntoIterator<Item = T>) -> String {
    let words = words.into_iter().map(|word| format!("`{word}`"));
    words.collect::<Vec<String>>().join(", ")
}

/// Which service is meant, where there are several.
fn of_service(deployment: &Deployment, name: &str) -> String {
    match deployment.services.len() {
        1 => String::new(),
        _ => format!(" of the service `{name}`"),
    }
}
