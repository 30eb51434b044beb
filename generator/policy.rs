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
        judge.finish(project.deployment.services.len());
    }
}

/// What breaks a rule, and where it is said.
struct Breach<'b> {
    /// The line of the rule: the names that lead to it.
    line: &'b [&'b str],
    /// The service that breaks it, where it is one's own affair.
    service: Option<&'b str>,
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
    /// What services break, and which of them do: what they share is told once.
    of_services: Vec<(Diagnostic, Vec<String>)>,
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
            of_services: Vec::new(),
            breaches,
        }
    }

    /// Where a value of `oarlock.yaml` is said, if it is said there.
    fn said(&self, path: &[&str]) -> Option<Span> {
        self.settings?.line(path)
    }

    /// Where a value below `deploy` is said: by the service, else by the project, else by the stack, else nowhere, since it
    /// is Oarlock's own.
    fn deployed(&self, service: Option<&str>, path: &[&str]) -> Option<Label> {
        let label = |span, text: &str| Label {
            span,
            text: text.to_owned(),
        };
        let own = service.and_then(|name| self.said(&[&["services", name], path].concat()));
        let said = own.or_else(|| self.said(&[&["deploy"], path].concat()));
        let said = said.map(|span| label(span, "this breaks it"));
        let below = self.stack.defaults.as_ref();
        said.or_else(|| {
            let span = below?.line(path)?;
            Some(label(span, "the stack's own default breaks it"))
        })
    }

    /// The key of such a value where it is to be said: where it is said now, else for the whole project.
    fn key(&self, service: Option<&str>, path: &[&str]) -> String {
        let own = |name: &&str| self.said(&[&["services", *name], path].concat()).is_some();
        let before = match service.filter(own) {
            Some(name) => format!("services: {name}"),
            None => "deploy".to_owned(),
        };
        format!("`{before}: {}` in oarlock.yaml", path.join(": "))
    }

    fn breach(&mut self, breach: Breach) {
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
        let told = Diagnostic {
            code: Code::BrokenRule,
            message: format!(
                "the rule `{}` is broken: {}",
                self.rule.name, breach.message
            ),
            primary,
            context,
            help: help.collect(),
        };
        let Some(service) = breach.service.map(str::to_owned) else {
            return self.tell(told);
        };
        let mut known = self.of_services.iter_mut();
        match known.find(|(known, _)| *known == told) {
            Some((_, services)) => services.push(service),
            None => self.of_services.push((told, vec![service])),
        }
    }

    /// Tells what services break: which of them do, where not all of the project's do.
    fn finish(mut self, services: usize) {
        for (mut told, names) in std::mem::take(&mut self.of_services) {
            if names.len() < services {
                told.message
                    .push_str(&format!(" (service {})", listed(&names)));
            }
            self.tell(told);
        }
    }

    fn tell(&mut self, mut told: Diagnostic) {
        match self.breaches.count() {
            count if count > MAX_BREACHES => return,
            MAX_BREACHES => {
                told.message = format!("{MAX_BREACHES} breaches are told, and there are more");
            }
            _ => {}
        }
        self.breaches.push(told);
    }
}

/// Words in backticks with commas between them.
fn listed<T: std::fmt::Display>(words: impl IntoIterator<Item = T>) -> String {
    let words = words.into_iter().map(|word| format!("`{word}`"));
    words.collect::<Vec<String>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        document,
        source::{Source, Sources},
    };

    /// What is told of a rule that these services break, each where its value is said.
    fn told(broken: &[&str], services: usize) -> Vec<(String, usize, String)> {
        let mut sources = Sources::default();
        let stack = "stack: shop\nversion: 1\nrules: { one: { kind: pinned-images } }\n";
        let settings = "deploy: { log: a }\nservices:\n  orders: { log: b }\n  carts: {}\n";
        let stack = sources.add(Source::new("stack.yaml", stack));
        let settings = sources.add(Source::new("oarlock.yaml", settings));
        let mut found = Diagnostics::default();
        let node = document::parse(&sources, stack, &mut found).expect("a stack");
        let stack = Stack::read(&node, &mut found).expect("a stack");
        let node = document::parse(&sources, settings, &mut found).expect("settings");
        let mut judge = Judge::new(&stack, &stack.rules[0], Some(&node), &mut found);
        for service in broken {
            judge.breach(Breach {
                line: &["kind"],
                service: Some(service),
                message: "so".to_owned(),
                culprit: judge.deployed(Some(service), &["log"]),
                help: judge.key(Some(service), &["log"]),
            });
        }
        judge.finish(services);
        let told = found.sorted().into_iter();
        told.map(|one| {
            let (line, _) = sources.get(settings).position(one.primary.span.start);
            (one.message.clone(), line, one.help.clone())
        })
        .collect()
    }

    #[test]
    fn what_services_share_is_told_once() {
        const SO: &str = "the rule `one` is broken: so";
        let of = |names: &str| format!("{SO} (service {names})");
        let shared = |message: String| (message, 1, "`deploy: log` in oarlock.yaml".to_owned());
        let own = "`services: orders: log` in oarlock.yaml".to_owned();
        assert_eq!(told(&["carts", "pets"], 2), [shared(SO.to_owned())]);
        let two = shared(of("`carts`, `pets`"));
        assert_eq!(told(&["carts", "pets"], 3), [two]);
        assert_eq!(told(&["orders"], 1), [(SO.to_owned(), 3, own.clone())]);
        let both = [shared(of("`carts`")), (of("`orders`"), 3, own)];
        assert_eq!(told(&["orders", "carts"], 2), both);
    }
}
