//! The stack of a project: found, read, and held against the version that the project names and the text that its lock knows.

use std::{
    path::{Path, PathBuf},
    rc::Rc,
};

use oarlock::{
    config::{Allowed, Config, Deploy, Extends, Stack},
    diagnostic::{Code, Diagnostic, Diagnostics, Label},
    document::{self, Node},
    model,
    output::{Lock, LockedStack},
    policy,
    source::{Sources, Span},
    spec,
};

use super::{
    documents::{self, AllowArgument, Reach},
    generate::CONFIG,
};

/// A stack, and the settings of the project that keeps to it.
pub(super) struct Extended {
    stack: Stack,
    /// `oarlock.yaml` as it is written.
    settings: Rc<Node>,
    locked: LockedStack,
}

/// Reads the stack that a project keeps to, if it keeps to one. Mistakes of the stack are in `diagnostics`, and there is none
/// then.
///
/// # Errors
/// A file that cannot be read, or must not be.
pub(super) fn read(
    root: &Path,
    (config, reach): (Option<&Config>, &Reach),
    lock: &Lock,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Extended>, String> {
    let Some(extends) = config.and_then(|config| config.extends.as_ref()) else {
        return Ok(None);
    };
    let outside = reach.allows(config, AllowArgument::Outside);
    let place = place(root, extends, outside)?;
    let settings = sources.add(documents::source(root, &root.join(CONFIG))?);
    let file = sources.add(documents::source(root, &place)?);
    let Some(settings) = document::parse(sources, settings, diagnostics) else {
        return Ok(None);
    };
    let stack = document::parse(sources, file, diagnostics);
    let Some(stack) = stack.and_then(|node| Stack::read(&node, diagnostics)) else {
        return Ok(None);
    };
    let text = &sources.get(file).text;
    let extended = Extended {
        locked: LockedStack::new(&stack.name, stack.version, text),
        stack,
        settings,
    };
    // Rules of a version that the project has not taken are not its own.
    let mistake = extended.mistake(extends, lock, &sources.get(file).name);
    Ok(match mistake {
        None => Some(extended),
        Some(mistake) => {
            diagnostics.push(mistake);
            None
        }
    })
}

/// Where the stack's file lies: within the project, unless more is allowed.
fn place(root: &Path, extends: &Extends, outside: bool) -> Result<PathBuf, String> {
    let place = root.join(extends.path());
    let read = |error| format!("{CONFIG}: extends: {}: {error}", place.display());
    // Links are followed first: what they lead to counts.
    let real = place.canonicalize().map_err(read)?;
    let home = root.canonicalize().map_err(read)?;
    let leaves = extends.leaves_the_project() || !real.starts_with(home);
    match leaves && !outside {
        true => Err(format!(
            "{CONFIG}: extends: {} lies outside of the project: move it in, or say `allow: [outside]`",
            place.display()
        )),
        false => Ok(place),
    }
}

impl Extended {
    /// The stack as the lock knows it.
    pub(super) fn locked(&self) -> LockedStack {
        self.locked.clone()
    }

    /// Holds the rules about documents against one.
    pub(super) fn judge_document(&self, document: &spec::Document, breaches: &mut Diagnostics) {
        policy::judge_document(&self.stack, document, breaches);
    }

    /// Holds the rules about projects against one.
    pub(super) fn judge_project(
        &self,
        config: &Config,
        reach: &Reach,
        deployment: &model::Deployment,
        breaches: &mut Diagnostics,
    ) {
        let words = [
            (AllowArgument::Unsupported, Allowed::Unsupported),
            (AllowArgument::Outside, Allowed::Outside),
        ];
        let allowed = words
            .into_iter()
            .filter(|(what, _)| reach.allows(Some(config), *what))
            .map(|(_, word)| word);
        let project = policy::Project {
            generator: env!("CARGO_PKG_VERSION"),
            config,
            allowed: &allowed.collect::<Vec<_>>(),
            deployment,
            settings: &self.settings,
        };
        policy::judge_project(&self.stack, &project, breaches);
    }

    /// What is wrong where the stack is not the one that the project names, or not what it was when the project was
    /// generated.
    fn mistake(&self, extends: &Extends, lock: &Lock, file: &str) -> Option<Diagnostic> {
        let Stack { name, version, .. } = &self.stack;
        let named = self.settings.get("extends");
        let named = named.and_then(|node| node.line(&["version"]));
        let own = self.stack.version_span;
        let label = |span: Span, text: &str| Label {
            span,
            text: text.to_owned(),
        };
        if *version != extends.version {
            return Some(Diagnostic {
                code: Code::StackVersion,
                message: format!(
                    "the project keeps to version {} of its stack, and `{name}` is at version {version}",
                    extends.version
                ),
                primary: label(named.unwrap_or(own), "the project keeps to this version"),
                context: vec![label(own, "the stack has this version")],
                help: format!(
                    "take the step by `version: {version}` in oarlock.yaml, or name the file that holds version {}",
                    extends.version
                ),
            });
        }
        let before = lock.stack.as_ref();
        before.filter(|before| self.locked.differs_in_text_alone(before))?;
        Some(Diagnostic {
            code: Code::StackChanged,
            message: format!(
                "{file} has changed, and is still version {version} of the stack `{name}`"
            ),
            primary: label(own, "it was another text under this version"),
            context: named
                .map(|span| label(span, "the project keeps to it here"))
                .into_iter()
                .collect(),
            help: format!(
                "give it version {} and name that in oarlock.yaml, or restore it; where nobody keeps to it yet, take `stack` out of oarlock.lock",
                version.saturating_add(1)
            ),
        })
    }
}

/// Where what holds of `deploy` is said.
pub(super) fn said_in(config: Option<&Config>) -> String {
    let extends = config.is_some_and(|config| config.extends.is_some());
    let defaults = " with the defaults of its stack";
    format!("{CONFIG}{}", if extends { defaults } else { "" })
}

/// What holds of `deploy`: what the project says, and what its stack says where the project does not.
pub(super) fn deploy(config: Option<&Config>, extended: Option<&Extended>) -> Deploy {
    let own = config.map(|config| config.deploy.clone());
    let own = own.unwrap_or_default();
    match extended {
        Some(extended) => own.over(extended.stack.deploy.clone()),
        None => own,
    }
}
